import type { Host } from '../host/host.ts';
import { columns, labelField, rowsOf } from './docker-labels.ts';

/** Who holds a port, and what frees it. */
export interface PortHolder {
  /** A container and its project, or a process and its service. */
  readonly name: string;
  /** A command for the machine. */
  readonly remedy?: string;
}

/** Of a process the unit of systemd or the container that it runs in, and its words. */
const ABOUT = `
tail -n 1 "/proc/$1/cgroup"
tr '\\0\\n' '  ' <"/proc/$1/cmdline" | cut -c1-100`;

/**
 * Finds out who holds a port. A published port is held by docker-proxy, or by nobody at all: the container behind it is asked for
 * first. Throws nothing; what is not known is left out.
 * @param process that listens, if one does
 */
export async function portHolder(
  host: Host,
  port: number,
  process: { readonly name: string; readonly pid: string } | undefined,
): Promise<PortHolder | undefined> {
  const publisher = await containerOf(host, ['--filter', `publish=${port}`]);
  if (publisher) return publisher;
  if (!process) return undefined;
  const { name, pid } = process;
  const { stdout } = await host.run({ argv: ['sh', '-c', ABOUT, 'sh', pid], sudo: true });
  const [group = '', words = ''] = stdout.split('\n');
  const container = /docker[-/]([0-9a-f]{64})/.exec(group)?.[1];
  const inContainer = container && (await containerOf(host, ['--filter', `id=${container}`]));
  if (inContainer) return inContainer;
  const unit = /\/([^/]+\.service)(?:\/|$)/.exec(group)?.[1];
  const isOwnService = unit !== undefined && !/^(?:user@\d+|sshd?|docker)\.service$/.test(unit);
  const said = [
    `process ${pid}`,
    ...(isOwnService ? [`of ${unit}`] : []),
    ...(words.trim() ? [`(${words.trim()})`] : []),
  ];
  return {
    name: `${name}, ${said.join(' ')}`,
    remedy: isOwnService ? `sudo systemctl stop ${unit}` : `sudo kill ${pid}`,
  };
}

async function containerOf(host: Host, filter: readonly string[]): Promise<PortHolder | undefined> {
  const format = columns('{{.Names}}', labelField('project'));
  const { exitCode, stdout } = await host.run({
    argv: ['docker', 'ps', ...filter, '--format', format],
    sudo: true,
  });
  const [name, project] = (exitCode === 0 && rowsOf(stdout)[0]) || [];
  if (!name) return undefined;
  return {
    name: `container ${name}${project ? ` of the Docker Compose project ${project}` : ''}`,
    remedy: `sudo docker stop ${name}`,
  };
}
