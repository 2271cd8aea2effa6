import { describe, expect, it } from 'vitest';
import type { Faults } from '../../support/memory-kafka.ts';
import { ALL_BACK, isMessage, trip, when } from '../../support/trips.ts';

describe('a message that was never acknowledged', () => {
  it.each<[string, Faults, object]>([
    ['is there: only its acknowledgement is missing', {}, {}],
    ['is there twice', when(4, (record, partition) => void partition.append(record)), { duplicated: 1 }],
    [
      'is there, but changed',
      when(4, ({ offset }, partition) => partition.replace(offset, { value: null })),
      { corrupted: 1 },
    ],
    ['is not there', when(4, ({ offset }, partition) => partition.remove(offset)), {}],
  ])('%s', async (_, faults, expected) => {
    const { run, clock } = trip({ ...faults, forgets: isMessage(4) });
    const { counts, missing, interruption } = await run();
    expect(counts).toEqual({ ...ALL_BACK, acknowledged: 9, consumed: 9, ...expected });
    expect(missing).toBeUndefined();
    expect(interruption).toBeUndefined();
    expect(clock.now()).toBeLessThan(2_000);
  });
});
