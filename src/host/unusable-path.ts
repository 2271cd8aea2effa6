import { ActionError, lastLines } from '../errors.ts';
import type { Command, CommandResult, Host } from './host.ts';
import { mustRun } from './must-run.ts';
import { quote } from './quote.ts';
import { LINK, refuseLink } from './real-folder.ts';

/**
 * What a path is wanted for: a folder to reach what is in it, or to list it, a file to read or to write, or a file that is
 * replaced, of which it only matters that it is no folder.
 */
export interface Place {
  readonly path: string;
  readonly use: 'folder' | 'list' | 'read' | 'write' | 'replace';
}

/**
 * `sh -c SCRIPT sh USE:PATH…`, the folders first, each within the one before: prints what is wrong with the first of them
 * that the user cannot use, in lines of `NAME=VALUE`; nothing when none is.
 */
const SCRIPT = `
tell() {
  mount=$(findmnt -no TARGET,OPTIONS -T "$2" 2>/dev/null | tail -n 1)
  fault=$1
  case $fault,\${mount#* } in closed,ro | closed,ro,*) fault=read-only ;; esac
  printf '%s\\n' "fault=$fault" "path=$2" "user=$(id -un)" "mount=\${mount%% *}"
  stat -c 'owner=%U
mode=%a
kind=%F' -- "$2" 2>/dev/null
  exit 0
}
above=
for word; do
  use=\${word%%:*} path=\${word#*:}
  if [ ! -e "$path" ] && [ ! -L "$path" ]; then
    [ -n "$above" ] || tell missing "$path"
    [ -w "$above" ] || tell closed "$above"
    continue
  fi
  case $use in
    folder | list)
      [ -d "$path" ] || tell kind "$path"
      [ -x "$path" ] || tell closed "$path"
      [ "$use" != list ] || [ -r "$path" ] || tell closed "$path"
      above=$path
      ;;
    *)
      [ ! -d "$path" ] || tell kind "$path"
      [ "$use" != read ] || [ -r "$path" ] || tell closed "$path"
      [ "$use" != write ] || [ -w "$path" ] || tell closed "$path"
      [ "$use" = read ] || [ -w "$above" ] || tell closed "$above"
      ;;
  esac
  case $(lsattr -d -- "$path" 2>/dev/null) in ????i*) tell immutable "$path" ;; esac
done
`;

/**
 * Runs a command that needs these places.
 * @param expected exit codes that are no failure, beside 0
 * @throws ActionError `folder-unusable` when it fails and one of them is the reason, or a link on the way to them; otherwise as
 *   `mustRun` does
 */
export async function mustRunIn(
  host: Host,
  places: readonly Place[],
  command: Command,
  expected: readonly number[] = [],
): Promise<CommandResult> {
  try {
    const result = await mustRun(host, command, [...expected, LINK]);
    refuseLink(result);
    return result;
  } catch (error) {
    if (!(error instanceof ActionError && error.code === 'command-failed')) throw error;
    throw (await unusablePlace(host, places, error)) ?? error;
  }
}

/** @returns the error for the first of the places that the user cannot use; undefined when it is none of them */
async function unusablePlace(
  host: Host,
  places: readonly Place[],
  cause: ActionError,
): Promise<ActionError | undefined> {
  const words = places.map(({ use, path }) => `${use}:${path}`);
  const { stdout } = await host.run({ argv: ['sh', '-c', SCRIPT, 'sh', ...words] });
  const fields = new Map(
    lastLines(stdout).map(line => {
      const index = line.indexOf('=');
      return [line.slice(0, index), line.slice(index + 1)];
    }),
  );
  const field = (name: string) => fields.get(name) ?? '';
  if (!fields.has('fault')) return undefined;
  const use = places.find(({ path }) => path === field('path'))?.use ?? 'folder';
  const { message, hint } = describeFault(field, use === 'folder' || use === 'list');
  return new ActionError('folder-unusable', message, { hint, cause, details: cause.details });
}

/** Folders above this one are the user's own affair; what is in it belongs together. */
const STATE_FOLDER = /^(.*\/\.kafka-al2023)(\/.*)?$/;

function describeFault(
  field: (name: string) => string,
  isFolder: boolean,
): { message: string; hint: string } {
  const path = field('path');
  const user = field('user');
  const owner = field('owner');
  const mode = field('mode');
  const mount = field('mount');
  const what = isFolder ? 'folder' : 'file';
  const name = quote([path]);
  switch (field('fault')) {
    case 'missing':
      return {
        message: `the home folder ${path} of user "${user}" is not there`,
        hint: `On the machine: sudo mkdir -p ${name} && sudo chown ${user}: ${name}`,
      };
    case 'kind':
      return {
        message: `${path} is in the way: it is a ${field('kind')}, and a ${what} is needed there`,
        hint: `On the machine: sudo mv ${name} ${quote([`${path}.old`])}`,
      };
    case 'read-only':
      return {
        message: `${path} is on a file system that is mounted read-only (${mount})`,
        hint: `On the machine: sudo mount -o remount,rw ${quote([mount])}. When the kernel made it read-only after an error, sudo dmesg | tail says so.`,
      };
    case 'immutable':
      return {
        message: `${path} is protected from every change (attribute i)`,
        hint: `On the machine: sudo chattr -i ${name}`,
      };
    default:
      return owner === user
        ? {
            message: `the ${what} ${path} has mode ${mode}: its owner "${user}" cannot use it`,
            hint: `On the machine: chmod u+rw${isFolder ? 'x' : ''} ${name}`,
          }
        : {
            message: `the ${what} ${path} belongs to "${owner}" (mode ${mode}), and user "${user}" cannot use it`,
            hint: `On the machine: sudo chown -R ${user}: ${quote([STATE_FOLDER.exec(path)?.[1] ?? path])}`,
          };
  }
}

/** The folders on the way to a path, as places. */
export function foldersTo(path: string): Place[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, index) => ({ path: `/${parts.slice(0, index + 1).join('/')}`, use: 'folder' }));
}
