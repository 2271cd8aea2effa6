import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secrets } from '../../../src/action/secrets.ts';
import { makeKey } from '../support/ssh-keys.ts';

function secretsOf(...values: (string | undefined)[]) {
  const registered: string[] = [];
  const secrets = new Secrets(form => registered.push(form));
  for (const value of values) secrets.add(value);
  return { registered, redact: secrets.redact };
}

const key = makeKey('ed25519').privateKey;
const body = key.split('\n').filter(line => line.length > 12 && !line.startsWith('---'));

describe('a secret', () => {
  it.each<[string, string, string]>([
    ['itself', 'pass phrase', 'pass phrase'],
    ['without the blanks around it', '  pass phrase\n', 'pass phrase'],
    ['as JSON writes it', 'pass "phrase"\t', 'pass \\"phrase\\"'],
    ['as a URL writes it', 'pass phrase/1', 'pass%20phrase%2F1'],
    ['in base64', 'pass phrase', Buffer.from('pass phrase').toString('base64')],
    ['in base64 with its newline', 'pass phrase\n', Buffer.from('pass phrase\n').toString('base64')],
    ['in base64 for URLs', 'pass phrase???', Buffer.from('pass phrase???').toString('base64url')],
    ['as a form writes it', 'pass phrase+1', 'pass+phrase%2B1'],
    ['as a URL writes it in small letters', 'pass phrase/1', 'pass%20phrase%2f1'],
    ['as a URL of strict programs', "pass (phrase)'!*", 'pass%20%28phrase%29%27%21%2A'],
    ['in hexadecimal', 'pass phrase', Buffer.from('pass phrase').toString('hex')],
    ['in hexadecimal in capitals', 'pass phrase', Buffer.from('pass phrase').toString('hex').toUpperCase()],
    ['in hexadecimal with colons', 'pass phr', '70:61:73:73:20:70:68:72'],
    ['in hexadecimal with blanks', 'pass phr', '70 61 73 73 20 70 68 72'],
    ['as JSON for HTML', 'pass <phrase>', 'pass \\u003cphrase\\u003e'],
    ['as a whole key', key, key],
    ['as a key in one line', key, JSON.stringify(key.trim()).slice(1, -1)],
    ['as a line of a key', key, body[0] ?? ''],
    ['as the last line of a key', key, body.at(-1) ?? ''],
    ['as a line of a key with CRLF', key.replaceAll('\n', '\r\n'), body[0] ?? ''],
    ['as a line of a key with \\n', key.replaceAll('\n', '\\n'), body[0] ?? ''],
  ])('is blanked out %s, and the runner is told', (_, secret, form) => {
    const { redact, registered } = secretsOf(secret);
    expect(form.length).toBeGreaterThan(9);
    expect(redact(`before ${form} after`)).not.toContain(form);
    expect(redact(`before ${form} after`)).toMatch(/^before \*\*\*.* after$/s);
    expect(registered.some(mask => form.includes(mask))).toBe(true);
  });

  it.each([0, 1, 2].flatMap(offset => (['base64', 'base64url'] as const).map(form => ({ offset, form }))))(
    'is blanked out in the middle of $form, $offset bytes on',
    ({ offset, form }) => {
      const { redact } = secretsOf('pass phrase?>~more');
      const encoded = Buffer.from(`${'x'.repeat(3 + offset)}pass phrase?>~more;and so on`).toString(form);
      expect(redact(encoded)).toMatch(/^.{4,7}\*\*\*.{12,16}$/);
    },
  );

  it.each<[string, string, number]>([
    ['openssl', 'base64', 64],
    ['base64', 'base64', 76],
    ['xxd', 'hex', 60],
  ])('is blanked out in the lines of %s', (_, encoding, width) => {
    const { redact, registered } = secretsOf(key);
    const lines =
      Buffer.from(key)
        .toString(encoding as 'hex')
        .match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
    expect(redact(lines.join('\n'))).toBe('***');
    for (const line of lines.filter(each => each.length >= 12)) {
      expect(redact(`| ${line} |`)).toBe('| *** |');
      expect(registered).toContain(line);
    }
  });

  it('leaves the log readable: frames of keys and short pieces stay', () => {
    const { redact } = secretsOf(key);
    expect(redact('-----BEGIN OPENSSH PRIVATE KEY-----')).toBe('-----BEGIN OPENSSH PRIVATE KEY-----');
    expect(redact('ssh-ed25519 =')).toBe('ssh-ed25519 =');
  });

  it('is blanked out whole when it holds another, whichever was added first', () => {
    for (const order of [
      ['secret', 'secret-longer'],
      ['secret-longer', 'secret'],
    ]) {
      expect(secretsOf(...order).redact('a secret-longer b secret c')).toBe('a *** b *** c');
    }
  });

  it.each([undefined, '', ' \n'])('blanks out nothing when it is empty: %j', value => {
    const { redact, registered } = secretsOf(value);
    expect(redact('some text')).toBe('some text');
    expect(registered).toEqual([]);
  });

  it('is told to the runner once', () => {
    const { registered } = secretsOf('pass phrase', 'pass phrase');
    expect(new Set(registered).size).toBe(registered.length);
  });

  it('does not survive in any text', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4, maxLength: 40 }).filter(text => text.trim().length > 3 && !/\*/.test(text)),
        text => {
          const { redact } = secretsOf(text);
          expect(
            redact(
              `<${text}> ${JSON.stringify({ text })} ${encodeURIComponent(text)} ${new URLSearchParams({ text })} ${Buffer.from(text).toString('hex')}`,
            ),
          ).not.toContain(text.trim());
        },
      ),
    );
  });
});
