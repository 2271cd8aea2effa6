import { isRefused, type Judgement } from '../../lint/judge.ts';
import { count, duration, plural } from '../figures.ts';
import { code, plainText } from '../markdown.ts';
import { changedSteps, type Report } from '../report.ts';
import { planned, removed, swept } from '../verdict.ts';

/** The first line says whether all is well; the next one what that means, in one breath. */
export function verdictSection(report: Report): string[] {
  if (report.mode === 'lint' && report.lint) return [`## ${lintVerdict(report.lint)}`, ''];
  const where = report.host ? ` on ${code(report.host)}` : '';
  if (report.failure) return [`## ${failed(report, report.failure, where)}`, ''];
  const time = duration(report.durationMs);
  if (report.sweep)
    return [`## ${report.mode === 'plan' ? '✏️' : '✅'} Kafka${where}: ${plainText(swept(report.sweep))}`, ''];
  if (report.mode === 'plan') return [`## ✏️ Kafka${where}: ${plainText(planned(report))}`, ''];
  if (report.mode === 'down') return [`## ✅ Kafka${where}: ${plainText(removed(report))}`, ''];
  return [`## ✅ Kafka${where}: every message came back`, '', `In ${time}: ${proven(report)}`, ''];
}

function lintVerdict(lint: Judgement): string {
  const { files, errors, warnings, fixed, ignored } = lint;
  const repaired = fixed.length > 0 ? `, ${fixed.length} fixed` : '';
  const silent = ignored > 0 ? `, ${ignored} switched off` : '';
  return `${isRefused(lint) ? '❌' : '✅'} ${files.map(code).join(', ')}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}${repaired}${silent}`;
}

function failed(
  { durationMs }: Report,
  { step, code: reason }: NonNullable<Report['failure']>,
  where: string,
) {
  // Before the first step there is nothing worth timing.
  const time = durationMs > 0 ? ` after ${duration(durationMs)}` : '';
  if (reason === 'cancelled') return `🚫 Kafka${where}: cancelled at ${code(step)}${time}`;
  return `❌ Kafka${where}: failed at ${code(step)}${time} with ${code(reason)}`;
}

function proven({ hostClients, runnerClients, probe, schemaRegistry, drill, ...rest }: Report): string {
  const pairs = [
    hostClients && `${count(hostClients.consumed)} of ${count(hostClients.produced)} on the machine`,
    runnerClients &&
      `${count(runnerClients.counts.consumed)} of ${count(runnerClients.counts.acknowledged)} from the runner`,
  ].filter(Boolean);
  const format = schemaRegistry ? ", in the schema registry's format" : '';
  const traffic = drill?.traffic?.counts;
  const sentences = [
    pairs.length > 0 && `${pairs.join(' and ')} came back, once, whole and in order`,
    probe &&
      `${count(probe.counts.consumed)} of ${count(probe.counts.acknowledged)} by way of every broker${format}`,
    traffic &&
      `${traffic.lost === 0 ? 'none' : count(traffic.lost)} of ${count(traffic.acknowledged)} lost while a broker was restarted`,
  ].filter(Boolean);
  const changes = changedSteps(rest).length;
  const change =
    changes === 0 ? 'nothing had to be changed' : `${plural(changes, 'step')} changed the machine`;
  return `${[...sentences, change].join('; ')}.`;
}

/** What the layout of the topic kept from being proven. */
export function limitationsSection({ topic }: Report): string[] {
  const limitations = topic?.limitations ?? [];
  if (limitations.length === 0) return [];
  return [
    '> ⚠️ **What another layout of the topic would prove in addition**',
    ...limitations.flatMap(sentence => ['>', `> ${plainText(sentence)}`]),
    '',
  ];
}
