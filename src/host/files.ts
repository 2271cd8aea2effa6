import { ActionError, lastLines } from '../errors.ts';
import type { Host } from './host.ts';
import { mustRun } from './must-run.ts';
import { HOME_FOLDER, MAKE_AND_ENTER } from './real-folder.ts';
import { foldersTo, mustRunIn } from './unusable-path.ts';

/** A file as it was found. */
export interface FoundFile {
  /** None when it is not there, or cannot be read. */
  readonly text?: string;
  /** Why there is no text. */
  readonly missing: string;
}

/** No file of ours is longer, in bytes: more of one is not read. */
const LONGEST_FILE = 8 * 2 ** 20;
/** No link is followed, and a pipe that nobody writes to is not waited for. */
const READ = ['iflag=nofollow,nonblock,fullblock,count_bytes', 'bs=65536', 'status=none'];

/** Looks for a text file on the machine. What is no file itself, such as a link, has no text; of a long one the end is left out. */
export async function findTextFile(host: Host, path: string): Promise<FoundFile> {
  const { exitCode, stdout, stderr } = await host.run({
    argv: ['dd', ...READ, `count=${LONGEST_FILE}`, `if=${path}`],
    isLook: true,
  });
  return exitCode === 0 ? { text: stdout, missing: '' } : withoutText(path, stderr);
}

/**
 * `sh -c READ_ALL sh BYTES PATH…`: prints each file as lines of Base64, and then what dd said of it, which is nothing when all
 * went well.
 */
const READ_ALL = `
exec 3>&1
bytes=$1
shift
for path; do
  said=$( (dd ${READ.join(' ')} "count=$bytes" "if=$path" | base64 >&3) 2>&1 )
  printf 'said %s\\n' "$(printf %s "$said" | tail -n 1)"
done`;

/**
 * Looks for several text files by one command: a command takes longer to begin than to read a file.
 * @param most bytes of each that are read
 * @returns what was found, in the order of the paths, as `findTextFile` does
 * @throws ActionError `command-failed`; `output-too-long` for some megabytes in all
 */
export async function findTextFiles(
  host: Host,
  paths: readonly string[],
  most: number,
): Promise<FoundFile[]> {
  const { stdout } = await mustRun(host, {
    argv: ['sh', '-c', READ_ALL, 'sh', `${most}`, ...paths],
    isLook: true,
  });
  const parts = stdout.split(/^said (.*)\n/m);
  return paths.map((path, index) => {
    const [text, said] = parts.slice(2 * index, 2 * index + 2);
    return text !== undefined && said === ''
      ? { text: Buffer.from(text, 'base64').toString(), missing: '' }
      : withoutText(path, said ?? '');
  });
}

function withoutText(path: string, stderr: string): FoundFile {
  const said = lastLines(stderr, 1)[0]?.replace(/^.*: /, '') ?? '';
  const reason = /symbolic links/.test(said) ? 'it is a symbolic link' : said;
  const isAbsent = reason === '' || /no such file|not a directory/i.test(reason);
  return { missing: isAbsent ? `${path} is not there` : `${path} cannot be read: ${reason}` };
}

/** The exit code of a text that did not arrive whole (sysexits.h, EX_IOERR). */
const CUT_OFF = 74;

/**
 * `sh -euc WRITE sh PATH MODE LENGTH`: the whole text has arrived when its length is right; only then does it take the place of the
 * old file. What somebody has put in the place of the temporary file is not written into. Not every sh does what is to be done at
 * its exit when a signal ends it.
 */
const WRITE = `${MAKE_AND_ENTER}
home=${HOME_FOLDER} folder=$(dirname -- "$1")
case $1 in
  "\${home%/}"/*) enter "$home" "$folder" || exit $? ;;
  *) mkdir -p -- "$folder"; cd -- "$folder" ;;
esac
file=./\${1##*/}
temporary="$file.$$"
rm -f -- "$temporary"
trap 'rm -f -- "$temporary"' EXIT
trap 'exit 143' TERM
set -C
cat > "$temporary"
arrived=$(wc -c < "$temporary")
[ "$arrived" -eq "$3" ] || { echo "$arrived" && exit ${CUT_OFF}; }
chmod -- "$2" "$temporary" && mv -fT -- "$temporary" "$file"`;

/**
 * Writes a file in one move: a reader sees the old text or the new one, and a broken connection leaves the old one. Below the
 * home folder nothing is written through a link; one in the file's own place is replaced.
 * @throws ActionError `folder-unusable` with what stands in the way; `shell-unusable` when the text did not come through
 */
export async function writeTextFile(host: Host, path: string, text: string, mode = '0644'): Promise<void> {
  const length = `${Buffer.byteLength(text)}`;
  const argv = ['sh', '-euc', WRITE, 'sh', path, mode, length] as const;
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
