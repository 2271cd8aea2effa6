import type { Clock } from './clock.ts';

/** What all waiting needs: time, and what ends it early. */
export interface Waiting {
  readonly clock: Clock;
  /** Ends the waiting with its reason. */
  readonly signal: AbortSignal;
}

interface UntilOptions<T> {
  /** Pause between two questions. */
  readonly everyMs: number;
  /** How long to go on asking; without it as long as it takes. */
  readonly timeoutMs?: number;
  /** What to return, or throw, when the time is up. */
  readonly late?: () => T;
}

/**
 * Asks until there is an answer.
 * @param ask returns undefined as long as there is none; what it throws ends the waiting
 * @throws what `ask` or `late` throws, or the signal's reason
 */
export async function until<T>(
  { clock, signal }: Waiting,
  ask: () => Promise<T | undefined> | T | undefined,
  { everyMs, timeoutMs = Number.POSITIVE_INFINITY, late }: UntilOptions<T>,
): Promise<T> {
  const endsAtMs = clock.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    const leftMs = endsAtMs - clock.now();
    if (leftMs <= 0) return tooLate(late);
    await clock.sleep(Math.min(everyMs, leftMs), signal);
  }
}

function tooLate<T>(late?: () => T): T {
  if (!late) throw new RangeError('a wait with a time limit needs something to do when it is over');
  return late();
}

/** An attempt that failed. */
export interface FailedAttempt {
  readonly error: unknown;
  /** The first one is 1. */
  readonly attempt: number;
  /** Since the first attempt began. */
  readonly waitedMs: number;
  /** Until the next one. */
  readonly pauseMs: number;
}

interface RetryOptions {
  /** Pause after the given attempt. */
  readonly pauseMs: number | ((attempt: number) => number);
  /** Returns what to throw when trying again is pointless, undefined when it is not. */
  readonly giveUp: (failure: FailedAttempt) => unknown;
  /** Called before the pause; what it throws ends the waiting. */
  readonly onRetry?: (failure: FailedAttempt) => Promise<void> | void;
}

/**
 * Tries until an attempt succeeds, or `giveUp` has had enough.
 * @throws what `giveUp` returns, or the signal's reason
 */
export async function retry<T>(
  { clock, signal }: Waiting,
  work: (attempt: number) => Promise<T>,
  { pauseMs, giveUp, onRetry }: RetryOptions,
): Promise<T> {
  const startedAtMs = clock.now();
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      signal.throwIfAborted();
      const pause = typeof pauseMs === 'number' ? pauseMs : pauseMs(attempt);
      const failure = { error, attempt, waitedMs: clock.now() - startedAtMs, pauseMs: pause };
      const final = giveUp(failure);
      if (final !== undefined) throw final;
      await onRetry?.(failure);
      await clock.sleep(pause, signal);
    }
  }
}

/** Nobody sees it. Without a reason the signal makes one with a stack, for every command of every machine. */
const OVER = new Error('it is not waited for any more');

/**
 * Waits for `work`, but not longer than `ms`. A later result or failure of `work` is ignored.
 * @param late what to return, or throw, when the time is up
 * @param signal ends the waiting with its reason
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  late: () => T,
  signal?: AbortSignal,
): Promise<T> {
  const done = new AbortController();
  const timer = clock.sleep(ms, signal ? AbortSignal.any([done.signal, signal]) : done.signal).then(late);
  try {
    return await Promise.race([work, timer]);
  } finally {
    done.abort(OVER);
    timer.catch(() => {});
    work.catch(() => {});
  }
}

/** Waits for `work` unless the signal is aborted first. A later result of `work` is ignored. @throws the signal's reason */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
