import { NodeSSH } from 'node-ssh';
import { formatDuration } from '../../clock.ts';
import { ActionError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { retry } from '../../waiting.ts';
import { explainConnectFailure, hostKeyMismatch } from './connect-errors.ts';
import type { ConnectOptions, SshConnection } from './connection.ts';
import {
  fingerprintOf,
  type HostKeyAlgorithm,
  isPinned,
  kindOf,
  negotiationOrder,
  trusts,
} from './host-keys.ts';
import { openRoute } from './route.ts';
import { nameOf, type SshTarget } from './target.ts';

/** One handshake, authentication included. */
const HANDSHAKE_TIMEOUT_MS = 20_000;
/** cloud-init puts the key in place some seconds after sshd answers; longer than this, the key is wrong. */
const AUTH_PATIENCE_MS = 10_000;
/** A name that does not resolve is mostly a typing error, but the record of a new machine may lag. */
const NAME_PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Connects, and tries again while the machine may only be booting.
 * @throws ActionError with one of the `ssh-…` codes or `proxy-command-failed`
 */
export async function connect(target: SshTarget, options: ConnectOptions): Promise<SshConnection> {
  const { log, connectTimeoutMs } = options;
  const explain = (thrown: unknown) => explainConnectFailure(thrown, target);
  return retry(options, () => connectOnce(target, options), {
    pauseMs: attempt => Math.min(FIRST_PAUSE_MS * 1.5 ** (attempt - 1), LONGEST_PAUSE_MS),
    giveUp: ({ error: thrown, attempt, waitedMs, pauseMs }) => {
      const error = explain(thrown);
      const mayWork = error.retriable && waitedMs + pauseMs < patience(error, connectTimeoutMs);
      return mayWork ? undefined : givenUp(error, attempt, waitedMs);
    },
    onRetry: ({ error, waitedMs }) => {
      const waited = `${formatDuration(waitedMs)} of ${formatDuration(connectTimeoutMs)}`;
      log.info(`${explain(error).message}; trying again (${waited})`);
    },
  });
}

function patience({ code }: ActionError, connectTimeoutMs: number): number {
  if (code === 'ssh-auth-refused') return Math.min(AUTH_PATIENCE_MS, connectTimeoutMs);
  if (code === 'ssh-host-unknown') return Math.min(NAME_PATIENCE_MS, connectTimeoutMs);
  return connectTimeoutMs;
}

function givenUp(error: ActionError, attempts: number, waitedMs: number): ActionError {
  if (attempts === 1) return error;
  const message = `${error.message} (${attempts} attempts in ${formatDuration(waitedMs)})`;
  return error.with({ message, retriable: false });
}

async function connectOnce(target: SshTarget, options: ConnectOptions): Promise<SshConnection> {
  const offered: Buffer[] = [];
  for (const algorithms of negotiationOrder(target.trust, target.host, target.port)) {
    const attempt = await handshake(target, algorithms, options);
    if (attempt.connection) {
      if (!isPinned(target.trust) && attempt.hostKey) {
        if (options.onUnpinnedKey) options.onUnpinnedKey(target, attempt.hostKey);
        else recommendPin(target, attempt.hostKey, options.log);
      }
      return attempt.connection;
    }
    if (attempt.hostKey) offered.push(attempt.hostKey);
  }
  if (isPinned(target.trust)) throw hostKeyMismatch(target, offered);
  const supported = negotiationOrder(target.trust, target.host, target.port).flat().join(', ');
  throw new ActionError(
    'ssh-unreachable',
    `${nameOf(target)} has no host key of a supported kind (${supported})`,
    {
      hint: 'Give the machine an ED25519 host key: sudo ssh-keygen -A, then restart sshd.',
    },
  );
}

/**
 * One SSH handshake in which only these host key algorithms are offered.
 * @returns the connection, or none when the machine has no such key or shows one that is not the pinned one
 */
async function handshake(
  target: SshTarget,
  algorithms: HostKeyAlgorithm[],
  options: ConnectOptions,
): Promise<{ connection?: SshConnection; hostKey?: Buffer }> {
  const route = await openRoute(target, options, jump => connectOnce(jump, options));
  if (options.signal.aborted) route.close();
  options.signal.throwIfAborted();
  const ssh = new NodeSSH();
  const close = () => {
    ssh.connection?.destroy();
    route.close();
  };
  options.signal.addEventListener('abort', close, { once: true });
  let hostKey: Buffer | undefined;
  let refused = false;
  try {
    const connected = ssh.connect({
      host: target.host,
      port: target.port,
      username: target.username,
      privateKey: target.privateKey,
      passphrase: target.passphrase || undefined,
      sock: route.stream,
      algorithms: { serverHostKey: algorithms },
      hostVerifier: (key: Buffer) => {
        hostKey = key;
        refused = isPinned(target.trust) && !trusts(target.trust, target.host, target.port, key);
        return !refused;
      },
      readyTimeout: HANDSHAKE_TIMEOUT_MS,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
    });
    // Small requests would otherwise wait for the acknowledgement of the one before (Nagle's algorithm).
    ssh.connection?.setNoDelay(true);
    await connected;
    // Without a listener a connection that breaks later would end the process; SshHost sees it by its 'close'.
    ssh.connection?.on('error', error => options.log.debug(`SSH: ${error.message}`));
    return { connection: { ssh, close }, hostKey };
  } catch (error) {
    close();
    if (refused && hostKey) return { hostKey };
    if (error instanceof Error && /no matching host key format/i.test(error.message)) return {};
    throw await route.explain(error);
  } finally {
    options.signal.removeEventListener('abort', close);
  }
}

function recommendPin(target: SshTarget, key: Buffer, log: Logger): void {
  log.warning(
    `The host key of ${target.host} is not pinned: whoever can pose as this machine would be trusted. ` +
      `Compare with the machine's console output, then add:  host-fingerprint: ${fingerprintOf(key)}  (${kindOf(key)})`,
  );
}
