import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../src/kafka/deadline.ts';
import { goodbye } from '../../../src/kafka/goodbye.ts';
import { ManualClock } from '../support/clocks.ts';

function deadline(timeoutMs = 60_000, abort = new AbortController()) {
  const clock = new ManualClock();
  return { clock, abort, deadline: new Deadline(timeoutMs, { clock, signal: abort.signal }) };
}
const forever = new Promise<never>(() => {});

describe('a deadline', () => {
  it('has time left, and never less than none', async () => {
    const { clock, deadline: limit } = deadline();
    expect(limit.leftMs).toBe(60_000);
    await clock.advance(59_999);
    limit.refuseLate('waiting');
    expect(limit.leftMs).toBe(1);
    await clock.advance(5_000);
    expect(limit.leftMs).toBe(0);
    expect(() => limit.refuseLate('waiting')).toThrow('still waiting after 1 min 0 s');
  });

  it('lets work end in time, and leaves nothing that sleeps', async () => {
    const { clock, deadline: limit } = deadline();
    expect(await limit.race('working', Promise.resolve(7))).toBe(7);
    await expect(limit.race('working', Promise.reject(new Error('no')))).rejects.toThrow(/^no$/);
    expect(clock.sleeping).toBe(0);
  });

  it('ends work that takes longer, and ignores its later result', async () => {
    const { clock, deadline: limit } = deadline(1_000);
    const work = Promise.withResolvers<void>();
    const raced = expect(limit.race('working', work.promise)).rejects.toThrow('still working after 1.0 s');
    await clock.advance(1_000);
    await raced;
    work.reject(new Error('nobody hears it'));
    await new Promise(setImmediate);
  });

  it('ends with the run, with its reason', async () => {
    const { abort, clock, deadline: limit } = deadline();
    const raced = expect(limit.race('working', forever)).rejects.toThrow('cancelled');
    abort.abort(new Error('cancelled'));
    await raced;
    expect(() => limit.refuseLate('waiting')).toThrow('cancelled');
    expect(clock.sleeping).toBe(0);
  });
});

describe('saying goodbye to a client', () => {
  it('waits for it, and leaves nothing that sleeps', async () => {
    const clock = new ManualClock();
    const said: string[] = [];
    await goodbye({ disconnect: async () => void said.push('bye') }, clock);
    await new Promise(setImmediate);
    expect(said).toEqual(['bye']);
    expect(clock.sleeping).toBe(0);
  });

  it('does not mind what it says', async () => {
    const clock = new ManualClock();
    const said = goodbye({ disconnect: () => Promise.reject(new Error('no')) }, clock);
    await expect(said).resolves.toBeUndefined();
    expect(clock.sleeping).toBe(0);
  });

  it('takes five seconds at most', async () => {
    const clock = new ManualClock();
    let isOver = false;
    const over = goodbye({ disconnect: () => forever }, clock).then(() => {
      isOver = true;
    });
    await clock.advance(4_999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await over;
  });
});
