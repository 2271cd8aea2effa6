import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { produceRequest } from '../../../../src/kafka/records/produce-request.ts';
import { BATCH, RecordBlock } from '../../../../src/kafka/records/record-block.ts';
import { type NewRecord, RecordWriter } from '../../../../src/kafka/records/record-writer.ts';
import { kafkaJsBatch, kafkaJsProduce } from '../../support/kafkajs-encoders.ts';
import { batchOf } from '../../support/written-records.ts';

const NOW = 1_790_000_000_000;
/** Lengths around those at which a number takes one byte more. */
const SIZES = [0, 1, 20, 63, 64, 127, 128, 8_170, 8_191, 8_192, 70_000, 1_048_500, 1_048_600];
const EVERY_SIZE = SIZES.map(size => ({ value: Buffer.alloc(size, 'v'), headers: { size: `${size}` } }));

function blockOf(records: readonly NewRecord[], partition = 0, firstSequence = 0): RecordBlock {
  const writer = new RecordWriter();
  for (const record of records) writer.add(record);
  return new RecordBlock(partition, writer, firstSequence);
}

/** kafkajs counts sequence numbers by itself; the producer's identity is not part of its batches by default. */
const theRest = (batch: Buffer) => Buffer.concat([batch.subarray(0, 17), batch.subarray(BATCH.count)]);

const anyRecord = fc.record({
  value: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  headers: fc.dictionary(
    fc.string({ unit: 'grapheme', maxLength: 70 }),
    fc.string({ unit: 'grapheme', maxLength: 90 }),
    { maxKeys: 4, noNullPrototype: true },
  ),
});

describe('records written by us', () => {
  it('are byte for byte those of kafkajs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 200 }), async records => {
        expect(theRest(batchOf(blockOf(records)))).toEqual(theRest(await kafkaJsBatch(records)));
      }),
      { numRuns: 60 },
    );
  });

  it('are so in every length that a number can have', async () => {
    const many = Array.from({ length: 9_000 }, () => ({ value: Buffer.from('x'), headers: {} }));
    for (const records of [...EVERY_SIZE.map(record => [record]), EVERY_SIZE, many])
      expect(theRest(batchOf(blockOf(records))).equals(theRest(await kafkaJsBatch(records)))).toBe(true);
  });

  it('go to the broker in the request that kafkajs would send', async () => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
    const records = [0, 1, 2].map(number => ({
      value: Buffer.from(`${number}`),
      headers: { sequence: `${number}` },
    }));
    const options = { acks: -1, timeout: 30_000, producerId: '4611686018427387905', producerEpoch: 3 };
    const topicData = (messages: readonly unknown[]) => [
      { topic: 'größe', partitions: [2, 5].map(partition => ({ partition, messages, firstSequence: 77 })) },
    ];
    const theirs = await kafkaJsProduce({ ...options, topicData: topicData(records) }).encode();
    vi.useRealTimers();
    const blocks = [2, 5].map(partition => blockOf(records, partition, 77));
    const ours = produceRequest(
      [{ topic: 'größe', blocks }],
      { ...options, topicData: topicData(blocks) },
      NOW,
    );
    expect(ours.toString('hex')).toBe(theirs.buffer.toString('hex'));
  });
});
