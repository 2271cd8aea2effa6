import type { Kafka } from 'kafkajs';
import type { Context } from '../../context.ts';
import { within } from '../../waiting.ts';
import type { PartitionRange } from '../partition-ranges.ts';
import { openTransactions, topicId } from '../topic-questions.ts';

type Ranges = ReadonlyMap<number, PartitionRange>;

const PATIENCE_MS = 5_000;

/** What others do with a topic while messages go through it. What the brokers do not tell is taken to be as it should. */
export class TopicWatch {
  private readonly context: Context;
  private readonly kafka: Kafka;
  private readonly topic: string;
  private id: string | undefined;
  private ranges: Ranges = new Map();

  constructor(context: Context, kafka: Kafka, topic: string) {
    this.context = context;
    this.kafka = kafka;
    this.topic = topic;
  }

  /** @param ranges as they are at the start, asked for meanwhile. @throws what asking for them does */
  async begin(ranges: Promise<Ranges>): Promise<void> {
    [this.ranges, this.id] = await Promise.all([ranges, this.ask(topicId(this.kafka, this.topic))]);
  }

  /** True when the topic was deleted and another one of its name was made since. */
  async isAnother(): Promise<boolean> {
    if (this.id === undefined) return false;
    const id = await this.ask(topicId(this.kafka, this.topic));
    return id !== undefined && id !== this.id;
  }

  /**
   * Says which transactions have been open all the time: to consumers that read committed records only, nothing behind them is
   * there. Ours read all records, as Kafka's do by default.
   * @param ranges asks for the ranges of now
   */
  async tellOpenTransactions(ranges: () => Promise<Ranges>): Promise<void> {
    const open = [...this.ranges].filter(([, { stable, end }]) => stable < end);
    if (open.length === 0) return;
    const now = await this.ask(ranges());
    const places = open.filter(([partition, { stable }]) => now?.get(partition)?.stable === stable);
    if (places.length === 0) return;
    const known = (await this.ask(openTransactions(this.kafka, this.topic))) ?? [];
    const inWords = places.map(([partition, { stable }]) => {
      const owner = known.find(other => other.partition === partition && other.offset === stable);
      return `partition ${partition} from offset ${stable}${owner ? ` (producer id ${owner.producerId})` : ''}`;
    });
    this.context.log.warning(
      `a transaction is open in ${inWords.join(', ')} of topic ${this.topic}: consumers with ` +
        'isolation.level=read_committed get nothing from there on until it is ended or times out',
    );
  }

  private ask<T>(asking: Promise<T | undefined>): Promise<T | undefined> {
    const { clock, signal } = this.context;
    return within(
      clock,
      PATIENCE_MS,
      asking.catch(() => undefined),
      () => undefined,
      signal,
    );
  }
}
