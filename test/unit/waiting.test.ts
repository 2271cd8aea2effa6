import { describe, expect, it } from 'vitest';
import { retry, unlessAborted, until } from '../../src/waiting.ts';
import { InstantClock, ManualClock } from './support/clocks.ts';

const waiting = (abort = new AbortController()) => ({
  ...{ clock: new InstantClock(), abort, signal: abort.signal },
});

/** Answers with one value after the other, then with the last one for ever. */
function answering<T>(...answers: T[]) {
  const asked: number[] = [];
  const ask = () => {
    asked.push(asked.length + 1);
    return answers[Math.min(asked.length, answers.length) - 1];
  };
  return { ask, asked };
}

describe('asking until there is an answer', () => {
  it('takes the first answer at once', async () => {
    const { clock, signal } = waiting();
    const { ask, asked } = answering('yes');
    expect(await until({ clock, signal }, ask, { everyMs: 500 })).toBe('yes');
    expect(asked).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });

  it('takes everything but undefined for an answer', async () => {
    for (const answer of [false, 0, '', null])
      expect(await until(waiting(), () => answer, { everyMs: 500 })).toBe(answer);
  });

  it('pauses between two questions', async () => {
    const { clock, signal } = waiting();
    const { ask } = answering(undefined, undefined, 'yes');
    expect(await until({ clock, signal }, async () => ask(), { everyMs: 500 })).toBe('yes');
    expect(clock.sleeps).toEqual([500, 500]);
  });

  it('asks a last time when the time is up, then takes what it gets for being late', async () => {
    const { clock, signal } = waiting();
    const { ask, asked } = answering<string | undefined>(undefined);
    const options = { everyMs: 500, timeoutMs: 1_200, late: () => 'too late' };
    expect(await until({ clock, signal }, ask, options)).toBe('too late');
    expect(clock.sleeps).toEqual([500, 500, 200]);
    expect(asked).toHaveLength(4);
  });

  it('takes an answer that comes as the time is up', async () => {
    const { ask } = answering(undefined, undefined, 'yes');
    const options = { everyMs: 500, timeoutMs: 1_000, late: () => 'too late' };
    expect(await until(waiting(), ask, options)).toBe('yes');
  });

  it('asks once when there is no time at all', async () => {
    const { ask, asked } = answering<string | undefined>(undefined);
    const options = { everyMs: 500, timeoutMs: 0, late: () => 'too late' };
    expect(await until(waiting(), ask, options)).toBe('too late');
    expect(asked).toHaveLength(1);
  });

  it('fails as the question and as being late do', async () => {
    const refuse = (): never => {
      throw new Error('refused');
    };
    const late = { timeoutMs: 0, late: refuse };
    await expect(until(waiting(), refuse, { everyMs: 500 })).rejects.toThrow('refused');
    await expect(until(waiting(), () => undefined, { everyMs: 500, ...late })).rejects.toThrow('refused');
  });

  it('wants to know what to do when the time is up', async () => {
    const options = { everyMs: 500, timeoutMs: 0 };
    await expect(until(waiting(), () => undefined, options)).rejects.toThrow(RangeError);
  });

  it('ends with the reason of the signal', async () => {
    const { clock, abort, signal } = waiting();
    const { ask, asked } = answering<string | undefined>(undefined);
    const answer = until(
      { clock, signal },
      () => {
        if (asked.length === 2) abort.abort(new Error('cancelled'));
        return ask();
      },
      { everyMs: 500 },
    );
    await expect(answer).rejects.toThrow('cancelled');
    expect(asked).toHaveLength(3);
  });
});

