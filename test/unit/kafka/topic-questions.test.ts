import type { Kafka } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { compactArray, compactString, int32, NO_TAGS } from '../../../src/kafka/compact-protocol.ts';
import { CREATE_CLUSTER } from '../../../src/kafka/kafkajs-cluster.ts';
import { TopicWatch } from '../../../src/kafka/round-trip/topic-watch.ts';
import { openTransactions, topicId } from '../../../src/kafka/topic-questions.ts';
import { SimulatedClock } from '../support/clocks.ts';
import { contextOf } from '../support/kafka-contexts.ts';
import { RecordingLog } from '../support/recording-log.ts';

type Send = {
  request: { apiName: string; encode: () => Promise<{ buffer: Buffer }> };
  response: { decode: (answer: Buffer) => Promise<unknown> };
};

/** Brokers 1 and 2 lead a partition each of the topic, and answer with these bytes, behind the header. */
function brokersThat(answer: (apiName: string, nodeId: string, body: Buffer) => Buffer): Kafka {
  const findBroker = async ({ nodeId }: { nodeId: string }) => ({
    connectionPool: {
      send: async ({ request, response }: Send) => {
        const { buffer } = await request.encode();
        return response.decode(Buffer.concat([NO_TAGS, answer(request.apiName, nodeId, buffer)]));
      },
    },
  });
  const cluster = {
    connect: async () => {},
    disconnect: async () => {},
    addTargetTopic: async () => {},
    refreshMetadataIfNecessary: async () => {},
    findTopicPartitionMetadata: () => [
      { partitionId: 0, leader: 1 },
      { partitionId: 1, leader: 2 },
    ],
    findBroker,
  };
  return { [Symbol(CREATE_CLUSTER)]: () => cluster } as unknown as Kafka;
}

const int16 = (value: number) => int32(value).subarray(2);
const int64 = (value: number) => Buffer.concat([int32(value < 0 ? -1 : 0), int32(value)]);

/** An answer to Metadata, as Kafka 3.9 gives it, up to the id. */
function metadata(id: number, errorCode = 0): Buffer {
  const broker = Buffer.concat([
    int32(1),
    compactString('localhost'),
    int32(19092),
    Buffer.from([0]),
    NO_TAGS,
  ]);
  const topic = Buffer.concat([int16(errorCode), compactString('orders'), Buffer.alloc(16, id)]);
  return Buffer.concat([
    int32(0),
    compactArray([broker]),
    compactString('cluster'),
    int32(1),
    compactArray([topic]),
  ]);
}

/** An answer to DescribeProducers: a producer without a transaction, and one with. */
function producers(partition: number, startOffset: number): Buffer {
  const producer = (id: number, start: number) =>
    Buffer.concat([int64(id), int32(0), int32(9), int64(1_000), int32(0), int64(start), NO_TAGS]);
  const active = compactArray([producer(3, -1), producer(4 + partition, startOffset)]);
  const parts = Buffer.concat([int32(partition), int16(0), Buffer.from([0]), active, NO_TAGS]);
  const topic = Buffer.concat([compactString('orders'), compactArray([parts]), NO_TAGS]);
  return Buffer.concat([int32(0), compactArray([topic]), NO_TAGS]);
}

describe('the id of a topic', () => {
  it('is what a leader says', async () => {
    const asked: Buffer[] = [];
    const kafka = brokersThat((_, __, body) => {
      asked.push(body);
      return metadata(1);
    });
    expect(await topicId(kafka, 'orders')).toBe('AQEBAQEBAQEBAQEBAQEBAQ');
    expect(asked[0]?.toString('latin1')).toContain('orders');
  });

  it.each<[string, () => Buffer]>([
    ['the broker is too old to have ids', () => metadata(0)],
    ['the topic is not there', () => metadata(1, 3)],
    ['the answer is broken', () => Buffer.from([0, 0])],
    [
      'the broker does not answer',
      () => {
        throw new Error('NO');
      },
    ],
  ])('is not known when %s', async (_, answer) => {
    expect(await topicId(brokersThat(answer), 'orders')).toBeUndefined();
  });
});

describe('open transactions', () => {
  it('are asked of the leader of each partition', async () => {
    const kafka = brokersThat((_, nodeId) => producers(Number(nodeId) - 1, 7));
    expect(await openTransactions(kafka, 'orders')).toEqual([
      { partition: 0, producerId: '4', offset: 7 },
      { partition: 1, producerId: '5', offset: 7 },
    ]);
  });

  it('are not known where a broker does not tell', async () => {
    expect(
      await openTransactions(
        brokersThat(() => Buffer.alloc(0)),
        'orders',
      ),
    ).toBeUndefined();
  });
});

describe('a topic that is watched', () => {
  const clock = new SimulatedClock();

  it('is another one when it was deleted and made again', async () => {
    let id = 1;
    const watch = new TopicWatch(
      contextOf({}, { clock }),
      brokersThat(() => metadata(id)),
      'orders',
    );
    await watch.begin(Promise.resolve(new Map()));
    expect(await watch.isAnother()).toBe(false);
    id = 0;
    expect(await watch.isAnother()).toBe(false);
    id = 2;
    expect(await watch.isAnother()).toBe(true);
  });

  it.each([
    [7, 'a transaction is open in partition 1 from offset 7 (producer id 5) of topic orders'],
    [6, 'a transaction is open in partition 1 from offset 7 of topic orders'],
  ])('has its open transactions named, with the producer where it is known: %i', async (offset, words) => {
    const log = new RecordingLog();
    const kafka = brokersThat((name, nodeId) =>
      name === 'Metadata' ? metadata(1) : producers(Number(nodeId) - 1, offset),
    );
    const watch = new TopicWatch(contextOf({}, { clock, log }), kafka, 'orders');
    const open = new Map([
      [0, { start: 0, stable: 9, end: 9 }],
      [1, { start: 0, stable: 7, end: 9 }],
    ]);
    await watch.begin(Promise.resolve(open));
    await watch.tellOpenTransactions(async () => new Map([[1, { start: 0, stable: 8, end: 9 }]]));
    expect(log.lines).toEqual([]);
    await watch.tellOpenTransactions(async () => open);
    expect(log.text).toContain(words);
  });
});
