import type { Duplex } from 'node:stream';
import { formatDuration } from '../../clock.ts';
import { ActionError, reasonOf } from '../../errors.ts';
import { within } from '../../waiting.ts';
import { explainConnectFailure, isForwardingRefused } from './connect-errors.ts';
import type { ConnectOptions, SshConnection } from './connection.ts';
import { startProxyCommand } from './proxy-command.ts';
import { nameOf, type SshTarget } from './target.ts';

/** How long a jump host may take to reach the machine. */
const FORWARD_TIMEOUT_MS = 20_000;

type ConnectOnce = (jump: SshTarget) => Promise<SshConnection>;

/** What an SSH handshake runs over. */
export interface OpenRoute {
  /** The connection to the SSH port; none when it is reached directly. */
  readonly stream?: Duplex;
  /** A failed handshake, seen by what lies between. */
  explain(error: unknown): Promise<unknown>;
  close(): void;
}

/**
 * Opens what stands between the runner and the machine: nothing, a jump host, or a proxy command.
 * @param connectOnce makes one attempt to connect to a jump host
 */
export async function openRoute(
  target: SshTarget,
  options: ConnectOptions,
  connectOnce: ConnectOnce,
): Promise<OpenRoute> {
  const { via } = target;
  if (!via) return { explain: async error => error, close() {} };
  if (via.kind === 'jump-host') return throughJumpHost(target, via.target, options, connectOnce);
  const proxy = startProxyCommand(via.command, target, options.env);
  return {
    stream: proxy.stream,
    close: proxy.close,
    explain: async error => {
      const isOurs = error instanceof Error && 'level' in error && error.level === 'client-authentication';
      if (isOurs) return error;
      const message = reasonOf(error);
      return new ActionError(
        'proxy-command-failed',
        `the proxy command did not connect to ${nameOf(target)}: ${message}`,
        {
          cause: error,
          details: await proxy.lastWords(),
          retriable: true,
        },
      );
    },
  };
}

async function throughJumpHost(
  target: SshTarget,
  jump: SshTarget,
  options: ConnectOptions,
  connectOnce: ConnectOnce,
): Promise<OpenRoute> {
  let jumpConnection: SshConnection;
  try {
    jumpConnection = await connectOnce(jump);
  } catch (error) {
    const explained = explainConnectFailure(error, jump);
    throw explained.with({ message: `jump host: ${explained.message}`, cause: explained });
  }
  try {
    const stream = await forwardThrough(jumpConnection, target, options);
    return { stream, explain: async error => error, close: jumpConnection.close };
  } catch (cause) {
    jumpConnection.close();
    options.signal.throwIfAborted();
    const reason = reasonOf(cause);
    if (isForwardingRefused(cause)) {
      throw new ActionError(
        'ssh-forwarding-refused',
        `the jump host ${nameOf(jump)} does not forward connections`,
        { cause },
      );
    }
    const message = `the jump host ${nameOf(jump)} could not reach ${target.host}:${target.port}: ${reason}`;
    throw new ActionError('ssh-unreachable', message, { cause, retriable: true });
  }
}

/** The jump host's own wait for a machine that drops packets is minutes long: it gets as long as a handshake. */
async function forwardThrough(
  { ssh }: SshConnection,
  target: SshTarget,
  { clock, signal }: ConnectOptions,
): Promise<Duplex> {
  const late = () => {
    throw new Error(`no answer in ${formatDuration(FORWARD_TIMEOUT_MS)}`);
  };
  const forwarded = ssh.forwardOut('127.0.0.1', 0, target.host, target.port);
  return within(clock, FORWARD_TIMEOUT_MS, forwarded, late, signal);
}
