import type { Kafka } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../../src/kafka/deadline.ts';
import type { RecordBlock } from '../../../../src/kafka/records/record-block.ts';
import { DeliveryLedger } from '../../../../src/kafka/round-trip/ledger.ts';
import { ProbeProducer } from '../../../../src/kafka/round-trip/producer.ts';
import { guideCodec } from '../../../../src/kafka/round-trip/record.ts';
import { SimulatedClock } from '../../support/clocks.ts';
import { contextOf } from '../../support/kafka-contexts.ts';
import { MemoryCluster } from '../../support/memory-kafka.ts';
import { RecordingLog } from '../../support/recording-log.ts';

const TOPIC = 'wide';
type Send = (block: RecordBlock) => Promise<void> | void;

/** A producer to a topic of so many partitions. @param before is told of each block, and may refuse it */
function producing(partitions: number, before: Send = () => {}) {
  const clock = new SimulatedClock();
  const cluster = new MemoryCluster(clock);
  cluster.addTopic(
    TOPIC,
    Array.from({ length: partitions }, (_, partition) => [1 + (partition % 3)]),
  );
  const inMemory = cluster.kafka();
  const blocks: RecordBlock[] = [];
  const kafka = Object.assign(Object.create(inMemory) as Kafka, {
    producer: (options: object) => {
      const producer = inMemory.producer(options);
      const send = async (batch: Parameters<typeof producer.send>[0]) => {
        const [block] = batch.messages as unknown as RecordBlock[];
        if (block) await before(block);
        if (block) blocks.push(block);
        return producer.send(batch);
      };
      return { ...producer, send };
    },
  });
  const context = contextOf({ of: () => kafka }, { clock, log: new RecordingLog() });
  const ledger = new DeliveryLedger(0);
  const producer = new ProbeProducer(context, {
    ...{ kafka, topic: TOPIC, runId: 'run', codec: guideCodec, ledger },
    deadline: new Deadline(60_000, context),
    partitions: cluster.partitionsOf(TOPIC).map(({ partition }) => partition),
  });
  return { producer, ledger, cluster, blocks, clock };
}

/** What each block says of how many the producer sent to its partition before it, and how many it holds itself. */
const numbersOf = (blocks: readonly RecordBlock[], partition: number) =>
  blocks
    .filter(block => block.partition === partition)
    .map(({ firstSequence, count }) => [firstSequence, count]);

const tooLarge = () =>
  Object.assign(new Error('The request included a message larger than the max'), { code: 10 });

describe('the producer', () => {
  it('sends to six partitions at once, and to each one block after the other', async () => {
    let most = 0;
    const under = new Set<number>();
    const setting = producing(10, async ({ partition }) => {
      expect(under.has(partition)).toBe(false);
      under.add(partition);
      most = Math.max(most, under.size);
      await setting.clock.sleep(5);
      under.delete(partition);
    });
    const { producer, ledger, cluster, blocks } = setting;
    await producer.send({ messages: 1_003, intervalMs: 0 });
    expect(most).toBe(6);
    expect(ledger.acknowledgedTotal).toBe(1_003);
    for (const { partition, end } of cluster.partitionsOf(TOPIC)) expect(end).toBe(partition < 3 ? 101 : 100);
    expect(numbersOf(blocks, 0).slice(0, 3)).toEqual([
      [0, 11],
      [11, 11],
      [22, 11],
    ]);
  });

  it('sends in halves what the topic does not take at once, and no more than that afterwards', async () => {
    const refused: number[] = [];
    const { producer, ledger, cluster, blocks } = producing(1, ({ count }) => {
      if (count <= 7) return;
      refused.push(count);
      throw tooLarge();
    });
    await producer.send({ messages: 2_000, intervalMs: 0 });
    expect(refused).toEqual([20, 10, 10]);
    expect(numbersOf(blocks, 0).slice(0, 6)).toEqual([
      [0, 5],
      [5, 5],
      [10, 5],
      [15, 5],
      [20, 5],
      [25, 5],
    ]);
    expect(ledger.acknowledgedTotal).toBe(2_000);
    const stored = cluster.partition(0, TOPIC).from(0);
    expect(stored.map(({ headers }) => Number(headers.sequence))).toEqual(
      Array.from({ length: 2_000 }, (_, n) => n),
    );
  });

  it('gives up where not even one message is taken', async () => {
    const { producer } = producing(1, () => {
      throw tooLarge();
    });
    await expect(producer.send({ messages: 2_000, intervalMs: 0 })).rejects.toMatchObject({
      code: 'topic-unusable',
      message: expect.stringContaining('larger than the max'),
    });
  });

  it('begins nothing more once one partition is refused', async () => {
    let sends = 0;
    const setting = producing(3, async ({ partition }) => {
      sends++;
      await setting.clock.sleep(5);
      if (partition === 1) throw new Error('no');
    });
    await expect(setting.producer.send({ messages: 2_000, intervalMs: 0 })).rejects.toThrow('no');
    const sendsThen = sends;
    await setting.clock.sleep(1_000);
    expect(sends - sendsThen).toBeLessThanOrEqual(1);
    expect(setting.ledger.sentTotal).toBeLessThan(200);
  });
});
