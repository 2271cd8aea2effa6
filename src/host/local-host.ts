import net from 'node:net';
import type { Duplex } from 'node:stream';
import { exec } from '@actions/exec';
import type { Clock } from '../clock.ts';
import { commandLine, OutputCollector, refuseTimeout } from './command-line.ts';
import type { Command, CommandResult, Host } from './host.ts';

interface LocalHostOptions {
  readonly clock: Clock;
  readonly commandTimeoutMs: number;
  readonly environment: NodeJS.ProcessEnv;
}

/** The runner itself as the machine: no SSH. */
export class LocalHost implements Host {
  readonly name = 'this runner';
  private readonly options: LocalHostOptions;

  constructor(options: LocalHostOptions) {
    this.options = options;
  }

  async run(command: Command): Promise<CommandResult> {
    const { clock, commandTimeoutMs, environment } = this.options;
    const [tool, ...args] = commandLine(command, commandTimeoutMs);
    const stdout = new OutputCollector(command.onLine);
    const stderr = new OutputCollector(command.onLine);
    const started = clock.now();
    const exitCode = await exec(tool, args, {
      silent: true,
      ignoreReturnCode: true,
      env: withoutInputs(environment),
      input: Buffer.from(command.stdin ?? ''),
      listeners: { stdout: chunk => stdout.write(chunk), stderr: chunk => stderr.write(chunk) },
    }).catch(missingTool);
    const result = { exitCode, stdout: stdout.end(), stderr: stderr.end() };
    refuseTimeout(command, result, clock.now() - started, commandTimeoutMs);
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

/** A shell's exit code for a command that is not there, which @actions/exec throws. */
function missingTool(error: Error): number {
  if (/Unable to locate executable file/.test(error.message)) return 127;
  throw error;
}

/** The environment for child processes: without the inputs, among which are secrets. */
export function withoutInputs(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(
    ([name, value]) => value !== undefined && !name.startsWith('INPUT_'),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}
