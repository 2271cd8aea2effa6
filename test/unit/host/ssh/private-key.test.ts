import { describe, expect, it } from 'vitest';
import { readPrivateKey } from '../../../../src/host/ssh/private-key.ts';
import { type KeyPair, keygen, makeKey, openssl, readPair } from '../../support/ssh-keys.ts';
import { SshServer } from '../../support/ssh-server.ts';
import { connected, connectOptions, targetAt } from '../../support/ssh-target.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const hostKey = makeKey('ed25519');
const PASSPHRASE = 'correct horse $battery "staple"';

const ed25519 = makeKey('ed25519');
const ed25519Locked = makeKey('ed25519', PASSPHRASE);
const rsa = makeKey('rsa');
const rsaPem = makeKey('rsa', '', ['-m', 'PEM']);
const rsaPemLocked = makeKey('rsa', PASSPHRASE, ['-m', 'PEM']);
const ecPem = makeKey('ecdsa', '', ['-m', 'PEM']);
const ec384 = makeKey('ecdsa', '', ['-b', '384']);
const ec521 = makeKey('ecdsa', PASSPHRASE, ['-b', '521']);

const encrypted = ['-passout', `pass:${PASSPHRASE}`];
const pkcs8 = (key: KeyPair, ...options: string[]) =>
  openssl('pkcs8', '-topk8', '-in', key.path, ...(options.length > 0 ? options : ['-nocrypt']));

const oneLine = (text: string, separator: string) => text.trim().split('\n').join(separator);
const wrapped = (text: string, width: number) => {
  const lines = text.trim().split('\n');
  const body = lines.slice(1, -1).join('');
  return [lines[0], ...(body.match(new RegExp(`.{1,${width}}`, 'g')) ?? []), lines.at(-1), ''].join('\n');
};

describe('a private key that is understood signs in', () => {
  it.each<[string, KeyPair, string, string?]>([
    ['ED25519 in OpenSSH format', ed25519, ed25519.privateKey],
    ['ED25519 with a passphrase', ed25519Locked, ed25519Locked.privateKey, PASSPHRASE],
    ['ED25519 with a passphrase that it does not need', ed25519, ed25519.privateKey, 'not needed'],
    ['RSA in OpenSSH format', rsa, rsa.privateKey],
    ['RSA in PEM', rsaPem, rsaPem.privateKey],
    ['RSA in PEM with a passphrase', rsaPemLocked, rsaPemLocked.privateKey, PASSPHRASE],
    ['ECDSA P-256 in PEM', ecPem, ecPem.privateKey],
    ['ECDSA P-384 in OpenSSH format', ec384, ec384.privateKey],
    ['ECDSA P-521 with a passphrase', ec521, ec521.privateKey, PASSPHRASE],
    ['RSA in PKCS#8', rsaPem, pkcs8(rsaPem)],
    ['RSA in PKCS#8 with a passphrase', rsaPem, pkcs8(rsaPem, ...encrypted), PASSPHRASE],
    ['ECDSA in PKCS#8', ecPem, pkcs8(ecPem)],
    ['ECDSA in PKCS#8 with a passphrase', ecPem, pkcs8(ecPem, ...encrypted), PASSPHRASE],
    ['with CRLF', ed25519, ed25519.privateKey.replaceAll('\n', '\r\n')],
    [
      'with CRLF and a passphrase',
      rsaPemLocked,
      rsaPemLocked.privateKey.replaceAll('\n', '\r\n'),
      PASSPHRASE,
    ],
    ['without its last newline', rsaPem, rsaPem.privateKey.trimEnd()],
    ['with blank lines around it', ed25519, `\n\n  ${ed25519.privateKey}\n \n`],
    ['with spaces for line breaks', ed25519, oneLine(ed25519.privateKey, ' ')],
    ['in PEM with spaces for line breaks', rsaPem, oneLine(rsaPem.privateKey, ' ')],
    ['in PKCS#8 with spaces for line breaks', ecPem, oneLine(pkcs8(ecPem), ' ')],
    ['with \\n for line breaks', ed25519, oneLine(ed25519.privateKey, '\\n')],
    ['with \\n for line breaks and at its end', rsaPem, `${oneLine(rsaPem.privateKey, '\\n')}\\n`],
    ['in lines of another length', ed25519, wrapped(ed25519.privateKey, 40)],
  ])('%s', async (_, pair, text, passphrase = '') => {
    const server = await SshServer.start({ hostKeys: [hostKey], authorized: [pair] });
    const privateKey = readPrivateKey(text, passphrase);
    expect(privateKey).toMatch(/^-----BEGIN [A-Z ]+-----\n[\s\S]+\n-----END [A-Z ]+-----\n$/);
    const target = { ...targetAt(server.port, pair), privateKey, passphrase };
    const { ssh } = await connected(target, connectOptions({ connectTimeoutMs: 1_000 }).options);
    expect(ssh.isConnected()).toBe(true);
  });
});

