import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, plural } from '../../../src/report/figures.ts';

describe('a whole number', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [10_000, '10,000'],
    [100_000, '100,000'],
    [1_000_000, '1,000,000'],
  ])('is shown with its thousands apart: %s', (value, shown) => {
    expect(count(value)).toBe(shown);
  });

  it('is shown as American English shows it', () => {
    fc.assert(fc.property(fc.maxSafeNat(), value => count(value) === value.toLocaleString('en-US')));
  });

  it('has its noun in the right form', () => {
    expect([0, 1, 2_000].map(value => plural(value, 'step'))).toEqual(['0 steps', '1 step', '2,000 steps']);
  });
});
