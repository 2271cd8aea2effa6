import type { Kafka } from 'kafkajs';
import type { Context } from '../../context.ts';
import { until } from '../../waiting.ts';
import type { Deadline } from '../deadline.ts';
import type { TopicState } from '../topic.ts';
import { ProbeConsumer } from './consumer.ts';
import { DeliveryLedger } from './ledger.ts';
import { ProbeProducer } from './producer.ts';
import { type Codec, isWhole, sequenceOf } from './record.ts';

interface HandoverOptions {
  readonly producerKafka: Kafka;
  readonly consumerKafka: Kafka;
  readonly topic: TopicState;
  readonly group: string;
  readonly runId: string;
  readonly codec: Codec;
  /** Where the first consumer of the group stopped, by partition. */
  readonly committed: ReadonlyMap<number, number>;
  readonly deadline: Deadline;
}

/** What a second consumer of a group got after the first one had left. */
export interface Handover {
  /** Messages sent for it, one to each partition; they count nowhere else. */
  readonly sent: number;
  readonly received: number;
  /** One sentence for each partition in which it did not start at the committed offset. */
  readonly problems: readonly string[];
}

const POLL_MS = 10;

/**
 * Lets a second consumer join the group and sends one message to each partition: it must start where the first one stopped,
 * neither before (it would get messages twice) nor after (it would miss some).
 */
export async function handOver(context: Context, options: HandoverOptions): Promise<Handover> {
  const { producerKafka, consumerKafka, topic, group, codec, committed, deadline } = options;
  const runId = `${options.runId}/handover`;
  const partitions = topic.partitions.map(({ partition }) => partition);
  const ledger = new DeliveryLedger(partitions.length);
  const first = new Map<number, number>();
  const consumer = new ProbeConsumer(context, {
    kafka: consumerKafka,
    group,
    topic: topic.topic,
    leaders: [],
    onRecord: record => {
      if (!first.has(record.partition)) first.set(record.partition, record.offset);
      const { partition, offset } = record;
      const sequence = sequenceOf(record, runId);
      if (sequence === undefined) return;
      const whole = isWhole({ runId, sequence }, record, codec);
      ledger.received({ sequence, partition, offset, isWhole: whole }, context.clock.now());
    },
  });
  const producer = new ProbeProducer(context, {
    kafka: producerKafka,
    topic: topic.topic,
    runId,
    codec,
    partitions,
    ledger,
    deadline,
  });
  try {
    await Promise.all([
      deadline.race('connecting', producer.connect()),
      deadline.race('joining the group again', consumer.start()),
    ]);
    await producer.send({ messages: partitions.length, intervalMs: 0 });
    const isComplete = () => {
      if (ledger.missingCount === 0) return true;
      consumer.refuseCrash();
      return undefined;
    };
    await until(context, isComplete, {
      everyMs: POLL_MS,
      timeoutMs: deadline.leftMs,
      late: () => undefined,
    });
  } finally {
    await Promise.all([producer.disconnect(), consumer.stop()]);
  }
  return {
    sent: ledger.acknowledgedTotal,
    received: ledger.consumedTotal,
    problems: wrongStarts(first, committed),
  };
}

/** @param first the offset of the first record that the consumer got, by partition */
export function wrongStarts(
  first: ReadonlyMap<number, number>,
  committed: ReadonlyMap<number, number>,
): string[] {
  return [...first].flatMap(([partition, offset]) => {
    const expected = committed.get(partition) ?? -1;
    if (offset === expected) return [];
    return [`partition ${partition}: the second consumer started at offset ${offset}, not at ${expected}`];
  });
}
