import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { userInfo } from 'node:os';
import type { Duplex } from 'node:stream';
import { unlessAborted } from '../waiting.ts';
import { Answer } from './answer.ts';
import { withoutInputs } from './child-env.ts';
import { type CommandBounds, limitOf, refuseTimeout } from './command-line.ts';
import type { Command, CommandResult, Host } from './host.ts';
import { newMarks } from './marks.ts';
import { directWords, programOf } from './program.ts';

interface LocalHostOptions extends CommandBounds {
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

/** The runner itself as the machine: no SSH. */
export class LocalHost implements Host {
  readonly name = 'this runner';
  private readonly options: LocalHostOptions;

  constructor(options: LocalHostOptions) {
    this.options = options;
  }

  async run(command: Command): Promise<CommandResult> {
    const { clock, env, signal, runId } = this.options;
    if (!command.isUndo) signal.throwIfAborted();
    const limitMs = limitOf(command, this.options);
    const marks = newMarks();
    const answer = new Answer(marks, command);
    const words = directWords(programOf(command, limitMs, marks, runId));
    const started = clock.now();
    const running = inProcess(words, { env: withoutInputs(env), stdin: command.stdin, answer });
    // The command itself is stopped by its mark.
    const code = await (command.isUndo ? running : unlessAborted(signal, running));
    const result = answer.result(command, code === undefined ? undefined : { code }, userInfo().username);
    refuseTimeout(command, result, clock.now() - started, limitMs);
    return result;
  }

  dial(address: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: address, port });
      socket.once('connect', () => resolve(socket.removeListener('error', reject)));
      socket.once('error', reject);
    });
  }

  async close(): Promise<void> {}
}

interface ProcessOptions {
  readonly env: Record<string, string>;
  /** What it reads; without it, an end of file. */
  readonly stdin: string | undefined;
  readonly answer: Answer;
}

/**
 * Runs words in a process, until it has ended or everything has come, although what it left in the background has not ended.
 * @returns its exit code, if it has ended
 * @throws ActionError `output-too-long`; Error when it cannot be started
 */
async function inProcess(
  [program, ...args]: readonly [string, ...string[]],
  { env, stdin, answer }: ProcessOptions,
): Promise<number | undefined> {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk: Buffer) => answer.write('stdout', chunk));
  child.stderr.on('data', (chunk: Buffer) => answer.write('stderr', chunk));
  // A command may leave unread what it is given.
  child.stdin.on('error', () => {}).end(stdin ?? '');
  const closed = once(child, 'close').then(([code]: (number | null)[]) => code ?? undefined);
  try {
    return await Promise.race([closed, answer.complete.then(() => undefined), answer.overflow]);
  } finally {
    closed.catch(() => {});
    // What prints without end is ended by it: nobody reads what it writes.
    child.stdout.destroy();
    child.stderr.destroy();
  }
}
