import { ActionError, lastLines } from '../errors.ts';
import type { CommandResult } from './host.ts';
import { quote } from './quote.ts';

/** The exit code of a script that met a symbolic link (sysexits.h, EX_DATAERR): the last line that it printed is `link=PATH`. */
export const LINK = 65;
/** The exit code of a script whose folder is not there, or is no folder (sysexits.h, EX_OSFILE). */
export const GONE = 72;

/**
 * `enter HOME PATH`: a shell function that goes into the folder PATH, which lies in HOME, part by part and through no
 * symbolic link: another user of the machine may have put it there, and what follows would be written or removed elsewhere. How
 * HOME itself is reached is the administrator's affair.
 *
 * A shell that has entered a folder stays in it, whatever takes the place of its name meanwhile: what is done there has to be
 * done by names without a slash in them.
 *
 * @returns 65 after it has printed `link=PATH` for the first link, 72 when there is no such folder
 */
export const ENTER = enterWith('');

/** The same, where folders that are not there are made. */
export const MAKE_AND_ENTER = enterWith('mkdir -p -- "./$part" || return 1');

function enterWith(before: string): string {
  return `
enter() {
  way=\${1%/}
  case $2 in "$way" | "$way"/*) ;; *) return ${GONE} ;; esac
  rest=\${2#"$way"}
  cd -P -- "$way/" 2>/dev/null || return ${GONE}
  while [ -n "$rest" ]; do
    rest=\${rest#/}
    part=\${rest%%/*}
    rest=\${rest#"$part"}
    case $part in '' | .) continue ;; ..) return ${GONE} ;; esac
    way=$way/$part above=$(pwd -P)
    [ ! -L "./$part" ] || { printf '%s\\n' "link=$way"; return ${LINK}; }
    ${before}
    cd -P -- "./$part" 2>/dev/null || return ${GONE}
    [ "$(pwd -P)" = "\${above%/}/$part" ] || { printf '%s\\n' "link=$way"; return ${LINK}; }
  done
}
`;
}

/** The home folder of the user that a script runs as, in the shell: what the machine's facts say, too. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
export const HOME_FOLDER = '${HOME:-$(getent passwd "$(id -un)" | cut -d: -f6)}';

/** @throws ActionError `folder-unusable` that names the link which a script with `enter` has met, if it has */
export function refuseLink({ exitCode, stdout }: CommandResult): void {
  if (exitCode !== LINK) return;
  const path = lastLines(stdout, 1)
    .join('')
    .replace(/^link=/, '');
  const name = quote([path]);
  throw new ActionError(
    'folder-unusable',
    `${path} is a symbolic link: below the home folder the action writes and removes nothing through a link, since it may lead anywhere`,
    {
      hint: `Look where it leads and who made it: ls -l ${name}. Then on the machine: sudo rm ${name}, or give another directory.`,
    },
  );
}
