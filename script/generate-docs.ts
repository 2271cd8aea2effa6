import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { ERRORS } from '../src/error-codes.ts';
import { RULES } from '../src/lint/rules.ts';
import { FRENCH_FILE, inFrench } from './french-contract.ts';
import { rulesPage } from './rules-page.ts';

/**
 * Rewrites the parts of README.md that follow from action.yml, src/error-codes.ts and examples/, each between `<!-- NAME -->` and
 * `<!-- /NAME -->`; those of docs/fr/README.md, which take their texts from docs/fr/action.fr.yml; and docs/rules.md, which
 * follows from src/lint/rules/. With `--check` nothing is written; the exit code is 1 when a file is stale. It is 1 either
 * way when a French text is missing, superfluous or older than its original.
 */

/** An input or an output of action.yml. The description is Markdown. */
export interface Entry {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** '' for none. */
  readonly fallback: string;
}

/** Inputs under a comment of one line, such as `# Connection`. */
export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export interface Contract {
  readonly inputs: readonly Group[];
  readonly outputs: readonly Entry[];
}

/** How an error is explained. The texts are plain, not Markdown. */
export interface Explanation {
  readonly meaning: string;
  readonly hint: string;
}

/** What the tables say besides what is in action.yml. */
interface Words {
  readonly input: string;
  readonly output: string;
  readonly description: string;
  readonly fallback: string;
  readonly required: string;
}

const ENGLISH: Words = {
  ...{ input: 'Input', output: 'Output', description: 'Description', fallback: 'Default' },
  required: 'required',
};
const FRENCH: Words = {
  ...{ input: 'Entrée', output: 'Sortie', description: 'Description', fallback: 'Par défaut' },
  required: 'obligatoire',
};

/** @param actionYml text of action.yml @throws Error when it has no inputs or no outputs */
export function readContract(actionYml: string): Contract {
  const document = parseDocument(actionYml);
  const inputs = mapAt(document.get('inputs'), 'inputs');
  const outputs = mapAt(document.get('outputs'), 'outputs');
  return { inputs: groupsOf(inputs), outputs: outputs.items.map(entryOf) };
}

function mapAt(node: unknown, name: string): YAMLMap {
  if (isMap(node)) return node;
  throw new Error(`action.yml has no ${name}`);
}

/** A comment above the first key belongs to the whole map, any other to the key below it. */
function groupsOf(inputs: YAMLMap): Group[] {
  const groups: { title: string; entries: Entry[] }[] = [];
  for (const [index, pair] of inputs.items.entries()) {
    const comment = index === 0 ? inputs.commentBefore : isScalar(pair.key) ? pair.key.commentBefore : null;
    if (comment || groups.length === 0) groups.push({ title: comment?.trim() ?? '', entries: [] });
    groups.at(-1)?.entries.push(entryOf(pair));
  }
  return groups;
}

function entryOf(pair: Pair): Entry {
  const value = mapAt(pair.value, `description of ${pair.key}`);
  return {
    name: String(pair.key),
    description: String(value.get('description') ?? ''),
    required: value.get('required') === true,
    fallback: String(value.get('default') ?? ''),
  };
}

/** A table for each group of inputs, under a heading of its own. */
function inputsSection(groups: readonly Group[], words: Words): string {
  return groups
    .map(({ title, entries }) => {
      const rows = entries.map(entry => [
        code(entry.name),
        cell(entry.description),
        fallbackOf(entry, words),
      ]);
      const heading = title === '' ? [] : [`### ${title}`, ''];
      return [...heading, ...table([words.input, words.description, words.fallback], rows)].join('\n');
    })
    .join('\n\n');
}

function fallbackOf({ required, fallback }: Entry, words: Words): string {
  if (required) return `_${words.required}_`;
  return fallback === '' ? '' : code(fallback);
}

function outputsSection(outputs: readonly Entry[], words: Words): string {
  const rows = outputs.map(({ name, description }) => [code(name), cell(description)]);
  return table([words.output, words.description], rows).join('\n');
}

