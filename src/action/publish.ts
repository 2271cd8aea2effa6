import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as core from '@actions/core';
import { outputsOf } from '../report/outputs.ts';
import type { Report } from '../report/report.ts';
import { summaryOf } from '../report/summary.ts';

/** Everything that outlives the run: the report's file, the outputs, the summary, and the verdict with its exit code. */
export async function publish(found: Report, redact: (text: string) => string): Promise<void> {
  const report = forPublication(found, redact);
  const path = join(process.env.RUNNER_TEMP || tmpdir(), `kafka-al2023-${report.runId}.json`);
  await writeFile(path, `${JSON.stringify(report, undefined, 2)}\n`);
  for (const [name, value] of Object.entries({ ...outputsOf(report), report: path }))
    core.setOutput(name, value);
  if (process.env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(redact(summaryOf(report))).write();
  if (!report.failure) {
    core.info(verdict(report));
    return;
  }
  const { step, code, message, hint } = report.failure;
  core.error(`${message}\nWhat to do: ${hint}`, { title: `Kafka: ${code} (${step})` });
  process.exitCode = core.ExitCode.Failure;
}

/**
 * The report without secrets, and with milliseconds to three digits: what follows them is noise. Secrets are blanked before
 * anything is rendered, since Markdown and JSON write some characters otherwise, and a secret would not be known again.
 */
function forPublication(report: Report, redact: (text: string) => string): Report {
  const published = (_name: string, value: unknown) => {
    if (typeof value === 'string') return redact(value);
    return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
  };
  return JSON.parse(JSON.stringify(report, published)) as Report;
}

function verdict({ hostClients, runnerClients }: Report): string {
  const counts = [
    hostClients && `${hostClients.consumed} of ${hostClients.produced} on the machine`,
    runnerClients &&
      `${runnerClients.counts.consumed} of ${runnerClients.counts.acknowledged} from the runner`,
  ];
  return `Passed: every message came back, ${counts.filter(Boolean).join(' and ')}.`;
}
