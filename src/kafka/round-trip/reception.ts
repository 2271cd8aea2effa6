import type { Kafka } from 'kafkajs';
import { formatDuration } from '../../clock.ts';
import type { Context } from '../../context.ts';
import { finalErrorIn, reasonOf } from '../../errors.ts';
import { until } from '../../waiting.ts';
import type { Deadline } from '../deadline.ts';
import type { PartitionRange } from '../partition-ranges.ts';
import { type ConsumerListener, ProbeConsumer } from './consumer.ts';
import type { Position } from './delivery.ts';
import type { DeliveryLedger } from './ledger.ts';
import { outsideOf } from './missing-records.ts';

interface ReceptionOptions {
  /** Makes a client; each member of the group gets one of its own. */
  readonly newKafka: () => Kafka;
  readonly group: string;
  readonly topic: string;
  readonly leaders: readonly number[];
  /** Is told of what the members of the group do. */
  readonly listener: ConsumerListener;
  /** Knows what is still missing. */
  readonly ledger: DeliveryLedger;
  readonly deadline: Deadline;
  readonly ranges: () => Promise<ReadonlyMap<number, PartitionRange>>;
}

const POLL_MS = 10;
/** After this time without a record we ask whether the missing ones can still come. */
const QUIET_MS = 2_000;
/** A consumer that has got nothing for so long, though there is more to read, is replaced; the next one has twice the time. */
const STUCK_MS = 5_000;
const MOST_REPLACEMENTS = 3;
/** Who has got nothing for so long, with another consumer in between, will not get it. */
const FAIR_CHANCE_MS = 10_000;

/**
 * Receives in a consumer group until nothing is missing any more. A consumer may stay where it is for good, after its connection
 * broke twice for example: then another member takes its place.
 */
export class Reception {
  private readonly context: Context;
  private readonly options: ReceptionOptions;
  private consumer: ProbeConsumer;
  private replacements = 0;
  /** Of the last record, or of the start of the consumer that waits for the next one. */
  private lastSignMs = 0;
  private lastArrivalMs = 0;
  /** When the brokers last said that there is more to read. */
  private moreToReadMs = Number.NEGATIVE_INFINITY;

  constructor(context: Context, options: ReceptionOptions) {
    this.context = context;
    this.options = options;
    this.consumer = this.newConsumer();
  }

  /** Connects ahead of joining. What goes wrong is told by joining, which tries again. */
  async connect(): Promise<void> {
    await this.options.deadline.race('joining the group', this.consumer.connect()).catch(() => {});
  }

  /** Joins the group. */
  async start(): Promise<void> {
    await this.options.deadline.race('joining the group', this.consumer.start());
    this.lastSignMs = this.context.clock.now();
    this.lastArrivalMs = this.lastSignMs;
  }

  /** How long ago a record came last. */
  get quietMs(): number {
    return this.context.clock.now() - this.lastArrivalMs;
  }

  /**
   * How long nothing came, although the brokers say that there is more to read: undefined as long as the consumer has not had a
   * fair chance.
   */
  get stalledMs(): number | undefined {
    const { quietMs, replacements } = this;
    const isSure = this.context.clock.now() - this.moreToReadMs < FAIR_CHANCE_MS;
    return isSure && replacements > 0 && quietMs >= FAIR_CHANCE_MS ? quietMs : undefined;
  }

  /**
   * Resolves when every acknowledged message is back, or cannot come any more.
   * @param doing says for the error at the deadline what was still being done
   * @throws Error at the deadline, or what ended the consumer
   */
  async untilBack(doing: () => string, each: () => void = () => {}): Promise<void> {
    const { ledger, deadline } = this.options;
    const { clock } = this.context;
    // What was acknowledged only now can hardly have come earlier.
    this.lastSignMs = clock.now();
    let lookedAtMs = clock.now();
    const isOver = async () => {
      if (ledger.missingCount === 0) return true;
      await this.afterCrash();
      deadline.refuseLate(doing());
      each();
      if (clock.now() - Math.max(lookedAtMs, this.lastArrivalMs) <= QUIET_MS) return undefined;
      const ranges = await deadline.race(
        'asking for offsets',
        this.options.ranges().catch(() => undefined),
      );
      lookedAtMs = clock.now();
      if (!ranges) return undefined;
      if (this.isHopeless(ranges)) return true;
      this.moreToReadMs = clock.now();
      await this.replaceStuck();
      return undefined;
    };
    await until(this.context, isOver, { everyMs: POLL_MS });
  }

  /** Makes sure that these positions are committed. */
  async commit(positions: readonly Position[]): Promise<void> {
    await this.options.deadline.race('committing offsets', this.consumer.commit(positions));
  }

  async stop(): Promise<void> {
    await this.consumer.stop();
  }

  private newConsumer(): ProbeConsumer {
    const { newKafka, group, topic, leaders, listener } = this.options;
    return new ProbeConsumer(this.context, {
      ...{ ...listener, kafka: newKafka(), group, topic },
      leaders,
      onRecord: record => {
        this.lastArrivalMs = this.context.clock.now();
        this.lastSignMs = this.lastArrivalMs;
        listener.onRecord(record);
      },
    });
  }

  /** True when none of the missing records can still come: the consumer has passed it, or it is not there. */
  private isHopeless(ranges: ReadonlyMap<number, PartitionRange>): boolean {
    const { ledger } = this.options;
    for (const message of ledger.missing()) {
      const isPassed = message.offset < ledger.positionOf(message.partition);
      if (!isPassed && !outsideOf(ranges.get(message.partition), message)) return false;
    }
    return true;
  }

  /** @throws what ended the consumer, when another one would end the same way */
  private async afterCrash(): Promise<void> {
    try {
      this.consumer.refuseCrash();
    } catch (error) {
      if (this.replacements >= MOST_REPLACEMENTS || !isOfConnection(error) || finalErrorIn(error))
        throw error;
      await this.replace(`the consumer ended (${reasonOf(error)})`);
    }
  }

  private async replaceStuck(): Promise<void> {
    const silentMs = this.context.clock.now() - this.lastSignMs;
    if (this.replacements >= MOST_REPLACEMENTS || silentMs < STUCK_MS * 2 ** this.replacements) return;
    await this.replace(
      `the consumer has got nothing for ${formatDuration(silentMs)} although there is more to read`,
    );
  }

  private async replace(reason: string): Promise<void> {
    const { log, clock } = this.context;
    this.replacements++;
    log.info(`${reason}: another one takes its place in the group`);
    await this.consumer.stop();
    this.consumer = this.newConsumer();
    try {
      await this.options.deadline.race('joining the group again', this.consumer.start());
    } catch (error) {
      this.options.deadline.refuseLate('joining the group again');
      log.debug(`the next consumer did not start: ${reasonOf(error)}`);
    }
    this.lastSignMs = clock.now();
  }
}

/** True for errors of kafkajs behind which there is a connection that broke, or a broker that is about to come back. */
function isOfConnection(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { name, retriable } = error as Error & { readonly retriable?: boolean };
    if (retriable || /^KafkaJS(Connection|NoBrokerAvailable|BrokerNotFound|RequestTimeout)/.test(name))
      return true;
  }
  return false;
}
