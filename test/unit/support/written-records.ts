import { FetchedBatch } from '../../../src/kafka/records/fetched-batch.ts';
import { BATCH, batchBytes, type RecordBlock, writeBatch } from '../../../src/kafka/records/record-block.ts';

/** The batch of a block, as it goes to a broker. */
export function batchOf(block: RecordBlock, timeMs = 0): Buffer {
  const batch = Buffer.alloc(batchBytes(block));
  writeBatch(block, { producerId: 7n, producerEpoch: 0 }, timeMs, batch);
  return batch;
}

/** The records of a block, as a broker keeps them: the memory of the block may be written to again. */
export function recordsOf(block: RecordBlock) {
  const { partition } = block;
  const batch = batchOf(block);
  return [...new FetchedBatch(batch, batch.subarray(BATCH.records)).from(0)].map(({ value, headers }) => ({
    partition,
    value,
    headers: headers as Readonly<Record<string, Buffer>>,
  }));
}
