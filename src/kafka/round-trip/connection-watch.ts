import type { Context } from '../../context.ts';
import type { ActionError } from '../../errors.ts';
import { lostConnection } from '../../host/reachable.ts';

const EVERY_MS = 3_000;
/** Traffic that rests for so long is reason enough to ask the machine itself. */
const QUIET_MS = 8_000;
/** A machine that did not answer twice in a row will not be waited for: a short cut is over by then. */
const ATTEMPTS = 2;

/**
 * Watches over the connection to the machine while messages go by way of it. Kafka's clients try again and again and cannot tell
 * a broker that restarts from a machine that is gone.
 *
 * @param quietMs how long ago something last came through
 * @param gone is aborted, with the error that says so, when the connection is gone for good
 * @param work ends then
 */
export async function whileConnected(
  context: Context,
  quietMs: () => number,
  gone: AbortController,
  work: () => Promise<void>,
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  connectionGone({ ...context, signal }, quietMs).then(
    error => gone.abort(error),
    () => {}, // The work is over.
  );
  try {
    await work();
  } finally {
    over.abort();
  }
}

async function connectionGone(context: Context, quietMs: () => number): Promise<ActionError> {
  const { host, clock, signal } = context;
  for (let failed = 0; ; ) {
    await clock.sleep(EVERY_MS, signal);
    if (quietMs() < QUIET_MS) {
      failed = 0;
      continue;
    }
    const lost = await lostConnection(host, context);
    failed = lost ? failed + 1 : 0;
    if (lost && failed >= ATTEMPTS) return lost;
  }
}
