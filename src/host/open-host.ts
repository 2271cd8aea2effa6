import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Logger } from '../log.ts';
import type { Host } from './host.ts';
import { LocalHost } from './local-host.ts';
import { connect } from './ssh/connect.ts';
import { SshHost } from './ssh/ssh-host.ts';
import { nameOf } from './ssh/target.ts';

interface OpenHostOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** When the whole run must be over, by the clock. */
  readonly deadline: number;
  /** Commands carry it as a mark. */
  readonly runId?: string;
}

/**
 * The machine that the inputs name, ready for commands.
 * @throws ActionError as `connect` does
 */
export async function openHost(config: Config, options: OpenHostOptions): Promise<Host> {
  const { connection, commandTimeoutMs, connectTimeoutMs } = config;
  if (connection.kind === 'local') {
    options.log.info('no key is given and host is this runner: commands run here, without SSH');
    return new LocalHost({ ...options, commandTimeoutMs });
  }
  const { target } = connection;
  const { via } = target;
  const route =
    via === undefined
      ? ''
      : via.kind === 'jump-host'
        ? ` through ${nameOf(via.target)}`
        : ' through the proxy command';
  options.log.info(`ssh ${nameOf(target)}${route}`);
  return SshHost.open({
    ...options,
    name: nameOf(target),
    commandTimeoutMs,
    connect: () => connect(target, { ...options, connectTimeoutMs }),
  });
}
