import { lastLines } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { ENTER, GONE } from '../host/real-folder.ts';
import { foldersTo, mustRunIn } from '../host/unusable-path.ts';
import type { Logger } from '../log.ts';
import { type DeploymentRecord, isProjectName, parseRecord } from './parse-record.ts';

/** A record as it lies on the machine. */
export interface StoredRecord extends DeploymentRecord {
  /** When a run last used the deployment, by the machine's clock; ISO 8601, UTC. None when the file's time is no date. */
  readonly usedAt?: string;
  /** Address of the workflow run that noted it; none when there was none. */
  readonly run?: string;
}

/** What is noted on a machine. */
export interface NotedDeployments {
  /** By project. */
  readonly records: readonly StoredRecord[];
  /** What lies among the records and is none, a sentence each. */
  readonly passedOver: readonly string[];
}

/** Where the deployments of a user are noted. */
const folderIn = (home: string) => `${home}/.kafka-al2023/deployments`;

/** Where a deployment is noted. */
export const recordPath = (home: string, project: string) => `${folderIn(home)}/${project}.json`;

/** sysexits.h, EX_NOINPUT: the last line of the output is the path of a file that cannot be read. */
const UNREADABLE = 66;
/** Longer than any record, and more of them than a machine has ports for. In bytes and files. */
const MOST = { bytes: 262_144, files: 200 };
/** All records together stay below what is kept of a command's output. */
const MOST_TOGETHER = 4 * 2 ** 20;

/**
 * `sh -c LIST sh HOME FOLDER`: a file a line, `TIME NAME TEXT`: the records are written on one line each. Instead of its time
 * one has `link`, `kind` or `long` when it is not read, and the line `more` says that there are others. What cannot be read may be a
 * record: then nothing is known of what is deployed.
 */
const LIST = `${ENTER}
enter "$1" "$2"
case $? in 0) ;; ${GONE}) [ ! -e "$2" ] && [ -x "\${2%/*}" -o ! -e "\${2%/*}" ] && exit 0; exit 1 ;; *) exit $? ;; esac
[ -r . ] || exit 1
left=${MOST.files} room=${MOST_TOGETHER}
for file in *.json; do
  [ -L "./$file" ] || [ -e "./$file" ] || continue
  [ "$left" -gt 0 ] && [ "$room" -gt 0 ] || { echo more; break; }
  left=$((left - 1))
  name=$(printf %s "$file" | tr '[:cntrl:] ' '?' | cut -c1-255)
  if [ -L "./$file" ]; then echo "link $name"; continue; fi
  if [ ! -f "./$file" ]; then echo "kind $name"; continue; fi
  [ -r "./$file" ] || { echo "$2/$file" && exit ${UNREADABLE}; }
  size=$(stat -c '%s %Y' -- "./$file")
  time=\${size#* } size=\${size% *}
  if [ "$size" -gt ${MOST.bytes} ]; then echo "long $name"; continue; fi
  room=$((room - size))
  printf '%s %s ' "$time" "$name"
  head -c ${MOST.bytes} -- "./$file" | head -n 1
  echo
done
:`;

/**
 * The deployments that are noted on the machine, by project. A file that is none of ours is passed over.
 * @throws ActionError `folder-unusable` when they cannot be read
 */
export async function readRecords(host: Host, home: string): Promise<NotedDeployments> {
  const folder = folderIn(home);
  const places = [...foldersTo(folder), { path: folder, use: 'list' } as const];
  const argv = ['sh', '-c', LIST, 'sh', home, folder] as const;
  const { stdout, exitCode } = await mustRunIn(host, places, { argv, isLook: true }, [UNREADABLE]);
  if (exitCode === UNREADABLE) {
    const path = lastLines(stdout, 1).join('');
    await mustRunIn(host, [...places, { path, use: 'read' }], { argv: ['cat', '--', path] });
  }
  return parseRecords(stdout, home);
}

/** Reads what the list printed, whatever stands in the files. */
export function parseRecords(output: string, home: string): NotedDeployments {
  const records: StoredRecord[] = [];
  const passedOver: string[] = [];
  for (const line of output.split('\n').filter(each => each !== '')) {
    const [, time = '', name = '', text = ''] = /^(\S*) ?(\S*) ?(.*)$/su.exec(line) ?? [];
    const project = name.replace(/\.json$/, '');
    const record = /^-?\d+$/.test(time) && isProjectName(project) && parseRecord(text, { home, project });
    if (record) records.push({ ...record, ...usedAt(Number(time)) });
    else passedOver.push(sentenceOn(time, `${folderIn(home)}/${name}`));
  }
  return { records, passedOver };
}

/** The last moment that four digits of a year can name. */
const LAST_S = Date.UTC(9999, 11, 31) / 1000;

const usedAt = (timeS: number): Pick<StoredRecord, 'usedAt'> =>
  timeS >= 0 && timeS <= LAST_S ? { usedAt: new Date(timeS * 1000).toISOString() } : {};

function sentenceOn(why: string, path: string): string {
  switch (why) {
    case 'more':
      return `${path} holds more than ${MOST.files} records, or more than ${MOST_TOGETHER / 2 ** 20} MiB: the others are not read`;
    case 'link':
      return `${path} is a symbolic link`;
    case 'kind':
      return `${path} is no file`;
    case 'long':
      return `${path} is longer than ${MOST.bytes / 1024} KiB`;
    default:
      return `${path} is no record of a deployment in the home folder by that name`;
  }
}

/** Most of what was passed over that is named one by one. */
const MOST_TOLD = 10;

/** Says what lies among the records and was passed over, and what to do about it. */
export function warnOfPassedOver(log: Logger, { passedOver }: NotedDeployments): void {
  if (passedOver.length === 0) return;
  const others = passedOver.length - MOST_TOLD;
  const more = others > 0 ? `; and ${others} more` : '';
  log.warning(
    `on the machine, among the notes of deployments: ${passedOver.slice(0, MOST_TOLD).join('; ')}${more}. It is passed over, and nothing that it names is removed. Look at it, and remove it (rm) if nobody needs it; mode deploy writes the note of its own deployment again.`,
  );
}

/** The command by which a run notes that it uses a deployment, if that has a record. */
export const touchOf = (record: string) => ['touch', '-c', '-h', '--', record] as const;

/** Notes that a run uses the deployment now. */
export async function touchRecord(host: Host, home: string, project: string): Promise<void> {
  await host.run({ argv: touchOf(recordPath(home, project)) });
}
