import { type Clock, formatDuration } from '../clock.ts';
import { toActionError } from '../errors.ts';
import { type GroupedLogger, logFailure } from '../log.ts';

interface StageContext {
  readonly log: GroupedLogger;
  readonly clock: Clock;
}

/**
 * Work that is no step, as the log shows it: a group, and below it a line that says what came of it.
 * @param line what to say below the group when the work is done
 * @throws ActionError what the work throws, after it stands in the group
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
