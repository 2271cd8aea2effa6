import type { LatencyBucket } from '../../kafka/round-trip/latency.ts';
import type { RoundTripResult } from '../../kafka/round-trip/result.ts';
import { count, milliseconds, plural } from '../figures.ts';
import { code, fold, number, table, words } from '../markdown.ts';
import { mermaid, settings } from '../mermaid.ts';
import type { Report } from '../report.ts';
import { type NamedTrip, tripsOf } from '../trips.ts';

const COLUMNS = [
  number('Broker'),
  words('address'),
  words('leads partitions'),
  ...['acknowledged', 'consumed', 'p50\u00a0ms', 'p95\u00a0ms', 'p99\u00a0ms', 'max\u00a0ms'].map(number),
];

/** What went by way of each broker, and how long it took: the first topic in full, of the others the rest in folds. */
export function latencySection(report: Report): string[] {
  const [first, ...others] = tripsOf(report);
  if (!first) return [];
  return [
    '### Brokers and latency',
    '',
    ...brokers(first),
    ...chartOf(first.trip.latencyHistogram),
    ...others.flatMap(trip => {
      const isDrill = trip.trip === report.drill?.traffic;
      const chart = chartOf(trip.trip.latencyHistogram);
      // The drill has a section of its own, where its figures are.
      return isDrill
        ? fold(`Brokers and latency ${trip.name.toLowerCase()}`, [...brokers(trip), ...chart])
        : [...brokers(trip), ...(chart.length > 0 ? fold('How these latencies are distributed', chart) : [])];
    }),
  ];
}

function brokers({ name, trip }: NamedTrip): string[] {
  const rows = trip.brokers.map(({ id, address, partitions, acknowledged, consumed, latencyMs }) => [
    `${id}`,
    code(address),
    partitions.join(', ') || 'none',
    count(acknowledged),
    consumed === acknowledged ? count(consumed) : `❌ **${count(consumed)}**`,
    ...[latencyMs?.p50, latencyMs?.p95, latencyMs?.p99, latencyMs?.max].map(milliseconds),
  ]);
  const heading = [`**${name}** (${code(trip.topic)})${figures(trip)}`, ''];
  return rows.length > 0 ? [...heading, ...table(COLUMNS, rows), ''] : heading;
}

function figures({ latencyMs, throughput }: RoundTripResult): string {
  if (!latencyMs) return '';
  const { p50, p95, p99, max } = latencyMs;
  const latency = `: p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}, p99 ${milliseconds(p99)}, max ${milliseconds(max)} ms`;
  return throughput === undefined
    ? latency
    : `${latency}; ${plural(Math.round(throughput), 'message')} a second`;
}

/** A bar for each bucket, with its count beside it: the scale says nothing more, whether they are ten or a million. */
function chartOf(buckets: readonly LatencyBucket[]): string[] {
  if (buckets.length === 0) return [];
  const names = buckets.map(
    (bucket, index) => `"${rangeOf(bucket, buckets[index - 1])}: ${count(bucket.count)}"`,
  );
  return [
    ...mermaid([
      settings({
        xyChart: { width: 800, height: 30 + 26 * buckets.length, yAxis: NO_AXIS },
        themeVariables: { xyChart: { backgroundColor: 'transparent', plotColorPalette: '#2da44e' } },
      }),
      'xychart-beta horizontal',
      `  x-axis [${names.join(', ')}]`,
      `  y-axis 0 --> ${Math.max(1, ...buckets.map(bucket => bucket.count))}`,
      `  bar [${buckets.map(bucket => bucket.count).join(', ')}]`,
    ]),
    '',
  ];
}

/** An axis with labels begins below zero, and the bar of an empty bucket would look as if something was in it. */
const NO_AXIS = { showLabel: false, showTick: false, showAxisLine: false };

function rangeOf({ belowMs }: LatencyBucket, before: LatencyBucket | undefined): string {
  const [from, fromUnit] = inUnits(before?.belowMs ?? 0);
  const [to, unit] = inUnits(belowMs);
  if (!before) return `below ${to} ${unit}`;
  return `${from}${fromUnit === unit ? '' : ` ${fromUnit}`} – ${to} ${unit}`;
}

const inUnits = (ms: number): [number, string] => (ms < 1000 ? [ms, 'ms'] : [ms / 1000, 's']);
