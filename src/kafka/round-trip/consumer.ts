import type { Batch, Consumer, Kafka } from 'kafkajs';
import type { Context } from '../../context.ts';
import { reasonOf } from '../../errors.ts';
import { retry, until, type Waiting } from '../../waiting.ts';
import { goodbye } from '../goodbye.ts';
import { recordsIn } from '../records/fetched-records.ts';
import { refusalOf } from '../refusals.ts';
import type { Position } from './delivery.ts';
import { hasMoved } from './moved-coordinator.ts';
import type { RawRecord } from './record.ts';

/** A record as the consumer hands it on, from this run or from others. */
interface ConsumedRecord extends RawRecord, Position {}

/** Offsets of a partition that a consumer has got through, one after the other. */
export interface Stretch {
  readonly partition: number;
  /** Where the consumer had asked. */
  readonly from: number;
  /** After the last one: control records and what was compacted away count as well. */
  readonly next: number;
  /** True when there was nothing in it to hand on. */
  readonly isEmpty: boolean;
}

/** Who is told what a consumer does. */
export interface ConsumerListener {
  readonly onRecord: (record: ConsumedRecord) => void;
  /** Called after the records of the stretch. */
  readonly onStretch?: (stretch: Stretch) => void;
  /** The coordinator has acknowledged a commit. */
  readonly onCommit?: (position: Position) => void;
}

/** Several listeners as one; each is told in turn. */
export function joined(...listeners: readonly Partial<ConsumerListener>[]): Required<ConsumerListener> {
  return {
    onRecord: record => {
      for (const { onRecord } of listeners) onRecord?.(record);
    },
    onStretch: stretch => {
      for (const { onStretch } of listeners) onStretch?.(stretch);
    },
    onCommit: position => {
      for (const { onCommit } of listeners) onCommit?.(position);
    },
  };
}

interface ProbeConsumerOptions extends ConsumerListener {
  readonly kafka: Kafka;
  readonly group: string;
  readonly topic: string;
  /** Leaders of the topic's partitions: the consumer has arrived when it has asked each of them once. */
  readonly leaders: readonly number[];
}

const POLL_MS = 10;
const SIDE_BY_SIDE = 3;
const PATIENCE_MS = 3_000;
const RESTART_PAUSE_MS = 100;
/** A consumer whose coordinator has moved notices by its heartbeat, tries five times and is made anew: fifteen seconds. */
const RESTART_PATIENCE_MS = 30_000;
/** What to do when the broker no longer has the wanted offset: go on with the first record that there is. */
const FROM_BEGINNING = true;
/** A member whose connection is gone keeps its partitions from its successor for so long. */
const SESSION_TIMEOUT_MS = 10_000;

/**
 * A member of a consumer group that reads a topic from where the group stands. As Kafka's consumers do by default, it reads
 * uncommitted records as well: a transaction that somebody else left open hides nothing from it.
 */
export class ProbeConsumer {
  private readonly context: Context;
  private readonly options: ProbeConsumerOptions;
  private readonly consumer: Consumer;
  private readonly asked = new Set<number>();
  private crash: Error | undefined;
  private isStopped = false;

  constructor(context: Context, options: ProbeConsumerOptions) {
    this.context = context;
    this.options = options;
    this.consumer = newConsumer(options);
    const { CRASH, FETCH, END_BATCH_PROCESS, COMMIT_OFFSETS } = this.consumer.events;
    this.consumer.on(CRASH, ({ payload }) => {
      if (!payload.restart) this.crash = payload.error;
    });
    // kafkajs's types say number, but the id is a string: it comes from the keys of an object.
    this.consumer.on(FETCH, ({ payload }) => this.asked.add(Number(payload.nodeId)));
    // A batch without a record for us (the marks of transactions) comes by this event alone.
    this.consumer.on(END_BATCH_PROCESS, ({ payload: { partition, batchSize, firstOffset, lastOffset } }) => {
      if (batchSize === 0)
        this.passed(partition, Number(firstOffset ?? lastOffset), Number(lastOffset), true);
    });
    this.consumer.on(COMMIT_OFFSETS, ({ payload }) => {
      for (const { partitions } of payload.topics)
        for (const { partition, offset } of partitions)
          options.onCommit?.({ partition: Number(partition), offset: Number(offset) });
    });
  }

  /** Connects to the cluster, if it is not yet. */
  async connect(): Promise<void> {
    await this.consumer.connect();
  }

  /**
   * Joins the group. Resolves when the consumer has asked every leader for records once, so that the first message does not
   * wait for it; a leader that does not answer is not waited for long.
   */
  async start(): Promise<void> {
    const { topic, leaders, onRecord } = this.options;
    await this.connect();
    await this.consumer.subscribe({ topic, fromBeginning: FROM_BEGINNING });
    // Whoever gave up meanwhile must not find a member in the group later.
    if (this.isStopped) return;
    await this.consumer.run({
      // A record does not wait until what another broker sent before is committed.
      partitionsConsumedConcurrently: SIDE_BY_SIDE,
      eachBatch: async ({ batch }) => {
        const { partition, messages } = batch;
        const from = fetchedOffset(batch);
        for (const { offset, value, headers } of recordsIn(messages, from))
          onRecord({ partition, offset, value, headers });
        this.passed(partition, from, Number(batch.lastOffset()), false);
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

  /** Commits explicitly: what was read is committed anyway, unless the connection broke just then. */
  async commit(positions: Iterable<Position>): Promise<void> {
    const { topic } = this.options;
    const offsets = [...positions].map(({ partition, offset }) => ({
      topic,
      partition,
      offset: `${offset}`,
    }));
    if (offsets.length > 0) await commitTo(this.consumer, offsets, this.context);
  }

  /** Leaves the group. A broker that does not answer is not waited for. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await goodbye(this.consumer, this.context.clock);
  }

  private passed(partition: number, from: number, last: number, isEmpty: boolean): void {
    this.options.onStretch?.({ partition, from, next: last + 1, isEmpty });
  }
}

/** kafkajs's types do not know of it: the offset that was asked for, which is not that of the first record where one is missing. */
function fetchedOffset(batch: Batch & { readonly fetchedOffset?: string }): number {
  return Number(batch.fetchedOffset ?? batch.firstOffset());
}

/** kafkajs makes a consumer anew that crashed, or whose coordinator moved. In between it belongs to no group, and cannot commit. */
async function commitTo(
  consumer: Consumer,
  offsets: Parameters<Consumer['commitOffsets']>[0],
  waiting: Waiting,
): Promise<void> {
  await retry(waiting, () => consumer.commitOffsets(offsets), {
    pauseMs: RESTART_PAUSE_MS,
    giveUp: ({ error, waitedMs }) =>
      isBetweenLives(error) && waitedMs < RESTART_PATIENCE_MS ? undefined : error,
  });
}

function isBetweenLives(error: unknown): boolean {
  return hasMoved(error) || reasonOf(error).includes('consumer#run must be called first');
}

function newConsumer({ kafka, group }: Pick<ProbeConsumerOptions, 'kafka' | 'group'>): Consumer {
  return kafka.consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    readUncommitted: true,
    sessionTimeout: SESSION_TIMEOUT_MS,
    // disconnect() waits for the fetch in flight.
    maxWaitTimeInMs: 100,
    retry: { retries: 5 },
  });
}
