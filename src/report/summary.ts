import { formatDuration } from '../clock.ts';
import type { StepResult, StepStatus } from '../steps/step.ts';
import { changedSteps, type Report } from './report.ts';

const SIGNS: Record<StepStatus, string> = {
  changed: '🔧',
  unchanged: '✅',
  passed: '✅',
  failed: '❌',
  skipped: '⏭️',
};

const NO_BREAK_SPACE = '\u00a0';

/** The job summary: GitHub Flavored Markdown, the verdict first. */
export function summaryOf(report: Report): string {
  return [verdict(report), failure(report), counts(report), steps(report.steps), facts(report)]
    .flat()
    .join('\n');
}

function verdict(report: Report): string[] {
  const where = report.host ? ` on ${code(report.host)}` : '';
  const time = formatDuration(report.durationMs);
  if (report.failure)
    return [`## ❌ Kafka${where}: failed at ${code(report.failure.step)} after ${time}`, ''];
  const count = changedSteps(report).length;
  const change =
    count === 0
      ? 'nothing had to be changed'
      : `${count} ${count === 1 ? 'step' : 'steps'} changed the machine`;
  return [`## ✅ Kafka${where}: every message came back`, '', `In ${time}; ${change}.`, ''];
}

function failure({ failure }: Report): string[] {
  if (!failure) return [];
  const details = failure.details.length === 0 ? [] : [...fenced(failure.details), ''];
  // What the hints call "above" stands above them here, too.
  return [
    `**${plainText(failure.message)}** (${code(failure.code)})`,
    '',
    ...details,
    `What to do: ${plainText(failure.hint)}`,
    '',
  ];
}

function counts({ runnerClients, hostClients }: Report): string[] {
  const rows: string[][] = [];
  if (hostClients)
    rows.push([
      'Python on the machine',
      `${hostClients.produced}`,
      `${hostClients.consumed}`,
      '',
      '',
      '',
      '',
    ]);
  if (runnerClients) {
    const { produced, consumed, lost, duplicated, outOfOrder } = runnerClients.counts;
    const { latencyMs } = runnerClients;
    const latency = latencyMs
      ? [latencyMs.p50, latencyMs.p95, latencyMs.p99].map(ms => ms.toFixed(1)).join(' / ')
      : '';
    rows.push([
      'Runner, through SSH',
      ...[produced, consumed, lost, duplicated, outOfOrder].map(String),
      latency,
    ]);
  }
  if (rows.length === 0) return [];
  const header = [
    'Messages',
    'produced',
    'consumed',
    'lost',
    'duplicated',
    'out of order',
    'latency p50 / p95 / p99 (ms)',
  ];
  return [...table(header, rows), ''];
}

function steps(results: readonly StepResult[]): string[] {
  if (results.length === 0) return [];
  const rows = results.map(({ title, status, durationMs, detail }) => [
    `${SIGNS[status]} ${plainText(title)}`,
    status,
    status === 'skipped' ? '' : formatDuration(durationMs).replaceAll(' ', NO_BREAK_SPACE),
    plainText(detail),
  ]);
  return [...table(['Step', 'result', 'time', 'what was found'], rows), ''];
}

function facts({ machine, bootstrapServers, schemaRegistryUrl }: Report): string[] {
  const system = machine ? `${plainText(machine.system)}, ${machine.architecture}. ` : '';
  const brokers =
    bootstrapServers.length > 0
      ? `Bootstrap servers on the machine: ${code(bootstrapServers.join(','))}. `
      : '';
  const registry = schemaRegistryUrl ? `Schema registry: ${code(schemaRegistryUrl)}.` : '';
  return [`${system}${brokers}${registry}`.trim(), ''];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
}

const code = (text: string) => `\`${text.replaceAll('`', "'")}\``;

/** Text from outside as plain text in a table cell: no markup, no second cell, one line. */
function plainText(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|]/g, '\\$&').replaceAll(/\s*[\r\n]+\s*/g, ' ');
}

/** A code block that its own content cannot end. */
function fenced(lines: readonly string[]): string[] {
  const text = lines.join('\n').replaceAll('\r', '\n');
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, text, fence];
}
