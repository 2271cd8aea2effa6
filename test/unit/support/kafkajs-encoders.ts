import { createRequire } from 'node:module';

/** A record as kafkajs's own code writes and reads it. */
export interface KafkaJsRecord {
  readonly value: Buffer | null;
  readonly key?: Buffer | null;
  readonly headers: Readonly<Record<string, string | Buffer | (string | Buffer)[]>>;
}
interface Encoded {
  readonly buffer: Buffer;
}
interface BatchOptions {
  readonly records: readonly Encoded[];
  readonly firstOffset?: string;
  readonly lastOffsetDelta: number;
  readonly transactional?: boolean;
}

const require = createRequire(import.meta.url);
const from = <T>(path: string): T => require(`kafkajs/src/protocol/${path}`) as T;
const Long = require('kafkajs/src/utils/long.js') as { fromValue(value: string): unknown };
const Record = from<(record: KafkaJsRecord & { readonly offsetDelta: number }) => Encoded>(
  'recordBatch/record/v0/index.js',
);
const { RecordBatch } = from<{ RecordBatch: (options: object) => Promise<Encoded> }>(
  'recordBatch/v0/index.js',
);

/** A batch of records, as kafkajs writes it. @param first offset of the first record */
export async function kafkaJsBatch(
  records: readonly KafkaJsRecord[],
  first = 0,
  more: Partial<BatchOptions> = {},
): Promise<Buffer> {
  const batch = await RecordBatch({
    records: records.map((record, offsetDelta) => Record({ ...record, offsetDelta })),
    ...{ firstOffset: Long.fromValue(`${first}`), lastOffsetDelta: records.length - 1 },
    ...more,
  });
  return Buffer.from(batch.buffer);
}

/** The request that kafkajs itself would send. */
export const kafkaJsProduce = from<(options: object) => { encode(): Promise<Encoded> }>(
  'requests/produce/v7/request.js',
);

/** How kafkajs reads the records of a partition's part of a fetch, its length included. */
export const kafkaJsMessages = async (
  bytes: Buffer,
): Promise<
  readonly { readonly offset: string; readonly value: Buffer | null; readonly headers: object }[]
> => {
  const Decoder = from<new (bytes: Buffer) => object>('decoder.js');
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return await from<(decoder: object) => Promise<never>>('requests/fetch/v4/decodeMessages.js')(
    new Decoder(Buffer.concat([length, bytes])),
  );
};
