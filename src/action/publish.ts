import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alsoAt, type ReportedFinding } from '../lint/judge.ts';
import { sarifLog } from '../lint/sarif.ts';
import { lastWords } from '../machine/last-words.ts';
import type { Outcome } from '../modes/run.ts';
import { bounded } from '../report/bounded.ts';
import { outputsOf } from '../report/outputs.ts';
import type { Report } from '../report/report.ts';
import { verdictOf } from '../report/verdict.ts';
import { addToSummary } from './job-summary.ts';
import { harmless } from './logger.ts';
import { published } from './published.ts';
import { RunnerFiles } from './runner-files.ts';
import { STATE } from './state.ts';
import * as core from './workflow-commands.ts';

/**
 * Everything that outlives the run: the report's file, the outputs, the summary, and the verdict with its exit code. The verdict
 * is told even where nothing can be written, on a full disk for example.
 */
export async function publish(outcome: Outcome, redact: (text: string) => string): Promise<void> {
  const report = bounded(published(outcome.report, redact));
  for (const place of report.leftOut ?? []) core.info(`too long for the report, left out: ${place}`);
  const files = new RunnerFiles();
  const path = await files.keep(fileOf(report, 'json'), () => report);
  const sarif = report.lint
    ? await files.keep(fileOf(report, 'sarif'), () =>
        sarifLog(published(outcome.findings ?? [], redact), tool(process.env)),
      )
    : '';
  await files.attempt('the summary', 'useful', () => addToSummary(report, redact));
  await files.attempt('the outputs', 'needed', () => {
    for (const [name, value] of Object.entries({ ...outputsOf(report), report: path, sarif }))
      core.setOutput(name, value);
  });
  // The runner shows the first ten of each kind: the verdict is one of them.
  if (report.failure) fail(report.failure, report);
  annotate(report.lint?.findings ?? [], report.failure ? 1 : 0);
  await files.attempt('the state for the post step', 'needed', () => {
    core.saveState(STATE.verdict, verdictOf(report));
    core.saveState(STATE.result, report.result);
    core.saveState(STATE.report, path);
  });
  if (!report.failure) core.info(harmless(verdictOf(report)));
  files.complain();
}

function fail(
  { step, code, message, hint, details }: NonNullable<Report['failure']>,
  { host }: Report,
): void {
  const said = lastWords(details);
  const lines = [
    message,
    ...(said === undefined || message.includes(said) ? [] : [`It said: ${said}`]),
    ...(host === undefined || message.includes(host) ? [] : [`Machine: ${host}`]),
    `What to do: ${hint}`,
  ];
  core.error(lines.join('\n'), { title: `Kafka: ${code} (${step})` });
  process.exitCode = 1;
}

const fileOf = ({ runId }: Report, extension: string) =>
  join(process.env.RUNNER_TEMP || tmpdir(), `kafka-al2023-${runId}.${extension}`);

/** Annotations of one kind that GitHub keeps of a step. */
const MOST_ANNOTATIONS = 10;

/**
 * Findings on the lines of a pull request's diff that they are about.
 * @param taken errors that the step has already
 */
function annotate(findings: readonly ReportedFinding[], taken: number): void {
  const of = (kind: ReportedFinding['severity']) => findings.filter(({ severity }) => severity === kind);
  const shown = [
    ...of('error').slice(0, MOST_ANNOTATIONS - taken),
    ...of('warning').slice(0, MOST_ANNOTATIONS),
  ];
  const left = findings.length - shown.length;
  if (left > 0)
    core.info(
      `${left} more findings have no annotation: GitHub keeps ten of a kind. The summary and the report have them.`,
    );
  for (const finding of shown) {
    const { severity, rule, message, hint, file, line, endLine, column, endColumn } = finding;
    const place = { file, startLine: line, endLine, startColumn: column, endColumn };
    const text = `${[message, ...alsoAt(finding)].join(' ')}\nWhat to do: ${hint}`;
    (severity === 'error' ? core.error : core.warning)(text, { ...place, title: rule });
  }
}

function tool({ GITHUB_SERVER_URL, GITHUB_ACTION_REPOSITORY, GITHUB_ACTION_REF }: NodeJS.ProcessEnv) {
  const repository = GITHUB_ACTION_REPOSITORY || 'kafka-al2023-action';
  const url = `${GITHUB_SERVER_URL || 'https://github.com'}/${repository}`;
  return { name: 'kafka-al2023-action', version: GITHUB_ACTION_REF || 'local', url };
}
