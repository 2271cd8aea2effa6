import { ActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';

/**
 * The addresses that the machine has itself, then the one that it takes for the way out, if there is a way out. Those of Docker's own
 * networks are no way to anywhere.
 */
const LOOK = `
ip -4 -oneline address show scope global up |
  sed -nE '/^[0-9]+: (docker|br-|veth)/!s/^[0-9]+: .* inet ([0-9.]+).*/address \\1/p'
ip -4 -oneline route get 192.0.2.1 2>/dev/null | sed -nE 's/.* src ([0-9.]+).*/default \\1/p'`;

/**
 * The private address of a machine, at which the other machines of the cluster find it: that of the default route, or the only one
 * that there is.
 * @param given by the input `private-addresses`, and then only looked for
 * @throws ActionError `private-address-unknown` when the machine does not have the one that is given, or when nobody can say which
 */
export async function privateAddress(host: Host, given?: string): Promise<string> {
  const { stdout } = await mustRun(host, { argv: ['sh', '-c', LOOK], isLook: true });
  const lines = stdout.split('\n').map(line => line.split(' '));
  const told = (what: string) => lines.flatMap(([kind, address]) => (kind === what && address) || []);
  const addresses = told('address');
  const all = addresses.length === 0 ? 'no IPv4 address' : addresses.join(', ');
  if (given !== undefined) {
    if (addresses.includes(given)) return given;
    throw new ActionError(
      'private-address-unknown',
      `private-addresses gives ${given} for ${host.name}, and that machine has ${all}`,
    );
  }
  const [only, ...others] = addresses;
  const found = told('default')[0] ?? (others.length === 0 ? only : undefined);
  if (found !== undefined) return found;
  throw new ActionError(
    'private-address-unknown',
    `${host.name} has no default route, so that nobody can say by which address the other machines find it: it has ${all}`,
  );
}
