import type { Clock } from '../clock.ts';
import { ActionError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Connection } from './connection.ts';
import type { Host } from './host.ts';
import { LocalHost } from './local-host.ts';
import { connect } from './ssh/connect.ts';
import type { FirstKeys } from './ssh/first-keys.ts';
import { SshHost } from './ssh/ssh-host.ts';
import { nameOf } from './ssh/target.ts';

/** Which machine, and how long it may take. Times are in milliseconds. */
interface MachineAccess {
  readonly connection: Connection;
  /** How long to wait for a machine that is still booting. */
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
}

interface OpenHostOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly firstKeys: FirstKeys;
  /** When the whole run must be over, by the clock. */
  readonly deadline: number;
  /** Commands carry it as a mark. */
  readonly runId?: string;
  /** Where the SSH server forwards no connections, a command on the machine may make them. */
  readonly mayRelay?: boolean;
  /** Of the runner. */
  readonly platform?: NodeJS.Platform;
}

/**
 * The machine that the inputs name, ready for commands.
 * @throws ActionError as `connect` does, or `not-amazon-linux-2023` where the machine would be a runner with Windows
 */
export async function openHost(
  { connection, commandTimeoutMs, connectTimeoutMs }: MachineAccess,
  options: OpenHostOptions,
): Promise<Host> {
  if (connection.kind === 'local') {
    refuseWindows(options.platform ?? process.platform);
    options.log.info('no key is given and host is this runner: commands run here, without SSH');
    return new LocalHost({ ...options, commandTimeoutMs });
  }
  const { target, repairs = [] } = connection;
  for (const repair of repairs) options.log.debug(repair);
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
    user: target.username,
    commandTimeoutMs,
    onRelay: options.mayRelay
      ? () =>
          options.log.info('sshd forwards no connections: what Kafka is asked, a command on the machine asks')
      : undefined,
    connect: signal => connect(target, { ...options, signal, connectTimeoutMs }),
  });
}

/** Nothing on Windows would understand a command; other systems say themselves what they are. */
function refuseWindows(platform: NodeJS.Platform): void {
  if (platform !== 'win32') return;
  throw new ActionError(
    'not-amazon-linux-2023',
    'host is localhost and no key is given, so that this runner itself is the machine, and it runs Windows',
    { hint: 'Name the machine in host, and give its key: a runner with Windows reaches it over SSH.' },
  );
}
