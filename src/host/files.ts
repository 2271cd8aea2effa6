import type { Host } from './host.ts';
import { mustRun } from './must-run.ts';

/** @returns the text of a file on the machine, or undefined when it is not there */
export async function readTextFile(host: Host, path: string): Promise<string | undefined> {
  const result = await host.run({ argv: ['cat', '--', path] });
  return result.exitCode === 0 ? result.stdout : undefined;
}

/** Writes a file in one move: a reader sees the old text or the new one, and a broken connection leaves the old one. */
export async function writeTextFile(host: Host, path: string, text: string, mode = '0644'): Promise<void> {
  // The whole text has arrived when its length is right; only then does it take the place of the old file.
  const script = [
    'mkdir -p -- "$(dirname -- "$1")"',
    'temporary="$1.$$"',
    'trap \'rm -f -- "$temporary"\' EXIT',
    // Not every sh does what is to be done at its exit when a signal ends it.
    "trap 'exit 143' TERM",
    'cat > "$temporary"',
    '[ "$(wc -c < "$temporary")" -eq "$3" ] || exit 74',
    'chmod -- "$2" "$temporary" && mv -f -- "$temporary" "$1"',
  ].join('\n');
  const length = `${Buffer.byteLength(text)}`;
  await mustRun(host, { argv: ['sh', '-euc', script, 'sh', path, mode, length], stdin: text });
}
