import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGLISH as IN_ENGLISH } from '../bench/table.ts';
import { ERRORS } from '../src/error-codes.ts';
import { RULES } from '../src/lint/rules.ts';
import { readContract } from './contract.ts';
import { ENGLISH, errorTable, FRENCH, inputTables, outputTable } from './docs-tables.ts';
import { figures, FRENCH as IN_FRENCH, machineFigures } from './figures.ts';
import { contractInFrench, FRENCH_CONTRACT_FILE } from './french-contract.ts';
import { errorsInFrench, FRENCH_ERRORS_FILE } from './french-errors.ts';
import { rulesPage } from './rules-page.ts';
import { SCALE_IN_ENGLISH, SCALE_IN_FRENCH } from './scale/page.ts';

/**
 * Rewrites what the pages take from action.yml, from src/error-codes.ts and from what was measured, in each page between `<!-- NAME -->` and
 * `<!-- /NAME -->`: the inputs in docs/inputs.md, the outputs in docs/outputs.md, the errors in docs/troubleshooting.md,
 * and the figures of bench/results/ in docs/performance.md and docs/scaling.md. The French pages are their twins in docs/fr/, with the texts of
 * docs/fr/action.fr.yml, docs/fr/errors.fr.yml and docs/fr/figures.fr.yml. docs/rules.md follows as a
 * whole from src/lint/rules/. With `--check` nothing is written; the exit code is 1 when a page is stale. It is 1 either
 * way when a French text is missing, superfluous or older than its original.
 *
 * @returns the exit code
 */
function main(root: string, checkOnly: boolean): number {
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  const contract = readContract(read('action.yml'));
  const inFrench = () => contractInFrench(contract, read(FRENCH_CONTRACT_FILE));
  const page = (file: string, section: string, text: () => string) =>
    [file, () => withSection(read(file), section, text())] as const;
  const pages: (readonly [file: string, fresh: () => string])[] = [
    page('docs/inputs.md', 'inputs', () => inputTables(contract.inputs, ENGLISH)),
    page('docs/outputs.md', 'outputs', () => outputTable(contract.outputs, ENGLISH)),
    page('docs/troubleshooting.md', 'errors', () => errorTable(ERRORS, ENGLISH)),
    page('docs/fr/inputs.md', 'inputs', () => inputTables(inFrench().inputs, FRENCH)),
    page('docs/fr/outputs.md', 'outputs', () => outputTable(inFrench().outputs, FRENCH)),
    page('docs/fr/troubleshooting.md', 'errors', () =>
      errorTable(errorsInFrench(ERRORS, read(FRENCH_ERRORS_FILE)), FRENCH),
    ),
    page('docs/performance.md', 'figures', () => figures('table', IN_ENGLISH)),
    page('docs/performance.md', 'slow', () => figures('slow', IN_ENGLISH)),
    page('docs/fr/performance.md', 'figures', () => figures('table', IN_FRENCH)),
    page('docs/fr/performance.md', 'slow', () => figures('slow', IN_FRENCH)),
    page('docs/scaling.md', 'machines', () => machineFigures(SCALE_IN_ENGLISH, IN_ENGLISH)),
    page('docs/fr/scaling.md', 'machines', () => machineFigures(SCALE_IN_FRENCH, IN_FRENCH)),
    ['docs/rules.md', () => rulesPage(RULES)],
  ];
  const results = pages.map(([file, fresh]) => refresh(join(root, file), file, fresh, checkOnly));
  return results.every(Boolean) ? 0 : 1;
}

/**
 * Puts text between the markers of a section.
 * @throws Error when there is not exactly one section of this name
 */
export function withSection(markdown: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before = '', after = '', ...more] = markdown.split(begin);
  const endAt = after.indexOf(end);
  if (more.length > 0 || endAt < 0) throw new Error(`the page needs one ${begin} … ${end}`);
  return `${before}${begin}\n\n${text}\n\n${after.slice(endAt)}`;
}

/** @returns whether the file is as it should be now */
function refresh(path: string, file: string, fresh: () => string, checkOnly: boolean): boolean {
  let text: string;
  try {
    text = fresh();
  } catch (error) {
    console.error(`${file} cannot be made:\n${(error as Error).message}`);
    return false;
  }
  if (existsSync(path) && readFileSync(path, 'utf8') === text) {
    console.log(`${file} is up to date`);
    return true;
  }
  if (checkOnly) {
    console.error(`${file} is stale: run "node script/generate-docs.ts" and commit the result`);
    return false;
  }
  writeFileSync(path, text);
  console.log(`${file} is rewritten`);
  return true;
}

if (import.meta.main)
  process.exitCode = main(join(import.meta.dirname, '..'), process.argv.includes('--check'));
