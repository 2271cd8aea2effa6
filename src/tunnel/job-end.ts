import type { Clock } from '../clock.ts';
import { until } from '../waiting.ts';
import { isRunning, type ProcessIdentity } from './process-identity.ts';

const LOOK_EVERY_MS = 2_000;
/** The longest job of a hosted runner. */
const LONGEST_JOB_MS = 6 * 3_600_000;

/**
 * Waits for the end of the job: of the process that started the action, which the runner keeps as long as the job.
 * @param starter none when it cannot be seen, as in a container: then the longest job's time counts
 * @returns how it ended, in words
 */
export async function jobEnd(
  starter: ProcessIdentity | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  if (!starter) {
    await clock.sleep(LONGEST_JOB_MS, signal);
    return 'no job lasts longer than 6 hours';
  }
  const look = () => (isRunning(starter) ? undefined : `the job ended (process ${starter.pid})`);
  return until({ clock, signal }, look, { everyMs: LOOK_EVERY_MS });
}
