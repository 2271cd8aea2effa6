import { ActionError, reasonOf } from '../../errors.ts';
import { fingerprintOf, isAccepted, isRevoked, kindOf, linesFor } from './host-keys.ts';
import { isTooSmall, SMALLEST_RSA_BITS } from './rsa-size.ts';
import { nameOf, type SshTarget } from './target.ts';

/** A failed connection in our words; dial and handshake have explained theirs already. */
export function explainConnectFailure(thrown: unknown, target: SshTarget): ActionError {
  if (thrown instanceof ActionError) return thrown;
  return new ActionError('ssh-unreachable', `${nameOf(target)} could not be reached: ${reasonOf(thrown)}`, {
    cause: thrown,
    retriable: true,
  });
}

/** RFC 4254, section 5.1: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED. */
const PROHIBITED = 1;

/** True when a machine that could have opened the connection is configured not to (AllowTcpForwarding, PermitOpen). */
export function isForwardingRefused(cause: unknown): boolean {
  return cause instanceof Error && 'reason' in cause && cause.reason === PROHIBITED;
}

/** True when a machine takes no more sessions in this connection (sshd_config, MaxSessions). */
export const isSessionRefused = (cause: unknown): boolean =>
  cause instanceof Error && /Channel open failure/.test(cause.message);

/** True for what the SSH library and node say when a connection is used that has just broken. */
export function isBrokenConnection(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    /not connected|write EPIPE|ECONNRESET|No response from server/i.test(cause.message)
  );
}

/**
 * The refusal of a host key: what was pinned, what the machine showed, in the form the inputs take. A revoked key is
 * named as such and nothing else is shown: no key of that machine is to be pinned.
 * @param held the fingerprint that an unpinned machine has shown before
 */
export function hostKeyRefused(target: SshTarget, shown: readonly Buffer[], held?: string): ActionError {
  const { host, port, trust } = target;
  const revoked = shown.filter(key => isRevoked(trust, host, port, key));
  if (revoked.length > 0) {
    const verb = revoked.length === 1 ? 'is' : 'are';
    const keys = `host key${revoked.length === 1 ? '' : 's'} ${listed(revoked)}`;
    return new ActionError(
      'ssh-host-key-revoked',
      `the ${keys} of ${host}:${port} ${verb} revoked by known-hosts`,
    );
  }
  const small = shown.find(key => isTooSmall(key) && isAccepted(trust, host, port, key));
  if (small) {
    return new ActionError(
      'ssh-host-key-weak',
      `the host key ${listed([small])} of ${host}:${port} is an RSA key of less than ${SMALLEST_RSA_BITS} bits`,
    );
  }
  if (held !== undefined) {
    return new ActionError(
      'ssh-host-key-mismatch',
      `the host key of ${host}:${port} changed during the job. Before: ${held}. ` +
        `Shown by the machine now: ${listed(shown) || 'no key of a kind that was asked for'}`,
      {
        hint: 'Another machine may answer at this address now. If the machine was rebuilt, run the job again; pin its host key (host-fingerprint), so that only this machine is ever trusted.',
      },
    );
  }
  return new ActionError(
    'ssh-host-key-mismatch',
    `the host key of ${host}:${port} is not the pinned one. ` +
      `Pinned: ${pinnedValues(target).join(', ')}. ` +
      `Shown by the machine: ${listed(shown) || 'no key of a kind that was asked for'}`,
  );
}

const listed = (keys: readonly Buffer[]) =>
  [...new Set(keys.map(key => `${fingerprintOf(key)} (${kindOf(key)})`))].join(', ');

function pinnedValues({ trust, host, port }: SshTarget): string[] {
  const lines = linesFor(trust, host, port);
  const known = lines.map(
    ({ key, type }) => `${fingerprintOf(Buffer.from(key, 'base64'))} (${type}, known-hosts)`,
  );
  const nothingHere =
    trust.knownHosts.length > 0 && lines.length === 0 ? [`no known-hosts line for this host and port`] : [];
  return [...trust.fingerprints, ...known, ...nothingHere];
}
