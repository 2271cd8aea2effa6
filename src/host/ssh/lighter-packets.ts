import { createSecretKey } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';

/** Where ssh2 keeps the keys of a direction: one for each kind of cipher, and that of the checksum. */
const KEYS = ['_encKey', '_decipherKey', '_macKey'] as const;

type Direction = Partial<Record<(typeof KEYS)[number], unknown>>;

/** The part of an ssh2 client that is used. Its version is pinned and bundled; a test holds this against the real one. */
interface Internals {
  readonly _protocol?: { readonly _cipher?: Direction; readonly _decipher?: Direction };
}

/**
 * ssh2 makes a cipher for each packet, and Node takes longer to look at a key of bytes than to encrypt a packet with one that it knows.
 * Keys are new after each exchange: this is called after each.
 */
export function keepKeys(client: Client): void {
  const { _protocol: { _cipher, _decipher } = {} } = client as unknown as Internals;
  for (const direction of [_cipher, _decipher]) {
    for (const name of KEYS) {
      const key = direction?.[name];
      if (direction && Buffer.isBuffer(key)) direction[name] = createSecretKey(key);
    }
  }
}

/** ssh2 writes each packet in three pieces: what is written in one turn goes out at once, by one call of the system. */
export function gatherWrites(stream: Duplex): void {
  const write = stream.write;
  const gathering = (...given: Parameters<typeof write>) => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    return write.apply(stream, given);
  };
  stream.write = gathering as typeof write;
}
