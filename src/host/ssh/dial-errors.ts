import net from 'node:net';
import { ActionError, reasonOf } from '../../errors.ts';
import { nameOf, type SshTarget } from './target.ts';

const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'EAI_FAIL']);
const IPV6_HINT =
  'GitHub-hosted runners have no IPv6: give the IPv4 address of the machine, or use a runner that has IPv6.';

/** Why no TCP connection came about, and what to do; without a hint that of `ssh-unreachable` says it. */
interface Words {
  readonly reason: string;
  readonly hint?: string;
}

/**
 * A TCP connection that did not come about, in our words.
 * @returns ActionError, `retriable` when the machine may only be booting
 */
export function explainDialFailure(thrown: unknown, target: SshTarget): ActionError {
  if (thrown instanceof ActionError) return thrown;
  const code = codeOf(thrown);
  if (UNKNOWN_HOST.has(code)) return unknownHost(target.host, code, thrown);
  const { reason, hint } = wordsFor(code, thrown, target);
  return new ActionError('ssh-unreachable', `${nameOf(target)} could not be reached: ${reason}`, {
    cause: thrown,
    hint,
    retriable: true,
  });
}

/** With several addresses node tells all their errors in one; the most telling is that of an address which answered. */
function codeOf(thrown: unknown): string {
  const errors = thrown instanceof AggregateError ? thrown.errors : [thrown];
  const codes = errors.map(error => (error instanceof Error && 'code' in error ? `${error.code}` : ''));
  return ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'].find(code => codes.includes(code)) ?? codes[0] ?? '';
}

/** A name that does not resolve, on the runner. */
function unknownHost(host: string, code: string, cause: unknown): ActionError {
  const hint = /^m?i-[0-9a-f]{8,17}$/.test(host)
    ? 'An instance id is not a name: give the address of the instance, or reach it by proxy-command, as in "aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p".'
    : undefined;
  const why = code === 'EAI_AGAIN' ? `${code}: the runner's name server does not answer` : code;
  return new ActionError('ssh-host-unknown', `the name "${host}" does not resolve (${why})`, {
    cause,
    hint,
    retriable: true,
  });
}

function wordsFor(code: string, thrown: unknown, { host, port }: SshTarget): Words {
  const isIpv6 = net.isIPv6(host);
  switch (code) {
    case 'ECONNREFUSED':
      return {
        reason: 'the port is closed (connection refused)',
        hint: `The machine answers, but nothing listens at port ${port}, or a firewall on it refuses. Check the port, and on the machine: sudo systemctl status sshd. Raise connect-timeout for a machine that boots slowly.`,
      };
    case 'EHOSTUNREACH':
      return {
        reason: 'there is no route to it (host unreachable), or a firewall on the way refuses',
        hint: isIpv6 ? IPV6_HINT : undefined,
      };
    case 'ENETUNREACH':
    case 'EAFNOSUPPORT':
    case 'EADDRNOTAVAIL':
      return {
        reason: `there is no route to it (${code}): the runner has no way into that network`,
        hint: isIpv6
          ? IPV6_HINT
          : 'A private address is reached only from inside its network: use a self-hosted runner there, a jump host or a proxy command.',
      };
    case 'ETIMEDOUT':
      return {
        reason: 'no answer (timed out); a security group that drops packets looks like this',
        hint: `Let the runner's address reach port ${port} in the security group of the instance (and in the network ACL of its subnet), and check that the machine runs and has this address: a stopped instance gets another one when it starts. GitHub-hosted runners have no fixed addresses: by proxy-command (EC2 Instance Connect Endpoint, Session Manager) no port has to be open. A private address needs that too, a self-hosted runner or a jump host. Raise connect-timeout for a machine that boots slowly.`,
      };
    case 'ECONNRESET':
      return { reason: 'the connection was reset before the SSH handshake was complete' };
    case 'EACCES':
    case 'EPERM':
      return {
        reason: `the runner itself may not connect there (${code})`,
        hint: 'Look at the firewall of the runner, or at the policy that holds its outgoing connections.',
      };
    case 'EINVAL':
      return {
        reason: reasonOf(thrown),
        hint: /^fe80:/i.test(host)
          ? 'A link-local address needs the interface it belongs to, as in fe80::1%eth0.'
          : undefined,
      };
    default:
      return { reason: reasonOf(thrown) || code };
  }
}
