import type { ErrorCode } from '../../error-codes.ts';
import type { TopicState } from '../topic.ts';
import { type DeliveryCounts, deliveryCounts } from './delivery.ts';
import type { Handover } from './handover.ts';
import { histogramOf, type LatencyBucket, type Percentiles, percentilesOf } from './latency.ts';
import type { DeliveryLedger } from './ledger.ts';
import type { MissingRecords } from './missing-records.ts';
import type { AcknowledgementPause } from './producer.ts';

/** The share of one broker: the messages of the partitions that it led at the start. */
interface BrokerShare {
  readonly id: number;
  readonly address: string;
  readonly partitions: readonly number[];
  readonly acknowledged: number;
  readonly consumed: number;
  readonly latencyMs?: Percentiles;
}

export interface RoundTripResult {
  readonly topic: string;
  readonly counts: DeliveryCounts;
  /** Where the messages are that did not come back; none when all did, or when nobody could look. */
  readonly missing?: MissingRecords;
  /** From the call that sends a message to its arrival at the consumer, by one clock. */
  readonly latencyMs?: Percentiles;
  readonly latencyHistogram: readonly LatencyBucket[];
  /** Messages a second, from the first one sent to the last one received. */
  readonly throughput?: number;
  readonly brokers: readonly BrokerShare[];
  readonly longestPause?: AcknowledgementPause;
  /** What is wrong with the group's committed offsets, one sentence for each partition. */
  readonly wrongCommits: readonly string[];
  /** A second consumer of the group, after the first one left; absent when the run did not get that far. */
  readonly handover?: Handover;
  readonly durationMs: number;
  /** Why it ended before every message was back, if it did. */
  readonly interruption?: string;
  /** The code of that reason, where it has one of its own: that of a connection that was lost, for example. */
  readonly interruptionCode?: ErrorCode;
  /** What to do about it, where that is known better than by the code. */
  readonly interruptionHint?: string;
  /**
   * How long the consumer had got nothing when it was given up, although there was more to read and another one had taken
   * its place: then it was not for want of time.
   */
  readonly stalledMs?: number;
}

/**
 * What the ledger of a finished round trip says.
 * @param topic as it was at the start
 * @param missing what was found out about the messages that did not come back
 */
export function measured(
  ledger: DeliveryLedger,
  topic: TopicState,
  missing?: MissingRecords,
): Pick<RoundTripResult, 'topic' | 'counts' | 'latencyHistogram' | 'latencyMs' | 'throughput' | 'brokers'> {
  const latencies = ledger.latenciesMs();
  const latencyMs = percentilesOf(latencies);
  const { throughput } = ledger;
  return {
    topic: topic.topic,
    counts: deliveryCounts(ledger.counts(), ledger.missingCount, missing),
    latencyHistogram: histogramOf(latencies),
    latencyMs,
    throughput,
    brokers: sharesOf(ledger, topic),
  };
}

function sharesOf(ledger: DeliveryLedger, topic: TopicState): BrokerShare[] {
  const counts = ledger.countsByPartition();
  return topic.brokers.map(({ id, address }) => {
    const led = topic.partitions.filter(({ leader }) => leader === id).map(({ partition }) => partition);
    const sum = (what: 'acknowledged' | 'consumed') =>
      led.reduce((total, partition) => total + (counts.get(partition)?.[what] ?? 0), 0);
    const latencyMs = percentilesOf(ledger.latenciesMs(new Set(led)));
    return {
      id,
      address,
      partitions: led,
      acknowledged: sum('acknowledged'),
      consumed: sum('consumed'),
      latencyMs,
    };
  });
}
