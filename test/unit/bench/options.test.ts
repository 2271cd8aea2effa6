import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../bench/options.ts';
import { ROWS } from '../../../bench/rows.ts';

const read = (words: string) => {
  const { rows, ...others } = parseOptions(words.split(' ').filter(Boolean), ROWS);
  return { ...others, rows: rows.map(({ name }) => name) };
};
const EVERY_DAY = ['bare', 'converged', 'million', 'older', 'lint', 'latency'];

describe('parseOptions', () => {
  it.each([
    ['', { rounds: 3, rows: EVERY_DAY, json: 'bench/results/latest.json' }],
    ['5', { rounds: 5, rows: EVERY_DAY, json: 'bench/results/latest.json' }],
    ['lint bare', { rounds: 3, rows: ['bare', 'lint'], json: 'bench/results/latest.json' }],
    ['1 scale-3 scale-1', { rounds: 1, rows: ['scale-1', 'scale-3'], json: 'bench/results/latest.json' }],
    ['--json a.json 2 slow', { rounds: 2, rows: ['slow'], json: 'a.json' }],
    ['2 slow --json a.json', { rounds: 2, rows: ['slow'], json: 'a.json' }],
  ])('"%s"', (words, options) => {
    expect(read(words)).toEqual(options);
  });

  it('names a row that there is not, and those that there are', () => {
    expect(() => read('2 slwo')).toThrow('there is no row slwo; there are bare, converged');
  });
});

describe('the rows', () => {
  it('have names and lines of their own', () => {
    for (const names of [
      ROWS.map(({ name }) => name),
      ...ROWS.map(({ lines }) => lines.map(({ what }) => what)),
    ])
      expect(new Set(names).size).toBe(names.length);
  });
});
