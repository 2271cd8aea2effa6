import type { Consumer, Kafka } from 'kafkajs';
import type { Context } from '../../context.ts';
import { until } from '../../waiting.ts';
import { goodbye } from '../goodbye.ts';
import { refusalOf } from '../refusals.ts';
import type { Position } from './delivery.ts';
import type { RawRecord } from './record.ts';

/** A record as the consumer hands it on, from this run or from others. */
interface ConsumedRecord extends RawRecord, Position {}

interface ProbeConsumerOptions {
  readonly kafka: Kafka;
  readonly group: string;
  readonly topic: string;
  /** Leaders of the topic's partitions: the consumer has arrived when it has asked each of them once. */
  readonly leaders: readonly number[];
  readonly onRecord: (record: ConsumedRecord) => void;
}

const POLL_MS = 10;
const PATIENCE_MS = 3_000;
/** What to do when the broker no longer has the wanted offset: go on with the first record that there is. */
const FROM_BEGINNING = true;

/** A member of a consumer group that reads a topic from where the group stands. */
export class ProbeConsumer {
  private readonly context: Context;
  private readonly options: ProbeConsumerOptions;
  private readonly consumer: Consumer;
  private readonly asked = new Set<number>();
  private crash: Error | undefined;

  constructor(context: Context, options: ProbeConsumerOptions) {
    this.context = context;
    this.options = options;
    this.consumer = newConsumer(options);
    this.consumer.on(this.consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) this.crash = payload.error;
    });
    // kafkajs's types say number, but the id is a string: it comes from the keys of an object.
    this.consumer.on(this.consumer.events.FETCH, ({ payload }) => this.asked.add(Number(payload.nodeId)));
  }

  /**
   * Joins the group. Resolves when the consumer has asked every leader for records once, so that the first message does not
   * wait for it; a leader that does not answer is not waited for long.
   */
  async start(): Promise<void> {
    const { topic, leaders, onRecord } = this.options;
    await this.consumer.connect();
    await this.consumer.subscribe({ topic, fromBeginning: FROM_BEGINNING });
    await this.consumer.run({
      eachBatch: async ({ batch: { partition, messages } }) => {
        for (const { offset, value, headers } of messages)
          onRecord({ partition, offset: Number(offset), value, headers });
      },
    });
    const hasAskedAll = () => {
      this.refuseCrash();
      return leaders.every(leader => this.asked.has(leader)) || undefined;
    };
    await until(this.context, hasAskedAll, {
      everyMs: POLL_MS,
      timeoutMs: PATIENCE_MS,
      late: () => undefined,
    });
  }

  /** @throws the error that ended the consumer, if one did */
  refuseCrash(): void {
    if (this.crash) throw refusalOf(this.options.topic, this.crash) ?? this.crash;
  }

  /** Commits what was read and leaves the group. A broker that does not answer is not waited for. */
  async stop(): Promise<void> {
    await goodbye(this.consumer, this.context.clock);
  }
}

/**
 * Sets where a group stands before its first real member joins. Without it a consumer would look for the end of each
 * partition while it already fetches, and could miss a message.
 */
export async function placeGroup(
  { clock }: Context,
  { kafka, group, topic }: Pick<ProbeConsumerOptions, 'kafka' | 'group' | 'topic'>,
  offsets: ReadonlyMap<number, number>,
): Promise<void> {
  const consumer = newConsumer({ kafka, group });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: false });
    await consumer.run({ autoCommit: false, eachBatch: async () => {} });
    await consumer.commitOffsets(
      [...offsets].map(([partition, offset]) => ({ topic, partition, offset: `${offset}` })),
    );
  } finally {
    await goodbye(consumer, clock);
  }
}

function newConsumer({ kafka, group }: Pick<ProbeConsumerOptions, 'kafka' | 'group'>): Consumer {
  return kafka.consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    // disconnect() waits for the fetch in flight.
    maxWaitTimeInMs: 100,
    retry: { retries: 5 },
  });
}
