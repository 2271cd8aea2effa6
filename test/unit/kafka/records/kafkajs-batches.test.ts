import fetchResponse from 'kafkajs/src/protocol/requests/fetch/v11/response.js';
import produce from 'kafkajs/src/protocol/requests/produce/index.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { FetchedBatch } from '../../../../src/kafka/records/fetched-batch.ts';
import { passBatchesThrough } from '../../../../src/kafka/records/kafkajs-batches.ts';
import { RecordBlock } from '../../../../src/kafka/records/record-block.ts';
import { RecordWriter } from '../../../../src/kafka/records/record-writer.ts';
import { kafkaJsBatch, kafkaJsProduce } from '../../support/kafkajs-encoders.ts';

const record = { value: Buffer.from('7'), headers: { sequence: '7' } };
const sent = (messages: readonly unknown[]) => ({
  ...{ acks: -1, timeout: 30_000, producerId: '12', producerEpoch: 0 },
  topicData: [{ topic: 't', partitions: [{ partition: 0, messages, firstSequence: 0 }] }],
});

function block(): RecordBlock {
  const writer = new RecordWriter();
  writer.add(record);
  return new RecordBlock(0, writer, 0);
}

/** The answer to a fetch, of one partition. @param magic format of the batch */
async function answer({ aborted = 0, magic = 2 } = {}): Promise<Buffer> {
  const batch = await kafkaJsBatch([record, record], 40);
  batch.writeInt8(magic, 16);
  const head = Buffer.alloc(14);
  head.writeInt32BE(250, 0); // Throttled by so many milliseconds.
  head.writeInt32BE(9, 6); // The session
  head.writeInt32BE(1, 10);
  const partition = Buffer.alloc(42 + 16 * aborted + 8);
  partition.writeInt32BE(1, 0);
  partition.writeInt32BE(3, 4);
  partition.writeBigInt64BE(42n, 10);
  partition.writeBigInt64BE(41n, 18);
  partition.writeBigInt64BE(0n, 26);
  partition.writeInt32BE(aborted === 0 ? -1 : aborted, 34);
  partition.writeInt32BE(-1, 38 + 16 * aborted);
  partition.writeInt32BE(batch.length, 42 + 16 * aborted);
  return Buffer.concat([head, Buffer.from([0, 1, 0x74]), partition.subarray(0, 46 + 16 * aborted), batch]);
}

describe('kafkajs', () => {
  beforeAll(() => {
    passBatchesThrough();
    passBatchesThrough();
  });

  it.each([3, 4, 5, 6, 7])('sends a block as what it is, in version %i of the request', async version => {
    const { buffer, buf } = await produce
      .protocol({ version })(sent([block()]))
      .request.encode();
    const theirs = await kafkaJsProduce(sent([record])).encode();
    expect(buf).toBe(buffer);
    // All but the times and the checksum over them.
    const withoutTimes = (bytes: Buffer) =>
      bytes.toString('hex').slice(0, -2 * bytes.length + 2 * 44) + bytes.subarray(-30).toString('hex');
    expect(withoutTimes(buffer)).toBe(withoutTimes(theirs.buffer));
    expect(buffer.length).toBe(theirs.buffer.length);
  });

  it('still writes by itself what is no block', async () => {
    const { buffer } = await produce
      .protocol({ version: 7 })(sent([record]))
      .request.encode();
    expect(buffer.length).toBe((await kafkaJsProduce(sent([record])).encode()).buffer.length);
  });

  it('hands on the batches of a fetch, with all else that it wants to know', async () => {
    const read = await fetchResponse.decode(await answer());
    expect(read).toMatchObject({
      ...{ throttleTime: 0, clientSideThrottleTime: 250, errorCode: 0, sessionId: 9 },
      responses: [
        {
          topicName: 't',
          partitions: [
            {
              ...{
                partition: 3,
                errorCode: 0,
                highWatermark: '42',
                lastStableOffset: '41',
                lastStartOffset: '0',
              },
              ...{ abortedTransactions: [], preferredReadReplica: -1 },
              messages: [{ offset: '41', isControlRecord: false }],
            },
          ],
        },
      ],
    });
    expect(JSON.stringify(read)).toContain('"firstOffset":40');
  });

  it.each([
    ['an aborted transaction', { aborted: 1 }],
    ['records of an older format', { magic: 1 }],
  ])('reads %s by itself', async (_, kind) => {
    const read = (await fetchResponse.decode(await answer(kind)).catch(() => undefined)) as
      | { responses: { partitions: { messages: unknown[] }[] }[] }
      | undefined;
    const messages = read?.responses[0]?.partitions[0]?.messages ?? [];
    expect(messages.some(message => message instanceof FetchedBatch)).toBe(false);
    if ('aborted' in kind) expect(messages).toHaveLength(2);
  });
});
