import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { usageOf } from '../bench/action.ts';
import { runAction } from './run-action.ts';
import { COMPOSE_SHA256 } from './scale/answers.ts';

/** Measures the built action by the number of machines: see script/bench-scale. */
const ROOT = join(import.meta.dirname, '..');
const COUNTS = [1, 3, 5, 10, 16, 25, 50];
const ROUNDS = 3;

interface Entry {
  readonly ports: readonly number[];
  readonly fingerprint: string;
  readonly key: string;
}

interface Figures {
  readonly seconds: number;
  /** Of the whole process, without the time in which it was ready and others had the processors. */
  readonly quietSeconds: number;
  readonly processorSeconds: number;
  readonly memoryMiB: number;
  readonly waysMs: number;
  readonly summaryKib: number;
  readonly reportKib: number;
}

const given = process.argv.slice(2).map(Number);
const HEADS = [
  ...['machines', 'seconds', 'undisturbed (s)', 'processor (s)', 'peak (MiB)', 'ways (ms)'],
  ...['summary (KiB)', 'report (KiB)'],
];
const shown = (mode: string, cells: readonly string[]) =>
  console.log(
    mode.padEnd(5) + cells.map((cell, index) => cell.padStart((HEADS[index] ?? '').length + 2)).join(''),
  );
shown('mode', HEADS);
for (const mode of ['plan', 'down']) {
  for (const count of given.length > 0 ? given : COUNTS) {
    const best = await measured(mode, count);
    shown(mode, [
      ...[
        `${count}`,
        best.seconds.toFixed(2),
        best.quietSeconds.toFixed(2),
        best.processorSeconds.toFixed(2),
      ],
      ...[`${best.memoryMiB}`, `${best.waysMs}`, best.summaryKib.toFixed(1), best.reportKib.toFixed(1)],
    ]);
  }
}

/** The fastest of some runs: what else the computer does only ever adds to it. */
async function measured(mode: string, count: number): Promise<Figures> {
  const machines = spawn(process.execPath, ['script/scale-machines.ts', `${count}`], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(createInterface({ input: machines.stdout }), 'line');
    const entry = JSON.parse(line as string) as Entry;
    const runs: Figures[] = [];
    for (let round = 0; round < ROUNDS; round++) runs.push(await run(mode, entry));
    return runs.reduce((best, each) => (each.quietSeconds < best.quietSeconds ? each : best));
  } finally {
    machines.kill();
  }
}

async function run(mode: string, { ports, fingerprint, key }: Entry): Promise<Figures> {
  const { environment, read } = usageOf('scale');
  const startedMs = performance.now();
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
  });
  const endedS = (performance.now() - startedMs) / 1000;
  if (exitCode !== 0) throw new Error(`mode ${mode} on ${ports.length} machines failed:\n${log}`);
  const report = readFileSync(outputs.report ?? '', 'utf8');
  const { steps } = JSON.parse(report) as { steps: { name: string; durationMs: number }[] };
  const { peakMiB, cpuS, waitedS } = read();
  return {
    seconds: Number(outputs['duration-ms']) / 1000,
    quietSeconds: endedS - waitedS,
    processorSeconds: cpuS,
    memoryMiB: Math.round(peakMiB),
    waysMs: Math.round(steps.find(({ name }) => name === 'ways')?.durationMs ?? 0),
    summaryKib: Buffer.byteLength(summary) / 1024,
    reportKib: Buffer.byteLength(report) / 1024,
  };
}
