import { NodeSSH } from 'node-ssh';
import { formatDuration } from '../../clock.ts';
import type { ActionError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { retry } from '../../waiting.ts';
import { explainConnectFailure, hostKeyRefused } from './connect-errors.ts';
import type { ConnectOptions, SshConnection } from './connection.ts';
import {
  algorithmsOf,
  fingerprintOf,
  type HostKeyAlgorithm,
  isAccepted,
  isPinned,
  kindOf,
  kindsToAskFor,
} from './host-keys.ts';
import { gatherWrites, keepKeys } from './lighter-packets.ts';
import { OFFER } from './offer.ts';
import { openRoute } from './route.ts';
import { isTooSmall } from './rsa-size.ts';
import { ServerWords } from './server-words.ts';
import { SignIn } from './sign-in.ts';
import type { SshTarget } from './target.ts';

/** One handshake, authentication included. */
const HANDSHAKE_TIMEOUT_MS = 20_000;
/** cloud-init puts the key in place some seconds after sshd answers; longer than this, the key is wrong. */
const AUTH_PATIENCE_MS = 10_000;
/** A name that does not resolve is mostly a typing error, but the record of a new machine may lag. */
const NAME_PATIENCE_MS = 10_000;
/** sshd is there; a handshake that it does not complete is tried once more, as the network may have failed it. */
const HANDSHAKE_PATIENCE_MS = 25_000;
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

function patience({ code, facts }: ActionError, connectTimeoutMs: number): number {
  if (facts.isStarting) return connectTimeoutMs;
  if (code === 'ssh-handshake-failed') return Math.min(HANDSHAKE_PATIENCE_MS, connectTimeoutMs);
  if (code === 'ssh-auth-refused') return Math.min(AUTH_PATIENCE_MS, connectTimeoutMs);
  if (code === 'ssh-host-unknown') return Math.min(NAME_PATIENCE_MS, connectTimeoutMs);
  return connectTimeoutMs;
}

function givenUp(error: ActionError, attempts: number, waitedMs: number): ActionError {
  if (attempts === 1) return error;
  const message = `${error.message} (${attempts} attempts in ${formatDuration(waitedMs)})`;
  return error.with({ message, retriable: false });
}

async function connectOnce(given: SshTarget, options: ConnectOptions): Promise<SshConnection> {
  const { firstKeys, log } = options;
  const target = firstKeys.hold(given);
  const { trust, host, port } = target;
  const shown: Buffer[] = [];
  let kinds = kindsToAskFor(trust, host, port);
  // The machine shows the first kind that it has; a key that is not trusted leaves the others to be asked for.
  while (kinds.length > 0) {
    const { connection, hostKey } = await handshake(target, algorithmsOf(kinds), options, shown.length > 0);
    if (connection) {
      if (hostKey && firstKeys.isToBeRecommended(given)) recommendPin(target, hostKey, log);
      return connection;
    }
    if (!hostKey) break;
    shown.push(hostKey);
    // Nothing vouches for another key of a machine that has a revoked one.
    if (!isPinned(trust)) break;
    kinds = kinds.filter(kind => kind !== kindOf(hostKey));
  }
  throw hostKeyRefused(target, shown, firstKeys.heldFor(given));
}

/**
 * One SSH handshake in which only these host key algorithms are offered.
 * @param mayHaveNone whether a machine without such a key is no fault: it has shown others
 * @returns the connection; or the host key that is not trusted; or nothing when the machine has no such key
 */
async function handshake(
  target: SshTarget,
  hostKeyAlgorithms: HostKeyAlgorithm[],
  options: ConnectOptions,
  mayHaveNone: boolean,
): Promise<{ connection?: SshConnection; hostKey?: Buffer }> {
  const { trust, host, port, username } = target;
  const signIn = new SignIn(target);
  const route = await openRoute(target, options, jump => connectOnce(jump, options));
  if (options.signal.aborted) route.close();
  options.signal.throwIfAborted();
  const words = new ServerWords();
  const endListening = words.listen(route.stream);
  gatherWrites(route.stream);
  const ssh = new NodeSSH();
  const close = () => {
    ssh.connection?.destroy();
    route.close();
  };
  options.signal.addEventListener('abort', close, { once: true });
  let hostKey: Buffer | undefined;
  let isRefused = false;
  let isEncrypted = false;
  try {
    const connected = ssh.connect({
      host,
      port,
      username,
      authHandler: signIn.handler,
      sock: route.stream,
      algorithms: {
        kex: [...OFFER.kex],
        cipher: [...OFFER.cipher],
        hmac: [...OFFER.mac],
        serverHostKey: hostKeyAlgorithms,
      },
      hostVerifier: (key: Buffer) => {
        hostKey = key;
        isRefused = isTooSmall(key) || !isAccepted(trust, host, port, key);
        return !isRefused;
      },
      readyTimeout: HANDSHAKE_TIMEOUT_MS,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
    });
    ssh.connection?.on('handshake', () => ssh.connection && keepKeys(ssh.connection));
    ssh.connection?.on('banner', signIn.hear).once('handshake', () => {
      isEncrypted = true;
      endListening();
      // Only now the machine has proved that the key is its own. Another connection may have seen another one meanwhile.
      if (hostKey && !options.firstKeys.accept(target, hostKey)) {
        isRefused = true;
        close();
      }
    });
    await connected;
    // Without a listener a connection that breaks later would end the process; SshHost sees it by its 'close'.
    ssh.connection?.on('error', error => options.log.debug(`SSH: ${error.message}`));
    return { connection: { ssh, close }, hostKey };
  } catch (error) {
    close();
    if (isRefused && hostKey) return { hostKey };
    if (mayHaveNone && error instanceof Error && /no matching host key format/i.test(error.message))
      return {};
    const limit = formatDuration(HANDSHAKE_TIMEOUT_MS);
    throw await route.explain(error, { words, signIn, hostKeyAlgorithms, isEncrypted, limit });
  } finally {
    endListening();
    options.signal.removeEventListener('abort', close);
  }
}

function recommendPin(target: SshTarget, key: Buffer, log: Logger): void {
  log.warning(
    `The host key of ${target.host} is not pinned: whoever can pose as this machine would be trusted. ` +
      `Compare with the machine's console output, then add:  host-fingerprint: ${fingerprintOf(key)}  (${kindOf(key)})`,
  );
}
