import type { PublishedPort } from '../compose/deployment/machine-view.ts';
import { ActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';
import { type PortHolder, portHolder } from './port-holder.ts';

/** A listening TCP socket, as ss(8) shows it. */
interface Listener {
  /** `*`, `0.0.0.0`, `[::]`, `127.0.0.1` … */
  readonly address: string;
  readonly port: number;
  /** Of its process; undefined when only root may know. */
  readonly process: { readonly name: string; readonly pid: string } | undefined;
}

/** @param asRoot to learn who listens, too */
async function listenersOn(host: Host, asRoot: boolean): Promise<Listener[]> {
  const options = ['--no-header', '--listening', '--tcp', '--numeric', ...(asRoot ? ['--processes'] : [])];
  const { stdout } = await mustRun(host, { argv: ['ss', ...options], sudo: asRoot, isLook: true });
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
      .replace(/%.*$/s, '')
      .replace(/^\[::ffff:(.+)\]$/, '$1'),
    port: Number(local.slice(separator + 1)),
    process: name === undefined || pid === undefined ? undefined : { name, pid },
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
    const listener = listeners.find(other => isInTheWay(other, wanted));
    return listener === undefined ? [] : [{ wanted, listener }];
  });
  if (taken.length === 0) return;
  const holders = await Promise.all(
    taken.map(({ wanted, listener }) => portHolder(host, wanted.port, listener.process)),
  );
  const words = taken.map(
    ({ wanted: { port, service } }, index) =>
      `port ${port} (wanted by ${service}, held by ${holders[index]?.name ?? 'another process'})`,
  );
  throw new ActionError('port-in-use', `already taken on the machine: ${words.join(', ')}`, {
    hint: hintOf(holders),
  });
}

/**
 * The error for a port that the Docker Engine found taken.
 * @param address as the engine writes it, `127.0.0.1:8081`
 */
export async function portTaken(
  host: Host,
  address: string,
  details: readonly string[],
): Promise<ActionError> {
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  const listener = (await listenersOn(host, true)).find(other => other.port === port);
  const holder = await portHolder(host, port, listener?.process);
  const by = holder ? ` by ${holder.name}` : '';
  return new ActionError('port-in-use', `${address} is already taken on the machine${by}`, {
    hint: hintOf([holder]),
    details,
  });
}

function hintOf(holders: readonly (PortHolder | undefined)[]): string | undefined {
  const commands = [...new Set(holders.flatMap(holder => (holder?.remedy ? [holder.remedy] : [])))];
  return commands.length === 0
    ? undefined
    : `Stop what holds it, if nobody needs it: ${commands.join('; ')}. Or publish other ports (inputs compose-file, environment). Then run again.`;
}

/** Whether a listener stands in the way of this address and port. */
const isInTheWay = (listener: Listener, { address, port }: PublishedPort) =>
  listener.port === port &&
  (address === '0.0.0.0' || [address, '0.0.0.0', '*', '[::]'].includes(listener.address));
