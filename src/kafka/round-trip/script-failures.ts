import type { ErrorCode } from '../../error-codes.ts';
import { ActionError, type ErrorFacts, lastLines } from '../../errors.ts';
import type { CommandResult } from '../../host/host.ts';
import { groupRefusalOf, refusalOf } from '../refusals.ts';

export type Script = NonNullable<ErrorFacts['script']>;

/** What kafka-python told a script, as the script tells it in its summary. */
interface ScriptProblem {
  /** Class of the exception. */
  readonly name: string;
  /** Its number in Kafka's protocol; none for a fault of the client itself. */
  readonly code?: number;
  readonly message: string;
}

/** Reads `problem` of a script's summary. @returns undefined when there was none */
export function parseProblem(value: unknown): ScriptProblem | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, code, message } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || typeof message !== 'string') return undefined;
  return { name, message, ...(typeof code === 'number' ? { code } : {}) };
}

interface FailedScript {
  readonly script: Script;
  readonly topic: string;
  readonly group: string;
  /** How far it got, in words. */
  readonly counted: string;
  readonly result: CommandResult;
  readonly problem?: ScriptProblem | undefined;
}

/** Classes of exceptions that have a code of their own. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  UnsupportedCodecError: 'codec-missing',
  SaslAuthenticationFailedError: 'kafka-authentication-failed',
  UnsupportedSaslMechanismError: 'kafka-authentication-failed',
};

/** Names why a script failed: what Kafka refused, what its Python lacks, what ended it, or its last words. */
export function scriptFailure(failed: FailedScript): ActionError {
  const { script, topic, group, counted, result, problem } = failed;
  const where = `${script} on the machine: ${counted}`;
  const more = { details: lastLines(`${result.stdout}\n${result.stderr}`, 15), facts: { script } };
  if (problem) {
    const refusal = refusalOf(topic, problem) ?? groupRefusalOf(group, problem);
    if (refusal) return refusal.with({ message: `${where}. ${refusal.message}`, ...more });
    const code = CODES[problem.name] ?? 'host-client-failed';
    return new ActionError(code, `${where}: ${problem.message}`, more);
  }
  const { code, reason, hint } = pythonFault(result) ?? endOf(result);
  return new ActionError(code, `${where}${reason}`, { ...more, ...(hint ? { hint } : {}) });
}

interface Fault {
  readonly code: 'python-setup-failed' | 'host-client-failed';
  /** What follows the count. */
  readonly reason: string;
  readonly hint?: string;
}

/** The shell's exit codes for a program that cannot be started, or is not there. */
const NOT_STARTED: ReadonlySet<number> = new Set([126, 127]);
const AFRESH =
  'Remove kafka_env in the directory of the project on the machine and run mode deploy: it makes the virtual environment anew.';

/** A virtual environment that does not work: its Python is gone, or a module is. */
function pythonFault({ exitCode, stderr }: CommandResult): Fault | undefined {
  const words = lastWords(stderr);
  if (!NOT_STARTED.has(exitCode) && !/^(ModuleNotFoundError|ImportError)\b/.test(words)) return undefined;
  const reason = words || `its Python cannot be started (exit code ${exitCode})`;
  return { code: 'python-setup-failed', reason: `: ${reason}`, hint: AFRESH };
}

/** A program that a signal ends has the exit code 128 and the signal's number. */
const SIGNALS: Readonly<Record<number, string>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};

function endOf({ exitCode, stderr }: CommandResult): Fault {
  const code = 'host-client-failed';
  const signal = SIGNALS[exitCode];
  if (!signal) {
    const words = lastWords(stderr);
    return { code, reason: `${words === '' ? '' : `: ${words}`} (exit code ${exitCode})` };
  }
  const hint =
    'Look at `sudo dmesg | grep -i "killed process"` on the machine: the kernel ends programs when memory runs out. Otherwise somebody there stopped it.';
  return { code, reason: `: it was ended by ${signal}`, hint };
}

const lastWords = (stderr: string) => lastLines(stderr, 1).join('').trim();
