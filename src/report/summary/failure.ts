import { fenced, fold, htmlText, plainText } from '../markdown.ts';
import type { Report } from '../report.ts';
import { memberState } from './part-states.ts';

/** Of all containers together: a summary has its limit. */
const MOST_LOG_LINES = 500;

/** What failed, why, and what to do next, then what the container said last that is to blame. */
export function failureSection(report: Report, documentation?: string): string[] {
  const { failure } = report;
  if (!failure) return [];
  const failing = failingLog(report);
  const { message, details, hint, code: reason } = failure;
  const text =
    documentation === undefined
      ? []
      : [`[What ${reason} means](${documentation}/troubleshooting.md#${reason})`, ''];
  return [
    `**${plainText(message) || 'No reason is known.'}**`,
    '',
    ...(details.length > 0 ? [...fenced(details), ''] : []),
    `**What to do:** ${plainText(hint)}`,
    '',
    ...text,
    ...(failing ? containerFold(report, failing, { isOpen: true }) : []),
  ];
}

type ContainerLog = NonNullable<Report['diagnosis']>['logs'][number];

/** The log of the container that failed: the first that does not run, or is not healthy; or one that runs and does not answer. */
export const failingLog = (report: Report): ContainerLog | undefined => {
  const logs = report.diagnosis?.logs ?? [];
  const silent = report.cluster.filter(member => memberState(member, report) === 'down');
  return (
    logs.find(({ isRunning }) => !isRunning) ??
    logs.find(({ service }) => silent.some(member => member.service === service))
  );
};

/** The other containers' last lines and the state of the machine after a failure, in folds. */
export function diagnosisSection(report: Report): string[] {
  const { diagnosis } = report;
  if (!diagnosis) return [];
  const { logs, disk, memory } = diagnosis;
  const failing = failingLog(report);
  const machine = [...disk, ...(disk.length > 0 && memory.length > 0 ? [''] : []), ...memory];
  return [
    ...logs.filter(log => log !== failing).flatMap(log => containerFold(report, log)),
    ...(machine.length > 0 ? fold('Disk and memory of the machine', fenced(machine)) : []),
  ];
}

function containerFold(
  { cluster, diagnosis }: Report,
  { container, service, lines }: ContainerLog,
  options: { isOpen?: boolean } = {},
): string[] {
  const most = Math.max(5, Math.floor(MOST_LOG_LINES / (diagnosis?.logs.length ?? 1)));
  const status = cluster.find(member => member.service === service)?.status;
  const title = `Last lines of container <code>${htmlText(container)}</code>${status ? `: ${htmlText(status)}` : ''}`;
  return fold(title, lines.length > 0 ? fenced(lines, most) : ['It logged nothing.'], options);
}
