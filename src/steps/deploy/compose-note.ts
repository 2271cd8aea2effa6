import type { Host } from '../../host/host.ts';
import { COMPOSE_PATH } from '../../machine/compose-project.ts';
import type { Download } from './compose-download.ts';

/** Root's, as the program is. */
const NOTE = '/var/lib/kafka-al2023/docker-compose';
/** By these a file is the same as before: whoever writes to it, or puts another one in its place, changes the time of its last change. */
const SAME = '%d %i %s %Y %.9Z';

/** What is in the place of the program. */
export interface InPlace {
  /** Why it is not to be run, in words: a wrapper, a link, or a file that others than root can change. */
  readonly stranger: string | undefined;
  /** What it was when it was installed, if nobody has touched it since. */
  readonly noted: Download | undefined;
}

/**
 * `sh -c LOOK sh PROGRAM NOTE SAME`, as root: prints what stands where the program should be, when that is no program, or not root's
 * alone; and what is noted of it, as long as the note is root's alone and the file the same.
 */
const LOOK = `
others() { stat -c '%u %A %U' -- "$1" | sed -nE '/^0 .....-..-/d; s/^0 (\\S+) .*/others may write to (\\1)/p; s/^[0-9]+ \\S+ (.*)/belongs to \\1/p'; }
if [ -L "$1" ]; then echo "a link to $(readlink -- "$1")"
elif [ -d "$1" ]; then echo 'a folder'
elif [ -e "$1" ] && [ ! -f "$1" ]; then echo 'no file'
elif [ -s "$1" ] && [ "$(head -c 2 -- "$1" | tr -d '\\0')" = '#!' ]; then echo "a script ($(head -n 1 -- "$1" | cut -c1-60))"
elif [ -e "$1" ]; then
  owner=$(others "$1") folder=$(others "\${1%/*}")
  if [ -n "$owner" ]; then echo "a file that $owner"
  elif [ -n "$folder" ]; then echo "in a folder that $folder"
  fi
fi
[ -f "$2" ] && [ ! -L "$2" ] && [ -z "$(others "$2")" ] && [ -z "$(others "\${2%/*}")" ] || exit 0
{ read -r noted && read -r same; } <"$2"
[ "$same" != "$(stat -c "$3" -- "$1" 2>&1)" ] || echo "noted $noted"`;

/** Looks at what is installed, without running it. */
export async function lookAtCompose(host: Host): Promise<InPlace> {
  const { stdout } = await host.run({
    argv: ['sh', '-c', LOOK, 'sh', COMPOSE_PATH, NOTE, SAME],
    sudo: true,
    isLook: true,
  });
  const lines = stdout.split('\n').map(line => line.trim());
  const stranger = lines.find(line => line !== '' && !line.startsWith('noted '));
  const [, sha256, url] = lines.map(line => /^noted ([0-9a-f]{64}) (\S+)$/.exec(line)).find(Boolean) ?? [];
  return {
    stranger: stranger?.slice(0, 200),
    noted: sha256 !== undefined && url !== undefined ? { url, sha256 } : undefined,
  };
}

/** `sh -c WRITE sh PROGRAM NOTE SAME TEXT`, as root. */
const WRITE = `
mkdir -p -- "\${2%/*}" && rm -f -- "$2.new" || exit
printf '%s\\n' "$4" "$(stat -c "$3" -- "$1")" >"$2.new" && mv -fT -- "$2.new" "$2"`;

/** Notes what was installed. Without the note a run reads the whole file again, and asks for its checksum: nothing fails over it. */
export async function noteCompose(host: Host, { url, sha256 }: Download): Promise<void> {
  await host.run({
    argv: ['sh', '-c', WRITE, 'sh', COMPOSE_PATH, NOTE, SAME, `${sha256} ${url}`],
    sudo: true,
  });
}
