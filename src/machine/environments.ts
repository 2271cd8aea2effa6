import type { Host } from '../host/host.ts';
import type { GroupedLogger } from '../log.ts';
import type { Machine } from '../machine/facts.ts';
import type { StoredRecord } from './deployment-records.ts';
import { labelField } from './docker-labels.ts';

/** One of several clusters side by side on a machine. */
export interface Environment {
  readonly environment: string;
  readonly project: string;
  readonly directory: string;
  readonly ports: readonly number[];
  /** When a run last used it; ISO 8601, UTC. None when nothing on the machine tells. */
  readonly usedAt?: string;
  /** The workflow run that made it. */
  readonly run?: string;
  readonly containersRunning: number;
}

const DAY_MS = 86_400_000;
/** Not used for so long: most likely its pull request was closed without anybody taking it down. */
const OLD_MS = 7 * DAY_MS;

/** The environments that are noted on the machine, the one that was not used for the longest time first. */
export async function listEnvironments(
  host: Host,
  records: readonly StoredRecord[],
  { hasSudo }: Machine,
): Promise<Environment[]> {
  const noted = records.filter(({ environment }) => environment !== undefined);
  if (noted.length === 0) return [];
  const running = hasSudo ? await runningContainers(host) : [];
  return noted
    .map(({ environment = '', project, directory, ports, usedAt, run }) => ({
      ...{ environment, project, directory, ports },
      ...(usedAt === undefined ? {} : { usedAt }),
      run,
      containersRunning: running.filter(name => name === project).length,
    }))
    .toSorted((a, b) => (a.usedAt ?? '').localeCompare(b.usedAt ?? ''));
}

/** The project of each container that runs; none when there is no Docker, or when it does not answer. */
async function runningContainers(host: Host): Promise<string[]> {
  const argv = ['docker', 'ps', '--format', labelField('project')] as const;
  const { stdout } = await host.run({ argv, sudo: true, isLook: true });
  return stdout.split('\n');
}

/** Shows the environments in the log; those that seem to be forgotten become a warning. */
export function logEnvironments(
  log: GroupedLogger,
  environments: readonly Environment[],
  nowMs: number,
): void {
  if (environments.length === 0) return;
  const age = ({ usedAt }: Environment) => (usedAt === undefined ? undefined : nowMs - Date.parse(usedAt));
  log.startGroup(`Environments on the machine: ${environments.length}`);
  for (const each of environments) {
    const { environment, containersRunning, ports, directory, run } = each;
    const made = run === undefined ? '' : `, made by ${run}`;
    log.info(
      `${environment}: containers running: ${containersRunning}, last used ${agoOf(age(each))}, ports ${ports.join(' ')}, directory ${directory}${made}`,
    );
  }
  log.endGroup();
  const old = environments.filter(each => (age(each) ?? 0) > OLD_MS);
  if (old.length > 0)
    log.warning(
      `environments that nobody has used for a week: ${old.map(each => `${each.environment} (${agoOf(age(each))})`).join(', ')}. mode down with this environment takes one down; with environment "*" and unused-for: 7d it takes down all of them.`,
    );
}

/** How long ago something was, in words. @param ms none when it is not known */
export function agoOf(ms: number | undefined): string {
  if (ms === undefined) return 'at an unknown time';
  if (ms >= 2 * DAY_MS) return `${Math.floor(ms / DAY_MS)} days ago`;
  const hours = Math.floor(ms / 3_600_000);
  if (hours < 1) return 'within the last hour';
  return hours === 1 ? '1 hour ago' : `${hours} hours ago`;
}
