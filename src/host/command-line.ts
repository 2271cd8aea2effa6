import { StringDecoder } from 'node:string_decoder';
import { ActionError, lastLines } from '../errors.ts';
import type { Command, CommandResult } from './host.ts';

/** The exit code of coreutils' timeout(1) for a command that it stopped. */
const TIMED_OUT = 124;
/** `128 + SIGKILL`: the command did not stop when asked to, and timeout(1) killed it. */
const KILLED = 137;

/**
 * The full argument list of a command. `timeout` stops it on the machine itself, so that nothing is left running there
 * when the connection is gone; it stands behind sudo because only root may stop what runs as root.
 */
export function commandLine(command: Command, defaultTimeoutMs: number): [string, ...string[]] {
  const seconds = Math.ceil((command.timeoutMs ?? defaultTimeoutMs) / 1000);
  const sudo = command.sudo ? ['sudo', '-n', '--'] : [];
  const directory = command.cwd === undefined ? [] : ['-C', command.cwd];
  const limit = ['timeout', '--kill-after=5', `${seconds}`];
  const [first, ...rest] = [...sudo, 'env', ...directory, 'LC_ALL=C.UTF-8', ...limit, ...command.argv];
  return [first ?? 'env', ...rest];
}

/** @throws ActionError `command-timeout` when the result says that timeout(1) stopped the command */
export function refuseTimeout(
  command: Command,
  result: CommandResult,
  tookMs: number,
  defaultTimeoutMs: number,
): void {
  const limitMs = command.timeoutMs ?? defaultTimeoutMs;
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
    const piece = this.decoder.write(chunk);
    this.text += piece;
    if (!this.onLine) return;
    // A carriage return redraws a line (progress bars): what it redraws is a line of its own here.
    const lines = (this.partial + piece).split(/\r?\n|\r/);
    this.partial = lines.pop() ?? '';
    for (const line of lines) this.onLine(line);
  }

  /** The whole output; the last line is handed on even if it has no newline. */
  end(): string {
    if (this.partial !== '') this.onLine?.(this.partial);
    this.partial = '';
    return this.text;
  }
}
