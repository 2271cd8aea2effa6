import type { Clock } from '../clock.ts';
import { ActionError, lastLines } from '../errors.ts';
import type { Command, CommandResult } from './host.ts';

/** The exit code of coreutils' timeout(1) for a command that it stopped. */
const TIMED_OUT = 124;
/** `128 + SIGKILL`: the command did not stop when asked to, and timeout(1) killed it. */
const KILLED = 137;

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