describe('trying until an attempt succeeds', () => {
  const never = () => undefined;

  /** Fails as often as told, then succeeds. */
  function failing(times: number) {
    const attempts: number[] = [];
    const work = async (attempt: number) => {
      attempts.push(attempt);
      if (attempts.length <= times) throw new Error(`failure ${attempt}`);
      return 'done';
    };
    return { work, attempts };
  }

  it('is one attempt when that succeeds', async () => {
    const { clock, signal } = waiting();
    const { work, attempts } = failing(0);
    expect(await retry({ clock, signal }, work, { pauseMs: 500, giveUp: never })).toBe('done');
    expect(attempts).toEqual([1]);
    expect(clock.sleeps).toEqual([]);
  });

  it('counts the attempts and pauses after each that failed', async () => {
    const { clock, signal } = waiting();
    const { work, attempts } = failing(2);
    expect(await retry({ clock, signal }, work, { pauseMs: 500, giveUp: never })).toBe('done');
    expect(attempts).toEqual([1, 2, 3]);
    expect(clock.sleeps).toEqual([500, 500]);
  });

  it('may pause longer each time', async () => {
    const { clock, signal } = waiting();
    const pauseMs = (attempt: number) => 1_000 * attempt;
    await retry({ clock, signal }, failing(3).work, { pauseMs, giveUp: never });
    expect(clock.sleeps).toEqual([1_000, 2_000, 3_000]);
  });

  it('gives up with the error it is told', async () => {
    const { clock, signal } = waiting();
    const { work, attempts } = failing(9);
    const giveUp = ({ attempt }: { attempt: number }) => (attempt < 3 ? undefined : new Error('enough'));
    await expect(retry({ clock, signal }, work, { pauseMs: 500, giveUp })).rejects.toThrow('enough');
    expect(attempts).toEqual([1, 2, 3]);
    expect(clock.sleeps).toEqual([500, 500]);
  });

  it('tells what failed, how often, how long ago it began and how long it pauses', async () => {
    const { clock, signal } = waiting();
    const judged: unknown[] = [];
    const retried: unknown[] = [];
    await retry({ clock, signal }, failing(2).work, {
      pauseMs: attempt => 100 * attempt,
      giveUp: failure => void judged.push(failure),
      onRetry: failure => void retried.push(failure),
    });
    expect(judged).toEqual([
      { error: new Error('failure 1'), attempt: 1, waitedMs: 0, pauseMs: 100 },
      { error: new Error('failure 2'), attempt: 2, waitedMs: 100, pauseMs: 200 },
    ]);
    expect(retried).toEqual(judged);
  });

  it('says nothing of another attempt when there is none', async () => {
    const retried: unknown[] = [];
    const options = {
      pauseMs: 500,
      giveUp: ({ error }: { error: unknown }) => error,
      onRetry: (failure: unknown) => void retried.push(failure),
    };
    await expect(retry(waiting(), failing(1).work, options)).rejects.toThrow('failure 1');
    expect(retried).toEqual([]);
  });

  it('ends with what is thrown before the pause', async () => {
    const { clock, signal } = waiting();
    const onRetry = async () => {
      throw new Error('pointless');
    };
    const trying = retry({ clock, signal }, failing(9).work, { pauseMs: 500, giveUp: never, onRetry });
    await expect(trying).rejects.toThrow('pointless');
    expect(clock.sleeps).toEqual([]);
  });

  it('does not begin when the signal is aborted already', async () => {
    const { work, attempts } = failing(0);
    const signal = AbortSignal.abort(new Error('cancelled'));
    const trying = retry({ clock: new InstantClock(), signal }, work, { pauseMs: 500, giveUp: never });
    await expect(trying).rejects.toThrow('cancelled');
    expect(attempts).toEqual([]);
  });

  it('ends with the reason of the signal, whatever the attempt failed with meanwhile', async () => {
    const { clock, abort, signal } = waiting();
    const judged: unknown[] = [];
    const work = async () => {
      abort.abort(new Error('cancelled'));
      throw new Error('connection lost');
    };
    const giveUp = ({ error }: { error: unknown }) => {
      judged.push(error);
      return error;
    };
    await expect(retry({ clock, signal }, work, { pauseMs: 500, giveUp })).rejects.toThrow('cancelled');
    expect(judged).toEqual([]);
  });

  it('does not wait for the end of a pause when the signal is aborted', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const { work, attempts } = failing(9);
    const trying = retry({ clock, signal: abort.signal }, work, { pauseMs: 60_000, giveUp: never });
    trying.catch(() => {});
    await clock.advance(1_000);
    expect(clock.sleeping).toBe(1);
    abort.abort(new Error('cancelled'));
    await expect(trying).rejects.toThrow('cancelled');
    expect(attempts).toEqual([1]);
  });
});

describe('work that a signal may cut off', () => {
  const forever = new Promise<never>(() => {});

  it('ends as it ends by itself', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(signal, Promise.resolve('done'))).toBe('done');
    await expect(unlessAborted(signal, Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  });

  it('ends with the reason of the signal', async () => {
    const abort = new AbortController();
    const waited = unlessAborted(abort.signal, forever);
    abort.abort(new Error('cancelled'));
    await expect(waited).rejects.toThrow('cancelled');
  });

  it('is not waited for when the signal is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'));
    await expect(unlessAborted(signal, forever)).rejects.toThrow('cancelled');
  });

  it('may fail afterwards, and nobody hears of it', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => void unheard.push(reason);
    process.on('unhandledRejection', hear);
    const abort = new AbortController();
    const work = Promise.withResolvers<never>();
    const waited = unlessAborted(abort.signal, work.promise);
    abort.abort(new Error('cancelled'));
    await expect(waited).rejects.toThrow('cancelled');
    work.reject(new Error('failed later'));
    await new ManualClock().advance(0);
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });
});
