import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import { ActionError, reasonOf } from '../../errors.ts';
import { within } from '../../waiting.ts';
import {
  type CommandBounds,
  commandLine,
  describe,
  limitOf,
  OutputCollector,
  refuseTimeout,
} from '../command-line.ts';
import type { Command, CommandResult, Host } from '../host.ts';
import { quote } from '../quote.ts';
import { isBrokenConnection, isForwardingRefused } from './connect-errors.ts';
import type { SshConnection } from './connection.ts';

interface SshHostOptions extends CommandBounds {
  readonly name: string;
  /** Opens the connection; called again when it broke. */
  readonly connect: () => Promise<SshConnection>;
  readonly signal: AbortSignal;
}

/** The machine stops a command itself when its time is up; this much later we stop waiting for it to say so. */
const GRACE_MS = 15_000;

/** A machine behind SSH: commands and TCP connections share one SSH connection, which is made again when it breaks. */
export class SshHost implements Host {
  readonly name: string;
  private readonly options: SshHostOptions;
  private connection: Promise<LiveConnection> | undefined;
  private isClosed = false;

  private constructor(options: SshHostOptions) {
    this.name = options.name;
    this.options = options;
  }

  /** Connects. @throws ActionError as `connect` of `options` does */
  static async open(options: SshHostOptions): Promise<SshHost> {
    const host = new SshHost(options);
    await host.live();
    return host;
  }

  async run(command: Command): Promise<CommandResult> {
    const { clock } = this.options;
    const live = await this.live(command.isUndo);
    const limitMs = limitOf(command, this.options);
    const started = clock.now();
    const running = execute(live, commandLine(command, limitMs, this.options.runId), command).catch(cause =>
      orLost(live, cause),
    );
    const result = await this.untilLost(live, running, command, limitMs);
    refuseTimeout(command, result, clock.now() - started, limitMs);
    return result;
  }

  async dial(address: string, port: number): Promise<Duplex> {
    const live = await this.live(true);
    const opened = live.ssh.forwardOut('127.0.0.1', 0, address, port).catch(cause => orLost(live, cause));
    return Promise.race([opened, live.lost]).catch(cause => {
      if (cause instanceof ActionError) throw cause;
      const reason = reasonOf(cause);
      if (isForwardingRefused(cause)) {
        throw new ActionError('ssh-forwarding-refused', `${this.name} does not forward connections`, {
          cause,
        });
      }
      throw new Error(`${address}:${port} on ${this.name}: ${reason}`, { cause });
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const connection = this.connection;
    this.connection = undefined;
    (await connection?.catch(() => undefined))?.close();
  }

  /** The open connection, or a new one after it broke. */
  private async live(isUndo = false): Promise<LiveConnection> {
    if (!isUndo) this.options.signal.throwIfAborted();
    // A Kafka client that still tries to reach a broker must not open a connection that nobody would close.
    if (this.isClosed) throw new Error(`the connection to ${this.name} is closed`);
    if (this.connection) return this.connection;
    const opening = this.open();
    const forget = () => {
      if (this.connection === opening) this.connection = undefined;
    };
    this.connection = opening;
    opening.then(live => live.lost.catch(forget), forget);
    return opening;
  }

  private async open(): Promise<LiveConnection> {
    const connection = await this.options.connect();
    const lost = new Promise<never>((_, reject) => {
      const broken = new ActionError('ssh-connection-lost', `the SSH connection to ${this.name} broke`, {
        retriable: true,
      });
      if (!connection.ssh.connection) reject(broken);
      connection.ssh.connection?.once('close', () => reject(broken));
    });
    return { ...connection, lost };
  }

  private async untilLost(
    live: LiveConnection,
    running: Promise<CommandResult>,
    command: Command,
    limitMs: number,
  ): Promise<CommandResult> {
    const { signal, clock } = this.options;
    const silent = () => {
      const message = `\`${describe(command)}\` did not end, and the machine does not answer`;
      throw new ActionError('command-timeout', message);
    };
    const ended = Promise.race([running, live.lost]);
    return within(clock, limitMs + GRACE_MS, ended, silent, command.isUndo ? undefined : signal);
  }
}

interface LiveConnection extends SshConnection {
  /** Rejects when the connection breaks. */
  readonly lost: Promise<never>;
}

/** A connection that has just broken says so in many words: they all mean that it is lost. */
async function orLost(live: LiveConnection, cause: unknown): Promise<never> {
  if (!isBrokenConnection(cause)) throw cause;
  live.close();
  return live.lost;
}

async function execute(
  live: LiveConnection,
  words: readonly string[],
  command: Command,
): Promise<CommandResult> {
  const stdout = new OutputCollector(command.onLine);
  const stderr = new OutputCollector(command.onLine);
  const { code, signal } = await live.ssh.execCommand(quote(words), {
    stdin: command.stdin ?? '',
    noTrim: true,
    onStdout: chunk => stdout.write(chunk),
    onStderr: chunk => stderr.write(chunk),
  });
  if (code === null && !signal) {
    throw new ActionError('ssh-connection-lost', `the connection broke under \`${describe(command)}\``, {
      retriable: true,
    });
  }
  return { exitCode: code ?? exitCodeOf(signal), stdout: stdout.end(), stderr: stderr.end() };
}

/** As a shell counts: 128 and the number of the signal. */
function exitCodeOf(signal: string | null): number {
  return 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
}
