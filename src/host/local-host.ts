import net from 'node:net';
import type { Duplex } from 'node:stream';
import { exec } from '@actions/exec';
import { unlessAborted } from '../waiting.ts';
import { withoutInputs } from './child-env.ts';
import { type CommandBounds, commandLine, limitOf, OutputCollector, refuseTimeout } from './command-line.ts';
import type { Command, CommandResult, Host } from './host.ts';

interface LocalHostOptions extends CommandBounds {
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

/** @actions/exec leaves the standard input open when nothing is given: a command that reads it would wait for ever. */
const WITHOUT_INPUT = 'exec "$@" </dev/null';
/** `cat` reads whatever the command leaves unread: @actions/exec ends the process on a broken pipe. */
const WITH_INPUT = '"$@"; status=$?; cat >/dev/null; exit $status';

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
    const script = command.stdin === undefined ? WITHOUT_INPUT : WITH_INPUT;
    const stdout = new OutputCollector(command.onLine);
    const stderr = new OutputCollector(command.onLine);
    const started = clock.now();
    const running = exec('sh', ['-c', script, 'sh', ...commandLine(command, limitMs, runId)], {
      silent: true,
      ignoreReturnCode: true,
      env: withoutInputs(env),
      input: command.stdin === undefined ? undefined : Buffer.from(command.stdin),
      listeners: { stdout: chunk => stdout.write(chunk), stderr: chunk => stderr.write(chunk) },
    });
    // The command itself is stopped by its mark.
    const exitCode = await (command.isUndo ? running : unlessAborted(signal, running));
    const result = { exitCode, stdout: stdout.end(), stderr: stderr.end() };
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
