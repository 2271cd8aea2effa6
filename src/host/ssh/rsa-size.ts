import { kindOf } from './host-keys.ts';

/** Amazon Linux 2023 refuses smaller RSA keys (its crypto policy sets RequiredRSASize), and so does this client a machine's. */
export const SMALLEST_RSA_BITS = 2048;

/**
 * @param key in the wire format of RFC 4253, section 6.6: the kind, the exponent, the modulus
 * @returns the bits of an RSA key's modulus; undefined for a key of another kind
 * @throws RangeError for a key that ends too early
 */
export function rsaBitsOf(key: Buffer): number | undefined {
  if (kindOf(key) !== 'ssh-rsa') return undefined;
  const exponentAt = 4 + key.readUInt32BE(0);
  const modulusAt = exponentAt + 4 + key.readUInt32BE(exponentAt);
  const length = key.readUInt32BE(modulusAt);
  const modulus = key.subarray(modulusAt + 4, modulusAt + 4 + length);
  const from = modulus.findIndex(byte => byte !== 0);
  if (from < 0) return 0;
  return (modulus.length - from) * 8 - (Math.clz32(modulus[from] ?? 0) - 24);
}

/** True for an RSA key whose private half can be worked out by somebody who wants to be taken for the machine. */
export function isTooSmall(key: Buffer): boolean {
  try {
    const bits = rsaBitsOf(key);
    return bits !== undefined && bits < SMALLEST_RSA_BITS;
  } catch {
    // It comes from a stranger, and nobody has looked at it before.
    return true;
  }
}
