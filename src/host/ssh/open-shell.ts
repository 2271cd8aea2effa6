import type { ClientChannel } from 'ssh2';
import type { Answer } from '../answer.ts';
import { programLine } from '../program.ts';

/** A shell on the machine that stays open and runs one program after the other, in a session that was opened for it. */
export class OpenShell {
  /** Resolves when the session is over. */
  readonly closed: Promise<void>;
  private readonly channel: ClientChannel;
  private answer: Answer | undefined;

  constructor(channel: ClientChannel, closed: Promise<void>) {
    this.channel = channel;
    this.closed = closed;
    // What comes between two answers is left by a program that is over.
    channel.on('data', (chunk: Buffer) => this.answer?.write('stdout', chunk));
    channel.stderr.on('data', (chunk: Buffer) => this.answer?.write('stderr', chunk));
    channel.on('error', () => {}); // The session closes then.
  }

  /**
   * Resolves when the whole answer has come.
   * @throws ShellEnded when it cannot come any more; ActionError `output-too-long`
   */
  async run(program: string, answer: Answer): Promise<undefined> {
    this.answer = answer;
    this.channel.write(programLine(program));
    const ended = this.closed.then(() => {
      if (!answer.isWhole) throw new ShellEnded();
    });
    await Promise.race([answer.complete, ended, answer.overflow]);
    this.answer = undefined;
  }

  close(): void {
    this.channel.close();
  }
}

/** A shell has ended before the answer was there: the command is to be run in a session of its own. */
export class ShellEnded extends Error {
  constructor() {
    super('the shell that stays open has ended');
  }
}
