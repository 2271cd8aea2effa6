import { setFlagsFromString } from 'node:v8';
import type { Kafka, Producer } from 'kafkajs';
import type { Context } from '../../context.ts';
import { within } from '../../waiting.ts';
import type { Deadline } from '../deadline.ts';
import { goodbye } from '../goodbye.ts';
import { connectToLeaders, type KafkaJsCluster, producerOf } from '../kafkajs-cluster.ts';
import { RecordBlock } from '../records/record-block.ts';
import { RecordWriter } from '../records/record-writer.ts';
import { isTooLarge, refusalOf } from '../refusals.ts';
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

/** Records of one batch: some 500 KB, of which a topic takes 1 MB by default. */
const LARGEST_BATCH = 4_000;
/** How many batches are under way at once, each for another partition. */
const LANES = 6;
const LARGE_RUN = 50_000;
/** Enough for a broker's restart: the messages of an abandoned send could be in the topic without our knowing. */
const RETRIES = 30;
const PATIENCE_MS = 3_000;

const usualBatch = ({ messages, intervalMs }: Traffic) =>
  intervalMs > 0 ? 1 : Math.min(LARGEST_BATCH, Math.ceil(messages / 100));

/** Few young objects survive: their space need not grow. No option of node's can be given, as the action does not start its process. */
const keepYoungSpaceSmall = () => setFlagsFromString('--semi-space-growth-factor=1');

/** Sends messages and notes where the brokers put each of them. */
export class ProbeProducer {
  private readonly context: Context;
  private readonly options: ProbeProducerOptions;
  private readonly producer: Producer;
  private readonly cluster: KafkaJsCluster | undefined;
  /** Acknowledged records, by partition: Kafka numbers what a producer sends. */
  private readonly sentTo = new Map<number, number>();
  private mostAtOnce = LARGEST_BATCH;
  longestPause: AcknowledgementPause | undefined;

  constructor(context: Context, options: ProbeProducerOptions) {
    this.context = context;
    this.options = options;
    const { producer, cluster } = producerOf(options.kafka, {
      allowAutoTopicCreation: false,
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: RETRIES },
    });
    this.producer = producer;
    this.cluster = cluster;
  }

  /** Connects to every leader of the topic: no message waits for that. A broker that does not answer is not waited for long. */
  async connect(): Promise<void> {
    const { clock, signal } = this.context;
    await this.producer.connect();
    if (!this.cluster) return;
    // Whoever cannot be reached is told by the first message.
    const leaders = connectToLeaders(this.cluster, this.options.topic).catch(() => {});
    await within(clock, PATIENCE_MS, leaders, () => {}, signal);
  }

  async disconnect(): Promise<void> {
    await goodbye(this.producer, this.context.clock);
  }

  /** Sends small runs message by message, for a true latency, and large ones in batches, for throughput. */
  async send(traffic: Traffic, afterEach: () => void = () => {}): Promise<void> {
    const { ledger, partitions } = this.options;
    const { clock, signal } = this.context;
    const { messages, intervalMs, stop, batch = usualBatch(traffic) } = traffic;
    if (batch > 1) return await this.sendBatches(messages, batch, stop, afterEach);
    const end = ledger.sentTotal + messages;
    while (ledger.sentTotal < end && !stop?.aborted) {
      await this.sendBatch(partitions[ledger.sentTotal % partitions.length] ?? 0, 1);
      afterEach();
      if (intervalMs > 0 && ledger.sentTotal < end) await clock.sleep(intervalMs, signal);
    }
  }

  /**
   * Sends to several partitions side by side, and to each of them one batch after the other: a batch that is tried again must not
   * be overtaken by the next one. Each partition gets its share, whichever broker is faster.
   */
  private async sendBatches(
    messages: number,
    batch: number,
    stop: AbortSignal | undefined,
    afterEach: () => void,
  ): Promise<void> {
    const { partitions } = this.options;
    const shares = partitions.map((partition, index) => ({
      partition,
      left: Math.floor((messages + partitions.length - 1 - index) / partitions.length),
    }));
    if (messages >= LARGE_RUN) keepYoungSpaceSmall();
    const over = new AbortController();
    const lane = async (own: typeof shares) => {
      const records = new RecordWriter();
      while (own.some(({ left }) => left > 0))
        for (const share of own.filter(({ left }) => left > 0)) {
          if (stop?.aborted || over.signal.aborted) return;
          const count = Math.min(batch, share.left, this.mostAtOnce);
          share.left -= count;
          await this.sendBatch(share.partition, count, records);
          afterEach();
        }
    };
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      shares.filter((_, index) => index % LANES === lane),
    );
    try {
      await Promise.all(lanes.map(lane));
    } finally {
      over.abort();
    }
  }

  /** @param records takes the records of one batch after the other: their memory need not be collected */
  private async sendBatch(partition: number, count: number, records = new RecordWriter()): Promise<void> {
    const { ledger, deadline } = this.options;
    const { clock } = this.context;
    const first = ledger.sentTotal;
    const startedAtMs = clock.now();
    for (let sequence = first; sequence < first + count; sequence++) ledger.sent(sequence, startedAtMs);
    await deadline.race('sending', this.deliver(partition, first, count, records));
    this.notePause(startedAtMs, clock.now());
  }

  /** Sends these messages, in halves if the topic does not take so much at once, and notes where they are. */
  private async deliver(
    partition: number,
    first: number,
    count: number,
    records: RecordWriter,
  ): Promise<void> {
    const { topic, runId, codec, ledger } = this.options;
    const sent = this.sentTo.get(partition) ?? 0;
    records.clear();
    for (let sequence = first; sequence < first + count; sequence++)
      records.add(encodeRecord({ runId, sequence }, codec));
    const messages = [new RecordBlock(partition, records, sent)];
    try {
      const [result] = await this.producer.send({ topic, acks: -1, messages });
      this.sentTo.set(partition, sent + count);
      if (result?.baseOffset === undefined) return;
      // Records of a batch lie one behind the other, in the order in which they were given.
      const offset = Number(result.baseOffset) - first;
      for (let sequence = first; sequence < first + count; sequence++)
        ledger.acknowledged({ sequence, partition, offset: offset + sequence });
    } catch (error) {
      if (count === 1 || !isTooLarge(error)) throw refusalOf(topic, error) ?? error;
      const half = Math.ceil(count / 2);
      this.mostAtOnce = Math.min(this.mostAtOnce, half);
      await this.deliver(partition, first, half, records);
      await this.deliver(partition, first + half, count - half, records);
    }
  }

  /** The pause counts from the call that sends: the interval between two messages is no part of it. */
  private notePause(startedAtMs: number, acknowledgedAtMs: number): void {
    const durationMs = acknowledgedAtMs - startedAtMs;
    if (durationMs > (this.longestPause?.durationMs ?? -1))
      this.longestPause = { durationMs, atMs: startedAtMs };
  }
}
