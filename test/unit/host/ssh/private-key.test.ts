import { createPrivateKey, createPublicKey } from 'node:crypto';
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

const breakLocked = makeKey('ed25519', 'secret\n');
const gcmLocked = makeKey('ed25519', PASSPHRASE, ['-Z', 'aes256-gcm@openssh.com']);
const chachaLocked = makeKey('ed25519', PASSPHRASE, ['-Z', 'chacha20-poly1305@openssh.com']);

const base64 = (text: string) => Buffer.from(text).toString('base64');
const indented = (text: string, by: string) =>
  text
    .split('\n')
    .map(line => by + line)
    .join('\n');
const encrypted = ['-passout', `pass:${PASSPHRASE}`];
const pkcs8 = (key: KeyPair, ...options: string[]) =>
  openssl('pkcs8', '-topk8', '-in', key.path, ...(options.length > 0 ? options : ['-nocrypt']));

/** An ED25519 key as OpenSSL makes it, and its public half as node derives it. */
const ed25519Pkcs8 = (() => {
  const text = openssl('genpkey', '-algorithm', 'ed25519');
  const { x = '' } = createPublicKey(text).export({ format: 'jwk' });
  const head = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIA==', 'base64');
  const publicKey = `ssh-ed25519 ${Buffer.concat([head, Buffer.from(x, 'base64url')]).toString('base64')}`;
  const pair: KeyPair = { ...ed25519, privateKey: text, publicKey };
  const locked = createPrivateKey(text).export({
    ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE },
  } as const);
  return { text, pair, locked: locked.toString() };
})();

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
    ['ED25519 in PKCS#8', ed25519Pkcs8.pair, ed25519Pkcs8.text],
    ['ED25519 in PKCS#8 with a passphrase', ed25519Pkcs8.pair, ed25519Pkcs8.locked, PASSPHRASE],
    [
      'below its attributes, above a certificate',
      rsaPem,
      `Bag Attributes\n    friendlyName: x\n${pkcs8(rsaPem)}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`,
    ],
    [
      'behind a certificate',
      rsaPem,
      `-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n${rsaPem.privateKey}`,
    ],
    [
      'behind the parameters of its curve',
      ecPem,
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${ecPem.privateKey}`,
    ],
    ['below its public line', ed25519, `${ed25519.publicKey} me@home\n${ed25519.privateKey}`],
    ['before a second key', ed25519, `${ed25519.privateKey}${rsa.privateKey}`],
    ['in quotes', ed25519, `"${ed25519.privateKey}"`],
    ['in a fence of Markdown', ed25519, `\`\`\`\n${ed25519.privateKey}\`\`\``],
    ['in a block of YAML', ed25519, `key: |\n${indented(ed25519.privateKey, '    ')}`],
    ['quoted in a mail', ed25519, indented(ed25519.privateKey, '> ')],
    [
      'as the strings of a program',
      ed25519,
      ed25519.privateKey
        .trim()
        .split('\n')
        .map(line => `"${line}\\n"`)
        .join(' +\n'),
    ],
    ['in JSON', ed25519, JSON.stringify({ key: ed25519.privateKey })],
    ['in JSON twice', ed25519, JSON.stringify(JSON.stringify({ key: ed25519.privateKey }))],
    [
      'in JSON with escaped slashes',
      rsaPem,
      JSON.stringify(rsaPem.privateKey).replaceAll('/', '\\/').replaceAll('=', '\\u003d'),
    ],
    ['with \\r\\n written out', ed25519, oneLine(ed25519.privateKey, '\\r\\n')],
    ['with %0A for line breaks', ed25519, encodeURIComponent(ed25519.privateKey)],
    ['with CRs alone', ed25519, oneLine(ed25519.privateKey, '\r')],
    ['with nothing for line breaks', ed25519, oneLine(ed25519.privateKey, '')],
    [
      'in the old format, encrypted, with spaces for line breaks',
      rsaPemLocked,
      oneLine(rsaPemLocked.privateKey, ' '),
      PASSPHRASE,
    ],
    [
      'in the old format, encrypted, with nothing for line breaks',
      rsaPemLocked,
      oneLine(rsaPemLocked.privateKey, ''),
      PASSPHRASE,
    ],
    [
      'in the old format, encrypted, with \\n written out',
      rsaPemLocked,
      oneLine(rsaPemLocked.privateKey, '\\n'),
      PASSPHRASE,
    ],
    ['indented', rsaPem, indented(rsaPem.privateKey, '  \t')],
    ['with blanks behind its lines', rsaPem, rsaPem.privateKey.replaceAll('\n', '  \n')],
    ['with blank lines within', ed25519, ed25519.privateKey.replaceAll('\n', '\n\n')],
    ['with spaces that do not break', ed25519, oneLine(ed25519.privateKey, '\u00a0')],
    ['with a byte order mark', ed25519, `\ufeff${ed25519.privateKey}`],
    ['in UTF-16', ed25519, Buffer.from(`\ufeff${ed25519.privateKey}`, 'utf16le').toString('utf8')],
    ['with the dashes of a word processor', ed25519, ed25519.privateKey.replaceAll('-----', '——\u2013')],
    ['in base64', ed25519, base64(ed25519.privateKey)],
    ['in base64 with line breaks', rsaPem, base64(rsaPem.privateKey).replaceAll(/.{76}/g, '$&\n')],
    ['in base64 twice', ed25519, base64(base64(ed25519.privateKey))],
    ['in base64 of UTF-16', ed25519, Buffer.from(ed25519.privateKey, 'utf16le').toString('base64')],
    ['under the first line of another format', ed25519, ed25519.privateKey.replaceAll('OPENSSH ', 'RSA ')],
    [
      'in PKCS#8 under the first line of PKCS#1',
      rsaPem,
      pkcs8(rsaPem).replaceAll(' PRIVATE', ' RSA PRIVATE'),
    ],
    ['with a line break behind its passphrase', ed25519Locked, ed25519Locked.privateKey, `${PASSPHRASE}\n`],
    ['with CRLF behind its passphrase', rsaPemLocked, rsaPemLocked.privateKey, `${PASSPHRASE}\r\n`],
    ['with a passphrase that ends with a line break', breakLocked, breakLocked.privateKey, 'secret\n'],
    ['encrypted by AES-GCM', gcmLocked, gcmLocked.privateKey, PASSPHRASE],
  ])('%s', async (_, pair, text, passphrase = '') => {
    const server = await SshServer.start({ hostKeys: [hostKey], authorized: [pair] });
    const { privateKey, passphrase: used } = readPrivateKey(text, passphrase);
    expect(privateKey).toMatch(/^-----BEGIN [A-Z ]+-----\n[\s\S]+\n-----END [A-Z ]+-----\n$/);
    const target = { ...targetAt(server.port, pair), privateKey, passphrase: used };
    const { ssh } = await connected(target, connectOptions({ connectTimeoutMs: 1_000 }).options);
    expect(ssh.isConnected()).toBe(true);
  });
});

