import { FetchedBatch } from '../../../src/kafka/records/fetched-batch.ts';
import { batchBytes, type RecordBlock, writeBatch } from '../../../src/kafka/records/record-block.ts';

/** The batch of a block, as it goes to a broker. */
export function batchOf(block: RecordBlock, timeMs = 0): Buffer {
  const batch = Buffer.alloc(batchBytes(block));
  writeBatch(block, { producerId: 7n, producerEpoch: 0 }, timeMs, batch);
  return batch;
}

/** The records of a block, as who reads them gets them. */
export function recordsOf(block: RecordBlock) {
  const { partition } = block;
  return [...new FetchedBatch(batchOf(block), block.value).from(0)].map(({ value, headers }) => ({
    partition,
    value,
    headers: headers as Readonly<Record<string, Buffer>>,
  }));
}
