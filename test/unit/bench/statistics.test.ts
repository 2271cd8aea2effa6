import { describe, expect, it } from 'vitest';
import { ratiosOf, spreadOf } from '../../../bench/statistics.ts';

describe('spreadOf', () => {
  it.each([
    ['one value', [7], { median: 7, min: 7, max: 7 }],
    ['an odd number', [30, 1, 200], { median: 30, min: 1, max: 200 }],
    ['an even number: between the two in the middle', [4, 100, 1, 2], { median: 3, min: 1, max: 100 }],
  ])('%s', (_, values, spread) => {
    expect(spreadOf(values)).toEqual(spread);
  });

  it('leaves what it is given as it is', () => {
    const values = [3, 1, 2];
    spreadOf(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('refuses no values', () => {
    expect(() => spreadOf([])).toThrow('nothing was measured');
  });
});

describe('ratiosOf', () => {
  it('divides round by round, so that a slow round spoils no other', () => {
    expect(ratiosOf([1, 20, 3], [2, 40, 6])).toEqual([0.5, 0.5, 0.5]);
  });

  it('leaves out a round without a reference', () => {
    expect(ratiosOf([1, 2, 3], [2, 0])).toEqual([0.5]);
  });
});
