import { BATCH, MAGIC } from './record-block.ts';

type HeaderValue = Buffer | Buffer[];

/** A record as a fetch brings it. Its buffers are views of what came. */
export interface FetchedRecord {
  readonly offset: number;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, HeaderValue>>;
}

const CODEC_BITS = 7;
const CONTROL_BIT = 0x20;
const NAME_OF_NONE = Buffer.alloc(0);

/**
 * A batch of records, which kafkajs takes for a single message: of its messages it wants to know no more than their offsets and
 * whether they are control records, which no reader is given.
 */
export class FetchedBatch {
  /** Of the last record, also where compaction has taken that away. */
  readonly offset: string;
  readonly isControlRecord: boolean;
  private readonly bytes: Buffer;
  private readonly firstOffset: number;
  private readonly count: number;
  private at = 0;
  /** Names of headers are the same from record to record. */
  private readonly names: { bytes: Buffer; name: string }[] = [];

  /**
   * @param batch all bytes of it
   * @param records its records, unpacked
   */
  constructor(batch: Buffer, records: Buffer) {
    this.firstOffset = Number(batch.readBigInt64BE(0));
    this.offset = `${this.firstOffset + batch.readInt32BE(BATCH.lastOffsetDelta)}`;
    this.isControlRecord = (batch.readInt16BE(BATCH.attributes) & CONTROL_BIT) !== 0;
    this.count = batch.readInt32BE(BATCH.count);
    this.bytes = records;
  }

  /** The records from an offset on. A fetch brings whole batches, whatever offset within one it asks for. */
  *from(offset: number): Generator<FetchedRecord> {
    this.at = 0;
    for (let index = 0; index < this.count; index++) {
      const end = this.number() + this.at;
      const record = this.record();
      this.at = end;
      if (record.offset >= offset) yield record;
    }
  }

  private record(): FetchedRecord {
    this.at++; // No attribute has a meaning yet.
    this.skipNumber(); // The time may be more than a number of JavaScript's holds exactly.
    const offset = this.firstOffset + this.number();
    this.bytesWithLength(); // The key
    const value = this.bytesWithLength();
    const headers: Record<string, HeaderValue> = {};
    const count = this.number();
    for (let index = 0; index < count; index++) {
      const name = this.name(index);
      const header = this.bytesWithLength() ?? NAME_OF_NONE;
      const before = headers[name];
      headers[name] = before === undefined ? header : [before, header].flat();
    }
    return { offset, value, headers };
  }

  private name(index: number): string {
    const length = this.number();
    const start = this.at;
    this.at += length;
    const known = this.names[index];
    if (known && isAt(this.bytes, start, length, known.bytes)) return known.name;
    const bytes = this.bytes.subarray(start, this.at);
    const name = bytes.toString();
    this.names[index] = { bytes, name };
    return name;
  }

  private bytesWithLength(): Buffer | null {
    const length = this.number();
    if (length < 0) return null;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private skipNumber(): void {
    while (this.byte() > 0x7f);
  }

  /** A number of 32 bits at most, the sign in its lowest bit. */
  private number(): number {
    let value = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.byte();
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte > 0x7f);
    return (value >>> 1) ^ -(value & 1);
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError('a record that ends behind its batch');
    return byte;
  }
}

function isAt(bytes: Buffer, start: number, length: number, wanted: Buffer): boolean {
  if (length !== wanted.length) return false;
  for (let index = 0; index < length; index++) if (bytes[start + index] !== wanted[index]) return false;
  return true;
}

/**
 * Splits what a partition's part of a fetch holds into batches.
 * @param unpack unpacks records by the number of their codec
 * @returns undefined where a batch is of an older format. The last one may be cut off; it will be fetched again
 */
export function batchesIn(
  bytes: Buffer,
  unpack: (codec: number, records: Buffer) => Buffer,
): FetchedBatch[] | undefined {
  const batches: FetchedBatch[] = [];
  for (let at = 0; at + BATCH.records <= bytes.length; ) {
    const end = at + BATCH.leaderEpoch + bytes.readInt32BE(at + BATCH.length);
    if (bytes.readInt8(at + BATCH.magic) !== MAGIC) return undefined;
    if (end > bytes.length) break;
    const batch = bytes.subarray(at, end);
    const codec = batch.readInt16BE(BATCH.attributes) & CODEC_BITS;
    const records = batch.subarray(BATCH.records);
    batches.push(new FetchedBatch(batch, codec === 0 ? records : unpack(codec, records)));
    at = end;
  }
  return batches;
}
