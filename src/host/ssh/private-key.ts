import { createPrivateKey } from 'node:crypto';
import ssh2 from 'ssh2';
import { ActionError } from '../../errors.ts';

/**
 * A private key in a form the SSH library reads, from what people really store in a secret: CRLF, a missing last
 * newline, line breaks lost or written as `\n` are repaired; PKCS#8 is converted.
 *
 * @param text the key as given
 * @param passphrase its passphrase, '' for none
 * @returns the key in PEM or OpenSSH format, still encrypted if it was (except PKCS#8, which is converted decrypted)
 * @throws ActionError `key-format` or `key-passphrase`, in words that never contain the key
 */
export function readPrivateKey(text: string, passphrase: string): string {
  const pem = repairLines(text);
  refuseKnownMistakes(pem);
  const key = /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(pem) ? convertPkcs8(pem, passphrase) : pem;
  refuseUnreadable(key, passphrase);
  return key;
}

/** One line per line, LF, a newline at the end: whatever happened to the line breaks on the way. */
function repairLines(text: string): string {
  let pem = text.replaceAll('\r\n', '\n').trim();
  if (!pem.includes('\n')) pem = pem.replaceAll('\\n', '\n').trim();
  const flat = /^(-----BEGIN [A-Z0-9 ]+-----)\s+([A-Za-z0-9+/=\s]+?)\s+(-----END [A-Z0-9 ]+-----)$/.exec(pem);
  if (flat && !pem.includes('\n')) {
    const [, begin, body = '', end] = flat;
    pem = [begin, ...(body.replaceAll(/\s+/g, '').match(/.{1,64}/g) ?? []), end].join('\n');
  }
  return `${pem}\n`;
}

function refuseKnownMistakes(pem: string): void {
  if (pem.startsWith('PuTTY-User-Key-File')) {
    throw new ActionError('key-format', 'this is a PuTTY key (.ppk)', {
      hint: 'Convert it: puttygen KEY.ppk -O private-openssh -o KEY',
    });
  }
  if (/^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(pem) || pem.includes('PUBLIC KEY-----')) {
    throw new ActionError('key-format', 'this is the public half of a key', {
      hint: 'Store the private file, the one without .pub.',
    });
  }
  if (!pem.includes('-----BEGIN')) {
    throw new ActionError('key-format', 'there is no "-----BEGIN … PRIVATE KEY-----" line in it');
  }
  if (!pem.includes('-----END')) {
    throw new ActionError('key-format', 'it ends before its "-----END … PRIVATE KEY-----" line');
  }
}

/** PKCS#8 (RFC 5958), which the SSH library does not read, as PKCS#1 (RSA) or SEC 1 (EC). */
function convertPkcs8(pem: string, passphrase: string): string {
  const encrypted = pem.includes('BEGIN ENCRYPTED');
  if (encrypted && passphrase === '') throw missingPassphrase();
  let key: ReturnType<typeof createPrivateKey>;
  try {
    key = createPrivateKey(encrypted ? { key: pem, passphrase } : pem);
  } catch (cause) {
    if (encrypted) throw wrongPassphrase(cause);
    throw new ActionError('key-format', 'it is damaged (PKCS#8)', { cause });
  }
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString();
    default:
      throw new ActionError(
        'key-format',
        `a PKCS#8 key of type ${key.asymmetricKeyType} cannot be converted`,
        {
          hint: 'Write it in OpenSSH format: ssh-keygen -p -f KEY (an empty new passphrase keeps it unencrypted).',
        },
      );
  }
}

function refuseUnreadable(key: string, passphrase: string): void {
  const parsed = parse(key);
  if (!(parsed instanceof Error)) return;
  if (!/no passphrase given/i.test(parsed.message)) {
    throw new ActionError('key-format', `it is damaged or of an unknown kind (${parsed.message})`, {
      cause: parsed,
    });
  }
  if (passphrase === '') throw missingPassphrase();
  const opened = parse(key, passphrase);
  if (opened instanceof Error) throw wrongPassphrase(opened);
}

/** The SSH library's own judgement; some of its parsers throw where others return the error. */
function parse(key: string, passphrase?: string): unknown {
  try {
    return ssh2.utils.parseKey(key, passphrase);
  } catch (error) {
    return error;
  }
}

const missingPassphrase = () =>
  new ActionError('key-passphrase', 'the key is encrypted and no passphrase is given');
const wrongPassphrase = (cause: unknown) =>
  new ActionError('key-passphrase', 'the passphrase does not open this key', { cause });
