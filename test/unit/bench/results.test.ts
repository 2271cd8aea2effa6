import { describe, expect, it } from 'vitest';
import { resultsOf } from '../../../bench/results.ts';
import type { Figures, Goal, Line, Row } from '../../../bench/row.ts';

const rowWith = (...lines: Line[]): Row => ({ name: 'run', lines, measure: async () => ({}) });
const LINE = { what: 'a run', unit: 's', figure: 'ours' } as const;
const REFERENCE = { what: 'by hand', figure: 'theirs' };
const resultOf = (goal: Goal, ...rounds: Figures[]) =>
  resultsOf({ row: rowWith({ ...LINE, reference: REFERENCE, goal }), rounds })[0];

describe('resultsOf', () => {
  it('has medians and spreads, and the ratios of single rounds', () => {
    const rounds: Figures[] = [
      { ours: 1, theirs: 2 },
      { ours: 3, theirs: 4 },
      { ours: 4, theirs: 8 },
    ];
    expect(resultOf({ timesReference: 0.5 }, ...rounds)).toEqual({
      ...{ row: 'run', what: 'a run', unit: 's', rounds: 3, goal: { timesReference: 0.5 }, met: true },
      now: { median: 3, min: 1, max: 4 },
      reference: { what: 'by hand', median: 4, min: 2, max: 8 },
      // Of the medians it would be 0.75.
      ratio: { median: 0.5, min: 0.5, max: 0.75 },
    });
  });

  it('compares only rounds that have both', () => {
    const result = resultOf({ timesReference: 1 }, { ours: 1 }, { ours: 3, theirs: 2 }, { theirs: 9 });
    expect(result).toMatchObject({
      now: { min: 1, max: 3 },
      reference: { median: 2 },
      ratio: { median: 1.5 },
    });
  });

  it('has what the earlier build took in the same round, or else the words', () => {
    const row = rowWith(
      { ...LINE, before: 'long' },
      { ...LINE, what: 'another', figure: 'other', before: 'long' },
    );
    const rounds: Figures[] = [
      { ours: 1, 'earlier:ours': 2, other: 1 },
      { ours: 3, 'earlier:ours': 4, other: 1 },
      { ours: 9 },
    ];
    expect(resultsOf({ row, rounds })).toMatchObject([
      { before: { median: 3, min: 2, max: 4 }, toBefore: { median: 0.625, min: 0.5, max: 0.75 } },
      { before: 'long' },
    ]);
  });

  it('leaves out what was never measured', () => {
    const row = rowWith(LINE, { ...LINE, what: 'another', figure: 'other' });
    expect(resultsOf({ row, rounds: [{ other: 3 }] }).map(({ what }) => what)).toEqual(['another']);
  });

  it.each([
    ['the median keeps the bound', { atMost: 2 }, [{ ours: 1 }, { ours: 2 }, { ours: 9 }], true],
    ['the median is above it', { atMost: 2 }, [{ ours: 1 }, { ours: 2.1 }, { ours: 9 }], false],
    ['the median is enough', { atLeast: 5 }, [{ ours: 5 }], true],
    ['the median is too little', { atLeast: 5 }, [{ ours: 4.9 }], false],
    ['the ratio keeps the bound', { timesReference: 0.5 }, [{ ours: 1, theirs: 2 }], true],
    ['the ratio does not', { timesReference: 0.5 }, [{ ours: 1.1, theirs: 2 }], false],
    ['there is nothing to hold it against', { timesReference: 0.5 }, [{ ours: 1 }], undefined],
  ])('tells whether the goal is met: %s', (_, goal, rounds: Figures[], met) => {
    expect(resultOf(goal, ...rounds)?.met).toBe(met);
  });
});
