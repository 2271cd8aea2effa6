import type { Kafka } from 'kafkajs';
import type { Context } from '../../context.ts';
import { Deadline } from '../deadline.ts';
import { committedOffsets, deleteGroup, wrongCommits } from '../groups.ts';
import { partitionRanges } from '../partition-ranges.ts';
import { accessRefusalOf } from '../refusals.ts';
import { type AdminLease, leaseAdmin } from '../shared-admins.ts';
import type { TopicState } from '../topic.ts';
import { whileConnected } from './connection-watch.ts';
import { joined } from './consumer.ts';
import { GroupProgress } from './group-progress.ts';
import { placeGroup } from './group-start.ts';
import { type Handover, handOver } from './handover.ts';
import { explainInterruption, type Interruption } from './interruption.ts';
import { DeliveryLedger } from './ledger.ts';
import { ledgerListener } from './ledger-listener.ts';
import { type MissingRecords, searchMissing } from './missing-records.ts';
import { ProbeProducer, type Traffic } from './producer.ts';
import { Progress } from './progress.ts';
import { Reception } from './reception.ts';
import { type Codec, guideCodec } from './record.ts';
import { measured, type RoundTripResult } from './result.ts';
import { TopicWatch } from './topic-watch.ts';

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

const PATIENCE_MS = { search: 20_000, handover: 30_000 };

/**
 * Sends messages through the cluster and reads them back in a consumer group. Messages carry the run's id, their number and
 * a checksum in their headers, and the group starts at the end of the topic: older records neither count nor disturb.
 *
 * @returns what was counted, also when it broke off: then `interruption` says why
 * @throws the signal's reason when it is aborted
 */
export async function roundTrip(context: Context, options: RoundTripOptions): Promise<RoundTripResult> {
  const trip = new RoundTrip(context, options);
  try {
    await trip.run();
  } finally {
    await trip.cleanUp();
  }
  return trip.result();
}

class RoundTrip {
  /** One client for the producer and one for the consumer: a shared one would skew the latency. */
  private readonly producerKafka: Kafka;
  private readonly consumerKafka: Kafka;
  private readonly admin: AdminLease;
  /** What the run gave; `context` ends with the connection to the machine as well. */
  private readonly outer: Context;
  private readonly context: Context;
  private readonly gone = new AbortController();
  private readonly options: RoundTripOptions;
  private readonly ledger: DeliveryLedger;
  private readonly deadline: Deadline;
  private readonly codec: Codec;
  private readonly producer: ProbeProducer;
  private readonly startedAtMs: number;
  private readonly progress: Progress;
  private readonly watch: TopicWatch;
  private reception: Reception | undefined;
  /** When a message was acknowledged or received last. */
  private lastSignMs: number;
  private interruption: Interruption | undefined;
  private stalledMs: number | undefined;
  private commitProblems: readonly string[] = [];
  private handover: Handover | undefined;
  private missing: MissingRecords | undefined;

  constructor(outer: Context, options: RoundTripOptions) {
    const { bootstrapServers, topic, runId, timeoutMs, traffic } = options;
    this.outer = outer;
    this.context = { ...outer, signal: AbortSignal.any([outer.signal, this.gone.signal]) };
    this.options = options;
    this.codec = options.codec ?? guideCodec;
    this.producerKafka = outer.kafka.of(bootstrapServers);
    this.consumerKafka = outer.kafka.of(bootstrapServers);
    this.admin = leaseAdmin(outer, bootstrapServers);
    this.startedAtMs = outer.clock.now();
    this.lastSignMs = this.startedAtMs;
    this.watch = new TopicWatch(outer, this.producerKafka, topic.topic);
    this.deadline = new Deadline(timeoutMs, this.context);
    this.ledger = new DeliveryLedger(traffic.stop ? 0 : traffic.messages);
    this.progress = new Progress(outer, this.ledger, this.deadline, traffic);
    this.producer = new ProbeProducer(this.context, {
      kafka: this.producerKafka,
      ...{ topic: topic.topic, runId, codec: this.codec, ledger: this.ledger, deadline: this.deadline },
      partitions: topic.partitions.map(({ partition }) => partition),
    });
  }

  async run(): Promise<void> {
    const quietMs = () => this.outer.clock.now() - this.lastSignMs;
    try {
      await whileConnected(this.outer, quietMs, this.gone, () => this.sendAndReceive());
    } catch (error) {
      this.outer.signal.throwIfAborted();
      this.stalledMs = this.reception?.stalledMs;
      const refusal = accessRefusalOf(this.options.topic.topic, this.options.group, error);
      this.interruption = await explainInterruption(this.outer, refusal ?? error);
    }
    if (!this.interruption?.isConnectionLost) await this.lookAround();
  }

