import type { DrillEvent, DrillResult } from '../../steps/smoke-test/options.ts';
import { count, duration } from '../figures.ts';
import { code, number, table } from '../markdown.ts';
import { label, mermaid, settings } from '../mermaid.ts';
import type { Report } from '../report.ts';
import { groupProblemsOf, isComplete } from '../trips.ts';

/** What a broker's restart did to the messages that flowed meanwhile. */
export function drillSection({ drill, failure }: Report): string[] {
  if (!drill) return [];
  const { broker, timeline, traffic } = drill;
  const isGood =
    failure?.step !== 'drill' && traffic && isComplete(traffic) && groupProblemsOf(traffic).length === 0;
  const name = broker.service ? `broker ${broker.id} (${code(broker.service)})` : 'a broker';
  return [
    `### ${isGood ? '✅' : '❌'} Drill: ${name} restarted while messages flowed`,
    '',
    ...(traffic ? [] : ['The drill was cut off: what became of its messages is not known.', '']),
    ...figures(drill),
    ...(timeline.length > 0 ? [...mermaid(ganttOf(timeline)), ''] : []),
  ];
}

function figures({ longestPauseMs, inSyncAfterMs, traffic }: DrillResult): string[] {
  const time = (ms: number | undefined) => (ms === undefined ? '–' : duration(ms));
  const row = [
    time(longestPauseMs),
    time(inSyncAfterMs),
    traffic ? count(traffic.counts.acknowledged) : '–',
    traffic ? (traffic.counts.lost === 0 ? '0' : `❌ **${count(traffic.counts.lost)}**`) : '–',
  ];
  if (row.every(cell => cell === '–')) return [];
  const columns = [
    'longest pause without an acknowledgement',
    "all replicas in sync after the broker's start",
    'messages acknowledged meanwhile',
    'lost',
  ];
  return [...table(columns.map(number), [row]), ''];
}

/** Noon, far from any change of the clocks: Mermaid counts in local time. */
const START = Date.UTC(2000, 0, 1, 12);

/** Each event begins a phase, which lasts until the next one. */
function ganttOf(timeline: readonly DrillEvent[]): string[] {
  const time = (ms: number) => new Date(START + Math.round(ms)).toISOString().slice(0, -1).replace('T', ' ');
  const phases = timeline.map(({ atMs, kind, event }, index) => {
    const next = timeline[index + 1]?.atMs;
    // The time comes first, so that no event can be taken for a keyword.
    const text = `${(atMs / 1000).toFixed(1)} s, ${label(event)}`;
    return next === undefined
      ? `  ${text} :milestone, ${time(atMs)}, 0ms`
      : `  ${text} :${kind === 'stopped' ? 'crit, ' : ''}${time(atMs)}, ${time(next)}`;
  });
  const lastMs = timeline.at(-1)?.atMs ?? 0;
  return [
    GANTT_SETTINGS,
    'gantt',
    '  dateFormat YYYY-MM-DD HH:mm:ss.SSS',
    '  axisFormat %M:%S',
    // A line every second would cross out the text.
    `  tickInterval ${lastMs < 60_000 ? '5second' : '1minute'}`,
    '  todayMarker off',
    `  0.0 s, the drill begins :${time(0)}, ${time(timeline[0]?.atMs ?? 0)}`,
    ...phases,
  ];
}

/** Colours that read well on a light page and on a dark one; the other text has the theme's. */
const GANTT_SETTINGS = settings({
  gantt: { leftPadding: 20, rightPadding: 20, barHeight: 26, barGap: 6, topPadding: 45, fontSize: 13 },
  themeVariables: {
    sectionBkgColor: 'transparent',
    altSectionBkgColor: 'transparent',
    gridColor: '#8c959f',
    taskBkgColor: '#1a7f37',
    taskBorderColor: '#116329',
    taskTextColor: '#ffffff',
    critBkgColor: '#cf222e',
    critBorderColor: '#82071e',
  },
});
