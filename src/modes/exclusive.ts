import type { Config } from '../config/config.ts';
import { type ActionError, toActionError } from '../errors.ts';
import { stopCommands, stopCommandsOnAbort } from '../host/run-commands.ts';
import { logFailure } from '../log.ts';
import { describeHolder } from '../machine/lock/holder.ts';
import { type LockOptions, MachineLock, releaseLock } from '../machine/lock/machine-lock.ts';
import { failureOf } from '../report/report.ts';
import { within } from '../waiting.ts';
import type { Findings, Session } from './session.ts';

/** How long giving back the lock may take, in a run that was cancelled and in any other. */
const HURRY_MS = 1_500;
const PATIENCE_MS = 20_000;

/**
 * Does `work` on a machine while no other run works there. When the run is cancelled or its time is up, its commands are
 * stopped on the machine itself; in the end the lock is given back, whatever happened.
 * @param lose called when another run has taken the machine nevertheless
 */
export async function exclusively(
  config: Config,
  session: Session,
  lose: (error: ActionError) => void,
  work: (session: Session) => Promise<Findings>,
): Promise<Findings> {
  const { host, log, clock, runId } = session;
  const { mode, timeoutMs, lockTimeoutMs } = config;
  const options: LockOptions = { ...session, mode, timeoutMs, lockTimeoutMs };
  const stopped = stopCommandsOnAbort(host, session);
  let lock: MachineLock | undefined;
  try {
    try {
      if (needsLock(config, session)) lock = await MachineLock.take(options, lose);
      else await sayWhoWorks(options);
    } catch (thrown) {
      const error = toActionError(session.signal.aborted ? session.signal.reason : thrown);
      logFailure(log, error);
      log.info(`✘ Lock: ${error.message}`);
      return { failure: failureOf('lock', error), machine: session.machine };
    }
    return await work(session);
  } finally {
    await stopped();
    const isAborted = session.signal.aborted;
    // Cancelled while it was being taken: it may be ours.
    const released = lock ? lock.release() : isAborted && releaseLock(host, runId, log);
    await within(clock, isAborted ? HURRY_MS : PATIENCE_MS, Promise.resolve(released), () => {
      log.info('the machine does not answer: its lock is found dead by the next run');
      return false;
    });
  }
}

/** A plan changes nothing, and neither does a deployment on a machine that it refuses. */
const needsLock = ({ mode }: Config, { machine }: Session) =>
  mode !== 'plan' && (mode !== 'deploy' || machine.isAmazonLinux2023);

async function sayWhoWorks(options: LockOptions): Promise<void> {
  if (options.mode !== 'plan') return;
  const holder = await MachineLock.holder(options);
  if (holder)
    options.log.info(
      `the machine is in use by ${describeHolder(holder)}: what is planned may change meanwhile`,
    );
}

/**
 * For the post step: whatever a run that was killed has left on the machine, its lock and its commands. Throws nothing.
 * @param runId of that run
 */
export async function cleanUpAfter(
  runId: string,
  { host, log }: Pick<Session, 'host' | 'log'>,
): Promise<void> {
  await stopCommands(host, runId, log);
  if (await releaseLock(host, runId, log))
    log.info('the lock that the run left on the machine was given back');
}
