import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { DrillCase, DrillGroup } from '../support/drill-case.ts';
import { authorize, type DrillKey, makeKey } from '../support/keys.ts';
import { plan } from '../support/sshd.ts';

const PASSPHRASE = 'correct horse "battery"';
const plainKey = makeKey('-t', 'ed25519');
const pem = makeKey('-t', 'rsa', '-b', '2048', '-m', 'PEM');
const locked = makeKey('-t', 'ed25519', '-N', PASSPHRASE);
const oldLocked = makeKey('-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', PASSPHRASE);
const chacha = makeKey('-t', 'ed25519', '-N', PASSPHRASE, '-Z', 'chacha20-poly1305@openssh.com');
const rsaPkcs8 = createPrivateKey(pem.text).export({ type: 'pkcs8', format: 'pem' }).toString();

/** As Terraform and password managers write it. */
const ed25519Pkcs8: DrillKey = (() => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const head = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIA==', 'base64');
  const blob = Buffer.concat([head, Buffer.from(x, 'base64url')]).toString('base64');
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { text, publicLine: `ssh-ed25519 ${blob} drill` };
})();

const lines = (text: string) => text.trim().split('\n');

/** A key that is understood, whatever happened to it. */
const understood = (
  name: string,
  situation: string,
  pair: DrillKey,
  text: string,
  passphrase = '',
): DrillCase => ({
  name: `key-${name}`,
  situation,
  right: 'passes',
  make: scene => authorize(scene, pair),
  run: scene => plan(scene, { key: text, passphrase }),
  ends: { result: 'passed' },
  withinS: 30,
  isElsewhere: true,
});

/** A key that is refused at once, with its name. */
const named = (
  name: string,
  situation: string,
  text: string,
  words: RegExp,
  inputs: Readonly<Record<string, string>> = {},
): DrillCase => ({
  name: `key-${name}`,
  situation,
  right: 'key-format at once, by its name',
  run: scene => plan(scene, { key: text, ...inputs }),
  ends: { result: 'failed', code: 'key-format', says: [words], neverSays: [/passphrase does not open/] },
  withinS: 10,
  isElsewhere: true,
});

export const KEYS: DrillGroup = {
  name: 'keys',
  machine: 'bare',
  cases: [
    understood(
      'with-attributes',
      'The key stands below its bag attributes, with a certificate and a second key.',
      pem,
      `Bag Attributes\n    localKeyID: 01\n${rsaPkcs8}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n${plainKey.text}`,
    ),
    understood(
      'with-public-line',
      'The public line stands above the key.',
      plainKey,
      `${plainKey.publicLine}\n${plainKey.text}`,
    ),
    understood('in-quotes', 'The key is in quotes.', plainKey, `"${plainKey.text}"`),
    understood(
      'with-crlf-written',
      'Line breaks are written as \\r\\n.',
      plainKey,
      lines(plainKey.text).join('\\r\\n'),
    ),
    understood(
      'indented',
      'The key is indented, with blanks behind its lines and blank lines within.',
      plainKey,
      lines(plainKey.text)
        .map(line => `    ${line}  \n\n`)
        .join(''),
    ),
    understood(
      'without-breaks',
      'The key has no line breaks at all.',
      plainKey,
      lines(plainKey.text).join(''),
    ),
    understood(
      'old-without-breaks',
      'An encrypted key in the old format has spaces for line breaks.',
      oldLocked,
      lines(oldLocked.text).join(' '),
      PASSPHRASE,
    ),
    understood(
      'in-base64',
      'The whole file is in base64.',
      plainKey,
      Buffer.from(plainKey.text).toString('base64'),
    ),
    understood('in-json', 'The key is a string of JSON.', plainKey, JSON.stringify({ key: plainKey.text })),
    understood('ed25519-pkcs8', 'An ED25519 key in PKCS#8.', ed25519Pkcs8, ed25519Pkcs8.text),
    understood(
      'passphrase-break',
      'The passphrase ends with a line break.',
      locked,
      locked.text,
      `${PASSPHRASE}\n`,
    ),
    named(
      'chacha20',
      'The key is encrypted with chacha20-poly1305, and the passphrase is right.',
      chacha.text,
      /this cipher is not supported[\s\S]*ssh-keygen -p -Z aes256-ctr -f KEY/,
      { passphrase: PASSPHRASE },
    ),
    named('public', 'The public half is given.', plainKey.publicLine, /public half of a key/),
    named('path', 'A path is given for the text.', '~/.ssh/id_ed25519', /looks like a path[\s\S]*key-file/),
    named(
      'cut',
      'The last lines of the key are missing.',
      lines(plainKey.text).slice(0, 3).join('\n'),
      /it ends before its "-----END/,
    ),
  ],
};
