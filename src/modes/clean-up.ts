import type { Config } from '../config/config.ts';
import { cleanUpAfter } from './exclusive.ts';
import type { RunDependencies } from './session.ts';

/**
 * Gives back what a run that was killed holds on its machine, and stops what it started there.
 * @param deadRunId of that run
 * @throws ActionError as `openHost` does
 */
export async function cleanUp(
  config: Config,
  { cancelled: signal, ...dependencies }: RunDependencies,
  deadRunId: string,
): Promise<void> {
  const deadline = dependencies.clock.now() + config.timeoutMs;
  const host = await dependencies.openHost(config, { ...dependencies, signal, deadline });
  try {
    await cleanUpAfter(deadRunId, { host, log: dependencies.log });
  } finally {
    await host.close();
  }
}
