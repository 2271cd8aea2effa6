import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as echarts from 'echarts';
import type { Figures } from './row.ts';
import { CLUSTERS, MESSAGES, pointOf, rowNameOf } from './rows/scale.ts';
import { spreadOf } from './statistics.ts';

/**
 * Draws what was measured by messages and brokers as pictures for docs/performance.md. The figures come from
 * `script/bench scale-1 scale-3 scale-5 --json bench/results/scale.json`.
 *
 *   node bench/plot.ts [JSON]
 */
const ROOT = join(import.meta.dirname, '..');
const [file = join(ROOT, 'bench', 'results', 'scale.json')] = process.argv.slice(2);
const { figures } = JSON.parse(readFileSync(file, 'utf8')) as {
  figures: Readonly<Record<string, readonly Figures[]>>;
};

interface Picture {
  readonly name: string;
  readonly title: string;
  readonly axis: string;
  readonly key: keyof ReturnType<typeof pointOf>;
  readonly scale: 'log' | 'value';
}

const PICTURES: readonly Picture[] = [
  { name: 'scale-time', title: 'Time of the messages', axis: 'seconds', key: 'proofS', scale: 'log' },
  { name: 'scale-memory', title: 'Peak memory of the action', axis: 'MiB', key: 'peakMiB', scale: 'value' },
];

/** Those that were measured. */
const clusters = CLUSTERS.filter(({ brokers }) => figures[rowNameOf(brokers)] !== undefined);

for (const picture of PICTURES)
  writeFileSync(join(ROOT, 'docs', 'images', `${picture.name}.svg`), `${draw(picture)}\n`);

function draw({ title, axis, key, scale }: Picture): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 760, height: 380 });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, left: 'center' },
    legend: { top: 40, itemGap: 30 },
    grid: { top: 90, left: 70, right: 40, bottom: 55 },
    xAxis: {
      type: 'log',
      name: 'messages',
      nameLocation: 'middle',
      nameGap: 32,
      min: 10,
      axisLabel: { formatter },
    },
    yAxis: { type: scale, name: axis, axisLabel: { formatter } },
    series: [
      ...clusters.map(({ brokers }) => ({
        ...{
          name: `${brokers} ${brokers === 1 ? 'broker' : 'brokers'}`,
          type: 'line' as const,
          symbolSize: 7,
        },
        data: MESSAGES.map(messages => [messages, medianOf(brokers, pointOf(messages)[key])]),
      })),
      ...(scale === 'log' ? [proportional(key)] : []),
    ],
  });
  try {
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** A line as steep as one that grows with the messages, and no more than that; it ends where the slowest cluster does. */
function proportional(key: Picture['key']) {
  const most = MESSAGES.at(-1) ?? 1;
  const end = Math.max(...clusters.map(({ brokers }) => medianOf(brokers, pointOf(most)[key])));
  return {
    ...{ name: 'in proportion to the messages', type: 'line' as const, symbol: 'none' },
    lineStyle: { type: 'dashed' as const, color: '#999999' },
    itemStyle: { color: '#999999' },
    data: MESSAGES.map(messages => [messages, (end * messages) / most]).filter(([, value = 0]) => value >= 1),
  };
}

function formatter(value: number): string {
  return value.toLocaleString('en-US');
}

function medianOf(brokers: number, name: string): number {
  const rounds = figures[rowNameOf(brokers)] ?? [];
  return spreadOf(rounds.map(round => round[name] ?? Number.NaN)).median;
}
