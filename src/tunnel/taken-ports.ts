import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { ActionError } from '../errors.ts';
import { isTaken, LOOPBACKS, listenOn } from './listen.ts';

/**
 * Tries whether these ports can be opened on localhost, and leaves them closed.
 * @throws ActionError `tunnel-port-in-use` that names each that cannot
 */
export async function refuseTakenPorts(ports: readonly number[]): Promise<void> {
  const taken: number[] = [];
  for (const port of ports) if (await isHeld(port)) taken.push(port);
  if (taken.length > 0) throw portTaken(taken);
}

async function isHeld(port: number): Promise<boolean> {
  for (const address of LOOPBACKS) {
    try {
      const server = await listenOn(address, port);
      await new Promise(resolve => (server ? server.close(resolve) : resolve(undefined)));
    } catch (error) {
      // Any other reason is told by the tunnel itself.
      if (isTaken(error)) return true;
    }
  }
  return false;
}

/** The refusal of ports that others listen on, with their names where /proc tells them. */
export function portTaken(ports: readonly number[]): ActionError {
  const each = ports.map(port => `${port} (held by ${holderOf(port) ?? 'another process'})`);
  return new ActionError('tunnel-port-in-use', `already taken on the runner: port ${each.join(', port ')}`);
}

function holderOf(port: number): string | undefined {
  const sockets = new Set(listening(port).map(inode => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  const pid = entries('/proc').find(name => /^\d+$/.test(name) && holdsAny(name, sockets));
  return pid && `${nameOf(pid)}, process ${pid}`;
}

function nameOf(pid: string): string {
  const name = read(`/proc/${pid}/comm`).trim();
  if (name !== 'MainThread') return name || 'a program';
  // Node.js calls its first thread so, whatever it runs; the command line tells more.
  return basename(read(`/proc/${pid}/cmdline`).split(/[\0 ]/)[0] ?? name);
}

/** As /proc/net/tcp and tcp6 write what stands in the way of localhost: 127.0.0.1, every address, and the same of IPv6. */
const IN_THE_WAY = new Set([
  '0100007F',
  '00000000',
  '00000000000000000000000001000000',
  '00000000000000000000000000000000',
  '0000000000000000FFFF00000100007F',
]);
const LISTEN = '0A';

/** Inodes of the sockets that listen on a port (proc_pid_net(5): /proc/net/tcp). */
function listening(port: number): string[] {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = ['tcp', 'tcp6'].flatMap(table => read(`/proc/net/${table}`).split('\n').slice(1));
  return lines.flatMap(line => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state] = fields;
    const [address = '', at] = local.split(':');
    return at === hexadecimal && state === LISTEN && IN_THE_WAY.has(address) ? (fields[9] ?? []) : [];
  });
}

function holdsAny(pid: string, sockets: ReadonlySet<string>): boolean {
  return entries(`/proc/${pid}/fd`).some(name => {
    try {
      return sockets.has(readlinkSync(`/proc/${pid}/fd/${name}`));
    } catch {
      return false; // closed in the meantime
    }
  });
}

/** Nothing for a folder that is not there, or of a process of somebody else. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
