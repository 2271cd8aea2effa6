import { uncompress } from 'snappyjs';

/** How the Java library begins its own framing: this, two versions of four bytes each, then blocks with their lengths. */
const MAGIC = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0]);
const HEADER_BYTES = 16;

/**
 * Unpacks Snappy, in the framing of the Java library as Kafka's own clients and brokers write it, or bare as some others do.
 * @throws Error for what is not whole
 */
export function decompressSnappy(data: Buffer): Buffer {
  if (!data.subarray(0, MAGIC.length).equals(MAGIC)) return uncompress(data);
  const blocks: Buffer[] = [];
  let at = HEADER_BYTES;
  while (at < data.length) {
    const length = data.readInt32BE(at);
    const block = data.subarray(at + 4, at + 4 + length);
    if (length < 0 || block.length < length) throw new Error('Snappy data that ends within a block');
    blocks.push(uncompress(block));
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}
