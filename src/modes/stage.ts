import { type Clock, formatDuration } from '../clock.ts';
import { toActionError } from '../errors.ts';
import { type GroupedLogger, logFailure } from '../log.ts';

interface StageContext {
  readonly log: GroupedLogger;
  readonly clock: Clock;
}

/**
 * Does work that is no step, and shows it in the log: as a group, with a line below that says how it ended.
 * @param line what to say below the group when the work is done
 * @throws ActionError as the work does; the group shows it first
 */
export async function stage<T>(
  { log, clock }: StageContext,
  title: string,
  work: () => Promise<T>,
  line: (done: T, took: string) => string,
): Promise<T> {
  const started = clock.now();
  const took = () => formatDuration(clock.now() - started);
  log.startGroup(title);
  try {
    const done = await work();
    log.endGroup();
    log.info(`✔ ${title}: ${line(done, took())}`);
    return done;
  } catch (thrown) {
    const error = toActionError(thrown);
    logFailure(log, error);
    log.endGroup();
    log.info(`✘ ${title}: failed after ${took()}`);
    throw error;
  }
}
