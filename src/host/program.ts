import type { Command } from './host.ts';
import type { Marks } from './marks.ts';
import { USE_PROXY_FILE } from './proxy-file.ts';
import { quote } from './quote.ts';

/** Set for every command of a run on the machine, and so for all that it starts: the run's id. */
export const RUN_VARIABLE = 'KAFKA_AL2023_RUN';

/** What a download may need. Everything else that a login shell sets (DOCKER_HOST, aliases, locale …) is left behind. */
const NETWORK_VARIABLES = [
  ...['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'].flatMap(name => [
    name,
    name.toUpperCase(),
  ]),
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE'],
  ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST', 'PIP_CERT'],
];
const KEPT_VARIABLES = ['HOME', 'USER', 'LOGNAME', ...NETWORK_VARIABLES];

/** The system's own programs come first: a wrapper in /usr/local/bin must not stand in for them. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin';

/**
 * `sh -c CLEAN sh WORDS…`: runs the words in a clean environment. The names of what goes are listed rather than the values
 * of what stays, so that no value (a proxy may have a password) is ever an argument, which others on the machine can see.
 * Functions that a shell has exported are variables, too; here only special built-ins and whole paths are called, which they
 * cannot replace.
 */
const CLEAN = [
  'set -f',
  'umask 022',
  'unset LD_PRELOAD POSIXLY_CORRECT',
  [
    'exec /usr/bin/env $(/usr/bin/env | LC_ALL=C /usr/bin/sed -nE',
    `-e "/^(${KEPT_VARIABLES.join('|')})=/d" -e "s/^([^= ]+)=.*/-u \\1/p")`,
    `PATH=${PATH} LC_ALL=C.UTF-8 "$@"`,
  ].join(' '),
].join('; ');

/** The same for root. First it says that sudo has let it in. */
const AS_ROOT = `printf %s "$1$2o:command;"; printf %s "$1$2e:command;" >&2; shift 2; ${CLEAN}`;

/** `sh -c DECODE sh PROGRAM`: runs a program that `encode` has made safe. */
const DECODE = 'eval "$(printf %b "$(printf %s "$1" | tr @ "\\134")")"';

/**
 * A command as a program for a shell with a clean environment, which says where the answer begins and ends.
 *
 * `timeout` stops the command on the machine itself, so that nothing is left running there when the connection is gone; it
 * stands behind sudo because only root may stop what runs as root. The run's mark stands there too, since sudo would remove
 * it. A command that undoes something has no mark: it is not stopped with the run.
 */
export function programOf(command: Command, limitMs: number, { halves }: Marks, runId?: string): string {
  const directory = command.cwd === undefined ? [] : ['-C', command.cwd];
  const run = runId === undefined || command.isUndo ? [] : [`${RUN_VARIABLE}=${runId}`];
  const environment = quote(['env', ...directory, ...run]);
  // Short options: those of other systems, too, which must be able to say what they are.
  const limit = `$(command -v timeout >/dev/null && echo timeout -k 5 ${Math.ceil(limitMs / 1000)})`;
  const words = `${environment} ${limit} ${quote(command.argv)}`;
  const [one, two] = halves;
  return [
    // In two halves, so that a shell that shows what it runs does not show a mark.
    `one=${one} two=${two}`,
    'mark() { printf %s "$one""$two""o:$1;"; printf %s "$one""$two""e:$1;" >&2; }',
    'mark shell',
    // What the shell itself has to say of a command that was killed is no part of the answer.
    'exec 3>&2 2>/dev/null',
    ...(command.downloads ? [USE_PROXY_FILE] : []),
    ...(command.sudo ? asRoot(words) : ['mark command 2>&3', `(exec ${words} 2>&3 3>&-)`]),
    'code=$?',
    'exec 2>&3',
    'mark "end:$code"',
  ].join('\n');
}

/** sudo is not asked by one who is root already: it may not be installed, or know no rule for root. */
function asRoot(words: string): string[] {
  const keep = NETWORK_VARIABLES.map(name => `\${${name}+${name},}`).join('');
  return [
    `keep=${keep}`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    'sudo="/usr/bin/sudo -n ${keep:+--preserve-env=${keep%,}} --"',
    '[ "$(id -u)" != 0 ] || sudo=',
    // With env before it, a rule that forbids shells as such does not matter.
    `(exec $sudo /usr/bin/env /bin/sh -c ${quote([AS_ROOT])} sh "$one" "$two" ${words} 2>&3 3>&-)`,
  ];
}

/** The full command for a program that does not go through a login shell. */
export const directWords = (program: string): [string, ...string[]] => [
  ...(['/bin/sh', '-c', CLEAN, 'sh'] as const),
  ...['/bin/sh', '-c', program],
];

/**
 * The program as one line that every login shell understands alike: sh, bash, zsh, ksh, csh, tcsh and fish differ in what
 * backslashes, line breaks and exclamation marks mean inside of single quotes, so that none is in it. Programs are named by
 * whole paths, which no alias replaces.
 */
export const loginShellText = (program: string): string =>
  quote(['/bin/sh', '-c', CLEAN, 'sh', '/bin/sh', '-c', DECODE, 'sh', encode(program)]);

/**
 * Runs one program after the other, each a line that `programLine` has made; nothing of one is left for the next. It ends with one
 * that could not say how its command ended.
 */
const LOOP = 'while IFS= read -r line; do (eval "$(printf %b "$line")") </dev/null || exit; done';

/** The full command for a shell that stays open, for the programs of many commands. @param isRoot programs run as root then */
export function openShellText(isRoot: boolean): string {
  const loop = `exec /bin/sh -c ${quote([CLEAN])} sh /bin/sh -c ${quote([LOOP])} sh`;
  const root = `[ "$(id -u)" = 0 ] || exec /usr/bin/sudo -n -- /usr/bin/env /bin/sh -c ${quote([loop])} sh`;
  return loginShellText(isRoot ? `${root}\n${loop}` : loop);
}

/** A program as a line for a shell that stays open. */
export const programLine = (program: string): string =>
  `${program.replaceAll('\\', '\\0134').replaceAll('\n', '\\0012')}\n`;

/** Each byte that some shell takes for more than itself becomes `@0` and three octal digits, which printf(1) decodes. */
function encode(program: string): string {
  const bytes = Buffer.from(program).toString('latin1');
  return bytes.replaceAll(/[^ -~]|[\\'!^@]/g, byte => `@0${byte.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
