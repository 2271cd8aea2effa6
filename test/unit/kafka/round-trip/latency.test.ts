import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramOf, type Percentiles, percentilesOf } from '../../../../src/kafka/round-trip/latency.ts';

const floats = (values: readonly number[]) => Float32Array.from(values);
const anyLatencies = fc.array(fc.integer({ min: 0, max: 700_000_000 }), { minLength: 1, maxLength: 200 }).map(
  // Thousandths that single precision can hold.
  thousandths => thousandths.map(value => Math.fround(value / 1000)),
);
const rounded = (value: number) => Math.round(value * 1000) / 1000;

describe('percentiles', () => {
  it.each<[number[], number[]]>([
    [[7], [7, 7, 7, 7]],
    [
      [2, 1],
      [1, 2, 2, 2],
    ],
    [Array.from({ length: 100 }, (_, index) => 100 - index), [50, 95, 99, 100]],
    [Array.from({ length: 200 }, (_, index) => 200 - index), [100, 190, 198, 200]],
    [
      [10, 9, 100],
      [10, 100, 100, 100],
    ],
    [[0.1], [0.1, 0.1, 0.1, 0.1]],
    [[1.23456], [1.235, 1.235, 1.235, 1.235]],
  ])('%# are values that were measured', (values, [p50, p95, p99, max]) => {
    expect(percentilesOf(floats(values))).toEqual({ p50, p95, p99, max });
  });

  it('are undefined when there are no values', () => {
    expect(percentilesOf(floats([]))).toBeUndefined();
  });

  it('leave that share of the values at or below them', () => {
    fc.assert(
      fc.property(anyLatencies, values => {
        const { p50, p95, p99, max } = percentilesOf(floats(values)) as Percentiles;
        for (const [share, value] of [
          [0.5, p50],
          [0.95, p95],
          [0.99, p99],
          [1, max],
        ] as const) {
          const known = values.map(rounded);
          expect(known).toContain(value);
          const atOrBelow = known.filter(other => other <= value).length;
          const below = known.filter(other => other < value).length;
          expect(atOrBelow).toBeGreaterThanOrEqual(share * known.length - 1e-9);
          expect(below).toBeLessThan(share * known.length + 1e-9);
        }
      }),
    );
  });
});

describe('the histogram', () => {
  it('is empty when there are no values', () => {
    expect(histogramOf(floats([]))).toEqual([]);
  });

  it.each<[number[], [number, number][]]>([
    [[0.5], [[1, 1]]],
    [[1], [[2, 1]]],
    [
      [0.99, 1, 1.99, 2],
      [
        [1, 1],
        [2, 2],
        [5, 1],
      ],
    ],
    [
      [7, 60],
      [
        [10, 1],
        [20, 0],
        [50, 0],
        [100, 1],
      ],
    ],
    [
      [100, 499],
      [
        [200, 1],
        [500, 1],
      ],
    ],
    [
      [999, 1_000, 1_999, 4_999],
      [
        [1_000, 1],
        [2_000, 2],
        [5_000, 1],
      ],
    ],
    [
      [9_999, 10_000, 49_999],
      [
        [10_000, 1],
        [20_000, 1],
        [50_000, 1],
      ],
    ],
    [
      [99_999, 100_000, 599_999],
      [
        [100_000, 1],
        [600_000, 2],
      ],
    ],
    [[9_000_000], [[600_000, 1]]],
  ])('has its buckets from the first to the last for %j', (values, expected) => {
    expect(histogramOf(floats(values)).map(({ belowMs, count }) => [belowMs, count])).toEqual(expected);
  });

  it('has each latency in exactly one bucket, whose bounds it keeps', () => {
    fc.assert(
      fc.property(anyLatencies, values => {
        const buckets = histogramOf(floats(values));
        expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
        expect(buckets.at(0)?.count).toBeGreaterThan(0);
        expect(buckets.at(-1)?.count).toBeGreaterThan(0);
        const bounds = buckets.map(({ belowMs }) => belowMs);
        expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
        for (const [index, { belowMs, count }] of buckets.entries()) {
          if (index === 0 || belowMs === 600_000) continue;
          const from = bounds[index - 1] ?? 0;
          expect(values.filter(value => value >= from && value < belowMs)).toHaveLength(count);
        }
      }),
    );
  });
});
