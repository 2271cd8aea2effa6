import { ActionError } from '../errors.ts';
import { readTextFile, writeTextFile } from '../host/files.ts';
import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';
import { notYet, type Step, satisfied } from '../steps/step.ts';

/** What was deployed, as it is noted on the machine: for `down`, and for the ports of further environments. */
export interface DeploymentRecord {
  readonly version: 1;
  readonly project: string;
  /** Absolute path on the machine. */
  readonly directory: string;
  /** Everything that a deployment puts into its directory, by paths in it. */
  readonly files: readonly string[];
  readonly environment?: string;
  /** How much higher its ports are than the compose file's own. */
  readonly portShift: number;
  readonly ports: readonly number[];
}

/** A record as it lies on the machine. */
export interface StoredRecord extends DeploymentRecord {
  /** When the deployment was last proven to work, or made; ISO 8601, UTC. */
  readonly usedAt: string;
  /** Address of the workflow run that noted it; none when there was none. */
  readonly run?: string;
}

const recordPath = (home: string, project: string) => `${home}/.kafka-al2023/deployments/${project}.json`;

/** The deployments that are noted on the machine, by project. A file that is none of ours is passed over. */
export async function readRecords(host: Host, home: string): Promise<StoredRecord[]> {
  // A file a line, its time before it: the records are written on one line each. One that was cut off ends without a line break.
  const script =
    'for file in "$1"/*.json; do [ -f "$file" ] && stat -c "%Y %n" -- "$file" | cut -d" " -f1 | tr "\\n" " " && head -n 1 -- "$file"; echo; done; :';
  const folder = recordPath(home, '').replace(/\/[^/]*$/, '');
  const { stdout } = await mustRun(host, { argv: ['sh', '-c', script, 'sh', folder] });
  return stdout.split('\n').flatMap(line => {
    const space = line.indexOf(' ');
    const record = parseRecord(line.slice(space + 1));
    return record ? [{ ...record, usedAt: new Date(Number(line.slice(0, space)) * 1000).toISOString() }] : [];
  });
}

function parseRecord(text: string): (DeploymentRecord & { run?: string }) | undefined {
  try {
    const record = JSON.parse(text) as DeploymentRecord;
    return record.version === 1 && isWhole(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** What it names is removed as root one day: nothing outside of its directory. */
const isWhole = ({ project, directory, files, environment = '', portShift, ports }: DeploymentRecord) =>
  [project, environment].every(text => typeof text === 'string') &&
  /^\/./.test(directory) &&
  files.every(path => /^[^/]/.test(path) && !path.split('/').includes('..')) &&
  [portShift, ...ports].every(Number.isInteger);

/**
 * Notes the deployment on the machine before anything of it is there, so that whatever an interrupted run leaves can be found
 * and taken down.
 * @param run address of the workflow run, if there is one; a record that differs in it alone stays
 */
export function recordStep(home: string, record: DeploymentRecord, run: string | undefined): Step {
  const path = recordPath(home, record.project);
  return {
    name: 'deployment-record',
    title: 'Deployment noted on the machine',
    needs: ['machine'],
    async check({ host }) {
      const { run: _, ...found } = parseRecord((await readTextFile(host, path)) ?? '') ?? {};
      if (JSON.stringify(found) === JSON.stringify(record)) return satisfied(`${path} as it should be`);
      return notYet('version' in found ? `${path} is of another deployment` : `${path} is not there`);
    },
    async apply({ host, log }) {
      log.info(`write ${path}`);
      await writeTextFile(host, path, `${JSON.stringify({ ...record, ...(run ? { run } : {}) })}\n`);
    },
  };
}

/** Notes that the deployment works now. */
export async function touchRecord(host: Host, home: string, project: string): Promise<void> {
  await host.run({ argv: ['touch', '-c', '--', recordPath(home, project)] });
}

/** Takes the note away again, once nothing of the deployment is left. */
export function recordRemovalStep(home: string, project: string, needs: readonly string[]): Step {
  const path = recordPath(home, project);
  return {
    name: 'deployment-record',
    title: 'Deployment no longer noted on the machine',
    needs,
    async check({ host }) {
      const { exitCode } = await host.run({ argv: ['test', '-e', path] });
      return exitCode === 0 ? notYet(`${path} is there`) : satisfied('it is not there');
    },
    async apply({ host, log }) {
      log.info(`rm ${path}`);
      await mustRun(host, { argv: ['rm', '-f', '--', path] });
    },
  };
}

/** Distance between the ports of two environments. */
const SHIFT = 100;
/** Beyond it the ports of one service would meet those of the next: 8081 lies 5,900 above ZooKeeper's 2181. */
const LARGEST_SHIFT = 5_000;

/**
 * The port shift of an environment: the one it has already, or the first whose ports nobody on the machine has or wants.
 * @param ports what the compose file publishes without a shift
 * @throws ActionError `port-in-use` when none is left
 */
export async function choosePortShift(
  host: Host,
  project: string,
  ports: readonly number[],
  records: readonly DeploymentRecord[],
): Promise<number> {
  const reserved = new Set(records.filter(other => other.project !== project).flatMap(other => other.ports));
  const isFree = (shift: number, taken: ReadonlySet<number>) =>
    ports.every(port => !reserved.has(port + shift) && !taken.has(port + shift));
  const own = records.find(other => other.project === project)?.portShift;
  // What listens at its ports now is most likely itself; the step `stack` knows.
  if (own !== undefined && own > 0 && isFree(own, new Set())) return own;
  const listening = await listeningPorts(host);
  for (let shift = SHIFT; shift <= LARGEST_SHIFT; shift += SHIFT) if (isFree(shift, listening)) return shift;
  throw new ActionError('port-in-use', 'no ports are left on the machine for one more environment', {
    hint: 'Take down environments that nobody needs: the log lists them.',
  });
}

async function listeningPorts(host: Host): Promise<Set<number>> {
  const { stdout } = await mustRun(host, {
    argv: ['ss', '--no-header', '--listening', '--tcp', '--numeric'],
  });
  return new Set(stdout.split('\n').map(line => Number((line.split(/\s+/)[3] ?? '').replace(/^.*:/, ''))));
}
