/** A record that the brokers acknowledged. */
export interface Acknowledged {
  /** Number of the message in its run, from 0. */
  readonly sequence: number;
  readonly partition: number;
}

/** A record that the consumer received. */
export interface Received extends Acknowledged {
  /** The payload is exactly what was sent. */
  readonly intact: boolean;
}

/** What became of the acknowledged messages. All zero but the first two: nothing was lost, nothing was added. */
export interface DeliveryCounts {
  readonly produced: number;
  /** Different messages that came back, whole. */
  readonly consumed: number;
  readonly lost: number;
  /** Copies beyond the first. */
  readonly duplicated: number;
  readonly corrupted: number;
  /** Messages that came after a later one of the same partition. */
  readonly outOfOrder: number;
}

/**
 * Holds what was received against what was acknowledged.
 *
 * @param received in the order in which the consumer got them
 */
export function judgeDelivery(
  acknowledged: readonly Acknowledged[],
  received: readonly Received[],
): DeliveryCounts {
  const seen = new Set<number>();
  const lastInPartition = new Map<number, number>();
  let duplicated = 0;
  let corrupted = 0;
  let outOfOrder = 0;
  for (const { sequence, partition, intact } of received) {
    if (!intact) {
      corrupted++;
      continue;
    }
    if (seen.has(sequence)) {
      duplicated++;
      continue;
    }
    seen.add(sequence);
    const last = lastInPartition.get(partition) ?? -1;
    if (sequence < last) outOfOrder++;
    else lastInPartition.set(partition, sequence);
  }
  const cameBack = acknowledged.filter(({ sequence }) => seen.has(sequence)).length;
  return {
    produced: acknowledged.length,
    consumed: cameBack,
    lost: acknowledged.length - cameBack,
    duplicated,
    corrupted,
    outOfOrder,
  };
}

/** True when every message came back once, whole and in its order. */
export function isPerfect({ produced, lost, duplicated, corrupted, outOfOrder }: DeliveryCounts): boolean {
  return produced > 0 && lost + duplicated + corrupted + outOfOrder === 0;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Nearest-rank percentiles. @returns undefined for no values */
export function percentilesOf(values: readonly number[]): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const rank = (percent: number) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
  return { p50: rank(50), p95: rank(95), p99: rank(99), max: rank(100) };
}
