/** A record as the one who sends it knows it. */
export interface NewRecord {
  readonly value: Buffer;
  /** Texts, by name. */
  readonly headers: Readonly<Record<string, string>>;
}

const FIRST_CAPACITY = 1_024;
/** Room for all numbers of a record but the lengths of its headers. */
const NUMBERS_BYTES = 32;
/** A record of 64 bytes to 8 KiB has a length of two bytes. */
const USUAL_LENGTH_BYTES = 2;
const LAST_OF_ASCII = 0x7f;
/** A null key, as a number with its sign in the lowest bit. */
const NO_KEY = 1;

/**
 * Writes records one behind the other, as they lie in a batch of Kafka's format 2: without keys, all with the time of the batch.
 * One buffer holds them all; a record takes no object of its own.
 * @see https://kafka.apache.org/documentation/#record
 */
export class RecordWriter {
  private bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  private at = 0;
  private written = 0;

  /** How many records there are. */
  get count(): number {
    return this.written;
  }

  /** Begins again, in the same memory: what was taken is overwritten. */
  clear(): void {
    this.at = 0;
    this.written = 0;
  }

  add({ value, headers }: NewRecord): void {
    this.room(value.length + NUMBERS_BYTES);
    const start = this.at;
    this.at += USUAL_LENGTH_BYTES;
    this.bytes[this.at++] = 0; // No attributes,
    this.bytes[this.at++] = 0; // and no time after the first one.
    this.number(this.written++);
    this.bytes[this.at++] = NO_KEY;
    this.number(value.length);
    value.copy(this.bytes, this.at);
    this.at += value.length;
    const names = Object.keys(headers);
    this.number(names.length);
    for (const name of names) {
      this.text(name);
      this.text(headers[name] ?? '');
    }
    this.setLength(start);
  }

  /** @returns the bytes of the records so far */
  taken(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  /** The length of a record stands before it, and is known only behind it. */
  private setLength(start: number): void {
    const body = start + USUAL_LENGTH_BYTES;
    const length = this.at - body;
    const lengthBytes = length < 0x40 ? 1 : length < 0x2000 ? 2 : length < 0x10_0000 ? 3 : 4;
    const end = start + lengthBytes + length;
    if (lengthBytes !== USUAL_LENGTH_BYTES) this.bytes.copyWithin(start + lengthBytes, body, this.at);
    this.at = start;
    this.number(length);
    this.at = end;
  }

  private text(text: string): void {
    // A character takes three bytes at most.
    this.room(3 * text.length + NUMBERS_BYTES);
    const start = this.at;
    this.number(text.length);
    let index = 0;
    for (; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > LAST_OF_ASCII) break;
      this.bytes[this.at++] = code;
    }
    if (index < text.length) this.wideText(text, start);
  }

  /** A text of more than ASCII. */
  private wideText(text: string, start: number): void {
    this.at = start;
    this.number(Buffer.byteLength(text));
    this.at += this.bytes.write(text, this.at);
  }

  /** @param value not negative; the lowest bit is that of the sign */
  private number(value: number): void {
    let rest = value * 2;
    while (rest > 0x7f) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.at++] = rest;
  }

  private room(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.at + count, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}
