import { describe, expect, it } from 'vitest';
import type { LatencyBucket } from '../../../../src/kafka/round-trip/latency.ts';
import { summaryOf } from '../../../../src/report/summary/summary.ts';
import { PASSED, trip } from '../../support/reports.ts';
import { diagramsOf, outsideOfCode, strangeLines } from '../markdown-reading.ts';

const BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4];

function chartOf(latencyHistogram: readonly LatencyBucket[]): readonly string[] | undefined {
  const { probe: _, drill: __, ...report } = PASSED;
  const markdown = summaryOf({ ...report, runnerClients: trip(12, { latencyHistogram }) });
  return diagramsOf(markdown).find(lines => lines.some(line => line.startsWith('xychart-beta')));
}

describe('the chart of the latencies', () => {
  it('has a bar for one bucket', () => {
    const chart = chartOf([{ belowMs: 20, count: 1 }]) ?? [];
    expect(chart.slice(1)).toEqual([
      'xychart-beta horizontal',
      '  x-axis ["below 20 ms: 1"]',
      '  y-axis 0 --> 1',
      '  bar [1]',
    ]);
    expect(strangeLines(chart)).toEqual([]);
  });

  it('has one for each of many, empty ones too, with its count beside it', () => {
    const chart =
      chartOf(BOUNDS.map((belowMs, index) => ({ belowMs, count: index === 4 ? 1_000_000 : index % 2 }))) ??
      [];
    expect(strangeLines(chart)).toEqual([]);
    expect(chart).toContain('  bar [0, 1, 0, 1, 1000000, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]');
    expect(chart).toContain('  y-axis 0 --> 1000000');
    const axis = chart.find(line => line.includes('x-axis')) ?? '';
    expect(axis.match(/"[^"]+"/g)).toHaveLength(15);
    expect(axis).toContain('"10 – 20 ms: 1,000,000"');
    expect(axis).toContain('"500 ms – 1 s: 1"');
    expect(axis).toContain('"1 – 2 s: 0"');
  });

  it('is as high as it has bars', () => {
    const heightOf = (chart: readonly string[] = []) => Number(/"height":(\d+)/.exec(chart[0] ?? '')?.[1]);
    const high = heightOf(chartOf(BOUNDS.map(belowMs => ({ belowMs, count: 1 }))));
    expect(high).toBeGreaterThan(5 * heightOf(chartOf([{ belowMs: 20, count: 1 }])));
  });

  it('is not there when nothing came back', () => {
    expect(chartOf([])).toBeUndefined();
  });

  it('is folded for the other round trips', () => {
    const outside = outsideOfCode(summaryOf(PASSED));
    expect(outside.match(/<summary>.*latenc.*/g)).toEqual([
      '<summary>How these latencies are distributed</summary>',
      '<summary>Brokers and latency during the drill</summary>',
    ]);
  });
});
