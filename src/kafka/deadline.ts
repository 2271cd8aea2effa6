import { formatDuration } from '../clock.ts';
import { type Waiting, within } from '../waiting.ts';

/** The moment until which a piece of work may last. Kafka's own retries know nothing of it. */
export class Deadline {
  private readonly endsAtMs: number;
  private readonly timeoutMs: number;
  private readonly waiting: Waiting;

  constructor(timeoutMs: number, waiting: Waiting) {
    this.timeoutMs = timeoutMs;
    this.waiting = waiting;
    this.endsAtMs = waiting.clock.now() + timeoutMs;
  }

  /** Milliseconds left, never below 0. */
  get leftMs(): number {
    return Math.max(0, this.endsAtMs - this.waiting.clock.now());
  }

  /** @throws Error that names what was still being done, when the time is up; the signal's reason when it is aborted */
  refuseLate(doing: string): void {
    this.waiting.signal.throwIfAborted();
    if (this.leftMs === 0) throw this.error(doing);
  }

  /** Waits for `work`, but not longer than the deadline or the signal allow. A later result of `work` is ignored. */
  race<T>(doing: string, work: Promise<T>): Promise<T> {
    const late = (): never => {
      throw this.error(doing);
    };
    const { clock, signal } = this.waiting;
    return within(clock, this.leftMs, work, late, signal);
  }

  private error(doing: string): Error {
    return new Error(`still ${doing} after ${formatDuration(this.timeoutMs)}`);
  }
}
