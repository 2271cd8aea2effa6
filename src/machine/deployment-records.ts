import { lastLines } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { foldersTo, mustRunIn } from '../host/unusable-path.ts';

/** What was deployed, as it is noted on the machine: for `down`, and for the ports of further environments. */
export interface DeploymentRecord {
  readonly version: 1;
  readonly project: string;
  /** Absolute path on the machine. */
  readonly directory: string;
  /** Everything that a deployment puts into its directory, by paths in it. */
  readonly files: readonly string[];
  /** The services of its compose files; not known of a deployment that was made by an earlier version. */
  readonly services?: readonly string[];
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

/** Where a deployment is noted. */
export const recordPath = (home: string, project: string) =>
  `${home}/.kafka-al2023/deployments/${project}.json`;

/** sysexits.h, EX_NOINPUT: the last line of the output is the path of a file that cannot be read. */
const UNREADABLE = 66;

/**
 * A file a line, its time before it: the records are written on one line each. One that was cut off ends without a line break.
 * What cannot be read may be a record: then nothing is known of what is deployed.
 */
const LIST = `
[ -e "$1" ] || { [ -e "\${1%/*}" ] && [ ! -x "\${1%/*}" ] && exit 1; exit 0; }
[ -d "$1" ] && [ -r "$1" ] && [ -x "$1" ] || exit 1
for file in "$1"/*.json; do
  [ -f "$file" ] || continue
  [ -r "$file" ] || { echo "$file" && exit ${UNREADABLE}; }
  stat -c "%Y %n" -- "$file" | cut -d" " -f1 | tr "\\n" " " && head -n 1 -- "$file"
  echo
done
:`;

/**
 * The deployments that are noted on the machine, by project. A file that is none of ours is passed over.
 * @throws ActionError `folder-unusable` when they cannot be read
 */
export async function readRecords(host: Host, home: string): Promise<StoredRecord[]> {
  const folder = recordPath(home, '').replace(/\/[^/]*$/, '');
  const places = [...foldersTo(folder), { path: folder, use: 'list' } as const];
  const argv = ['sh', '-c', LIST, 'sh', folder] as const;
  const { stdout, exitCode } = await mustRunIn(host, places, { argv }, [UNREADABLE]);
  if (exitCode === UNREADABLE) {
    const path = lastLines(stdout, 1).join('');
    await mustRunIn(host, [...places, { path, use: 'read' }], { argv: ['cat', '--', path] });
  }
  return stdout.split('\n').flatMap(line => {
    const space = line.indexOf(' ');
    const record = parseRecord(line.slice(space + 1));
    return record ? [{ ...record, usedAt: new Date(Number(line.slice(0, space)) * 1000).toISOString() }] : [];
  });
}

/** @returns undefined for a text that is no record of ours */
export function parseRecord(text: string): (DeploymentRecord & { run?: string }) | undefined {
  try {
    const record = JSON.parse(text) as DeploymentRecord;
    return record.version === 1 && isWhole(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** What it names is removed as root one day: nothing outside of its directory. */
const isWhole = ({
  project,
  directory,
  files,
  services = [],
  environment = '',
  portShift,
  ports,
}: DeploymentRecord) =>
  [project, environment, ...services].every(text => typeof text === 'string') &&
  /^\/./.test(directory) &&
  files.every(path => /^[^/]/.test(path) && !path.split('/').includes('..')) &&
  [portShift, ...ports].every(Number.isInteger);

/** Notes that the deployment works now. */
export async function touchRecord(host: Host, home: string, project: string): Promise<void> {
  await host.run({ argv: ['touch', '-c', '--', recordPath(home, project)] });
}
