import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../src/clock.ts';

/** A clock on which a sleep takes no time: it is `ms` later at once. */
export class InstantClock implements Clock {
  readonly sleeps: number[] = [];
  private time = 0;
  private readonly longestPauseMs: number;

  /** @param longestPauseMs longer sleeps are limits, not pauses: they are never reached */
  constructor(longestPauseMs = Number.POSITIVE_INFINITY) {
    this.longestPauseMs = longestPauseMs;
  }

  now(): number {
    return this.time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (ms > this.longestPauseMs) {
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    }
    this.sleeps.push(ms);
    this.time += ms;
    await nextTurn();
    signal?.throwIfAborted();
  }

  /** Time that passes outside of sleeps. */
  pass(ms: number): void {
    this.time += ms;
  }
}

interface Sleeper {
  readonly until: number;
  wake(): void;
}

/** A clock that stands still until `advance` is called. */
export class ManualClock implements Clock {
  private time = 0;
  private sleepers: Sleeper[] = [];

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper = { until: this.time + ms, wake: resolve };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers = this.sleepers.filter(other => other !== sleeper);
        reject(signal.reason);
      });
    });
  }

  /** How many sleeps have not ended. */
  get sleeping(): number {
    return this.sleepers.length;
  }

  /** Lets time pass, sleep by sleep, and the code that waits for it run. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await nextTurn();
    for (;;) {
      const next = this.sleepers.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
      if (!next) break;
      this.time = next.until;
      this.sleepers = this.sleepers.filter(other => other !== next);
      next.wake();
      await nextTurn();
    }
    this.time = end;
  }
}

/** A clock that goes on to the end of the next sleep when nothing else is left to do: a minute takes a moment. */
export class SimulatedClock implements Clock {
  private time = 0;
  private sleepers: Sleeper[] = [];
  private isRunning = false;

  /** How many sleeps have not ended. */
  get sleeping(): number {
    return this.sleepers.length;
  }

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { until: this.time + ms, wake };
      const abort = () => {
        this.sleepers = this.sleepers.filter(other => other !== sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.sleepers.push(sleeper);
      void this.run();
    });
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (;;) {
      await nextTurn();
      const first = this.sleepers.toSorted((a, b) => a.until - b.until)[0];
      if (!first) break;
      this.time = Math.max(this.time, first.until);
      this.sleepers = this.sleepers.filter(other => other !== first);
      first.wake();
    }
    this.isRunning = false;
  }
}
