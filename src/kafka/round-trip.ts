import type { Consumer, EachBatchPayload, Kafka, KafkaMessage, Producer } from 'kafkajs';
import type { Clock } from '../clock.ts';
import { formatDuration } from '../clock.ts';
import type { Logger } from '../log.ts';
import {
  type Acknowledged,
  type DeliveryCounts,
  judgeDelivery,
  type Percentiles,
  percentilesOf,
  type Received,
} from './delivery.ts';
import { endOffsets } from './topic.ts';

export interface RoundTripOptions {
  /** One client for the producer and one for the consumer: a shared one would skew the latency. */
  readonly producerKafka: Kafka;
  readonly consumerKafka: Kafka;
  readonly topic: string;
  /** Consumer group of this run alone. */
  readonly group: string;
  readonly runId: string;
  readonly messages: number;
  readonly messageIntervalMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export interface RoundTripResult {
  readonly counts: DeliveryCounts;
  /** From the call that sends a message to its arrival at the consumer, in milliseconds. */
  readonly latencyMs?: Percentiles;
  readonly durationMs: number;
  /** Why it ended before every message was back, if it did. */
  readonly interruption?: string;
}

const RUN_HEADER = 'run-id';
const LARGEST_BATCH = 1_000;
const PROGRESS_MS = 5_000;
const POLL_MS = 10;

/**
 * Sends messages through the cluster and reads them back in a consumer group. Messages carry the run's id in a header,
 * and the group starts at the end of the topic: what lies there from before neither counts nor disturbs.
 *
 * @returns what was counted, also when it broke off: then `interruption` says why
 */
export async function roundTrip(options: RoundTripOptions): Promise<RoundTripResult> {
  const { clock, producerKafka, consumerKafka } = options;
  const started = clock.now();
  const trip = new Trip(options);
  const admin = producerKafka.admin();
  const producer = producerKafka.producer({
    allowAutoTopicCreation: false,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  const consumer = consumerKafka.consumer({
    groupId: options.group,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 100,
    retry: { retries: 5 },
  });
  let interruption: string | undefined;
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    const ends = await endOffsets(admin, options.topic);
    const nodeIds = brokers.map(({ nodeId }) => nodeId);
    await Promise.all([producer.connect(), trip.receive(consumer, nodeIds, ends)]);
    await trip.send(producer, [...ends.keys()]);
    await trip.everythingBack();
  } catch (error) {
    options.signal.throwIfAborted();
    interruption = error instanceof Error ? error.message : String(error);
  } finally {
    await Promise.allSettled([producer.disconnect(), consumer.disconnect()]);
    await admin
      .deleteGroups([options.group])
      .catch(error => options.log.debug(`group ${options.group} stays: ${error}`));
    await admin.disconnect().catch(() => {});
  }
  const latencyMs = percentilesOf(trip.latenciesMs);
  return {
    counts: judgeDelivery(trip.acknowledged, trip.received),
    durationMs: clock.now() - started,
    ...(latencyMs ? { latencyMs } : {}),
    ...(interruption === undefined ? {} : { interruption }),
  };
}

/** The state of one round trip. */
class Trip {
  readonly acknowledged: Acknowledged[] = [];
  readonly received: Received[] = [];
  readonly latenciesMs: number[] = [];
  private readonly sentAt: Float64Array;
  private readonly back = new Set<number>();
  /** Offset of the last record received, by partition. */
  private readonly positions = new Map<number, bigint>();
  private readonly deadline: number;
  private lastProgress: number;
  private crash: Error | undefined;
  private readonly options: RoundTripOptions;

  constructor(options: RoundTripOptions) {
    this.options = options;
    this.sentAt = new Float64Array(options.messages);
    this.lastProgress = options.clock.now();
    this.deadline = this.lastProgress + options.timeoutMs;
  }

  /**
   * Starts the consumer at the end of the topic. Resolves when it really stands there: when it has asked every broker once.
   * Before that a message could slip by, because kafkajs looks for the end of each partition while it already fetches.
   *
   * @param brokers ids of the brokers
   * @param ends the offset after the last record, by partition
   */
  async receive(
    consumer: Consumer,
    brokers: readonly number[],
    ends: ReadonlyMap<number, string>,
  ): Promise<void> {
    const { topic } = this.options;
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) this.crash = payload.error;
    });
    const asked = new Set<number>();
    consumer.on(consumer.events.FETCH, ({ payload }) => {
      // A string, whatever kafkajs's types say: it comes from the keys of an object.
      asked.add(Number(payload.nodeId));
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: false });
    await consumer.run({ eachBatch: batch => this.take(batch) });
    await this.waitUntil(() => brokers.every(broker => asked.has(broker)), 'joining the group');
    // From here on the group has a place to come back to when it must join again.
    await consumer.commitOffsets([...ends].map(([partition, offset]) => ({ topic, partition, offset })));
  }

  private async take({ batch }: EachBatchPayload): Promise<void> {
    const now = this.options.clock.now();
    for (const message of batch.messages) {
      const sequence = sequenceOf(message, this.options.runId);
      if (sequence === undefined || this.isRedelivered(batch.partition, message)) continue;
      const intact = message.value?.toString() === payload(sequence);
      this.received.push({ sequence, intact, partition: batch.partition });
      if (!intact || this.back.has(sequence)) continue;
      this.back.add(sequence);
      this.latenciesMs.push(now - (this.sentAt[sequence] ?? now));
    }
  }

  /** A group that joined again is given some records twice: that is the consumer's doing, not a duplicate in the topic. */
  private isRedelivered(partition: number, { offset }: KafkaMessage): boolean {
    const position = BigInt(offset);
    if (position <= (this.positions.get(partition) ?? -1n)) return true;
    this.positions.set(partition, position);
    return false;
  }

  /** Small runs message by message, for a true latency; large ones in batches, for throughput. */
  async send(producer: Producer, partitions: readonly number[]): Promise<void> {
    const { messages, messageIntervalMs, clock, signal } = this.options;
    const batch = messageIntervalMs > 0 ? 1 : Math.min(LARGEST_BATCH, Math.ceil(messages / 100));
    for (let first = 0; first < messages; first += batch) {
      this.refuseLate('sending');
      const count = Math.min(batch, messages - first);
      await this.sendBatch(producer, partitions, first, count);
      this.showProgress();
      if (messageIntervalMs > 0) await clock.sleep(messageIntervalMs, signal);
    }
    this.options.log.info(`${this.acknowledged.length} messages acknowledged by the brokers`);
  }

  private async sendBatch(
    producer: Producer,
    partitions: readonly number[],
    first: number,
    count: number,
  ): Promise<void> {
    const { topic, runId, clock } = this.options;
    const sequences = Array.from({ length: count }, (_, index) => first + index);
    const partitionOf = (sequence: number) => partitions[sequence % partitions.length] ?? 0;
    const messages = sequences.map(sequence => ({
      partition: partitionOf(sequence),
      value: payload(sequence),
      headers: { [RUN_HEADER]: runId, sequence: `${sequence}` },
    }));
    this.sentAt.fill(clock.now(), first, first + count);
    await producer.send({ topic, acks: -1, messages });
    for (const sequence of sequences) this.acknowledged.push({ sequence, partition: partitionOf(sequence) });
  }

  /** Resolves when every acknowledged message is back. @throws Error at the deadline */
  async everythingBack(): Promise<void> {
    await this.waitUntil(() => this.back.size >= this.acknowledged.length, 'receiving');
    this.options.log.info(`${this.back.size} messages received`);
  }

  private async waitUntil(isSo: () => boolean, doing: string): Promise<void> {
    while (!isSo()) {
      this.refuseLate(doing);
      this.showProgress();
      await this.options.clock.sleep(POLL_MS, this.options.signal);
    }
  }

  private refuseLate(doing: string): void {
    const { clock, timeoutMs, messages } = this.options;
    if (this.crash) throw this.crash;
    if (clock.now() < this.deadline) return;
    throw new Error(
      `still ${doing} at the deadline of ${formatDuration(timeoutMs)}: ` +
        `${this.acknowledged.length} of ${messages} messages acknowledged, ${this.back.size} received`,
    );
  }

  private showProgress(): void {
    const { clock, log, messages } = this.options;
    if (clock.now() - this.lastProgress < PROGRESS_MS) return;
    this.lastProgress = clock.now();
    log.info(`… ${this.acknowledged.length} of ${messages} sent, ${this.back.size} received`);
  }
}

/** The guide's message. */
const payload = (sequence: number) => JSON.stringify({ key: sequence, message: `Hello Kafka ${sequence}` });

/** @returns the number of a message of this run, undefined for someone else's */
function sequenceOf({ headers }: KafkaMessage, runId: string): number | undefined {
  if (headers?.[RUN_HEADER]?.toString() !== runId) return undefined;
  const sequence = Number(headers.sequence?.toString());
  return Number.isSafeInteger(sequence) ? sequence : undefined;
}