  /** Finds out what is behind what went wrong. */
  private async lookAround(): Promise<void> {
    const { topic, runId, group } = this.options;
    await this.watch.tellOpenTransactions(() => this.ranges());
    const { missingCount } = this.ledger;
    const isGood = !this.interruption && this.commitProblems.length + missingCount === 0;
    if (isGood && this.handover?.problems.length === 0 && this.handover.received === this.handover.sent)
      return;
    // A record that came now would be missing in one count and not in the other.
    await this.reception?.stop();
    if (await this.watch.isAnother()) {
      const reason = `topic ${topic.topic} was deleted and made again while the test ran`;
      this.interruption = { reason, code: 'topic-not-found', isConnectionLost: false };
      this.commitProblems = [];
      this.handover = undefined;
    } else if (missingCount > 0) {
      this.missing = await searchMissing(this.outer, () => this.ledger.missing(), {
        ...{ kafka: this.consumerKafka, topic: topic.topic, runId, group: `${group}-search` },
        deadline: new Deadline(PATIENCE_MS.search, this.outer),
      });
    }
  }

  private async sendAndReceive(): Promise<void> {
    const { traffic } = this.options;
    const { log, clock } = this.context;
    const { reception, group } = await this.start();
    await this.producer.send(traffic, () => {
      this.lastSignMs = clock.now();
      this.progress.show();
    });
    log.info(`${this.ledger.acknowledgedTotal} messages acknowledged by the brokers`);
    await reception.untilBack(
      () => `receiving (${this.progress.describe()})`,
      () => this.progress.show(),
    );
    log.info(`${this.ledger.consumedTotal} messages received, each compared with what was sent`);
    await reception.commit(group.uncommitted());
    await reception.stop();
    await this.checkGroup(group);
  }

  /** Places the group at the end of the topic, and lets producer and consumer arrive. */
  private async start(): Promise<{ reception: Reception; group: GroupProgress }> {
    const { topic, group } = this.options;
    // Far from the machine every question costs a tenth of a second: what need not wait for another one does not.
    const connecting = Promise.all([this.admin.connect(), this.producer.connect()]);
    const connected = this.deadline.race('connecting', connecting);
    const ranges = this.deadline.race('asking for offsets', this.ranges());
    const ends = ranges.then(known => new Map([...known].map(([partition, { end }]) => [partition, end])));
    const placed = { kafka: this.consumerKafka, group, topic: topic.topic };
    const [starts] = await Promise.all([
      ends,
      connected,
      this.deadline.race('asking for the topic', this.watch.begin(ranges)),
      placeGroup(this.context, placed, ends, this.deadline),
    ]);
    for (const [partition, offset] of starts) this.ledger.advance(partition, offset);
    const progress = new GroupProgress(starts);
    const reception = this.receive(progress);
    this.reception = reception;
    await reception.start();
    return { reception, group: progress };
  }

  private receive(progress: GroupProgress): Reception {
    const { topic, group, runId } = this.options;
    const { ledger, deadline, codec, newKafka, context } = this;
    const { clock } = context;
    const onRecord = () => {
      this.lastSignMs = clock.now();
    };
    return new Reception(context, {
      ...{ group, topic: topic.topic, ledger, deadline, newKafka },
      leaders: topic.partitions.map(({ leader }) => leader),
      ranges: () => this.ranges(),
      listener: joined({ onRecord }, progress, ledgerListener({ ledger, runId, codec, clock })),
    });
  }

  private readonly newKafka = (): Kafka => this.outer.kafka.of(this.options.bootstrapServers);

  private ranges() {
    return partitionRanges(this.producerKafka, this.options.topic.topic, this.context);
  }

  /** Checks the group's committed offsets, and that a second consumer goes on from there. */
  private async checkGroup(progress: GroupProgress): Promise<void> {
    const { topic, group, runId } = this.options;
    const committed = this.readCommitted(progress);
    const { producerKafka, newKafka, codec, context } = this;
    this.handover = await handOver(context, {
      ...{ producerKafka, newKafka, topic, group, runId, codec, committed },
      ranges: () => this.ranges(),
      deadline: new Deadline(Math.min(this.deadline.leftMs, PATIENCE_MS.handover), context),
    });
  }

  private async readCommitted(progress: GroupProgress): Promise<ReadonlyMap<number, number>> {
    const { topic, group } = this.options;
    const asking = committedOffsets(this.admin.admin, group, topic.topic);
    const committed = await this.deadline.race('reading committed offsets', asking);
    this.commitProblems = wrongCommits(committed, progress.bounds());
    return committed;
  }

  /** Removes all that the run made for itself. Each part gives up by itself when a broker does not answer. */
  async cleanUp(): Promise<void> {
    const producerGone = this.producer.disconnect();
    const consumerGone = this.reception?.stop();
    // Nobody hears a goodbye then.
    if (this.interruption?.isConnectionLost) return;
    await consumerGone;
    await deleteGroup(this.outer, this.admin.admin, this.options.group);
    await Promise.all([producerGone, this.admin.giveBack(!this.interruption)]);
  }

  result(): RoundTripResult {
    const { longestPause } = this.producer;
    return {
      ...measured(this.ledger, this.options.topic, this.missing),
      durationMs: this.outer.clock.now() - this.startedAtMs,
      longestPause: longestPause && { ...longestPause, atMs: longestPause.atMs - this.startedAtMs },
      ...{ wrongCommits: this.commitProblems, missing: this.missing, handover: this.handover },
      interruption: this.interruption?.reason,
      interruptionCode: this.interruption?.code,
      interruptionHint: this.interruption?.hint,
      stalledMs: this.stalledMs,
    };
  }
}
