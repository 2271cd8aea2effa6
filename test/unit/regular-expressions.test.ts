import { globSync, readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';
import { describe, expect, it } from 'vitest';

/** Long enough to tell time that grows with the square of the length, some 30 ms, from time that grows with it, some 0.1 ms. */
const LENGTH = 6000;
const LIMIT_MS = 8;

interface Literal {
  readonly file: string;
  readonly pattern: string;
  readonly flags: string;
}

/** Every regular expression of the sources that can repeat something without a bound. */
const LITERALS = globSync('src/**/*.ts', { exclude: ['**/*.d.ts'] })
  .flatMap(file =>
    regularExpressionsIn(
      parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript', target: 'es2024' }),
    ).map(each => ({ file, ...each })),
  )
  .filter(({ pattern }) => /[*+]|\{\d*,/.test(pattern));

function regularExpressionsIn(node: unknown): Omit<Literal, 'file'>[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, pattern, flags } = node as Record<string, unknown>;
  if (type === 'RegExpLiteral') return [{ pattern: `${pattern}`, flags: `${flags}` }];
  return Object.values(node).flatMap(regularExpressionsIn);
}

/** What most expressions repeat. */
const PIECES = [...' \n\t\raA0-.:#"\'%/[,={$@|~\\(', ' a', '\n ', ' #', 'a.', 'a-', '=/', 'a:'];
/** What keeps an expression from matching at the end of the text. */
const ENDS = ['', 'x', '!', '\u2028', '\n', ' x', '\u2028!x'];

/** What an expression itself looks for, as far as it says so plainly. */
function wordsOf(pattern: string): string[] {
  const plain = pattern.replaceAll(/\\[sSwdDWbBpP](\{\w+\})?/g, '\u0001').replaceAll(/\\(.)/g, '$1');
  return [...new Set(plain.match(/[A-Za-z0-9:;#%@<>/_,.='"`& \-|[\](){}~$]+/g) ?? [])].slice(0, 6);
}

function* attacksOn(pattern: string): Generator<string> {
  const words = wordsOf(pattern);
  const pieces = [
    ...PIECES,
    ...words.flatMap(word => [word, `${word} `, `${word}a`, ` ${word}`, `,${word}`]),
  ];
  for (const start of ['', ...words.flatMap(word => [word, `${word} `])])
    for (const piece of pieces)
      for (const end of ENDS) yield start + piece.repeat(Math.ceil(LENGTH / piece.length)) + end;
}

/** Milliseconds of the processor for one replacement; of three tries the least, since the others were disturbed. */
function costOf(expression: RegExp, text: string): number {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && least > LIMIT_MS; attempt++) {
    const before = performance.now();
    text.replace(expression, '');
    least = Math.min(least, performance.now() - before);
  }
  return least;
}

describe('the regular expressions of the sources', () => {
  it('are found', () => expect(LITERALS.length).toBeGreaterThan(100));

  it('take a time that grows with the text, not with its square', { timeout: 120_000 }, () => {
    const slow = LITERALS.flatMap(({ file, pattern, flags }) => {
      const expression = new RegExp(pattern, flags);
      for (const text of attacksOn(pattern))
        if (costOf(expression, text) > LIMIT_MS)
          return [
            `${file} /${pattern}/${flags} on ${JSON.stringify(`${text.slice(0, 20)}…${text.slice(-5)}`)}`,
          ];
      return [];
    });
    expect(slow).toEqual([]);
  });
});