const ppk = 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\n';
const lines = ed25519.privateKey.split('\n');
const body = (text: string) => text.replace(/-----[^-]+-----/g, '').replaceAll(/\s+/g, '');

describe('a private key that is not understood is refused in words that say what to do', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'ED25519 in PKCS#8',
      openssl('genpkey', '-algorithm', 'ed25519'),
      'key-format',
      /type ed25519.*ssh-keygen -p/,
    ],
    ['a PuTTY key', ppk, 'key-format', /\.ppk.*puttygen KEY\.ppk -O private-openssh/],
    ['a public key', `${ed25519.publicKey} comment`, 'key-format', /public half.*without \.pub/],
    ['an ECDSA public key', ecPem.publicKey, 'key-format', /public half/],
    ['a public key in PEM', openssl('rsa', '-in', rsaPem.path, '-pubout'), 'key-format', /public half/],
    ['a path instead of the text', '~/.ssh/id_ed25519', 'key-format', /no "-----BEGIN/],
    ['the text after its first line', lines.slice(1).join('\n'), 'key-format', /no "-----BEGIN/],
    ['a key cut off at its end', lines.slice(0, 4).join('\n'), 'key-format', /before its "-----END/],
    ['a key with a line missing', lines.toSpliced(2, 1).join('\n'), 'key-format', /damaged/],
    [
      'PKCS#8 with a line missing',
      pkcs8(rsaPem).split('\n').toSpliced(3, 1).join('\n'),
      'key-format',
      /damaged/,
    ],
    ['PEM that is no key at all', lines.toSpliced(1, 4, 'aGVsbG8=').join('\n'), 'key-format', /damaged/],
  ])('%s', async (_, text, code, words) => {
    const error = await actionErrorOf(() => readPrivateKey(text, ''));
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.hint}`).toMatch(words);
    expect(`${error.message} ${error.hint}`).not.toContain(body(text).slice(10, 60) || 'nothing to hide');
  });
});

describe('an encrypted private key', () => {
  it.each([
    ['in OpenSSH format', ed25519Locked.privateKey],
    ['in PEM', rsaPemLocked.privateKey],
    ['in PKCS#8', pkcs8(rsaPem, ...encrypted)],
  ])('%s without its passphrase, or with a wrong one, says which', async (_, text) => {
    const missing = await actionErrorOf(() => readPrivateKey(text, ''));
    expect(missing).toMatchObject({
      code: 'key-passphrase',
      message: expect.stringMatching(/no passphrase is given/),
    });
    const wrong = await actionErrorOf(() => readPrivateKey(text, 'a wrong one'));
    expect(wrong).toMatchObject({
      code: 'key-passphrase',
      message: expect.stringMatching(/does not open this key/),
    });
    expect(`${wrong.message} ${wrong.hint}`).not.toContain('a wrong one');
  });

  it('stays encrypted when it need not be converted', () => {
    expect(readPrivateKey(ed25519Locked.privateKey, PASSPHRASE)).toBe(ed25519Locked.privateKey);
  });

  it('is converted from PKCS#8 to the same key', () => {
    const converted = readPrivateKey(pkcs8(rsaPem, ...encrypted), PASSPHRASE);
    expect(readPrivateKey(rsaPem.privateKey, '')).toBe(converted);
    expect(readPair(rsaPem.path).publicKey).toBe(
      keygen('-y', '-f', rsaPem.path).trim().split(' ').slice(0, 2).join(' '),
    );
  });
});
