import { formatDuration } from '../clock.ts';
import type { Context } from '../context.ts';
import { type ActionError, finalErrorIn, reasonOf } from '../errors.ts';
import { type FailedAttempt, retry, unlessAborted } from '../waiting.ts';

interface Question {
  /** What is waited for, as a sentence that is true once the answer is good. */
  readonly what: string;
  /** Fails until then. What cannot get better, an ActionError that is not retriable, ends the waiting. */
  readonly ask: () => Promise<unknown>;
  readonly endsAtMs: number;
  /** What the log says of a failure. */
  readonly notYet: (reason: string) => string;
  /** The error when the time is up. */
  readonly late: (reason: string, cause: unknown) => ActionError;
}

const PAUSE_MS = 500;
/** How often a reader is told what is still waited for; the debug log has every attempt. */
const NEWS_MS = 10_000;

/**
 * Asks, twice a second, until the answer is good. An answer that comes after the end of the signal is not waited for.
 * @throws what `late` returns, or what cannot get better
 */
export async function poll(context: Context, question: Question): Promise<void> {
  const { clock, log, signal } = context;
  const { what, ask, endsAtMs, notYet, late } = question;
  const startedAtMs = clock.now();
  let toldAtMs = startedAtMs;
  const giveUp = ({ error }: FailedAttempt) => {
    const final = finalErrorIn(error);
    if (final) return final;
    return clock.now() >= endsAtMs ? late(reasonOf(error), error) : undefined;
  };
  const onRetry = ({ error }: FailedAttempt) => {
    const news = `not yet: ${notYet(reasonOf(error))}`;
    if (clock.now() - toldAtMs < NEWS_MS) return log.debug(news);
    toldAtMs = clock.now();
    log.info(news);
  };
  await retry(context, () => unlessAborted(signal, ask()), { pauseMs: PAUSE_MS, giveUp, onRetry });
  log.info(`${what} (after ${formatDuration(clock.now() - startedAtMs)})`);
}
