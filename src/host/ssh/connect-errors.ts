import type { ErrorCode } from '../../error-codes.ts';
import { ActionError } from '../../errors.ts';
import { fingerprintOf, type HostTrust, kindOf, linesFor } from './host-keys.ts';
import { nameOf, type SshTarget } from './target.ts';

/** What the SSH library and node throw while connecting. */
interface ConnectFailure extends Error {
  readonly code?: string;
  /** ssh2: where it failed, e.g. `client-authentication`. */
  readonly level?: string;
}

const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);

/**
 * A failed connection in our words.
 * @returns ActionError, `retriable` when the machine may only be booting: nobody listens yet, sshd is not ready, or
 *   cloud-init has not put the key in place
 */
export function explainConnectFailure(thrown: unknown, target: SshTarget): ActionError {
  if (thrown instanceof ActionError) return thrown;
  const error = thrown as ConnectFailure;
  const name = nameOf(target);
  const as = (code: ErrorCode, message: string) =>
    new ActionError(code, message, { cause: error, retriable: true });
  if (error.level === 'client-authentication') {
    return as('ssh-auth-refused', `${name} did not accept the key for user "${target.username}"`);
  }
  if (error.code && UNKNOWN_HOST.has(error.code)) {
    return as('ssh-host-unknown', `the name "${target.host}" does not resolve (${error.code})`);
  }
  if (error.level === 'client-timeout') {
    return as('ssh-unreachable', `${name} accepted the connection but did not complete the SSH handshake`);
  }
  return as('ssh-unreachable', `${name} could not be reached: ${reasonOf(error)}`);
}

function reasonOf(error: ConnectFailure): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'the port is closed (connection refused)';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no route to it';
    case 'ETIMEDOUT':
      return 'no answer (timed out); a security group that drops packets looks like this';
    case 'ECONNRESET':
      return 'the connection was reset before the SSH handshake was complete';
    default:
      return error.message;
  }
}

/** RFC 4254, section 5.1: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED. */
const PROHIBITED = 1;

/** True when a machine that could have opened the connection is configured not to (AllowTcpForwarding, PermitOpen). */
export function isForwardingRefused(cause: unknown): boolean {
  return cause instanceof Error && 'reason' in cause && cause.reason === PROHIBITED;
}

/** True for what the SSH library and node say when a connection is used that has just broken. */
export function isBrokenConnection(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    /not connected|write EPIPE|ECONNRESET|No response from server/i.test(cause.message)
  );
}

/** The refusal of a host key: what was pinned, what the machine showed, in the form the inputs take. */
export function hostKeyMismatch(target: SshTarget, offered: readonly Buffer[]): ActionError {
  const shown = [...new Set(offered.map(key => `${fingerprintOf(key)} (${kindOf(key)})`))];
  return new ActionError(
    'ssh-host-key-mismatch',
    `the host key of ${target.host}:${target.port} is not the pinned one. ` +
      `Pinned: ${pinnedValues(target.trust, target).join(', ')}. ` +
      `Shown by the machine: ${shown.join(', ') || 'no key of a kind that was asked for'}`,
  );
}

function pinnedValues(trust: HostTrust, target: SshTarget): string[] {
  const lines = linesFor(trust, target.host, target.port);
  const known = lines.map(
    ({ key, type }) => `${fingerprintOf(Buffer.from(key, 'base64'))} (${type}, known-hosts)`,
  );
  const nothingHere =
    trust.knownHosts.length > 0 && lines.length === 0 ? [`no known-hosts line for this host and port`] : [];
  return [...trust.fingerprints, ...known, ...nothingHere];
}
