import crc32C from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';

/** Which producer sends, as the brokers know it. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** Records for one partition, written already. To kafkajs it is a single message. */
export class RecordBlock {
  readonly partition: number;
  /** The bytes of the records, as `RecordWriter` gives them. */
  readonly value: Buffer;
  readonly count: number;
  /** How many records the producer has sent to the partition before; a block that is sent again keeps its number. */
  readonly firstSequence: number;

  constructor(
    partition: number,
    records: { taken(): Buffer; readonly count: number },
    firstSequence: number,
  ) {
    this.partition = partition;
    this.value = records.taken();
    this.count = records.count;
    this.firstSequence = firstSequence;
  }
}

/** Where the parts of a batch begin. */
export const BATCH = {
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  checksum: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  firstSequence: 53,
  count: 57,
  records: 61,
} as const;

/** The format of batches since Kafka 0.11. */
export const MAGIC = 2;

/**
 * Writes a block as a batch of Kafka's format 2.
 * @param timeMs of all records, in milliseconds since 1970
 * @returns how many bytes it takes, `batchBytes` of the block
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export function writeBatch(
  { value, count, firstSequence }: RecordBlock,
  { producerId, producerEpoch }: ProducerIdentity,
  timeMs: number,
  batch: Buffer,
): void {
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - BATCH.leaderEpoch, BATCH.length);
  batch.writeInt32BE(0, BATCH.leaderEpoch);
  batch.writeInt8(MAGIC, BATCH.magic);
  batch.writeInt16BE(0, BATCH.attributes);
  batch.writeInt32BE(count - 1, BATCH.lastOffsetDelta);
  batch.writeBigInt64BE(BigInt(timeMs), BATCH.firstTimestamp);
  batch.writeBigInt64BE(BigInt(timeMs), BATCH.maxTimestamp);
  batch.writeBigInt64BE(producerId, BATCH.producerId);
  batch.writeInt16BE(producerEpoch, BATCH.producerEpoch);
  batch.writeInt32BE(firstSequence, BATCH.firstSequence);
  batch.writeInt32BE(count, BATCH.count);
  value.copy(batch, BATCH.records);
  batch.writeUInt32BE(crc32C(batch.subarray(BATCH.attributes)), BATCH.checksum);
}

/** How many bytes the batch of a block takes. */
export const batchBytes = ({ value }: RecordBlock): number => BATCH.records + value.length;
