import type { TopicState } from '../topic.ts';
import type { DeliveryCounts } from './delivery.ts';
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
  /** Where the lost messages are; none when nothing is lost. */
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
}

/** What the ledger of a finished round trip says. @param topic as it was at the start */
export function measured(
  ledger: DeliveryLedger,
  topic: TopicState,
): Pick<RoundTripResult, 'topic' | 'counts' | 'latencyHistogram' | 'latencyMs' | 'throughput' | 'brokers'> {
  const latencies = ledger.latenciesMs();
  const latencyMs = percentilesOf(latencies);
  const { throughput } = ledger;
  return {
    topic: topic.topic,
    counts: ledger.counts(),
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
