import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { Bench } from './bench.ts';
import { parseOptions } from './options.ts';
import { resultsOf } from './results.ts';
import type { Figures, Row } from './row.ts';
import { ROWS } from './rows.ts';
import { spreadOf } from './statistics.ts';
import { ENGLISH, type ResultsFile, renderPage } from './table.ts';

/** Measures the rows in turn, round by round, so that what slows the computer down for a while is in all of them. */
const { rounds, rows, json } = optionsOf(process.argv.slice(2));
const measured = rows.map(row => ({ row, rounds: [] as Figures[] }));
const startedAt = new Date();
const loads: number[] = [];
await using bench = new Bench();
// The lab stops its engine when the last machine goes, which would be paid for by the next one.
if (rows.some(({ name }) => name !== 'lint')) await bench.machine('anchor');
for (let round = 1; round <= rounds; round++) {
  for (const { row, rounds: figures } of measured) {
    loads.push(loadavg()[0] ?? 0);
    const taken = await tryMeasuring(row, round);
    if (taken) figures.push(taken);
    save();
  }
}
console.log(`\n${renderPage(resultsSoFar(), ENGLISH)}`);

async function tryMeasuring(row: Row, round: number): Promise<Figures | undefined> {
  const started = performance.now();
  try {
    const figures = await row.measure(bench);
    const inWords = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(2)}`);
    console.error(`[bench] round ${round}, ${row.name} (${seconds(started)} s): ${inWords.join(', ')}`);
    return figures;
  } catch (error) {
    // One failure among many rounds is told, and spoils no figure.
    process.exitCode = 1;
    console.error(
      `[bench] round ${round}, ${row.name} FAILED: ${error instanceof Error ? error.message : error}`,
    );
    return undefined;
  }
}

function seconds(started: number): number {
  return Math.round((performance.now() - started) / 1000);
}

/** After each row, so that a run that is cut off leaves what it has. */
function save(): void {
  mkdirSync(dirname(json), { recursive: true });
  const figures = Object.fromEntries(measured.map(({ row, rounds: each }) => [row.name, each]));
  writeFileSync(json, `${JSON.stringify({ ...resultsSoFar(), figures }, null, 2)}\n`);
}

function resultsSoFar(): ResultsFile {
  const day = startedAt.toISOString().slice(0, 'YYYY-MM-DD'.length);
  const circumstances = { day, cores: cpus().length, rounds, load: spreadOf(loads) };
  return { circumstances, results: measured.flatMap(resultsOf) };
}

function optionsOf(words: readonly string[]): ReturnType<typeof parseOptions> {
  try {
    return parseOptions(words, ROWS);
  } catch (error) {
    console.error(`[bench] ${error instanceof Error ? error.message : error}`);
    process.exit(2);
  }
}
