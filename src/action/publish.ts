import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as core from '@actions/core';
import { outputsOf } from '../report/outputs.ts';
import type { Report } from '../report/report.ts';
import { summaryOf } from '../report/summary.ts';

/** Everything that outlives the run: the report's file, the outputs, the summary, and the verdict with its exit code. */
export async function publish(report: Report, redact: (text: string) => string): Promise<void> {
  const path = join(process.env.RUNNER_TEMP || tmpdir(), `kafka-al2023-${report.runId}.json`);
  await writeFile(path, redact(`${JSON.stringify(report, undefined, 2)}\n`));
  for (const [name, value] of Object.entries({ ...outputsOf(report), report: path }))
    core.setOutput(name, redact(value));
  if (process.env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(redact(summaryOf(report))).write();
  if (!report.failure) {
    core.info(verdict(report));
    return;
  }
  const { step, code, message, hint } = report.failure;
  core.error(redact(`${message}\nWhat to do: ${hint}`), { title: `Kafka: ${code} (${step})` });
  process.exitCode = core.ExitCode.Failure;
}

function verdict({ hostClients, runnerClients }: Report): string {
  const counts = [
    hostClients && `${hostClients.consumed} of ${hostClients.produced} on the machine`,
    runnerClients && `${runnerClients.counts.consumed} of ${runnerClients.counts.produced} from the runner`,
  ];
  return `Passed: every message came back, ${counts.filter(Boolean).join(' and ')}.`;
}
