import { createPrivateKey, type KeyObject } from 'node:crypto';
import { damaged, unsupportedCipher, unusableKind, wrongPassphrase } from './key-errors.ts';
import { writeEd25519 } from './openssh-key.ts';

const DES_BLOCK_SIZE = 8;
const WRITE_ANEW =
  'Write it anew: openssl pkey -provider legacy -provider default -in KEY -out NEW; chmod 600 NEW; ssh-keygen -p -f NEW';
/** The elliptic curves of SSH (RFC 5656), by OpenSSL's names. */
const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** True for PKCS#8 and the older PEM formats when they need a passphrase. */
export const isEncryptedPem = (pem: string) => /BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED$/m.test(pem);

/**
 * A key in PKCS#8 (RFC 5958), PKCS#1 or SEC 1 in the form of its kind that the SSH library reads, unencrypted.
 * @throws ActionError when it cannot be opened or is of a kind that SSH does not have
 */
export function convertPem(pem: string, passphrase: string): string {
  const key = opened(pem, passphrase);
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = key;
  if (kind === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  if (kind === 'ed25519') return writeEd25519(key);
  if (kind === 'ec' && CURVES.has(details?.namedCurve ?? ''))
    return key.export({ type: 'sec1', format: 'pem' }).toString();
  if (kind === 'dsa') throw unusableKind('DSA');
  throw unusableKind(kind === 'ec' ? `EC on the curve ${details?.namedCurve ?? 'of its own'}` : `${kind}`);
}

function opened(pem: string, passphrase: string): KeyObject {
  const isEncrypted = isEncryptedPem(pem);
  try {
    return createPrivateKey(isEncrypted ? { key: pem, passphrase } : pem);
  } catch (cause) {
    if (!isEncrypted) return underAnotherLabel(pem) ?? throwing(damaged(cause));
    const words = cause instanceof Error ? cause.message : '';
    const cipher = /^DEK-Info: ([A-Z0-9-]+),/m.exec(pem)?.[1];
    const isUnknown = cipher !== undefined && !/^(AES|DES-EDE3|CAMELLIA|ARIA|SEED)-/.test(cipher);
    if (isUnknown || /digital envelope routines::unsupported|unknown cipher/i.test(words)) {
      throw unsupportedCipher(cipher ?? 'a cipher of old', cause, WRITE_ANEW);
    }
    throw isWhole(pem) ? wrongPassphrase(cause) : damaged(cause);
  }
}

/** Some tools write the wrong first line above a key. */
function underAnotherLabel(pem: string): KeyObject | undefined {
  const key = bodyOf(pem);
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      return createPrivateKey({ key, format: 'der', type });
    } catch {
      // It is not of this type either.
    }
  }
  return undefined;
}

/** Whether nothing of an encrypted key is lost; what is inside only the passphrase tells. */
function isWhole(pem: string): boolean {
  const bytes = bodyOf(pem);
  if (!pem.includes('BEGIN ENCRYPTED ')) return bytes.length > 0 && bytes.length % DES_BLOCK_SIZE === 0;
  // A SEQUENCE of DER tells its own length, here always in two bytes or one.
  const [tag, form = 0] = bytes;
  const [length, head] =
    form === 0x82 ? [bytes.readUInt16BE(2), 4] : form === 0x81 ? [bytes[2] ?? 0, 3] : [form, 2];
  return tag === 0x30 && length + head === bytes.length;
}

const bodyOf = (pem: string) =>
  Buffer.from(pem.replaceAll(/-----[^-]+-----|^[A-Za-z-]+: .*$/gm, ''), 'base64');

function throwing(error: Error): never {
  throw error;
}
