import { formatDuration } from '../clock.ts';
import type { Context } from '../context.ts';

const INTERVAL_MS = 15_000;

/** Says every 15 seconds that `work` still goes on: a silent log looks like a run that hangs. */
export async function withHeartbeat<T>(
  { clock, log, signal }: Pick<Context, 'clock' | 'log' | 'signal'>,
  title: string,
  work: () => Promise<T>,
): Promise<T> {
  const started = clock.now();
  const done = new AbortController();
  const beat = async (): Promise<void> => {
    await clock.sleep(INTERVAL_MS, AbortSignal.any([done.signal, signal]));
    log.info(`… ${title}: ${formatDuration(clock.now() - started)} so far`);
    await beat();
  };
  beat().catch(() => {}); // It ends by being aborted.
  try {
    return await work();
  } finally {
    done.abort();
  }
}
