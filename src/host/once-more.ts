import { ActionError } from '../errors.ts';
import type { Logger } from '../log.ts';

interface OnceMoreContext {
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Does work a second time when the SSH connection broke under it: the first command of the second time connects again.
 * @param what the work in a word or two, for the log
 * @param work may have been done half when it is done again
 * @throws what the work throws, the second time also a lost connection; the signal's reason
 */
export async function onceMore<T>(
  { log, signal }: OnceMoreContext,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    // One that is not retriable has its own reason, such as a machine that was restarted.
    if (!(error instanceof ActionError && error.code === 'ssh-connection-lost' && error.retriable))
      throw error;
    log.warning(`${error.message}; connecting again and going on with "${what}"`);
    return await work();
  }
}
