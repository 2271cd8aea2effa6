import { ActionError, lastLines } from '../errors.ts';
import type { Host } from './host.ts';
import { foldersTo, mustRunIn } from './unusable-path.ts';

/** A file as it was found. */
export interface FoundFile {
  /** None when it is not there, or cannot be read. */
  readonly text?: string;
  /** Why there is no text. */
  readonly missing: string;
}

/** Looks for a text file on the machine. */
export async function findTextFile(host: Host, path: string): Promise<FoundFile> {
  const { exitCode, stdout, stderr } = await host.run({ argv: ['cat', '--', path] });
  if (exitCode === 0) return { text: stdout, missing: '' };
  const reason = lastLines(stderr, 1)[0]?.replace(/^.*: /, '') ?? '';
  const isAbsent = reason === '' || /no such file|not a directory/i.test(reason);
  return { missing: isAbsent ? `${path} is not there` : `${path} cannot be read: ${reason}` };
}

/** The exit code of a text that did not arrive whole (sysexits.h, EX_IOERR). */
const CUT_OFF = 74;

/**
 * Writes a file in one move: a reader sees the old text or the new one, and a broken connection leaves the old one.
 * @throws ActionError `folder-unusable` with what stands in the way; `shell-unusable` when the text did not come through
 */
export async function writeTextFile(host: Host, path: string, text: string, mode = '0644'): Promise<void> {
  // The whole text has arrived when its length is right; only then does it take the place of the old file.
  const script = [
    'mkdir -p -- "$(dirname -- "$1")"',
    'temporary="$1.$$"',
    'trap \'rm -f -- "$temporary"\' EXIT',
    // Not every sh does what is to be done at its exit when a signal ends it.
    "trap 'exit 143' TERM",
    'cat > "$temporary"',
    'arrived=$(wc -c < "$temporary")',
    `[ "$arrived" -eq "$3" ] || { echo "$arrived" && exit ${CUT_OFF}; }`,
    'chmod -- "$2" "$temporary" && mv -fT -- "$temporary" "$1"',
  ].join('\n');
  const length = `${Buffer.byteLength(text)}`;
  const argv = ['sh', '-euc', script, 'sh', path, mode, length] as const;
  const places = [...foldersTo(path), { path, use: 'replace' } as const];
  const { exitCode, stdout } = await mustRunIn(host, places, { argv, stdin: text }, [CUT_OFF]);
  if (exitCode !== CUT_OFF) return;
  throw new ActionError(
    'shell-unusable',
    `${path} did not arrive whole: of ${length} bytes the machine got ${stdout.trim()}`,
    {
      hint: 'Something reads the standard input before the command does: most likely a start file of the login shell (~/.bashrc) with read, cat or ssh in it. Begin it with: case $- in *i*) ;; *) return ;; esac',
    },
  );
}
