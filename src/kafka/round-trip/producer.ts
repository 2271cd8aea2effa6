import type { Kafka, Producer } from 'kafkajs';
import type { Context } from '../../context.ts';
import type { Deadline } from '../deadline.ts';
import { goodbye } from '../goodbye.ts';
import { refusalOf } from '../refusals.ts';
import { garbageCollector } from './garbage.ts';
import type { DeliveryLedger } from './ledger.ts';
import { type Codec, encodeRecord } from './record.ts';

/** What is sent. */
export interface Traffic {
  /** How many messages at most. */
  readonly messages: number;
  /** Pause between two sends. */
  readonly intervalMs: number;
  /** How many messages go in one send; by default one, and more where there are many messages. */
  readonly batch?: number;
  /** Ends the sending before all messages are sent: for traffic that lasts as long as something else. */
  readonly stop?: AbortSignal;
}

interface ProbeProducerOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly runId: string;
  readonly codec: Codec;
  /** The partitions that are written to, in turn. */
  readonly partitions: readonly number[];
  readonly ledger: DeliveryLedger;
  readonly deadline: Deadline;
}

/** The longest time that messages waited for their acknowledgement. */
export interface AcknowledgementPause {
  readonly durationMs: number;
  /** When it began, since the start of the round trip. */
  readonly atMs: number;
}

const LARGEST_BATCH = 1_000;
const LARGE_RUN = 50_000;
const TIDY_EVERY = 2_000;
/** Enough for a broker's restart: the messages of an abandoned send could be in the topic without our knowing. */
const RETRIES = 30;

const usualBatch = ({ messages, intervalMs }: Traffic) =>
  intervalMs > 0 ? 1 : Math.min(LARGEST_BATCH, Math.ceil(messages / 100));

/** Sends messages one batch after the other and notes where the brokers put each of them. */
export class ProbeProducer {
  private readonly context: Context;
  private readonly options: ProbeProducerOptions;
  private readonly producer: Producer;
  longestPause: AcknowledgementPause | undefined;

  constructor(context: Context, options: ProbeProducerOptions) {
    this.context = context;
    this.options = options;
    this.producer = options.kafka.producer({
      allowAutoTopicCreation: false,
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: RETRIES },
    });
  }

  async connect(): Promise<void> {
    await this.producer.connect();
  }

  async disconnect(): Promise<void> {
    await goodbye(this.producer, this.context.clock);
  }

  /** Sends small runs message by message, for a true latency, and large ones in batches, for throughput. */
  async send(traffic: Traffic, afterEach: () => void = () => {}): Promise<void> {
    const { ledger, deadline } = this.options;
    const { clock, signal } = this.context;
    const { messages, intervalMs, stop, batch = usualBatch(traffic) } = traffic;
    const end = ledger.sentTotal + messages;
    const tidy = messages >= LARGE_RUN ? garbageCollector() : () => {};
    let tidiedAt = ledger.sentTotal;
    while (ledger.sentTotal < end && !stop?.aborted) {
      await deadline.race('sending', this.sendBatch(Math.min(batch, end - ledger.sentTotal)));
      afterEach();
      if (ledger.sentTotal - tidiedAt >= TIDY_EVERY) {
        tidiedAt = ledger.sentTotal;
        tidy();
      }
      if (intervalMs > 0 && ledger.sentTotal < end) await clock.sleep(intervalMs, signal);
    }
  }

  private async sendBatch(count: number): Promise<void> {
    const { topic, runId, codec, partitions, ledger } = this.options;
    const { clock } = this.context;
    const first = ledger.sentTotal;
    const sequences = Array.from({ length: count }, (_, index) => first + index);
    const partitionOf = (sequence: number) => partitions[sequence % partitions.length] ?? 0;
    const messages = sequences.map(sequence => ({
      partition: partitionOf(sequence),
      ...encodeRecord({ runId, sequence }, codec),
    }));
    const startedAtMs = clock.now();
    for (const sequence of sequences) ledger.sent(sequence, startedAtMs);
    const results = await this.producer.send({ topic, acks: -1, messages }).catch(error => {
      throw refusalOf(topic, error) ?? error;
    });
    // Records of a partition lie one behind the other, in the order in which they were given.
    const next = new Map(results.map(({ partition, baseOffset }) => [partition, Number(baseOffset)]));
    for (const sequence of sequences) {
      const partition = partitionOf(sequence);
      const offset = next.get(partition);
      if (offset === undefined) continue;
      next.set(partition, offset + 1);
      ledger.acknowledged({ sequence, partition, offset });
    }
    this.notePause(startedAtMs, clock.now());
  }

  /** The pause counts from the call that sends: the interval between two messages is no part of it. */
  private notePause(startedAtMs: number, acknowledgedAtMs: number): void {
    const durationMs = acknowledgedAtMs - startedAtMs;
    if (durationMs > (this.longestPause?.durationMs ?? -1))
      this.longestPause = { durationMs, atMs: startedAtMs };
  }
}
