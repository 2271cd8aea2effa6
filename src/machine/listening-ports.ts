import type { PublishedPort } from '../compose/deployment/machine-view.ts';
import { ActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';

/** A listening TCP socket, as ss(8) shows it. */
interface Listener {
  /** `*`, `0.0.0.0`, `[::]`, `127.0.0.1` … */
  readonly address: string;
  readonly port: number;
  /** `NAME, process PID`; undefined when only root may know. */
  readonly process: string | undefined;
}

/** @param asRoot to learn who listens, too */
async function listenersOn(host: Host, asRoot: boolean): Promise<Listener[]> {
  const options = ['--no-header', '--listening', '--tcp', '--numeric', ...(asRoot ? ['--processes'] : [])];
  const { stdout } = await mustRun(host, { argv: ['ss', ...options], sudo: asRoot });
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(readListener);
}

function readListener(line: string): Listener {
  const local = line.split(/\s+/)[3] ?? '';
  const separator = local.lastIndexOf(':');
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(line) ?? [];
  return {
    address: local
      .slice(0, separator)
      .replace(/%.*$/, '')
      .replace(/^\[::ffff:(.+)\]$/, '$1'),
    port: Number(local.slice(separator + 1)),
    process: name === undefined ? undefined : `${name}, process ${pid}`,
  };
}

/** The TCP ports on which something listens, at whatever address. */
export async function listeningPorts(host: Host): Promise<Set<number>> {
  return new Set((await listenersOn(host, false)).map(({ port }) => port));
}

/** @throws ActionError `port-in-use` that names the ports and who holds them */
export async function refuseTakenPorts(host: Host, ports: readonly PublishedPort[]): Promise<void> {
  const listeners = await listenersOn(host, true);
  const taken = ports.flatMap(wanted => {
    const holder = listeners.find(listener => isInTheWay(listener, wanted));
    if (holder === undefined) return [];
    const { port, service } = wanted;
    return [`${port} (wanted by ${service}, held by ${holder.process ?? 'another process'})`];
  });
  if (taken.length === 0) return;
  throw new ActionError('port-in-use', `already taken on the machine: port ${taken.join(', port ')}`);
}

/** Whether a listener stands in the way of this address and port. */
const isInTheWay = (listener: Listener, { address, port }: PublishedPort) =>
  listener.port === port &&
  (address === '0.0.0.0' || [address, '0.0.0.0', '*', '[::]'].includes(listener.address));
