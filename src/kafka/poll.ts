import { type Clock, formatDuration } from '../clock.ts';
import { ActionError } from '../errors.ts';
import type { Logger } from '../log.ts';

export interface PollOptions {
  /** Called between two attempts; throws when waiting has become pointless. */
  readonly stillHopeful: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

interface Question {
  /** What is waited for, as a sentence that is true when it has come. */
  readonly what: string;
  /** Fails as long as it has not. An ActionError that is not retriable ends the waiting. */
  readonly ask: () => Promise<unknown>;
  readonly endsAtMs: number;
  /** The words of a failure. */
  readonly words: (cause: unknown) => string;
  /** What the debug log says of one. */
  readonly notYet: (reason: string) => string;
  /** The error when the time is up. */
  readonly late: (reason: string, cause: unknown) => ActionError;
}

const PAUSE_MS = 500;

/** Asks, twice a second, until the answer is good. @throws what `late` returns, or what `stillHopeful` throws */
export async function poll(
  { clock, log, signal, stillHopeful }: PollOptions,
  { what, ask, endsAtMs, words, notYet, late }: Question,
): Promise<void> {
  const startedAtMs = clock.now();
  for (;;) {
    signal.throwIfAborted();
    try {
      await ask();
      log.info(`${what} (after ${formatDuration(clock.now() - startedAtMs)})`);
      return;
    } catch (cause) {
      if (cause instanceof ActionError && !cause.retriable) throw cause;
      const reason = words(cause);
      if (clock.now() >= endsAtMs) throw late(reason, cause);
      log.debug(`not yet: ${notYet(reason)}`);
    }
    await stillHopeful();
    await clock.sleep(PAUSE_MS, signal);
  }
}
