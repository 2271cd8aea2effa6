import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ActionRun, runAction } from '../script/run-action.ts';
import type { StepName } from '../src/steps/step.ts';
import { connectionTo, type Machine, ROOT } from '../test/integration/support/lab.ts';

/** What a process used, start included. */
export interface Usage {
  readonly peakMiB: number;
  readonly cpuS: number;
  /** How long it was ready and others had the processors. */
  readonly waitedS: number;
}

interface Measurement extends Usage {
  /** From the start of the process to its end. */
  readonly tookS: number;
  readonly run: ActionRun;
  readonly report: BenchReport;
  /** The log's lines, with the seconds since the start at which they came. */
  readonly lines: readonly { readonly atS: number; readonly text: string }[];
}

/** What is read of the action's report. */
interface BenchReport {
  readonly steps: readonly { readonly name: StepName; readonly title: string; readonly durationMs: number }[];
  readonly probe?: { readonly latencyMs?: { readonly p95: number } };
  readonly failure?: { readonly step: string; readonly code: string; readonly message: string };
}

/** Where the usage of a process is written, and the environment that makes it do so. */
export function usageOf(name: string) {
  const file = join(tmpdir(), `bench-${process.pid}-${name}.json`);
  return {
    environment: { NODE_OPTIONS: `--require ${join(ROOT, 'bench', 'usage.cjs')}`, BENCH_USAGE: file },
    read: (): Usage => {
      const usage = JSON.parse(readFileSync(file, 'utf8')) as Usage;
      rmSync(file);
      return usage;
    },
  };
}

/**
 * Runs the built action once. Without a machine it is a mode that needs none.
 * @param root folder of the build, if it is not this one
 * @throws Error when the action fails: its time would say nothing
 */
export async function measureAction(
  machine: Machine | undefined,
  inputs: Readonly<Record<string, string>> = {},
  root = ROOT,
): Promise<Measurement> {
  const usage = usageOf('action');
  const lines: { atS: number; text: string }[] = [];
  const started = performance.now();
  const sinceStart = () => (performance.now() - started) / 1000;
  const run = await runAction({
    root,
    inputs: { ...(machine ? connectionTo(machine) : {}), ...inputs },
    environment: { GITHUB_WORKSPACE: ROOT, ...usage.environment },
    onOutput: text => lines.push({ atS: sinceStart(), text: text.trimEnd() }),
  });
  const tookS = sinceStart();
  const report = JSON.parse(readFileSync(run.outputs.report ?? '', 'utf8')) as BenchReport;
  if (run.exitCode !== 0) {
    const { step, code, message } = report.failure ?? { step: '?', code: '?', message: run.log.slice(-500) };
    throw new Error(`the action failed in ${step} (${code}): ${message}`);
  }
  return { tookS, run, report, lines, ...usage.read() };
}

/** Seconds that a step took. @throws Error when the run did not come to it */
export function secondsOf({ report }: Measurement, name: StepName): number {
  const step = report.steps.find(each => each.name === name);
  if (!step) throw new Error(`the run has no step ${name}`);
  return step.durationMs / 1000;
}

const PROOF: ReadonlySet<StepName> = new Set(['smoke-test-host', 'smoke-test-runner', 'probe-topic']);

/**
 * Seconds of all parts of the proof together, by the log: from the closing line of the last step before them to the last closing line
 * of theirs. The log shows the steps in order, so nothing before them can be open any more.
 */
export function secondsOfProof({ report, lines }: Measurement): number {
  const closedAtS = (title: string) =>
    lines.find(({ text }) => /^[✔✘]/.test(text) && text.slice(2).startsWith(`${title}: `))?.atS;
  const first = report.steps.findIndex(({ name }) => PROOF.has(name));
  const before = closedAtS(report.steps[first - 1]?.title ?? '');
  const last = report.steps.filter(({ name }) => PROOF.has(name)).map(({ title }) => closedAtS(title) ?? 0);
  if (before === undefined) throw new Error('the log does not tell where the proof begins');
  return Math.max(...last) - before;
}
