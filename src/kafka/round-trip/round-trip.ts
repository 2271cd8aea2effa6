import type { Admin, Kafka } from 'kafkajs';
import type { Context } from '../../context.ts';
import { reasonOf } from '../../errors.ts';
import { until } from '../../waiting.ts';
import { Deadline } from '../deadline.ts';
import { goodbye } from '../goodbye.ts';
import { committedOffsets, wrongCommits } from '../groups.ts';
import { type PartitionRange, partitionRanges, type TopicState } from '../topic.ts';
import { ProbeConsumer, placeGroup } from './consumer.ts';
import { type Handover, handOver } from './handover.ts';
import { DeliveryLedger } from './ledger.ts';
import { type MissingRecords, outsideOf, searchMissing } from './missing-records.ts';
import { ProbeProducer, type Traffic } from './producer.ts';
import { Progress } from './progress.ts';
import { type Codec, guideCodec, isWhole, sequenceOf } from './record.ts';
import { measured, type RoundTripResult } from './result.ts';

export interface RoundTripOptions {
  /** One address for each broker. */
  readonly bootstrapServers: readonly string[];
  /** The topic, as it was described just before. */
  readonly topic: TopicState;
  /** Consumer group of this run alone. */
  readonly group: string;
  readonly runId: string;
  readonly traffic: Traffic;
  readonly codec?: Codec;
  readonly timeoutMs: number;
}

const POLL_MS = 10;
/** After this time without a record we ask whether the missing ones can still come. */
const QUIET_MS = 2_000;
const SEARCH_TIMEOUT_MS = 20_000;
const HANDOVER_TIMEOUT_MS = 30_000;

/**
 * Sends messages through the cluster and reads them back in a consumer group. Messages carry the run's id, their number and
 * a checksum in their headers, and the group starts at the end of the topic: older records neither count nor
 * disturb.
 *
 * @returns what was counted, also when it broke off: then `interruption` says why
 * @throws the signal's reason when it is aborted
 */
export async function roundTrip(context: Context, options: RoundTripOptions): Promise<RoundTripResult> {
  const trip = new RoundTrip(context, options);
  const admin = trip.producerKafka.admin();
  try {
    await trip.run(admin);
  } finally {
    await trip.cleanUp(admin);
  }
  return trip.result();
}

class RoundTrip {
  /** One client for the producer and one for the consumer: a shared one would skew the latency. */
  readonly producerKafka: Kafka;
  private readonly consumerKafka: Kafka;
  private readonly context: Context;
  private readonly options: RoundTripOptions;
  private readonly ledger: DeliveryLedger;
  private readonly deadline: Deadline;
  private readonly producer: ProbeProducer;
  private readonly consumer: ProbeConsumer;
  private readonly startedAtMs: number;
  private readonly progress: Progress;
  private lastArrivalMs = 0;
  private interruption: string | undefined;
  private commitProblems: readonly string[] = [];
  private handover: Handover | undefined;
  private missing: MissingRecords | undefined;

  constructor(context: Context, options: RoundTripOptions) {
    const { bootstrapServers, topic, runId, timeoutMs, traffic } = options;
    this.context = context;
    this.options = options;
    this.producerKafka = context.kafka.of(bootstrapServers);
    this.consumerKafka = context.kafka.of(bootstrapServers);
    this.startedAtMs = context.clock.now();
    this.deadline = new Deadline(timeoutMs, context);
    this.ledger = new DeliveryLedger(traffic.stop ? 0 : traffic.messages);
    this.progress = new Progress(context, this.ledger, this.deadline, traffic);
    this.producer = new ProbeProducer(context, {
      kafka: this.producerKafka,
      topic: topic.topic,
      runId,
      codec: this.codec,
      ledger: this.ledger,
      deadline: this.deadline,
      partitions: topic.partitions.map(({ partition }) => partition),
    });
    this.consumer = this.newConsumer();
  }

  private get codec(): Codec {
    return this.options.codec ?? guideCodec;
  }

  private newConsumer(): ProbeConsumer {
    const { topic, group, runId } = this.options;
    return new ProbeConsumer(this.context, {
      kafka: this.consumerKafka,
      group,
      topic: topic.topic,
      leaders: topic.partitions.map(({ leader }) => leader),
      onRecord: record => {
        const { partition, offset } = record;
        const sequence = sequenceOf(record, runId);
        if (sequence === undefined) return this.ledger.advance(partition, offset + 1);
        this.lastArrivalMs = this.context.clock.now();
        const whole = isWhole({ runId, sequence }, record, this.codec);
        this.ledger.received({ sequence, partition, offset, isWhole: whole }, this.lastArrivalMs);
      },
    });
  }

