import net from 'node:net';
import { userInfo } from 'node:os';
import type { Duplex } from 'node:stream';
import { exec } from '@actions/exec';
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

/** @actions/exec leaves the standard input open when nothing is given: a command that reads it would wait for ever. */
const WITHOUT_INPUT = 'exec "$@" </dev/null';
/** `cat` reads whatever the command leaves unread: @actions/exec ends the process on a broken pipe. */
const WITH_INPUT = '"$@"; cat >/dev/null';

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
    const script = command.stdin === undefined ? WITHOUT_INPUT : WITH_INPUT;
    const started = clock.now();
    const running = exec('/bin/sh', ['-c', script, 'sh', ...words], {
      silent: true,
      ignoreReturnCode: true,
      env: withoutInputs(env),
      input: command.stdin === undefined ? undefined : Buffer.from(command.stdin),
      listeners: {
        stdout: chunk => answer.write('stdout', chunk),
        stderr: chunk => answer.write('stderr', chunk),
      },
    });
    // The command itself is stopped by its mark.
    const code = await (command.isUndo ? running : unlessAborted(signal, running));
    const result = answer.result(command, { code }, userInfo().username);
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
