import type { ErrorCode } from '../../error-codes.ts';
import { ActionError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';

/** What a step writes to: when it fails, these are looked at. */
export interface WritePlaces {
  /** Absolute paths; one that is not there stands for the folder that it would be in. */
  readonly paths: readonly string[];
  /** A Docker Compose project whose containers write, to their volumes. */
  readonly project?: string;
}

/** Where the Docker Engine writes, and the containers of a project. */
export const enginePlaces = (project?: string): WritePlaces => ({
  paths: ['/var/lib/docker', '/var/lib/docker/tmp', '/var/lib/containerd'],
  project,
});

/** A place on the machine, and what its file system says of itself. */
interface Place {
  readonly path: string;
  /** For a volume the containers that write to it. */
  readonly usedBy: string;
  readonly mount: string;
  readonly freeKiB: number;
  readonly sizeKiB: number;
  /** `NaN` where a file system has no fixed number of them. */
  readonly freeInodes: number;
  readonly inodes: number;
  readonly isReadOnly: boolean;
}

const LOOK_TIMEOUT_MS = 10_000;

/**
 * `sh -c SCRIPT sh PROJECT PATH...`: a line of cells, parted by tabs, for each path and for each place that the project's
 * containers have mounted.
 */
const LOOK = `
project=$1
shift
look() {
  path=$1
  while [ ! -e "$path" ] && [ "$path" != / ]; do path=$(dirname -- "$path"); done
  space=$(df -Pk -- "$path" | awk 'NR == 2 {print $2 "\\t" $4}')
  inodes=$(df -Pi -- "$path" | awk 'NR == 2 {print $2 "\\t" $4}')
  printf '%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$1" "$2" "$space" "$inodes" \\
    "$(findmnt -no OPTIONS -T "$path" | head -n 1)" "$(findmnt -no TARGET -T "$path" | tail -n 1)"
}
for path; do look "$path" ''; done
data=$(sed -n 's/.*"data-root"[[:space:]]*:[[:space:]]*"\\([^"]*\\)".*/\\1/p' /etc/docker/daemon.json 2>/dev/null | head -n 1)
[ -z "$data" ] || look "$data" ''
[ -n "$project" ] && command -v docker >/dev/null || exit 0
containers=$(timeout 5 docker ps -aq --filter "label=com.docker.compose.project=$project")
[ -n "$containers" ] || exit 0
timeout 5 docker inspect --format '{{$c := .Name}}{{range .Mounts}}{{if .RW}}{{printf "%s\\t%s\\n" .Source $c}}{{end}}{{end}}' $containers |
  while IFS='	' read -r path container; do [ -z "$path" ] || look "$path" "\${container#/}"; done
`;

/** Longest path of Linux. */
const PATH_MAX = 4096;
const REASON = /['"]?: (?:no space left|disk quota|read-only file)/gi;

/** The path of which a program says so: `write /var/lib/x: no space left on device`. */
function pathBeforeReason(text: string): string | undefined {
  for (const { index } of text.matchAll(REASON)) {
    const word =
      text
        .slice(Math.max(0, index - PATH_MAX), index)
        .split(/[\s:'"]/)
        .at(-1) ?? '';
    const slash = word.indexOf('/');
    if (slash >= 0 && slash < word.length - 1) return word.slice(slash);
  }
  return undefined;
}

const NO_SPACE =
  /no space left on device|\bENOSPC\b|errno 28\b|disk quota exceeded|\bEDQUOT\b|errno 122\b|more space needed on the|not enough free (?:disk )?space/i;
const READ_ONLY = /read-only file system|\bEROFS\b|errno 30\b/i;

/** Below it nothing of use can be written; a program that needs more and takes back what it wrote says so itself. */
const NOTHING_KIB = 64;
/** A broker stops when it cannot make the index files of a segment, 10 MiB each. */
const SEGMENT_KIB = 21 * 1024;
const FEW_INODES = 3;

/** Errors of what containers say: a full disk among their lines may be long over. */
const TOLD_BY_CONTAINERS: ReadonlySet<ErrorCode> = new Set([
  'container-failed',
  'kafka-not-ready',
  'schema-registry-not-ready',
  'broker-down',
  'step-without-effect',
]);

/**
 * Finds out whether a failure comes from a disk that is full, or read-only. Looks at the machine and changes nothing.
 * @returns the error in its place, with the failure as its cause; undefined when it is not the disk
 */
export async function diskTrouble(
  host: Host,
  error: ActionError,
  places: WritePlaces,
): Promise<ActionError | undefined> {
  const text = wordsOf(error);
  const isSaid = NO_SPACE.test(text);
  const saysReadOnly = READ_ONLY.test(text);
  const named = pathBeforeReason(text);
  const found = await look(host, { ...places, paths: [...(named ? [named] : []), ...places.paths] });
  const isFull = (limitKiB: number) => (place: Place) => place.freeKiB < limitKiB || lacksInodes(place);
  const readOnly = found.find(({ isReadOnly }) => isReadOnly);
  if (readOnly && (saysReadOnly || !isSaid)) return diskReadOnly(readOnly, error);
  const full = found.find(isFull(NOTHING_KIB));
  if (full) return diskFull(full, error);
  const byContainers = TOLD_BY_CONTAINERS.has(error.code);
  if (isSaid) {
    const fullest = found.toSorted((a, b) => a.freeKiB - b.freeKiB)[0];
    const place = byContainers
      ? found.find(isFull(SEGMENT_KIB))
      : (found.find(({ path }) => path === named) ?? fullest);
    return place && diskFull(place, error);
  }
  return undefined;
}

/** Whether an error says that a disk is full: nothing that waits will change it. */
export const saysNoSpace = (error: unknown): boolean => NO_SPACE.test(wordsOf(error));

/** An error's own words, and those of what caused it. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const details = error instanceof ActionError ? error.details : [];
  return [error.message, ...details, wordsOf(error.cause)].join('\n');
}

async function look(host: Host, { paths, project = '' }: WritePlaces): Promise<Place[]> {
  try {
    const { stdout } = await host.run({
      argv: ['sh', '-c', LOOK, 'sh', project, ...paths],
      sudo: true,
      timeoutMs: LOOK_TIMEOUT_MS,
    });
    return stdout.split('\n').flatMap(line => readPlace(line.split('\t')));
  } catch {
    return []; // What failed first is what is told.
  }
}

function readPlace(cells: readonly string[]): Place[] {
  const [path = '', usedBy = '', size, free, inodes, freeInodes, options = '', mount = ''] = cells;
  // A file system of the kernel's own (/proc) has no size.
  if (cells.length !== 8 || !/^\d+$/.test(free ?? '') || Number(size) === 0) return [];
  const isReadOnly = options.split(',').includes('ro');
  return [
    {
      ...{ path, usedBy, mount, isReadOnly },
      ...{
        sizeKiB: Number(size),
        freeKiB: Number(free),
        inodes: Number(inodes),
        freeInodes: Number(freeInodes),
      },
    },
  ];
}

/** File systems that make inodes as they need them have a number of 0 or none. */
const lacksInodes = ({ inodes, freeInodes }: Place) => inodes > 0 && freeInodes < FEW_INODES;

function diskFull(place: Place, cause: ActionError): ActionError {
  const { mount, freeKiB, sizeKiB, inodes, freeInodes } = place;
  const isAboutInodes = lacksInodes(place);
  const figures = isAboutInodes
    ? `${freeInodes} of ${inodes} inodes are free, so no more files can be made`
    : `${sizeOf(freeKiB)} of ${sizeOf(sizeKiB)} are free${freeKiB < NOTHING_KIB ? '' : ', which was not enough'}`;
  const list = isAboutInodes ? 'du --inodes -x' : 'du -xm';
  return new ActionError('disk-full', `no space is left for ${nameOf(place)}: ${figures}; ${saidOf(cause)}`, {
    hint: `Free some space there, or enlarge the disk. What takes most: sudo ${list} ${mount} | sort -n | tail -n 20`,
    details: cause.details,
    cause,
  });
}

function diskReadOnly(place: Place, cause: ActionError): ActionError {
  return new ActionError(
    'disk-read-only',
    `nothing can be written to ${nameOf(place)}: its file system is read-only; ${saidOf(cause)}`,
    {
      hint: `Look for the reason with sudo dmesg | tail (a disk with errors becomes read-only), then: sudo mount -o remount,rw ${place.mount}`,
      details: cause.details,
      cause,
    },
  );
}

const nameOf = ({ path, usedBy, mount }: Place) =>
  [
    path,
    ...(usedBy ? [`of container ${usedBy}`] : []),
    ...(mount === path ? [] : [`on the disk of ${mount}`]),
  ].join(' ');

const saidOf = ({ message }: ActionError) => `so this failed: ${message}`;

const sizeOf = (kib: number) => (kib < 10 * 1024 ? `${kib} KiB` : `${Math.floor(kib / 1024)} MiB`);