  async run(admin: Admin): Promise<void> {
    const { topic, traffic, runId, group } = this.options;
    const { log, signal } = this.context;
    try {
      await this.deadline.race('connecting', admin.connect());
      const starts = await this.start();
      await this.producer.send(traffic, () => this.progress.show());
      log.info(`${this.ledger.acknowledgedTotal} messages acknowledged by the brokers`);
      await this.everythingBack();
      log.info(`${this.ledger.consumedTotal} messages received, each compared with what was sent`);
      await this.consumer.stop();
      await this.checkGroup(admin, starts);
    } catch (error) {
      signal.throwIfAborted();
      this.interruption = reasonOf(error);
    }
    if (this.ledger.missingCount === 0) return;
    // A record that came now would be missing in one count and not in the other.
    await this.consumer.stop();
    this.missing = await searchMissing(this.context, () => this.ledger.missing(), {
      kafka: this.consumerKafka,
      topic: topic.topic,
      runId,
      group: `${group}-search`,
      deadline: new Deadline(SEARCH_TIMEOUT_MS, this.context),
    });
  }

  /** @returns the offset at which the consumer begins, by partition */
  private async start(): Promise<Map<number, number>> {
    const { topic, group } = this.options;
    const ranges = await this.deadline.race('asking for offsets', this.ranges());
    const starts = new Map([...ranges].map(([partition, { end }]) => [partition, end]));
    await this.deadline.race(
      'joining the group',
      placeGroup(this.context, { kafka: this.consumerKafka, group, topic: topic.topic }, starts),
    );
    for (const [partition, offset] of starts) this.ledger.advance(partition, offset);
    await Promise.all([
      this.deadline.race('connecting', this.producer.connect()),
      this.deadline.race('joining the group', this.consumer.start()),
    ]);
    return starts;
  }

  /** Resolves when every acknowledged message is back, or cannot come any more. @throws Error at the deadline */
  private async everythingBack(): Promise<void> {
    const { clock } = this.context;
    let lookedAtMs = clock.now();
    const isOver = async () => {
      if (this.ledger.missingCount === 0) return true;
      this.consumer.refuseCrash();
      this.deadline.refuseLate(`receiving (${this.progress.describe()})`);
      this.progress.show();
      if (clock.now() - Math.max(lookedAtMs, this.lastArrivalMs) <= QUIET_MS) return undefined;
      if (await this.isHopeless()) return true;
      lookedAtMs = clock.now();
      return undefined;
    };
    await until(this.context, isOver, { everyMs: POLL_MS });
  }

  /** True when none of the missing records can still come: the consumer has passed it, or it is not there. */
  private async isHopeless(): Promise<boolean> {
    const asking = this.ranges().catch(() => undefined);
    const ranges = await this.deadline.race('asking for offsets', asking);
    if (!ranges) return false;
    for (const message of this.ledger.missing()) {
      const isPassed = message.offset < this.ledger.positionOf(message.partition);
      if (!isPassed && !outsideOf(ranges.get(message.partition), message)) return false;
    }
    return true;
  }

  private ranges(): Promise<Map<number, PartitionRange>> {
    return partitionRanges(this.producerKafka, this.options.topic.topic, this.context);
  }

  /** Checks the group's committed offsets, and that a second consumer goes on from there. */
  private async checkGroup(admin: Admin, starts: ReadonlyMap<number, number>): Promise<void> {
    const { topic, group, runId } = this.options;
    const expected = new Map(
      [...starts.keys()].map(partition => [partition, this.ledger.positionOf(partition)]),
    );
    const committed = await this.deadline.race(
      'reading committed offsets',
      committedOffsets(admin, group, topic.topic),
    );
    this.commitProblems = wrongCommits(committed, expected);
    this.handover = await handOver(this.context, {
      producerKafka: this.producerKafka,
      consumerKafka: this.consumerKafka,
      topic,
      group,
      runId,
      codec: this.codec,
      committed,
      deadline: new Deadline(Math.min(this.deadline.leftMs, HANDOVER_TIMEOUT_MS), this.context),
    });
  }

  /** Removes all that the run made for itself. Each part gives up by itself when a broker does not answer. */
  async cleanUp(admin: Admin): Promise<void> {
    const { group } = this.options;
    const { log, clock } = this.context;
    const producerGone = this.producer.disconnect();
    await this.consumer.stop();
    const deletion = admin
      .deleteGroups([group])
      .then(() => {})
      .catch(error => log.debug(`group ${group} stays: ${error}`));
    await goodbye({ disconnect: () => deletion }, clock);
    await Promise.all([producerGone, goodbye(admin, clock)]);
  }

  result(): RoundTripResult {
    const { topic } = this.options;
    const { longestPause } = this.producer;
    return {
      ...measured(this.ledger, topic),
      wrongCommits: this.commitProblems,
      durationMs: this.context.clock.now() - this.startedAtMs,
      longestPause: longestPause && { ...longestPause, atMs: longestPause.atMs - this.startedAtMs },
      missing: this.missing,
      handover: this.handover,
      interruption: this.interruption,
    };
  }
}
