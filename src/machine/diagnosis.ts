import type { Clock } from '../clock.ts';
import { lastLines } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { GroupedLogger } from '../log.ts';
import { within } from '../waiting.ts';
import {
  type ComposeProject,
  type Container,
  containerLog,
  isRunning,
  listContainers,
} from './compose-project.ts';

interface ContainerLog {
  readonly container: string;
  /** The service of the compose file that the container runs. */
  readonly service: string;
  /** Whether it runs, and is healthy where it has a health check. */
  readonly isRunning: boolean;
  readonly lines: readonly string[];
}

/** What there is to read after a failure. */
export interface Diagnosis {
  /** The last lines of each container's log. */
  readonly logs: readonly ContainerLog[];
  /** `df -h` */
  readonly disk: readonly string[];
  /** `free -m` */
  readonly memory: readonly string[];
}

const LOG_LINES = 50;
const TIMEOUT_MS = 20_000;

/** The project's containers as they are at the end; none when the machine cannot be asked any more. */
export async function finalContainers(
  host: Host,
  project: ComposeProject,
  clock: Clock,
): Promise<Container[]> {
  return orElse(clock, listContainers(host, project), []);
}

/** Shows, in folded groups, what the containers said last and how full the machine is. */
export async function diagnose(
  host: Host,
  containers: readonly Container[],
  { log, clock }: { log: GroupedLogger; clock: Clock },
): Promise<Diagnosis> {
  const output = async (...argv: [string, ...string[]]) => lastLines((await host.run({ argv })).stdout, 30);
  const nothing: Diagnosis = { logs: [], disk: [], memory: [] };
  const diagnosis = await orElse(
    clock,
    Promise.all([
      Promise.all(
        containers.map(async container => {
          const [, ...lines] = await containerLog(host, container, LOG_LINES);
          const { name, service } = container;
          return {
            container: name,
            service,
            isRunning: isRunning(container),
            lines: lines.map(line => line.trim()),
          };
        }),
      ),
      output('df', '-h'),
      output('free', '-m'),
    ]).then(([logs, disk, memory]): Diagnosis => ({ logs, disk, memory })),
    nothing,
  );
  for (const { container, lines } of diagnosis.logs) {
    const status = containers.find(({ name }) => name === container)?.status ?? '';
    show(log, `Container ${container}: ${status}`, lines);
  }
  if (diagnosis !== nothing) show(log, 'Disk and memory', [...diagnosis.disk, '', ...diagnosis.memory]);
  return diagnosis;
}

function show(log: GroupedLogger, title: string, lines: readonly string[]): void {
  log.startGroup(title);
  for (const line of lines) log.info(line);
  log.endGroup();
}

/** The failure that is reported must not wait for a machine that does not answer any more. */
export function orElse<T>(clock: Clock, work: Promise<T>, otherwise: T): Promise<T> {
  return within(
    clock,
    TIMEOUT_MS,
    work.catch(() => otherwise),
    () => otherwise,
  );
}
