import type { Config } from '../config/config.ts';
import { reasonOf } from '../errors.ts';
import { stopCommands } from '../host/run-commands.ts';
import { releaseLock } from '../machine/lock/machine-lock.ts';
import type { Report } from '../report/report.ts';
import { downAcross } from './across/down.ts';
import { down } from './down.ts';
import type { RunDependencies } from './run.ts';

/** What main left for the post step. */
export interface Leftovers {
  /** '' of a run that did not begin. */
  readonly runId: string;
  readonly isDeploying: boolean;
  /** '' of a run that was killed. */
  readonly result: string;
}

export const isKilled = ({ runId, result }: Leftovers): boolean => runId !== '' && result === '';

/**
 * Leaves the machine as the inputs ask at the end of the job: gives back what a killed run holds there, and takes the deployment
 * down when `teardown` says so. A failure is a warning.
 * @param jobStatus how the job ended, in the runner's words
 * @returns the report of the teardown, when there was one
 */
export async function leaveMachine(
  config: Config,
  dependencies: RunDependencies,
  leftovers: Leftovers,
  jobStatus: string,
): Promise<Report | undefined> {
  if (isKilled(leftovers)) await giveBack(config, dependencies, leftovers.runId);
  if (!leftovers.isDeploying || !isWanted(config, leftovers.result, jobStatus)) return undefined;
  const { machines } = config;
  const report = await (machines ? downAcross(config, machines, dependencies) : down(config, dependencies));
  if (!report.failure) return report;
  const { step, message } = report.failure;
  const what = config.volumes ? 'mode down with volumes' : 'mode down';
  dependencies.log.warning(
    `The deployment could not be taken down (${step}: ${message}). ${what} does it later; the job's result stays as it is.`,
  );
  return report;
}

function isWanted({ teardown }: Config, result: string, jobStatus: string): boolean {
  if (teardown !== 'on-failure') return teardown === 'always';
  return result !== 'passed' || ['failure', 'cancelled'].includes(jobStatus);
}

async function giveBack(config: Config, dependencies: RunDependencies, runId: string): Promise<void> {
  const { log } = dependencies;
  try {
    log.info('the run was killed: what it holds on the machine is given back');
    const { connection, machines } = config;
    const connections = machines?.machines.map(each => each.connection) ?? [connection];
    await Promise.all(connections.map(each => cleanUp({ ...config, connection: each }, dependencies, runId)));
  } catch (error) {
    log.warning(`What the killed run holds on the machine could not be given back: ${reasonOf(error)}`);
  }
}

/**
 * Stops what a run that was killed has running on the machine, and gives back its lock.
 * @param deadRunId of that run
 * @throws ActionError as `openHost` does
 */
async function cleanUp(config: Config, dependencies: RunDependencies, deadRunId: string): Promise<void> {
  const { log, clock, cancelled: signal, openHost } = dependencies;
  const deadline = clock.now() + config.timeoutMs;
  const host = await openHost(config, { ...dependencies, signal, deadline });
  try {
    await stopCommands(host, deadRunId, log);
    if (await releaseLock(host, deadRunId, log))
      log.info('the lock that the run left on the machine was given back');
  } finally {
    await host.close();
  }
}
