import { lastLines } from '../errors.ts';
import type { Command, Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';
import { columns, labelField, rowsOf, withLabel } from './docker-labels.ts';

/** Where the guide puts it. sudo on Amazon Linux does not search this folder, so it is always called by its whole path. */
export const COMPOSE_PATH = '/usr/local/bin/docker-compose';

/** A Docker Compose project on a machine. */
export interface ComposeProject {
  readonly name: string;
  /** Absolute path of its directory on the machine. */
  readonly directory: string;
  /** Its compose files, in order, as paths in that directory. */
  readonly composeFiles: readonly string[];
}

/** A container of the project, as the Docker Engine sees it. */
export interface Container {
  readonly name: string;
  readonly service: string;
  /** Of the configuration it was created from. */
  readonly configHash: string;
  /** `running`, `exited`, `restarting` … */
  readonly state: string;
  /** In words, health included, e.g. `Up 5 minutes (healthy)`. */
  readonly status: string;
  /** The compose files that it was made from, as absolute paths; none when Compose did not note them. */
  readonly composeFiles?: readonly string[];
}

export const isUnhealthy = ({ status }: Container) => status.includes('(unhealthy)');
export const isRunning = (container: Container) => container.state === 'running' && !isUnhealthy(container);

/** A docker-compose command for the project, as a person types it in its directory. */
export const composeByHand = ({ name }: ComposeProject) => ['sudo', COMPOSE_PATH, '--project-name', name];

/** A docker-compose command for the project. */
export function composeCommand(
  project: ComposeProject,
  args: readonly string[],
  onLine?: (line: string) => void,
): Command {
  const files = project.composeFiles.flatMap(file => ['--file', `${project.directory}/${file}`]);
  return {
    argv: [COMPOSE_PATH, '--ansi', 'never', '--project-name', project.name, ...files, ...args],
    sudo: true,
    cwd: project.directory,
    // What is shown is not parsed.
    ...(onLine ? { onLine, mayBeCut: true } : {}),
  };
}

/** The project's containers, stopped ones too. */
export async function listContainers(host: Host, project: ComposeProject): Promise<Container[]> {
  const fields = [
    '{{.Names}}',
    labelField('service'),
    labelField('config-hash'),
    '{{.State}}',
    '{{.Status}}',
    labelField('project.config_files'),
  ];
  const filters = [...withLabel('project', project.name), ...withLabel('oneoff', 'False')];
  const { stdout } = await mustRun(host, {
    argv: ['docker', 'ps', '--all', ...filters, '--format', columns(...fields)],
    sudo: true,
    isLook: true,
  });
  return rowsOf(stdout).map(
    ([name = '', service = '', configHash = '', state = '', status = '', files = '']) => ({
      ...{ name, service, configHash, state, status },
      ...(files === '' ? {} : { composeFiles: files.split(',') }),
    }),
  );
}

/** What each service's container would be created from now, as a hash by service. */
export async function wantedHashes(host: Host, project: ComposeProject): Promise<Map<string, string>> {
  const { stdout } = await mustRun(host, {
    ...composeCommand(project, ['config', '--hash', '*']),
    isLook: true,
  });
  const pairs = stdout.split('\n').map(line => line.trim().split(/\s+/));
  return new Map(pairs.flatMap(([service, hash]) => (service && hash ? [[service, hash] as const] : [])));
}

/** The last lines of a container's log under a heading. */
export async function containerLog(host: Host, { name, status }: Container, count = 20): Promise<string[]> {
  const { stdout, stderr } = await host.run({
    argv: ['docker', 'logs', '--tail', `${count}`, name],
    sudo: true,
    mayBeCut: true,
  });
  return [`${name}: ${status}`, ...lastLines(`${stdout}\n${stderr}`, count).map(line => `  ${line}`)];
}
