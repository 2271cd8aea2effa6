import { code, plainText, table, words } from '../src/report/markdown.ts';
import type { Entry, Group } from './contract.ts';
import type { Explanations } from './french-errors.ts';

/** What the tables say besides what is in action.yml and in src/error-codes.ts. */
export interface TableWords {
  readonly input: string;
  readonly output: string;
  readonly description: string;
  readonly fallback: string;
  readonly required: string;
  readonly code: string;
  readonly meaning: string;
  readonly hint: string;
}

export const ENGLISH: TableWords = {
  input: 'Input',
  output: 'Output',
  description: 'Description',
  fallback: 'Default',
  required: 'required',
  code: 'Code',
  meaning: 'What it means',
  hint: 'What to do',
};

export const FRENCH: TableWords = {
  input: 'Entrée',
  output: 'Sortie',
  description: 'Description',
  fallback: 'Par défaut',
  required: 'obligatoire',
  code: 'Code',
  meaning: 'Ce que cela signifie',
  hint: 'Que faire',
};

/** A table for each group of inputs, under a heading of its own. */
export function inputTables(groups: readonly Group[], text: TableWords): string {
  const header = [text.input, text.description, text.fallback].map(words);
  return groups
    .map(({ title, entries }) => {
      const rows = entries.map(entry => [code(entry.name), cell(entry.description), fallbackOf(entry, text)]);
      const heading = title === '' ? [] : [`### ${title}`, ''];
      return [...heading, ...table(header, rows)].join('\n');
    })
    .join('\n\n');
}

function fallbackOf({ required, fallback }: Entry, text: TableWords): string {
  if (required) return `_${text.required}_`;
  return fallback === '' ? '' : code(fallback);
}

export function outputTable(outputs: readonly Entry[], text: TableWords): string {
  const rows = outputs.map(({ name, description }) => [code(name), cell(description)]);
  return table([text.output, text.description].map(words), rows).join('\n');
}

/** Each code is an anchor, so that `#ssh-auth-refused` leads to its line. */
export function errorTable(errors: Explanations, text: TableWords): string {
  const rows = Object.entries(errors).map(([name, { meaning, hint }]) => [
    `<a id="${name}"></a>[${code(name)}](#${name})`,
    plainText(meaning),
    plainText(hint),
  ]);
  return table([text.code, text.meaning, text.hint].map(words), rows).join('\n');
}

/** Markdown on one line of a table. */
const cell = (markdown: string) => markdown.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