/** A FIDO key cannot be made without a device; its kind is in its head. */
const fido = (() => {
  const field = (text: string) => `${String.fromCharCode(0, 0, 0, text.length)}${text}`;
  const kind = field('sk-ssh-ed25519@openssh.com');
  const head = `openssh-key-v1\0${field('none')}${field('none')}${field('')}\0\0\0\x01${field(kind)}${field('x')}`;
  const text = Buffer.from(head, 'latin1').toString('base64');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}\n-----END OPENSSH PRIVATE KEY-----\n`;
})();

const ppk = 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\n';
const lines = ed25519.privateKey.split('\n');
const body = (text: string) => text.replace(/-----[^-]+-----/g, '').replaceAll(/\s+/g, '');

describe('a private key that is not understood is refused in words that say what to do', () => {
  it.each<[string, string, string, RegExp]>([
    ['ED448', openssl('genpkey', '-algorithm', 'ed448'), 'key-format', /kind ed448.*ssh-keygen -t ed25519/],
    [
      'a curve that SSH does not have',
      openssl('ecparam', '-name', 'secp256k1', '-genkey', '-noout'),
      'key-format',
      /EC on the curve secp256k1/,
    ],
    [
      'a DSA key',
      openssl('genpkey', '-genparam', '-algorithm', 'dsa', '-pkeyopt', 'dsa_paramgen_bits:512').replaceAll(
        'PARAMETERS',
        'PRIVATE KEY',
      ),
      'key-format',
      /DSA key/,
    ],
    ['a FIDO key', fido, 'key-format', /FIDO key \(sk-ssh-ed25519@openssh\.com\)/],
    ['a certificate of SSH', `ssh-ed25519-cert-v01@openssh.com AAAAIHNz me`, 'key-format', /SSH certificate/],
    [
      'a certificate',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
      'key-format',
      /X\.509 certificate/,
    ],
    [
      'a key of OpenPGP',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n-----END PGP PRIVATE KEY BLOCK-----',
      'key-format',
      /OpenPGP/,
    ],
    [
      'a key of ssh.com',
      '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wAA\n---- END SSH2 ENCRYPTED PRIVATE KEY ----',
      'key-format',
      /format of ssh\.com.*ssh-keygen -i/,
    ],
    [
      'a fingerprint',
      'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
      'key-format',
      /fingerprint.*host-fingerprint/,
    ],
    ['a path with its end', 'keys/deploy.pem', 'key-format', /looks like a path.*key-file/],
    ["an agent's socket", '/tmp/ssh-XXXXabc/agent.123', 'key-format', /agent's socket/],
    ['an expression', '$' + '{{ secrets.KEY }}', 'key-format', /expression/],
    ['a variable', '$KEY', 'key-format', /expression/],
    ['a mask', '***', 'key-format', /mask of a secret/],
    [
      'a key whose lines are masked',
      lines.toSpliced(1, 4, '***').join('\n'),
      'key-format',
      /copied from a log/,
    ],
    ['a key that was shortened', lines.toSpliced(2, 2, '…').join('\n'), 'key-format', /"…" \(U\+2026\)/],
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
    expect(readPrivateKey(ed25519Locked.privateKey, PASSPHRASE)).toEqual({
      privateKey: ed25519Locked.privateKey,
      passphrase: PASSPHRASE,
      repairs: [],
    });
  });

  it('is converted from PKCS#8 to the same key', () => {
    const { privateKey } = readPrivateKey(pkcs8(rsaPem, ...encrypted), PASSPHRASE);
    expect(readPrivateKey(rsaPem.privateKey, '').privateKey).toBe(privateKey);
    expect(readPair(rsaPem.path).publicKey).toBe(
      keygen('-y', '-f', rsaPem.path).trim().split(' ').slice(0, 2).join(' '),
    );
  });

  it('by a cipher that is not supported is told by that, not by its passphrase', async () => {
    const error = await actionErrorOf(() => readPrivateKey(chachaLocked.privateKey, PASSPHRASE));
    expect(error.code).toBe('key-format');
    expect(error.message).toMatch(/chacha20-poly1305@openssh\.com: this cipher is not supported$/);
    expect(error.hint).toContain('ssh-keygen -p -Z aes256-ctr -f KEY');
  });

  it('that has lost a line is damaged, whatever the passphrase', async () => {
    for (const text of [pkcs8(rsaPem, ...encrypted), ed25519Locked.privateKey]) {
      const cut = text.split('\n').toSpliced(2, 1).join('\n');
      expect(await actionErrorOf(() => readPrivateKey(cut, PASSPHRASE))).toMatchObject({
        code: 'key-format',
      });
    }
  });

  it('does not take a passphrase without its line break for a wrong one', async () => {
    const error = await actionErrorOf(() => readPrivateKey(ed25519Locked.privateKey, 'a wrong one\n'));
    expect(error.code).toBe('key-passphrase');
  });
});
