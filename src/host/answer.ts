import { ActionError, lastLines } from '../errors.ts';
import { describe } from './command-line.ts';
import type { Command, CommandResult } from './host.ts';
import { AnswerReader, type Marks } from './marks.ts';
import { OutputCollector } from './output.ts';
import { sudoRefused } from './sudo.ts';

/** How much a command may print, in bytes. Of one whose output may be cut only head and tail are kept. */
const MOST = { whole: 10 * 2 ** 20, cut: 256 * 2 ** 20 };

/** How a command's channel or process ended: the code of the shell around it, or the signal that ended that shell. */
export interface ShellEnd {
  readonly code: number;
  readonly signal?: string;
}

/** The answer to one command, as it comes in pieces. */
export class Answer {
  /** Resolves when our shell runs on the machine. */
  readonly begun: Promise<void>;
  /** Resolves when all has come, although a start file may have left something behind that keeps the channel open. */
  readonly complete: Promise<void>;
  /** Rejects when more has come than is taken: it may be without end. */
  readonly overflow: Promise<never>;
  private readonly stdout: AnswerReader;
  private readonly stderr: AnswerReader;
  private readonly begin: () => void;
  private readonly end: () => void;
  private readonly refuse: (error: ActionError) => void;
  private readonly command: Command;
  private bytes = 0;

  constructor(marks: Marks, command: Command) {
    const { onLine } = command;
    this.command = command;
    this.stdout = new AnswerReader(marks, 'o', new OutputCollector(onLine));
    this.stderr = new AnswerReader(marks, 'e', new OutputCollector(onLine));
    const begun = Promise.withResolvers<void>();
    const complete = Promise.withResolvers<void>();
    const overflow = Promise.withResolvers<never>();
    this.overflow = overflow.promise;
    this.overflow.catch(() => {});
    this.refuse = overflow.reject;
    this.begun = begun.promise;
    this.begin = begun.resolve;
    this.complete = complete.promise;
    this.end = complete.resolve;
  }

  write(output: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.isTooLong(chunk)) return;
    this[output].write(chunk);
    if (this.stdout.hasShell) this.begin();
    if (this.stdout.exitCode !== undefined && this.stderr.exitCode !== undefined) this.end();
  }

  /** What comes before the command, from start files and sudo, counts, too. Nothing more is taken once it is too long. */
  private isTooLong({ length }: Buffer): boolean {
    const hasBegun = this.stdout.hasAnswer || this.stderr.hasAnswer;
    const most = hasBegun && this.command.mayBeCut ? MOST.cut : MOST.whole;
    this.bytes += length;
    if (this.bytes <= most) return false;
    this.refuse(tooLong(this.command, hasBegun, most));
    return true;
  }

  /** False when the login shell has run something else, or nothing. */
  get hasBegun(): boolean {
    return this.stdout.hasShell;
  }

  /** The machine has said how the command ended. */
  get isWhole(): boolean {
    return this.stdout.exitCode !== undefined;
  }

  /**
   * To be asked once all has come.
   * @param ended how the shell ended, for a command whose end was cut off
   * @param user for whom sudo was asked
   * @throws ActionError `no-sudo` when sudo has not let the command begin
   */
  result({ sudo = false }: Command, ended: ShellEnd | undefined, user: string): CommandResult {
    const [stdout, stderr] = [this.stdout.close(), this.stderr.close()];
    if (sudo && this.isWhole && !this.stdout.hasAnswer)
      throw sudoRefused(`${this.stderr.noiseOf('shell')}\n${this.stdout.noiseOf('shell')}`, user);
    return { exitCode: this.stdout.exitCode ?? ended?.code ?? 255, stdout, stderr };
  }

  /** What came instead of an answer, line by line. */
  get instead(): string[] {
    const lines = [this.stdout, this.stderr].flatMap(reader => lastLines(reader.noiseOf('login'), 1_000));
    return lines.slice(0, 5);
  }
}

function tooLong(command: Command, hasBegun: boolean, most: number): ActionError {
  const size = `more than ${most / 2 ** 20} MiB`;
  const name = `\`${describe(command)}\``;
  if (hasBegun) return new ActionError('output-too-long', `${name} has printed ${size}, and was given up`);
  return new ActionError('output-too-long', `before ${name} began, the machine has printed ${size}`, {
    hint: 'Most likely a start file of the login shell (~/.bashrc, ~/.profile, /etc/profile.d) prints without end. Begin ~/.bashrc with: case $- in *i*) ;; *) return ;; esac',
  });
}

/** What the login shell must give back before anything else is asked of the machine. */
export function shellUnusable(
  name: string,
  user: string,
  how: string,
  instead: readonly string[],
): ActionError {
  const said = instead.length === 0 ? 'and nothing came back' : `and this came back: ${instead.join(' / ')}`;
  return new ActionError(
    'shell-unusable',
    `${name} ran no command that was sent to it: the login shell ${how} ${said}`,
    { details: instead, hint: shellHint(user, instead.join('\n')) },
  );
}

/** The words of nologin(8), of restricted shells and of cloud-init's authorized_keys tell what is to be done. */
function shellHint(user: string, said: string): string | undefined {
  const other = /login as the user "?([\w.-]+)"? rather than/i.exec(said)?.[1];
  if (other !== undefined) return `Set username: ${other}. The machine lets "${user}" do nothing.`;
  if (/password (has )?expired|password change required|account (has )?expired/i.test(said))
    return `On the machine: sudo chage -M -1 -E -1 -d $(date +%F) ${user}  (the account or its password has expired).`;
  if (/not available|nologin|restricted/i.test(said))
    return `Give the user a shell on the machine: sudo usermod -s /bin/bash ${user}`;
  return undefined;
}
