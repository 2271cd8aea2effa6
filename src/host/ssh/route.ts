import type { Duplex } from 'node:stream';
import { formatDuration } from '../../clock.ts';
import { ActionError, reasonOf } from '../../errors.ts';
import { within } from '../../waiting.ts';
import { explainConnectFailure, isForwardingRefused } from './connect-errors.ts';
import type { ConnectOptions, SshConnection } from './connection.ts';
import { dial } from './dial.ts';
import { explainHandshakeFailure, type Handshake } from './handshake-errors.ts';
import { type ProxyCommand, startProxyCommand } from './proxy-command.ts';
import { nameOf, type SshTarget } from './target.ts';

/** How long a jump host may take to reach the machine: as long as the runner itself would wait. */
const FORWARD_TIMEOUT_MS = 10_000;

type ConnectOnce = (jump: SshTarget) => Promise<SshConnection>;

/** What an SSH handshake runs over. */
interface OpenRoute {
  /** The connection to the SSH port. */
  readonly stream: Duplex;
  /** A failed handshake in our words, with what lies between. */
  explain(error: unknown, handshake: Handshake): Promise<ActionError>;
  close(): void;
}

/**
 * Opens the way to the SSH port: a TCP connection of the runner's own, or through a jump host or a proxy command.
 * @param connectOnce makes one attempt to connect to a jump host
 */
export async function openRoute(
  target: SshTarget,
  options: ConnectOptions,
  connectOnce: ConnectOnce,
): Promise<OpenRoute> {
  const { via } = target;
  const explain = async (error: unknown, handshake: Handshake) =>
    explainHandshakeFailure(error, target, handshake);
  if (!via) {
    const socket = await dial(target, options.signal);
    return { stream: socket, explain, close: () => socket.destroy() };
  }
  if (via.kind === 'jump-host') {
    return { ...(await throughJumpHost(target, via.target, options, connectOnce)), explain };
  }
  const proxy = startProxyCommand(via.command, target, options.env);
  return {
    stream: proxy.stream,
    close: proxy.close,
    explain: async (error, handshake) => {
      if (handshake.words.identification !== undefined) return explain(error, handshake);
      return new ActionError('proxy-command-failed', await reasonOfProxy(target, proxy, error, handshake), {
        cause: error,
        details: await proxy.lastWords(),
        retriable: true,
      });
    },
  };
}

/** The proxy command brought no SSH server's first line: it ended, it says something else, or nothing at all. */
async function reasonOfProxy(
  target: SshTarget,
  proxy: ProxyCommand,
  error: unknown,
  { words, limit }: Handshake,
): Promise<string> {
  const ended = await proxy.ending();
  const failed = `the proxy command did not connect to ${nameOf(target)}`;
  const said = words.text ? ` it wrote "${words.text}" where an SSH server's first line belongs` : '';
  if (ended !== undefined) {
    const reason = (await proxy.lastWords()).at(-1);
    const last = !said && reason !== undefined ? `; its last line: ${reason}` : '';
    return `${failed}: it ended with ${ended}${said && `;${said}`}${last}`;
  }
  if (said) return `${failed}:${said}`;
  return isTimeout(error)
    ? `${failed}: it runs, but nothing came through it in ${limit}`
    : `${failed}: ${reasonOf(error)}`;
}

const isTimeout = (error: unknown) =>
  error instanceof Error && 'level' in error && error.level === 'client-timeout';

async function throughJumpHost(
  target: SshTarget,
  jump: SshTarget,
  options: ConnectOptions,
  connectOnce: ConnectOnce,
): Promise<Omit<OpenRoute, 'explain'>> {
  let jumpConnection: SshConnection;
  try {
    jumpConnection = await connectOnce(jump);
  } catch (error) {
    const explained = explainConnectFailure(error, jump);
    throw explained.with({ message: `jump host: ${explained.message}`, cause: explained });
  }
  try {
    const stream = await forwardThrough(jumpConnection, target, options);
    return { stream, close: jumpConnection.close };
  } catch (cause) {
    jumpConnection.close();
    options.signal.throwIfAborted();
    if (isForwardingRefused(cause)) {
      throw new ActionError(
        'ssh-forwarding-refused',
        `the jump host ${nameOf(jump)} does not forward connections`,
        { cause },
      );
    }
    throw unreachableFrom(jump, target, cause);
  }
}

/** The jump host's words for what it could not reach are those of its own system. */
function unreachableFrom(jump: SshTarget, { host, port }: SshTarget, cause: unknown): ActionError {
  const reason = reasonOf(cause).replace(/^\(SSH\) Channel open failure: /, '');
  const message = `the jump host ${nameOf(jump)} could not reach ${host}:${port}: ${reason}`;
  const options = { cause, retriable: true };
  if (/name or service not known|name resolution|no address associated|nodename nor servname/i.test(reason)) {
    return new ActionError('ssh-host-unknown', message, {
      ...options,
      hint: `Check the spelling of host: it must be a name that the jump host can resolve, or the machine's private address. There: getent hosts ${host}`,
    });
  }
  const isRefused = /refused/i.test(reason);
  return new ActionError('ssh-unreachable', message, {
    ...options,
    hint: isRefused
      ? `The machine answers, but nothing listens at port ${port}. Check the port, and on the machine: sudo systemctl status sshd. Raise connect-timeout for a machine that boots slowly.`
      : `Check that the machine runs, that host is its address as the jump host sees it (mostly the private one), and that its security group lets the jump host reach port ${port}.`,
  });
}

/** The jump host's own wait for a machine that drops packets is minutes long. */
async function forwardThrough(
  { ssh }: SshConnection,
  target: SshTarget,
  { clock, signal }: ConnectOptions,
): Promise<Duplex> {
  const late = () => {
    throw new Error(
      `no answer in ${formatDuration(FORWARD_TIMEOUT_MS)}; a security group that drops packets looks like this`,
    );
  };
  const forwarded = ssh.forwardOut('127.0.0.1', 0, target.host, target.port);
  return within(clock, FORWARD_TIMEOUT_MS, forwarded, late, signal);
}
