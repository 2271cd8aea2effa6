/** Latencies in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Messages whose latency is below `belowMs` and not below the bound of the bucket before. */
export interface LatencyBucket {
  readonly belowMs: number;
  readonly count: number;
}

/**
 * Nearest-rank percentiles.
 * @param values in any order; sorted in place
 * @returns undefined for no values
 */
export function percentilesOf(values: Float32Array): Percentiles | undefined {
  if (values.length === 0) return undefined;
  values.sort();
  // Microseconds: what single precision adds after them is noise.
  const rank = (percent: number) =>
    Math.round((values[Math.max(0, Math.ceil((percent / 100) * values.length) - 1)] ?? 0) * 1000) / 1000;
  return { p50: rank(50), p95: rank(95), p99: rank(99), max: rank(100) };
}

/** 1, 2, 5, 10, 20, 50 … milliseconds up to ten minutes: even steps on the scale on which latencies spread. */
const BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 6e5];

/** @returns how the latencies are distributed, from the first bucket that is not empty to the last */
export function histogramOf(values: Float32Array): LatencyBucket[] {
  const counts = new Array<number>(BOUNDS_MS.length).fill(0);
  for (const value of values) {
    const index = BOUNDS_MS.findIndex(bound => value < bound);
    const bucket = index < 0 ? BOUNDS_MS.length - 1 : index;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const first = counts.findIndex(count => count > 0);
  const last = counts.findLastIndex(count => count > 0);
  return BOUNDS_MS.map((belowMs, index) => ({ belowMs, count: counts[index] ?? 0 })).slice(
    Math.max(0, first),
    last + 1,
  );
}
