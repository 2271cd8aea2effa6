import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';
import type { ComposeProject } from './compose-project.ts';
import { withLabel } from './docker-labels.ts';
import { type Fields, jsonObjectIn } from './json-object.ts';

/** A container of a project, as the Docker Engine knows it. */
export interface ContainerState {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** `running`, `paused`, `restarting`, `exited`, `dead`, `created` or `removing`. */
  readonly state: string;
  /** Of its last end; 0 while it runs. */
  readonly exitCode: number;
  /** The kernel has ended it, because it used more memory than it may. */
  readonly isOutOfMemory: boolean;
  /** Its memory limit in bytes; 0 for none. */
  readonly memoryLimit: number;
  /** Why the engine could not start it, or an empty text. */
  readonly error: string;
  /** When it was made, last started and last ended, as the engine writes times (RFC 3339). */
  readonly createdAt: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** How often its restart policy has started it again. */
  readonly restarts: number;
  readonly isUnhealthy: boolean;
  /** What its health check said last. */
  readonly healthOutput: string;
  /** A process of it was stopped by a signal (SIGSTOP), and waits for SIGCONT. */
  readonly isHalted: boolean;
  /** The named volumes that it uses. */
  readonly volumes: readonly string[];
}

/** What a machine is at a moment. */
export interface MachineLook {
  /** The start that it runs since: another one after it was restarted. */
  readonly boot: string;
  /** The machine's own time, in seconds since 1970. */
  readonly atS: number;
  /** The containers of the project; none when the engine does not answer, or there is no project. */
  readonly containers: readonly ContainerState[];
}

/**
 * The kernel has an id for each of its starts, which all containers on it share: where the machine is a container, the start of
 * its first process tells one start from the next. What the engine says follows, as JSON, and then the control groups of
 * the processes that a signal has stopped.
 */
const SCRIPT = `
printf 'boot %s %s\\n' "$(cat /proc/sys/kernel/random/boot_id)" "$(sed 's/.*) //' /proc/1/stat | cut -d' ' -f20)"
printf 'time %s\\n' "$(date +%s)"
[ $# -gt 1 ] || exit 0
format=$1
shift
ids=$(docker ps --all --quiet --no-trunc "$@") || exit 0
[ -n "$ids" ] || exit 0
docker inspect --format "$format" $ids
ps -eww -o stat=,cgroup= | sed -n 's/^T[^ ]* */halted /p'
`;

const FORMAT = `{${[
  '"id":{{json .Id}}',
  '"name":{{json .Name}}',
  '"service":{{json (index .Config.Labels "com.docker.compose.service")}}',
  '"createdAt":{{json .Created}}',
  '"restarts":{{json .RestartCount}}',
  '"memoryLimit":{{json .HostConfig.Memory}}',
  '"mounts":{{json .Mounts}}',
  '"state":{{json .State}}',
].join(',')}}`;

const TIMEOUT_MS = 20_000;

/** Looks at a machine, and at the containers of a project. @throws ActionError when the machine does not answer */
export async function lookAt(host: Host, project?: ComposeProject): Promise<MachineLook> {
  const filters = project
    ? [FORMAT, ...withLabel('project', project.name), ...withLabel('oneoff', 'False')]
    : [];
  const { stdout } = await mustRun(host, {
    argv: ['sh', '-c', SCRIPT, 'sh', ...filters],
    sudo: project !== undefined,
    isLook: true,
    timeoutMs: TIMEOUT_MS,
  });
  const lines = stdout.split('\n');
  const after = (start: string) =>
    lines.filter(line => line.startsWith(start)).map(line => line.slice(start.length));
  const halted = after('halted ').join('\n');
  return {
    boot: after('boot ')[0] ?? '',
    atS: secondsIn(after('time ')[0]),
    containers: lines.filter(line => line.startsWith('{')).flatMap(line => readContainer(line, halted) ?? []),
  };
}

/** @returns 0 for what is no time */
const secondsIn = (text = '') => (/^\d{1,12}$/.test(text) ? Number(text) : 0);

/**
 * A container as `docker inspect` writes it, whatever it writes: what is not of its type counts as not given, and a time that is
 * none as the engine's own for never.
 * @returns undefined for a line that is no container
 */
export function readContainer(json: string, halted: string): ContainerState | undefined {
  const container = jsonObjectIn(json);
  const id = textOf(container?.id);
  if (!container || id === '') return undefined;
  const state = asObject(container.state);
  const health = asObject(state.Health);
  return {
    id,
    name: textOf(container.name).replace(/^\//, ''),
    service: textOf(container.service),
    state: textOf(state.Status),
    exitCode: numberOf(state.ExitCode),
    isOutOfMemory: state.OOMKilled === true,
    memoryLimit: numberOf(container.memoryLimit),
    error: textOf(state.Error),
    createdAt: timeIn(container.createdAt),
    startedAt: timeIn(state.StartedAt),
    finishedAt: timeIn(state.FinishedAt),
    restarts: numberOf(container.restarts),
    isUnhealthy: health.Status === 'unhealthy',
    healthOutput: textOf(asObject(asList(health.Log).at(-1)).Output).trim(),
    isHalted: halted.includes(id),
    volumes: asList(container.mounts).flatMap(mount => {
      const { Type: type, Name: name } = asObject(mount);
      return type === 'volume' && !/^([0-9a-f]{64})?$/.test(textOf(name)) ? [textOf(name)] : [];
    }),
  };
}

/** As the engine writes the time of what has not happened. */
const NEVER = '0001-01-01T00:00:00Z';
/** RFC 3339, as Go writes it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const asObject = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number => (Number.isSafeInteger(value) ? (value as number) : 0);
const timeIn = (value: unknown): string => {
  const time = textOf(value);
  return TIME.test(time) && !Number.isNaN(Date.parse(time)) ? time : NEVER;
};
