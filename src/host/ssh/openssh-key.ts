import type { KeyObject } from 'node:crypto';

const MAGIC = Buffer.from('openssh-key-v1\0');
const BLOCK_SIZE = 8;
const NAME = /^[a-z0-9][a-z0-9@.-]{2,50}$/;
const TYPE = /^(sk-)?(ssh|ecdsa|webauthn)-[a-z0-9@.-]{3,50}$/;

/** What OpenSSH's own format tells of a key without its passphrase (PROTOCOL.key). */
export interface OpenSshKeyHead {
  /** `none`, or the cipher that protects it. */
  readonly cipher: string;
  /** E.g. `ssh-ed25519`. */
  readonly type: string;
}

/** Reads the head of a key in OpenSSH's own format. @returns undefined when it is damaged */
export function readHead(pem: string): OpenSshKeyHead | undefined {
  const bytes = Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64');
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  let at = MAGIC.length;
  const next = () => {
    const length = bytes.readUInt32BE(at);
    at += 4 + length;
    if (at > bytes.length) throw new RangeError('it ends too early');
    return bytes.subarray(at - length, at);
  };
  try {
    const cipher = next().toString('latin1');
    next(); // the key derivation function
    next(); // and its options
    at += 4; // the number of keys
    const publicKey = next();
    const type = publicKey.toString('latin1', 4, 4 + publicKey.readUInt32BE(0));
    // In a damaged key these may be anything, even a piece of the secret.
    return NAME.test(cipher) && TYPE.test(type) ? { cipher, type } : undefined;
  } catch {
    return undefined;
  }
}

/** An ED25519 key in OpenSSH's own format, unencrypted: the only one in which the SSH library reads this kind. */
export function writeEd25519(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const [publicHalf, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')];
  const type = field('ssh-ed25519');
  const secret = Buffer.concat([
    // Two equal numbers, by which a reader tells that it has decrypted rightly.
    uint32(0),
    uint32(0),
    type,
    field(publicHalf),
    field(Buffer.concat([seed, publicHalf])),
    field(''),
  ]);
  const missing = (BLOCK_SIZE - (secret.length % BLOCK_SIZE)) % BLOCK_SIZE;
  const padding = Buffer.from(Array.from({ length: missing }, (_, index) => index + 1));
  const bytes = Buffer.concat([
    MAGIC,
    field('none'),
    field('none'),
    field(''),
    uint32(1),
    field(Buffer.concat([type, field(publicHalf)])),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([uint32(bytes.length), bytes]);
}
