/**
 * The few parts of Kafka's flexible protocol (KIP-482) that kafkajs has no requests for: compact strings and arrays have
 * their length plus one in front of them, and every structure ends with tagged fields.
 */

/** An unsigned number in the form of protobuf. */
function varint(value: number): Buffer {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

export const NO_TAGS = Buffer.from([0]);

export const compactString = (text: string): Buffer =>
  Buffer.concat([varint(Buffer.byteLength(text) + 1), Buffer.from(text)]);

export const compactArray = (items: readonly Buffer[]): Buffer =>
  Buffer.concat([varint(items.length + 1), ...items]);

export function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

/** Reads an answer from its front to its end. @throws RangeError when it is shorter than it should be */
export class CompactReader {
  private readonly buffer: Buffer;
  private position = 0;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  int16(): number {
    return this.buffer.readInt16BE(this.skip(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.skip(4));
  }

  int64(): bigint {
    return this.buffer.readBigInt64BE(this.skip(8));
  }

  uuid(): string {
    const start = this.skip(16);
    return this.buffer.subarray(start, start + 16).toString('base64url');
  }

  /** The empty string when there is none. */
  string(): string {
    const length = Math.max(0, this.varint() - 1);
    const start = this.skip(length);
    return this.buffer.subarray(start, start + length).toString();
  }

  array<T>(item: () => T): T[] {
    return Array.from({ length: Math.max(0, this.varint() - 1) }, item);
  }

  tags(): void {
    for (let count = this.varint(); count > 0; count--) {
      this.varint();
      this.skip(this.varint());
    }
  }

  private varint(): number {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.buffer.readUInt8(this.skip(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  private skip(bytes: number): number {
    const start = this.position;
    this.position += bytes;
    if (this.position > this.buffer.length) throw new RangeError('the answer is too short');
    return start;
  }
}
