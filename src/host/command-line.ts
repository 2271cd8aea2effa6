import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../clock.ts';
import { ActionError, lastLines } from '../errors.ts';
import type { Command, CommandResult } from './host.ts';

/** The exit code of coreutils' timeout(1) for a command that it stopped. */
const TIMED_OUT = 124;
/** `128 + SIGKILL`: the command did not stop when asked to, and timeout(1) killed it. */
const KILLED = 137;

/** Set for every command of a run on the machine, and so for all that it starts: the run's id. */
export const RUN_VARIABLE = 'KAFKA_AL2023_RUN';

/** What goes for every command of a host. Times are in milliseconds of the run's clock. */
export interface CommandBounds {
  readonly clock: Clock;
  readonly commandTimeoutMs: number;
  /** When the whole run must be over: no command outlives it. */
  readonly deadline: number;
  /** Its commands can be told from those of other runs, and stopped. */
  readonly runId?: string;
}

/** How long a command that starts now may take. A command that undoes something is needed most when the run's time is up. */
export function limitOf(command: Command, { clock, commandTimeoutMs, deadline }: CommandBounds): number {
  const limitMs = command.timeoutMs ?? commandTimeoutMs;
  return Math.max(1_000, command.isUndo ? limitMs : Math.min(limitMs, deadline - clock.now()));
}

/**
 * The full argument list of a command. `timeout` stops it on the machine itself, so that nothing is left running there
 * when the connection is gone; it stands behind sudo because only root may stop what runs as root.
 * The run's mark stands there too, since sudo would remove it. A command that undoes something has no mark: it is not
 * stopped with the run.
 */
export function commandLine(command: Command, limitMs: number, runId?: string): [string, ...string[]] {
  const sudo = command.sudo ? ['sudo', '-n', '--'] : [];
  const directory = command.cwd === undefined ? [] : ['-C', command.cwd];
  const limit = ['timeout', '--kill-after=5', `${Math.ceil(limitMs / 1000)}`];
  const mark = runId === undefined || command.isUndo ? [] : [`${RUN_VARIABLE}=${runId}`];
  const environment = ['env', ...directory, 'LC_ALL=C.UTF-8', ...mark];
  const [first, ...rest] = [...sudo, ...environment, ...limit, ...command.argv];
  return [first ?? 'env', ...rest];
}

/** @throws ActionError `command-timeout` when the result says that timeout(1) stopped the command at its limit */
export function refuseTimeout(
  command: Command,
  result: CommandResult,
  tookMs: number,
  limitMs: number,
): void {
  const stopped = result.exitCode === TIMED_OUT || result.exitCode === KILLED;
  if (!stopped || tookMs < limitMs) return;
  throw new ActionError(
    'command-timeout',
    `\`${describe(command)}\` did not end within ${Math.round(limitMs / 1000)} s and was stopped`,
    { details: lastLines(`${result.stdout}\n${result.stderr}`) },
  );
}

/** A command for a message: its words, shortened. */
export function describe(command: Command): string {
  const text = command.argv.join(' ').replaceAll(/\s+/g, ' ');
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

/** Collects the output of a command and hands on whole lines, whatever the chunks are cut into. */
export class OutputCollector {
  private readonly decoder = new StringDecoder('utf8');
  private readonly onLine: ((line: string) => void) | undefined;
  private text = '';
  private partial = '';

  constructor(onLine?: (line: string) => void) {
    this.onLine = onLine;
  }

  write(chunk: Buffer): void {
    this.take(this.decoder.write(chunk));
  }

  /** The whole output; the last line is handed on even if it has no newline. */
  end(): string {
    this.take(this.decoder.end());
    if (this.partial !== '') this.onLine?.(this.partial.replace(/\r$/, ''));
    this.partial = '';
    return this.text;
  }

  private take(piece: string): void {
    this.text += piece;
    if (!this.onLine) return;
    // A carriage return redraws a line (progress bars): each drawing is a line of its own here. One at the end of a
    // chunk may be the first half of CR LF.
    const lines = (this.partial + piece).split(/\r?\n|\r(?!$)/);
    this.partial = lines.pop() ?? '';
    for (const line of lines) this.onLine(line);
  }
}
