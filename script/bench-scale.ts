import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { spreadOf } from '../bench/statistics.ts';
import { measure } from './scale/measure.ts';
import type { Measured, ScaleFile } from './scale/page.ts';

/** Measures the built action by the number of machines: see script/bench-scale. */
const COUNTS = [1, 3, 5, 10, 16, 25, 32, 50];
const ROUNDS = 3;
const HEADS = [
  ...['machines', 'seconds', 'undisturbed (s)', 'processor (s)', "machines' (s)", 'peak (MiB)'],
  ...['ways (ms)', 'summary (KiB)', 'report (KiB)'],
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, rounds: { type: 'string', default: `${ROUNDS}` } },
});
const counts = positionals.length > 0 ? positionals.map(Number) : COUNTS;
const rounds = Number(values.rounds);
if (![...counts, rounds].every(each => Number.isInteger(each) && each > 0)) {
  console.error('usage: script/bench-scale [MACHINES …] [--rounds ROUNDS] [--json FILE]');
  process.exit(2);
}

const startedAt = new Date();
const loads: number[] = [];
const measured: Measured[] = [];
show('mode', HEADS);
for (const mode of ['plan', 'down'] as const) {
  for (const machines of counts) {
    loads.push(loadavg()[0] ?? 0);
    const figures = await measure(mode, machines, rounds).catch(giveUp);
    measured.push({ mode, machines, ...figures });
    const { seconds, quietSeconds, processorSeconds, machinesSeconds, memoryMiB, waysMs, ...others } =
      figures;
    show(mode, [
      `${machines}`,
      ...[seconds, quietSeconds, processorSeconds, machinesSeconds].map(each => each.toFixed(2)),
      ...[memoryMiB, waysMs].map(each => each.toFixed(0)),
      ...[others.summaryKiB, others.reportKiB].map(each => each.toFixed(1)),
    ]);
  }
}
if (values.json !== undefined) {
  const day = startedAt.toISOString().slice(0, 'YYYY-MM-DD'.length);
  const circumstances = { day, cores: cpus().length, rounds, load: spreadOf(loads) };
  const file: ScaleFile = { circumstances, measured };
  writeFileSync(values.json, `${JSON.stringify(file, null, 2)}\n`);
}

function giveUp(error: Error): never {
  console.error(`[bench-scale] ${error.message}`);
  process.exit(1);
}

function show(mode: string, cells: readonly string[]): void {
  const padded = cells.map((cell, index) => cell.padStart((HEADS[index] ?? '').length + 2));
  console.log(mode.padEnd(5) + padded.join(''));
}
