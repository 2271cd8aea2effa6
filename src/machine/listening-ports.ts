import type { PublishedPort } from '../compose/deployment/machine-view.ts';
import { ActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';

/** @throws ActionError `port-in-use` that names the ports and who holds them */
export async function refuseTakenPorts(host: Host, ports: readonly PublishedPort[]): Promise<void> {
  const { stdout } = await mustRun(host, {
    argv: ['ss', '--no-header', '--listening', '--tcp', '--numeric', '--processes'],
    sudo: true,
  });
  const taken = ports.flatMap(({ address, port, service }) => {
    const line = stdout.split('\n').find(entry => holds(entry, address, port));
    if (line === undefined) return [];
    const process = /users:\(\("([^"]+)",pid=(\d+)/.exec(line);
    return [
      `${port} (wanted by ${service}, held by ${process ? `${process[1]}, process ${process[2]}` : 'another process'})`,
    ];
  });
  if (taken.length === 0) return;
  throw new ActionError('port-in-use', `already taken on the machine: port ${taken.join(', port ')}`);
}

/** Whether a line of ss(8) is a listener that stands in the way of this address and port. */
function holds(line: string, address: string, port: number): boolean {
  const local = line.split(/\s+/)[3] ?? '';
  const separator = local.lastIndexOf(':');
  const listening = local
    .slice(0, separator)
    .replace(/%.*$/, '')
    .replace(/^\[::ffff:(.+)\]$/, '$1');
  if (local.slice(separator + 1) !== `${port}`) return false;
  return [address, '0.0.0.0', '*', '[::]'].includes(listening) || address === '0.0.0.0';
}
