import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { usageOf } from '../../bench/action.ts';
import { lastLines } from '../../src/errors.ts';
import { runAction } from '../run-action.ts';
import { COMPOSE_SHA256 } from './answers.ts';

/** Of the log of a run that failed. */
const LINES_TOLD = 12;
const ROOT = join(import.meta.dirname, '..', '..');

export type Mode = 'plan' | 'down';

/** What a run took. */
export interface Figures {
  readonly seconds: number;
  /** Of the whole process, without the time in which it was ready and others had the processors. */
  readonly quietSeconds: number;
  readonly processorSeconds: number;
  /** Processor time of what stands for the machines: the action may have waited for it. */
  readonly machinesSeconds: number;
  readonly memoryMiB: number;
  readonly waysMs: number;
  readonly summaryKiB: number;
  readonly reportKiB: number;
}

interface Entry {
  readonly ports: readonly number[];
  readonly fingerprint: string;
  readonly key: string;
}

/**
 * Runs the built action on machines on which nothing is left to do, several times.
 * @returns the fastest run: what else the computer does only ever adds to it
 * @throws Error when the action fails, finds something to do, or asks a machine what that does not know
 */
export async function measure(mode: Mode, count: number, rounds: number): Promise<Figures> {
  const state = mode === 'down' ? 'down' : 'up';
  const machines = spawn(process.execPath, ['script/scale-machines.ts', `${count}`, state], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new AbortController();
  machines.once('exit', () => gone.abort());
  try {
    const [line] = await once(createInterface({ input: machines.stdout }), 'line', { signal: gone.signal });
    const entry = JSON.parse(line as string) as Entry;
    const runs: Figures[] = [];
    for (let round = 0; round < rounds; round++) runs.push(await run(mode, entry, machines, gone.signal));
    return runs.reduce((best, each) => (each.quietSeconds < best.quietSeconds ? each : best));
  } catch (error) {
    if (!gone.signal.aborted) throw error;
    throw new Error(`what stands for ${count} machines has ended in mode ${mode}`, { cause: error });
  } finally {
    machines.kill();
  }
}

interface Step {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
  readonly durationMs: number;
}

async function run(
  mode: Mode,
  { ports, fingerprint, key }: Entry,
  machines: ChildProcess,
  signal: AbortSignal,
): Promise<Figures> {
  const { environment, read } = usageOf('scale');
  const [startedMs, machinesBefore] = [performance.now(), processorSecondsOf(machines)];
  const { exitCode, outputs, summary, log } = await runAction({
    root: ROOT,
    inputs: {
      ...{ mode, key, stack: 'kraft', 'host-fingerprint': fingerprint, 'update-packages': 'false' },
      // A list of one is refused: one machine has inputs of its own.
      ...(ports.length === 1
        ? { host: '127.0.0.1', port: `${ports[0]}` }
        : { host: ports.map(port => `127.0.0.1:${port}`).join('\n') }),
      ...{ 'compose-version': 'v2.40.3', 'compose-sha256': COMPOSE_SHA256 },
    },
    environment,
    signal,
  });
  const endedS = (performance.now() - startedMs) / 1000;
  if (exitCode !== 0) {
    const last = lastLines(log, LINES_TOLD).join('\n');
    throw new Error(`mode ${mode} on ${ports.length} machines failed:\n${last}`);
  }
  const report = readFileSync(outputs.report ?? '', 'utf8');
  const { steps } = JSON.parse(report) as { steps: Step[] };
  refuseWork(steps);
  const { peakMiB, cpuS, waitedS } = read();
  return {
    seconds: Number(outputs['duration-ms']) / 1000,
    quietSeconds: endedS - waitedS,
    processorSeconds: cpuS,
    machinesSeconds: processorSecondsOf(machines) - machinesBefore,
    memoryMiB: peakMiB,
    waysMs: steps.find(({ name }) => name === 'ways')?.durationMs ?? 0,
    summaryKiB: Buffer.byteLength(summary) / 1024,
    reportKiB: Buffer.byteLength(report) / 1024,
  };
}

/** @throws Error when the machines are not as the action wants them: then another way through it would be measured */
function refuseWork(steps: readonly Step[]): void {
  const work = steps.filter(({ status }) => status !== 'unchanged' && status !== 'passed');
  if (work.length === 0) return;
  const told = work.map(({ name, status, detail }) => `${name}: ${status} (${detail})`);
  throw new Error(
    `script/scale/machines.ts is not as the action wants the machines:\n${[...new Set(told)].join('\n')}`,
  );
}

/** Of the main thread, which does nearly all of it: proc(5), schedstat. */
function processorSecondsOf({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
}
