import { describe, expect, it } from 'vitest';
import { formatDuration, systemClock } from '../../src/clock.ts';

describe('a duration for people', () => {
  it.each([
    [0, '0.0 s'],
    [49, '0.0 s'],
    [4_240, '4.2 s'],
    [9_940, '9.9 s'],
    [10_000, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 0 s'],
    [65_000, '1 min 5 s'],
    [3_600_000, '60 min 0 s'],
  ])('of %i ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('the clock of the system', () => {
  it('only goes forward', async () => {
    const before = systemClock.now();
    await systemClock.sleep(1);
    expect(systemClock.now()).toBeGreaterThan(before);
  });

  it('ends a sleep with the reason of its signal', async () => {
    const abort = new AbortController();
    const sleep = systemClock.sleep(3_600_000, abort.signal);
    abort.abort(new RangeError('woken'));
    await expect(sleep).rejects.toThrow(new RangeError('woken'));
  });
});
