import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';
import type { ComposeProject } from './compose-project.ts';
import { withLabel } from './docker-labels.ts';

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
    timeoutMs: TIMEOUT_MS,
  });
  const lines = stdout.split('\n');
  const after = (start: string) =>
    lines.filter(line => line.startsWith(start)).map(line => line.slice(start.length));
  const halted = after('halted ').join('\n');
  return {
    boot: after('boot ')[0] ?? '',
    atS: Number(after('time ')[0] ?? 0),
    containers: lines.filter(line => line.startsWith('{')).map(line => readContainer(line, halted)),
  };
}

/** As much of `docker inspect` as is asked for. */
interface Inspected {
  readonly id: string;
  readonly name: string;
  readonly service: string | null;
  readonly createdAt: string;
  readonly restarts: number;
  readonly memoryLimit: number;
  readonly mounts: readonly { readonly Type: string; readonly Name?: string }[] | null;
  readonly state: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: {
      readonly Status: string;
      readonly Log: readonly { readonly Output: string }[] | null;
    } | null;
  };
}

function readContainer(json: string, halted: string): ContainerState {
  const { id, name, service, createdAt, restarts, memoryLimit, mounts, state } = JSON.parse(
    json,
  ) as Inspected;
  return {
    id,
    name: name.replace(/^\//, ''),
    service: service ?? '',
    state: state.Status,
    exitCode: state.ExitCode,
    isOutOfMemory: state.OOMKilled,
    memoryLimit,
    error: state.Error,
    createdAt,
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    restarts,
    isUnhealthy: state.Health?.Status === 'unhealthy',
    healthOutput: state.Health?.Log?.at(-1)?.Output.trim() ?? '',
    isHalted: halted.includes(id),
    volumes: (mounts ?? []).flatMap(({ Type, Name = '' }) =>
      Type === 'volume' && !/^[0-9a-f]{64}$/.test(Name) ? [Name] : [],
    ),
  };
}
