import type { Kafka } from 'kafkajs';
import type { Context } from '../../context.ts';
import type { Deadline } from '../deadline.ts';
import type { PartitionRange } from '../partition-ranges.ts';
import type { TopicState } from '../topic.ts';
import { joined, type Stretch } from './consumer.ts';
import { DeliveryLedger } from './ledger.ts';
import { ledgerListener } from './ledger-listener.ts';
import { outsideOf } from './missing-records.ts';
import { ProbeProducer } from './producer.ts';
import { Reception } from './reception.ts';
import type { Codec } from './record.ts';

interface HandoverOptions {
  readonly producerKafka: Kafka;
  /** Makes a client for each member of the group. */
  readonly newKafka: () => Kafka;
  readonly topic: TopicState;
  readonly group: string;
  readonly runId: string;
  readonly codec: Codec;
  /** Where the first consumer of the group stopped, by partition: known before the second one joins. */
  readonly committed: Promise<ReadonlyMap<number, number>>;
  readonly ranges: () => Promise<ReadonlyMap<number, PartitionRange>>;
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

/**
 * Lets a second consumer join the group and sends one message to each partition: it must start where the first one stopped,
 * neither before (it would get messages twice) nor after (it would miss some).
 *
 * @throws Error when it was cut off before the second consumer had its chance
 */
export async function handOver(context: Context, options: HandoverOptions): Promise<Handover> {
  const { producerKafka, newKafka, topic, group, codec, deadline, ranges } = options;
  const runId = `${options.runId}/handover`;
  const partitions = topic.partitions.map(({ partition }) => partition);
  const ledger = new DeliveryLedger(partitions.length);
  const starts = new Starts();
  const listener = ledgerListener({ ledger, runId, codec, clock: context.clock });
  const reception = new Reception(context, {
    ...{ newKafka, group, topic: topic.topic, leaders: [], ledger, deadline, ranges },
    listener: joined({ onStretch: starts.note }, listener),
  });
  const producer = new ProbeProducer(context, {
    ...{ kafka: producerKafka, topic: topic.topic, runId, codec, partitions, ledger, deadline },
  });
  const join = async () => {
    await Promise.all([options.committed, reception.connect()]);
    await reception.start();
  };
  try {
    await Promise.all([deadline.race('connecting', producer.connect()), join()]);
    await producer.send({ messages: partitions.length, intervalMs: 0 });
    await reception
      .untilBack(() => 'waiting for the second consumer of the group')
      .catch(error => {
        context.signal.throwIfAborted();
        if (reception.stalledMs === undefined) throw error;
      });
  } finally {
    await Promise.all([producer.disconnect(), reception.stop()]);
  }
  const committed = await options.committed;
  const problems = starts.problems(committed);
  if (ledger.missingCount > 0 || problems.length > 0) {
    const now = await deadline.race('asking for offsets', ranges());
    refuseDeleted(ledger, now);
    return {
      ...{ sent: ledger.acknowledgedTotal, received: ledger.consumedTotal },
      problems: starts.problems(committed, now),
    };
  }
  return { sent: ledger.acknowledgedTotal, received: ledger.consumedTotal, problems };
}

/** @throws Error when the broker no longer has a message of the handover: that says nothing about the group */
function refuseDeleted(ledger: DeliveryLedger, ranges: ReadonlyMap<number, PartitionRange>): void {
  for (const message of ledger.missing()) {
    const finding = outsideOf(ranges.get(message.partition), message);
    if (finding) throw new Error(`a message for the second consumer is gone from the topic: ${finding}`);
  }
}

/** Where a consumer started in each partition. */
export class Starts {
  private readonly first = new Map<number, number>();
  /** Up to where there was nothing to hand on before. */
  private readonly emptyUpTo = new Map<number, number>();

  readonly note = ({ partition, from, next, isEmpty }: Stretch): void => {
    if (this.first.has(partition)) return;
    if (isEmpty) this.emptyUpTo.set(partition, next);
    else this.first.set(partition, from);
  };

  /**
   * @param committed where it should have started
   * @param ranges where the partitions begin now: records that were deleted meanwhile cannot be read
   * @returns a sentence for each partition in which it started somewhere else
   */
  problems(committed: ReadonlyMap<number, number>, ranges?: ReadonlyMap<number, PartitionRange>): string[] {
    return [...this.first].flatMap(([partition, from]) => {
      const expected = committed.get(partition);
      // Another partition was added to the topic after the group was placed.
      if (expected === undefined || expected < 0) return [];
      const most = Math.max(
        expected,
        this.emptyUpTo.get(partition) ?? -1,
        ranges?.get(partition)?.start ?? -1,
      );
      if (from >= expected && from <= most) return [];
      return [`partition ${partition}: the second consumer started at offset ${from}, not at ${expected}`];
    });
  }
}
