import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import kafkajs from 'kafkajs';
import { reasonOf } from '../../errors.ts';
import { decompressLz4Frame } from './lz4.ts';
import { decompressSnappy } from './snappy.ts';

interface KafkaCodec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(data: Buffer): Promise<Buffer>;
}

/** Kafka's codecs, by the number that three bits of a batch of records give. */
const DECOMPRESS: Readonly<Record<number, readonly [string, (data: Buffer) => Buffer]>> = {
  1: ['gzip', data => gunzipSync(data)],
  2: ['snappy', decompressSnappy],
  3: ['lz4', decompressLz4Frame],
  4: ['zstd', data => zstdDecompressSync(data)],
};
const HIGHEST_NUMBER = 7;

/**
 * Teaches kafkajs every codec of Kafka's: by itself it reads gzip alone, and takes the records of a codec whose number it does
 * not know for uncompressed ones. A batch that cannot be unpacked ends the consumer with the codec's name.
 */
export function readEveryCodec(): void {
  const codecs = kafkajs.CompressionCodecs as unknown as Record<number, () => KafkaCodec>;
  for (let number = 1; number <= HIGHEST_NUMBER; number++) {
    const codec = codecOf(number);
    codecs[number] = () => codec;
  }
}

function codecOf(number: number): KafkaCodec {
  return {
    // The broker compresses as the topic wants it; our producer never does.
    compress: () => Promise.reject(unreadable(`nothing is sent with codec ${namedCodec(number)[0]}`)),
    decompress: async data => unpack(number, data),
  };
}

/**
 * Unpacks the records of a batch.
 * @param number of the codec
 * @throws KafkaJSNonRetriableError with the codec's name
 */
export function unpack(number: number, data: Buffer): Buffer {
  const [name, decompress] = namedCodec(number);
  if (!decompress) throw unreadable(`records are compressed with codec ${name}, which is not known here`);
  try {
    return decompress(data);
  } catch (error) {
    throw unreadable(`records compressed with codec ${name} cannot be unpacked: ${reasonOf(error)}`);
  }
}

const namedCodec = (number: number) => DECOMPRESS[number] ?? ([`number ${number}`, undefined] as const);

/** Asking again brings the same bytes. */
const unreadable = (message: string): Error => new kafkajs.KafkaJSNonRetriableError(message);
