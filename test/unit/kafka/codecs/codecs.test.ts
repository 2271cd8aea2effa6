import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readEveryCodec } from '../../../../src/kafka/codecs/codecs.ts';

interface Decoder {
  offset: number;
  readonly buffer: Buffer;
}
type Batch = { readonly records: readonly { readonly value: Buffer }[] };
const require = createRequire(import.meta.url);
const KafkaDecoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => Decoder;
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (
  decoder: Decoder,
) => Promise<Batch>;

/** A partition's file, as Kafka 3.9.2 wrote it for Kafka's console producer with `--compression-codec NAME`. */
const segment = (codec: string) => readFileSync(join(import.meta.dirname, 'segments', `${codec}.segment`));

/** Reads a partition's file as kafkajs reads the answer to a fetch. */
async function valuesOf(bytes: Buffer): Promise<string[]> {
  const decoder = new KafkaDecoder(bytes);
  const values: string[] = [];
  while (decoder.offset < bytes.length)
    for (const { value } of (await decodeBatch(decoder)).records) values.push(value.toString());
  return values;
}

/** Where the first batch names its codec: the last byte of its attributes. */
const ATTRIBUTES = 22;

const SENT = [
  ...Array.from({ length: 8 }, (_, key) => `{"key": ${key}, "message": "Hello Kafka ${key}"}`),
  // More than a block of LZ4 or of Snappy holds.
  'Kafka at work, '.repeat(7_000),
];

describe('the codecs of Kafka', () => {
  beforeAll(readEveryCodec);

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])(
    '%s: reads what Kafka wrote, of one block and of many',
    async codec => {
      expect(await valuesOf(segment(codec))).toEqual(SENT);
    },
  );

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])(
    '%s: a batch that is not whole is refused by name',
    async codec => {
      const bytes = segment(codec);
      // The records begin after 61 bytes; the checksum of a batch is the broker's affair.
      bytes.fill(0, 61, 75);
      await expect(valuesOf(bytes)).rejects.toThrow(
        `records compressed with codec ${codec} cannot be unpacked: `,
      );
    },
  );

  it.each([5, 6, 7])('number %i, which nobody knows, is refused, and not asked for again', async number => {
    const bytes = segment('gzip');
    bytes[ATTRIBUTES] = number;
    const message = `records are compressed with codec number ${number}, which is not known here`;
    await expect(valuesOf(bytes)).rejects.toMatchObject({ message, retriable: false });
  });
});
