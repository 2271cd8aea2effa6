import { crc32 } from 'node:zlib';

/** How the records of a run are told from others, and from each other. */
export interface Identity {
  readonly runId: string;
  /** Number of the message in its run, from 0. */
  readonly sequence: number;
}

/** What a message says, apart from its identity. */
export interface Codec {
  encode(sequence: number): Buffer;
  /** True when a value says what the message of this number should say. */
  isIntact(sequence: number, value: Buffer): boolean;
}

/** The guide's message. */
export const guideCodec: Codec = {
  // The JSON of guideMessage, which JSON.stringify takes twice as long for.
  encode: sequence => Buffer.from(`{"key":${sequence},"message":"Hello Kafka ${sequence}"}`),
  // The checksum has been compared already.
  isIntact: () => true,
};

/** The guide's message, before any encoding. */
export const guideMessage = (sequence: number) => ({ key: sequence, message: `Hello Kafka ${sequence}` });

const HEADERS = { runId: 'run-id', sequence: 'sequence', checksum: 'checksum' } as const;

/** Value and headers of a message: identity and checksum are in the headers, so that the value is the guide's. */
export function encodeRecord(identity: Identity, codec: Codec) {
  const value = codec.encode(identity.sequence);
  const headers = {
    [HEADERS.runId]: identity.runId,
    [HEADERS.sequence]: `${identity.sequence}`,
    [HEADERS.checksum]: checksumOf(identity, value),
  };
  return { value, headers };
}

/** The part of a Kafka client's record that tells whose it is. */
export interface RawRecord {
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>> | undefined;
}

/** @returns the number of a message of this run; undefined for someone else's */
export function sequenceOf({ headers }: RawRecord, runId: string): number | undefined {
  if (!headers || !says(headers[HEADERS.runId], runId)) return undefined;
  const sequence = Number(headers[HEADERS.sequence]?.toString() || Number.NaN);
  return Number.isSafeInteger(sequence) && sequence >= 0 ? sequence : undefined;
}

/** True when a record of this identity is, bit for bit and in meaning, what was sent. */
export function isWhole(identity: Identity, { value, headers }: RawRecord, codec: Codec): boolean {
  if (value === null || !says(headers?.[HEADERS.checksum], checksumOf(identity, value))) return false;
  return codec.isIntact(identity.sequence, value);
}

/** Compares a header with a text of ASCII, byte by byte: to make a text of each first takes three times as long. */
function says(header: NonNullable<RawRecord['headers']>[string], text: string): boolean {
  if (!Buffer.isBuffer(header)) return header?.toString() === text;
  if (header.length !== text.length) return false;
  for (let index = 0; index < text.length; index++)
    if (header[index] !== text.charCodeAt(index)) return false;
  return true;
}

/** CRC-32 over the identity and the value: a value under the wrong number is as wrong as a changed one. */
function checksumOf({ runId, sequence }: Identity, value: Buffer): string {
  if (runId !== lastRun.runId) lastRun = { runId, crc: crc32(`${runId}/`) };
  return inHex(crc32(value, crc32(`${sequence}/`, lastRun.crc)));
}

/** A million checksums begin with the same run. */
let lastRun = { runId: '', crc: crc32('/') };

const TWO_DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight digits. Most checksums are too large for the fast way of `toString(16)`, which then takes longer than the checksum. */
function inHex(crc: number): string {
  const digits = (shift: number) => TWO_DIGITS[(crc >>> shift) & 0xff] ?? '';
  return digits(24) + digits(16) + digits(8) + digits(0);
}
