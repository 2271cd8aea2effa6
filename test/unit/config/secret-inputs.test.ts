import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { ActionError } from '../../../src/errors.ts';
import { makeKey, openssl } from '../support/ssh-keys.ts';

const locked = makeKey('ed25519', 'the right one');
const pem = openssl('genpkey', '-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256');

/** All that a failed reading of these inputs says. */
function said(inputs: RawInputs): string {
  const readFile = (path: string) => {
    throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
  };
  try {
    parseConfig({ host: 'machine.example', messages: 'wrong', ...inputs }, readFile);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    return [error.message, error.hint, ...error.details].join('\n');
  }
  return expect.unreachable('the inputs are wrong');
}

/** Long enough not to be part of a sentence by chance. */
const secret = fc
  .string({
    unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=$% -'),
    minLength: 14,
    maxLength: 60,
  })
  .map(text => `Q7${text}x9Z`);

const PLAIN = 'security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n';
const secured = (properties: string): RawInputs => ({
  ...{ mode: 'smoke-test', 'bootstrap-servers': 'kafka.example:9093' },
  'client-properties': properties,
});

describe('a secret never stands in a message', () => {
  const framed = (text: string) =>
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}\n-----END OPENSSH PRIVATE KEY-----\n`;
  const legacy = (text: string) =>
    `-----BEGIN RSA PRIVATE KEY-----\n${text}\n-----END RSA PRIVATE KEY-----\n`;
  const pkcs8 = (text: string) => `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`;

  it.each<[string, (text: string) => RawInputs]>([
    ['a key of any text', text => ({ key: text })],
    ['client properties of any text', text => secured(text)],
    ['a key in client properties', text => secured(`security.protocol=SSL\nssl.keystore.key=${pkcs8(text)}`)],
    ['a protocol', text => secured(`security.protocol=${text}`)],
    ['a JAAS configuration', text => secured(`${PLAIN}sasl.jaas.config=${text}`)],
    ['a password', text => secured(`${PLAIN}sasl.jaas.config=a.B required username="u" password=${text}`)],
    [
      "a registry's user",
      text => secured(`basic.auth.credentials.source=${text}\nbasic.auth.user.info=${text}`),
    ],
    ['a key in an OpenSSH frame', text => ({ key: framed(text) })],
    ['a key in a PEM frame', text => ({ key: legacy(text) })],
    ['a key in a PKCS#8 frame', text => ({ key: pkcs8(text) })],
    ['a key cut off', text => ({ key: `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}` })],
    ['a wrong passphrase', text => ({ key: locked.privateKey, passphrase: text })],
    ['a passphrase without a key', text => ({ passphrase: text })],
    ['a jump key', text => ({ key: pem, 'jump-host': 'b.example', 'jump-key': text })],
    ['a jump key without a jump host', text => ({ key: pem, 'jump-key': framed(text) })],
    [
      'a jump passphrase without a jump key',
      text => ({ key: pem, 'jump-host': 'b.example', 'jump-passphrase': text }),
    ],
    [
      'a wrong jump passphrase',
      text => ({ key: pem, 'jump-host': 'b', 'jump-key': locked.privateKey, 'jump-passphrase': text }),
    ],
    ['a key beside a key file', text => ({ key: text, 'key-file': '/a/file' })],
    ['the text of a key given for its path', text => ({ 'key-file': framed(text) })],
  ])('%s', (_, inputs) => {
    fc.assert(
      fc.property(secret, text => {
        expect(said(inputs(text))).not.toContain(text);
      }),
      { numRuns: 10 },
    );
  });
});