/** Each code is an anchor, so that `#ssh-auth-refused` leads to its line. */
function errorsSection(errors: Readonly<Record<string, Explanation>>): string {
  const rows = Object.entries(errors).map(([name, { meaning, hint }]) => [
    `<a id="${name}"></a>[${code(name)}](#${name})`,
    plainCell(meaning),
    plainCell(hint),
  ]);
  return table(['Code', 'What it means', 'What to do'], rows).join('\n');
}

/** Columns are aligned, as the formatter leaves a table. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map(cells => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], filler = ' ') =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, filler)).join(' | ')} |`;
  return [line(header), line([], '-'), ...rows.map(cells => line(cells))];
}

const code = (text: string) => `\`${text}\``;

/** Markdown on one line of a table. */
const cell = (markdown: string) => markdown.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

/** Plain text, whose signs mean nothing to Markdown, on one line of a table. */
const plainCell = (text: string) => text.replaceAll(/[\\`*_~[\]<>|]/g, '\\$&').replaceAll(/\s*\n\s*/g, ' ');

/**
 * Puts text between the markers of a section.
 * @throws Error when there is not exactly one section of this name
 */
function replaceSection(markdown: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const parts = markdown.split(begin);
  const [before = '', after = ''] = parts;
  const endAt = after.indexOf(end);
  if (parts.length !== 2 || endAt < 0) throw new Error(`the README needs one ${begin} … ${end}`);
  return `${before}${begin}\n\n${text}\n\n${after.slice(endAt)}`;
}

/** Every example that a text shows, between `<!-- example NAME -->` and `<!-- /example NAME -->`, as it stands in examples/. */
function withExamples(markdown: string, read: (file: string) => string): string {
  const names = [...markdown.matchAll(/<!-- (example (\S+)) -->/g)];
  const sections = names.map(([, section = '', file = '']) => [
    section,
    ['```yaml', read(`examples/${file}`).trimEnd(), '```'].join('\n'),
  ]);
  return replaceSections(markdown, Object.fromEntries(sections));
}

/** The README with every generated section up to date. */
function render(readme: string, { inputs, outputs }: Contract): string {
  return replaceSections(readme, {
    inputs: inputsSection(inputs, ENGLISH),
    outputs: outputsSection(outputs, ENGLISH),
    errors: errorsSection(ERRORS),
  });
}

/**
 * The French README with every generated section up to date.
 * @param frenchYml text of docs/fr/action.fr.yml
 * @throws Error that names every French text that is missing, superfluous or older than its original
 */
function renderFrench(readme: string, contract: Contract, frenchYml: string): string {
  const { inputs, outputs } = inFrench(contract, frenchYml);
  return replaceSections(readme, {
    inputs: inputsSection(inputs, FRENCH),
    outputs: outputsSection(outputs, FRENCH),
  });
}

function replaceSections(markdown: string, sections: Readonly<Record<string, string>>): string {
  return Object.entries(sections).reduce(
    (text, [name, section]) => replaceSection(text, name, section),
    markdown,
  );
}

/** @returns the exit code */
function main(root: string, checkOnly: boolean): number {
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  const contract = readContract(read('action.yml'));
  const fresh: Record<string, () => string> = {
    'README.md': () => withExamples(render(read('README.md'), contract), read),
    'docs/fr/README.md': () =>
      withExamples(renderFrench(read('docs/fr/README.md'), contract, read(FRENCH_FILE)), read),
    'docs/rules.md': () => rulesPage(RULES),
  };
  const results = Object.entries(fresh).map(([file, text]) =>
    refresh(join(root, file), file, text, checkOnly),
  );
  return results.every(Boolean) ? 0 : 1;
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
  if (currentText(path) === text) {
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

const currentText = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

if (import.meta.main)
  process.exitCode = main(join(import.meta.dirname, '..'), process.argv.includes('--check'));
