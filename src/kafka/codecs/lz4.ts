const MAGIC = 0x184d2204;
const VERSION_1 = 1;
const FLAGS = { contentChecksum: 0x04, contentSize: 0x08, blockChecksum: 0x10 } as const;
const CHECKSUM_BYTES = 4;
/** Largest size of a block by the number that the frame gives it. */
const BLOCK_SIZES: Readonly<Record<number, number>> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };
const IS_STORED = 0x8000_0000;
/** A length of 15 goes on in the bytes that follow, of 255 each but for the last. */
const GOES_ON = 15;
const SHORTEST_MATCH = 4;

/**
 * Unpacks an LZ4 frame, as every Kafka client writes them. The packages that do this without native code take broken frames
 * and return other content, or misread a frame with block checksums: a proof needs one that refuses.
 * @throws Error for a frame that is not whole
 */
export function decompressLz4Frame(frame: Buffer): Buffer {
  if (frame.length < 7 || frame.readUInt32LE(0) !== MAGIC) throw new Error('no LZ4 frame');
  const flags = frame.readUInt8(4);
  if (flags >> 6 !== VERSION_1) throw new Error(`LZ4 frame of version ${flags >> 6}`);
  const blockSize = BLOCK_SIZES[(frame.readUInt8(5) >> 4) & 7];
  if (blockSize === undefined) throw new Error('LZ4 frame with an unknown block size');
  const between = (flags & FLAGS.blockChecksum) === 0 ? 0 : CHECKSUM_BYTES;
  const output = new Output();
  let at = (flags & FLAGS.contentSize) === 0 ? 7 : 15;
  for (;;) {
    const header = frame.readUInt32LE(at);
    at += 4;
    if (header === 0) return output.taken();
    const length = header & ~IS_STORED;
    const block = frame.subarray(at, at + length);
    if (block.length < length) throw new Error('LZ4 frame that ends within a block');
    output.room(blockSize);
    if ((header & IS_STORED) === 0) decompressBlock(block, output);
    else output.copy(block, 0, length);
    at += length + between;
  }
}

/** Bytes so far, which later ones may repeat: a block refers to itself, and in some frames to the ones before. */
class Output {
  private bytes = Buffer.allocUnsafe(0);
  private length = 0;
  private end = 0;

  /** Makes room for `count` bytes more. */
  room(count: number): void {
    this.end = this.length + count;
    if (this.end <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.end, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  copy(source: Buffer, start: number, count: number): void {
    if (start + count > source.length || this.length + count > this.end)
      throw new Error('LZ4 block with a wrong length');
    source.copy(this.bytes, this.length, start, start + count);
    this.length += count;
  }

  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length || this.length + count > this.end)
      throw new Error('LZ4 block that refers to nothing');
    const { bytes } = this;
    // What is repeated may reach into what is being written: byte by byte.
    for (let to = this.length, end = to + count; to < end; to++) bytes[to] = bytes[to - distance] ?? 0;
    this.length += count;
  }

  taken(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}

function decompressBlock(block: Buffer, output: Output): void {
  let at = 0;
  const lengthFrom = (short: number): number => {
    let length = short;
    if (short === GOES_ON) {
      let more: number;
      do {
        more = block.readUInt8(at++);
        length += more;
      } while (more === 255);
    }
    return length;
  };
  for (;;) {
    const token = block.readUInt8(at++);
    const literals = lengthFrom(token >> 4);
    output.copy(block, at, literals);
    at += literals;
    if (at === block.length) return;
    const distance = block.readUInt16LE(at);
    at += 2;
    output.repeat(distance, SHORTEST_MATCH + lengthFrom(token & 15));
  }
}
