import { type ActionError, actionErrorIn } from '../errors.ts';
import type { Host } from '../host/host.ts';

/**
 * What the SSH server's settings are for this user, where they stand, and what stands before the keys of the user. `sshd -T` applies
 * the Match blocks; those for other addresses are seen by where they stand.
 */
const SCRIPT = `
/usr/bin/sudo -n sshd -T -C "user=$(id -un),host=localhost,addr=127.0.0.1" 2>/dev/null |
  sed -n 's/^\\(allowtcpforwarding\\|disableforwarding\\|permitopen\\) /setting &/p'
/usr/bin/sudo -n grep -nHEi '^[[:space:]]*(AllowTcpForwarding|DisableForwarding|PermitOpen)' /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf 2>/dev/null |
  sed 's/^/place /'
grep -oE '^[^#]*(restrict|no-port-forwarding|permitopen="[^"]*")' ~/.ssh/authorized_keys 2>/dev/null | sed 's/^/key /'
`;

const INSTEAD =
  'Or set clients to host: then the pair on the machine proves the cluster, and nothing is forwarded.';

/**
 * Says why a machine forwards no connections, if that is what went wrong.
 * @returns the error with the setting that forbids it; any other error as it is
 */
export async function explainForwardingBan(host: Host, thrown: unknown): Promise<unknown> {
  const error = actionErrorIn(thrown);
  if (error?.code !== 'ssh-forwarding-refused') return thrown;
  const looked = await host.run({ argv: ['sh', '-c', SCRIPT], timeoutMs: 10_000 }).catch(() => undefined);
  return looked ? explained(error, looked.stdout.split('\n')) : error;
}

function explained(error: ActionError, lines: readonly string[]): ActionError {
  const after = (start: string) =>
    lines.filter(line => line.startsWith(start)).map(line => line.slice(start.length).trim());
  const forbidding = after('setting ').flatMap(
    line => FORBIDDING.find(({ found }) => found.test(line)) ?? [],
  );
  if (forbidding.length > 0) {
    const wanted = forbidding.map(({ right }) => right).join(' and ');
    const told = forbidding.map(({ inWords }) => inWords).join(', ');
    return error.with({
      message: `${error.message}: ${told} in its sshd_config`,
      hint: `On the machine, set ${wanted} for this user (sudo sshd -T shows what counts), then: sudo systemctl reload sshd. ${INSTEAD}`,
      details: after('place '),
    });
  }
  const options = after('key ');
  if (options.length === 0) return error.with({ details: after('place ') });
  return error.with({
    message: `${error.message}: the key has the option ${[...new Set(options)].join('; ')} in ~/.ssh/authorized_keys`,
    hint: `In ~/.ssh/authorized_keys on the machine remove the option, or add port-forwarding behind restrict. ${INSTEAD}`,
  });
}

const FORBIDDING = [
  { found: /^allowtcpforwarding no/, inWords: 'AllowTcpForwarding no', right: 'AllowTcpForwarding yes' },
  {
    found: /^allowtcpforwarding remote/,
    inWords: 'AllowTcpForwarding remote',
    right: 'AllowTcpForwarding yes',
  },
  { found: /^disableforwarding yes/, inWords: 'DisableForwarding yes', right: 'DisableForwarding no' },
  { found: /^permitopen (?!any)/, inWords: 'PermitOpen, which names other places,', right: 'PermitOpen any' },
] as const;
