import type { Row } from './row.ts';

interface Options {
  readonly rounds: number;
  readonly rows: readonly Row[];
  /** Path of the JSON. */
  readonly json: string;
}

const DEFAULT_ROUNDS = 3;

/**
 * Reads `[ROUNDS] [ROW…] [--json FILE]`. Without rows it is those that make the table of every day.
 * @throws RangeError for a row that there is not
 */
export function parseOptions(words: readonly string[], known: readonly Row[]): Options {
  const [flag = words.length] = [words.indexOf('--json')].filter(index => index >= 0);
  const json = words[flag + 1] ?? 'bench/results/latest.json';
  const rest = [...words.slice(0, flag), ...words.slice(flag + 2)];
  const [first = ''] = rest;
  const hasRounds = /^[1-9]\d*$/.test(first);
  const names = hasRounds ? rest.slice(1) : rest;
  const unknown = names.filter(name => !known.some(row => row.name === name));
  if (unknown.length > 0)
    throw new RangeError(
      `there is no row ${unknown.join(', ')}; there are ${known.map(({ name }) => name).join(', ')}`,
    );
  const rows = known.filter(({ name, byNameOnly }) =>
    names.length > 0 ? names.includes(name) : !byNameOnly,
  );
  return { rounds: hasRounds ? Number(first) : DEFAULT_ROUNDS, rows, json };
}
