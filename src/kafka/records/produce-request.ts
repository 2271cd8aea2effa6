import { batchBytes, type ProducerIdentity, type RecordBlock, writeBatch } from './record-block.ts';

/** What kafkajs wants to send to a broker. */
export interface ProduceOptions {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId?: number | string;
  readonly producerEpoch?: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly unknown[] }[];
  }[];
}

interface BlocksOfTopic {
  readonly topic: string;
  readonly blocks: readonly RecordBlock[];
}

const INT16 = 2;
const INT32 = 4;
const NULL = -1;

/**
 * A Produce request of version 3 to 7, the batches included.
 * @param timeMs of all records, in milliseconds since 1970
 * @see https://kafka.apache.org/protocol.html#The_Messages_Produce
 */
export function produceRequest(
  topics: readonly BlocksOfTopic[],
  { acks, timeout, producerId = NULL, producerEpoch = 0 }: ProduceOptions,
  timeMs: number,
): Buffer {
  const identity: ProducerIdentity = { producerId: BigInt(producerId), producerEpoch };
  const request = Buffer.allocUnsafe(sizeOf(topics));
  let at = request.writeInt16BE(NULL); // No transaction.
  at = request.writeInt16BE(acks, at);
  at = request.writeInt32BE(timeout, at);
  at = request.writeInt32BE(topics.length, at);
  for (const { topic, blocks } of topics) {
    at = request.writeInt16BE(Buffer.byteLength(topic), at);
    at += request.write(topic, at);
    at = request.writeInt32BE(blocks.length, at);
    for (const block of blocks) {
      const length = batchBytes(block);
      at = request.writeInt32BE(block.partition, at);
      at = request.writeInt32BE(length, at);
      writeBatch(block, identity, timeMs, request.subarray(at, at + length));
      at += length;
    }
  }
  return request;
}

function sizeOf(topics: readonly BlocksOfTopic[]): number {
  let size = 2 * INT16 + 2 * INT32;
  for (const { topic, blocks } of topics) {
    size += INT16 + Buffer.byteLength(topic) + INT32;
    for (const block of blocks) size += 2 * INT32 + batchBytes(block);
  }
  return size;
}
