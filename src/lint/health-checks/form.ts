import { shown } from '../../compose/reader/checks/unset.ts';
import { programOf } from '../commands/missing-programs.ts';
import type { ContainerCommand } from '../commands/service-command.ts';
import type { ShellCommand } from '../commands/shell-script.ts';

/** A check whose form alone says that it `fails`, passes and `says-nothing` about the service, or is `cut`: less is run than is written. */
export interface FormFault {
  readonly outcome: 'fails' | 'says-nothing' | 'cut';
  readonly reason: string;
  readonly hint: string;
  /** A word of the check that it is about. */
  readonly word?: string;
}

const AS_ONE_TEXT = 'Write the whole line as one text behind CMD-SHELL.';

/**
 * What is wrong with how a check is written. Behind `CMD` there is no shell: a pipe is a word like any other. Behind `CMD-SHELL` and
 * `sh -c` the next item alone is the script, and those that follow are its arguments.
 * Sources: https://docs.docker.com/reference/dockerfile/#healthcheck, cmdProbe.run in daemon/health.go of moby/moby, `-c` in sh(1)
 */
export function formFault(command: ContainerCommand): FormFault | undefined {
  return (
    (command.shell === undefined ? operatorsAsWords(command) : leftOutWords(command)) ?? noQuestion(command)
  );
}

const OPERATOR = /^(?:\|\|?|&&?|;|\d?>>?|<|2>&1|\d?>>?\/\S+)$/;
/** Programs that take every word for one more address, or refuse it; some of the many called `nc` pass over it. */
const REFUSE_MORE = /(?:^|\/)(?:curl|wget|pg_isready)$/;
const SAY = new Set(['echo', 'printf', 'true', 'sleep', 'date', ':']);

function operatorsAsWords({ script }: ContainerCommand): FormFault | undefined {
  const words = script.commands[0]?.words ?? [];
  const at = words.findIndex((word, index) => index > 0 && OPERATOR.test(word));
  const [program = ''] = words;
  const word = words[at];
  if (word === undefined) return undefined;
  const rest = words.slice(at).join(' ');
  if (SAY.has(program)) {
    const reason = `after CMD there is no shell, so ${program} takes ${shown(rest)} for words and ends`;
    return { outcome: 'says-nothing', reason, hint: AS_ONE_TEXT, word: program };
  }
  if (REFUSE_MORE.test(program)) {
    const reason = `after CMD there is no shell, so ${program} takes ${shown(rest)} for words of its own and fails`;
    return { outcome: 'fails', reason, hint: AS_ONE_TEXT, word: program };
  }
  // Many programs pass over words that they do not know: then the check is what was meant.
  if (changesNothing(rest)) return undefined;
  const reason = `after CMD there is no shell, so ${shown(rest)} are words that ${program} gets`;
  return { outcome: 'cut', reason, hint: AS_ONE_TEXT, word: program };
}

/** True for an end that changes nothing, `|| exit 1`, and for redirections, which only hide what is printed. */
function changesNothing(rest: string): boolean {
  const parts = rest
    .replace(/\|\| exit \d+$/, '')
    .split(/\s+/)
    .filter(Boolean);
  return parts.every((part, index) => /^[12&]?>/.test(part) || /^[12&]?>>?$/.test(parts[index - 1] ?? ''));
}

/** Programs that end with an error when they are given no words. */
const FAIL_ALONE =
  /(?:^|\/)(?:curl|wget|nc|ncat|netcat|ping|grep|kafka-(?:topics|broker-api-versions|configs|consumer-groups|get-offsets|metadata-quorum)(?:\.sh)?)$/;

function leftOutWords({ script, raw, leftOut, kind }: ContainerCommand): FormFault | undefined {
  const rest = leftOut.map(({ text }) => text).join(' ');
  // `$0`, `$1` and `$@` are what follows.
  if (rest === '' || changesNothing(rest) || /\$[\d@*#{]/.test(raw)) return undefined;
  const [only, ...more] = script.commands;
  const isAlone = more.length === 0 && only?.words.length === 1;
  if (isAlone && FAIL_ALONE.test(only.words[0] ?? '')) {
    const reason = `after ${kind} the next item alone is run, and ${shown(raw)} alone fails`;
    return { outcome: 'fails', reason, hint: AS_ONE_TEXT };
  }
  const reason = `after ${kind} the next item alone is run (${shown(raw)}), without ${shown(rest)}`;
  return { outcome: 'cut', reason, hint: AS_ONE_TEXT };
}

/** A check that ends well whatever the service does. */
function noQuestion({ script, raw }: ContainerCommand): FormFault | undefined {
  // A connection that a redirection opens is a question.
  if (!script.isPlain || raw.includes('/dev/tcp/')) return undefined;
  const last = script.commands.at(-1);
  if (!last) return undefined;
  if (endsWell(script.commands, last)) {
    const reason = 'it ends well whatever is found';
    const hint = 'Let it end with the command that asks, or take it out.';
    return { outcome: 'says-nothing', reason, hint, word: last.words[0] };
  }
  const asking = script.commands.filter(({ operator, words }) => !(operator === '||' && isExit(words)));
  const [first, ...more] = asking;
  if (!first || more.length > 0 || !printsVersion(first)) return undefined;
  const program = programOf(first.words)?.replace(/^.*\//, '');
  const reason = `${program} prints a version and ends, without a question to anybody`;
  return { outcome: 'says-nothing', reason, hint: 'Leave the option for the version out.', word: 'version' };
}

const isExit = (words: readonly string[]) => words[0] === 'exit' || words[0] === 'false';
/** What ends a script before its last command does. */
const ENDING = new Set(['exit', 'return', 'false', 'set', 'kill', 'exec', 'trap']);

function endsWell(commands: readonly ShellCommand[], last: ShellCommand): boolean {
  const [program = '', status] = last.words;
  const isGood = SAY.has(program) || (program === 'exit' && status === '0');
  if (!isGood || last.operator === '&&') return false;
  return commands.slice(0, -1).every(({ words }) => !ENDING.has(words[0] ?? ''));
}

/**
 * Kafka's tools do so wherever the option stands: CommandLineUtils.maybePrintHelpOrVersion. The word `version` alone is a question for
 * many: mysqladmin, nodetool, docker.
 */
function printsVersion({ words }: ShellCommand): boolean {
  const program = programOf(words) ?? '';
  const rest = words.slice(words.indexOf(program) + 1);
  if (/(?:^|\/)kafka-[\w-]+(?:\.sh)?$/.test(program)) return rest.includes('--version');
  return rest.length === 1 && /^--?version$/.test(rest[0] ?? '');
}
