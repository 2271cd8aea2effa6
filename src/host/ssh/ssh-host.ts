import type { Duplex } from 'node:stream';
import { ActionError, reasonOf } from '../../errors.ts';
import { within } from '../../waiting.ts';
import { Answer, type ShellEnd, shellUnusable } from '../answer.ts';
import { type CommandBounds, describe, limitOf, refuseTimeout } from '../command-line.ts';
import type { Command, CommandResult, Host } from '../host.ts';
import { type Marks, newMarks } from '../marks.ts';
import { loginShellText, programOf } from '../program.ts';
import { isForwardingRefused, isSessionRefused } from './connect-errors.ts';
import type { SshConnection } from './connection.ts';
import { Line, type LiveConnection, orLost } from './line.ts';
import { OpenShells } from './open-shells.ts';
import { RelayLine } from './relay-line.ts';
import { inSession } from './session.ts';

interface SshHostOptions extends CommandBounds {
  readonly name: string;
  readonly user: string;
  /** Opens the connection; called again when it broke. */
  readonly connect: (signal: AbortSignal) => Promise<SshConnection>;
  readonly signal: AbortSignal;
  /** Told when the server forwards no connection, and a command on the machine makes them instead; without it that is an error. */
  readonly onRelay?: (() => void) | undefined;
}

/** The machine stops a command itself when its time is up; this much later we stop waiting for it to say so. */
const GRACE_MS = 15_000;
/** A login shell that has run nothing by then waits for something that does not come. */
const BEGIN_MS = 25_000;
/** A session that has just ended may still count. */
const REFUSALS = 10;
const REFUSAL_PAUSE_MS = 200;
/** A command that undoes something outlives the run. */
const NEVER = new AbortController().signal;

/** A machine behind SSH: commands and TCP connections share one SSH connection, which is made again when it breaks. */
export class SshHost implements Host {
  readonly name: string;
  private readonly options: SshHostOptions;
  private readonly line: Line;
  /** For commands that must not wait where sshd takes few sessions in one connection. */
  private readonly sideLine: Line;
  /** Makes the connections that sshd does not forward; set once it has refused one. */
  private relay: RelayLine | undefined;
  /** The login shell has shown that it runs what it is sent. */
  private hasAnswered = false;

  private constructor(options: SshHostOptions) {
    this.name = options.name;
    this.options = options;
    this.line = new Line(options);
    this.sideLine = new Line(options);
  }

  /** Connects. @throws ActionError as `connect` of `options` does */
  static async open(options: SshHostOptions): Promise<SshHost> {
    const host = new SshHost(options);
    await host.line.live(options.signal);
    return host;
  }

  async run(command: Command): Promise<CommandResult> {
    const signal = command.isUndo ? NEVER : this.options.signal;
    return (await this.byOpenShell(command, signal)) ?? this.inOwnSession(command, signal);
  }

  /** A session is waited for where sshd takes few. */
  private async inOwnSession(command: Command, signal: AbortSignal): Promise<CommandResult> {
    const { clock, name } = this.options;
    for (let refusals = 1; ; refusals++) {
      signal.throwIfAborted();
      const live = await this.lineFor(command, signal);
      await Promise.race([live.gate.enter(signal), live.lost]);
      try {
        return await this.begin(live, command, signal);
      } catch (cause) {
        if (!isSessionRefused(cause)) throw cause;
        if (live.gate.isUsed) refusals = 0;
        else if (refusals > REFUSALS) throw noSession(name, cause);
        else await clock.sleep(REFUSAL_PAUSE_MS, signal);
      }
    }
  }

  async dial(address: string, port: number): Promise<Duplex> {
    if (this.relay) return this.relay.dial(address, port);
    const live = await this.line.live(this.options.signal);
    const opened = live.ssh.forwardOut('127.0.0.1', 0, address, port).catch(cause => orLost(live, cause));
    return Promise.race([opened, live.lost]).catch(cause => {
      if (cause instanceof ActionError) throw cause;
      const reason = reasonOf(cause);
      if (isForwardingRefused(cause)) {
        if (this.options.onRelay) return this.relayed(this.options.onRelay).dial(address, port);
        const message = `${this.name} does not forward connections (to ${address}:${port})`;
        throw new ActionError('ssh-forwarding-refused', message, { cause });
      }
      throw new Error(`${address}:${port} on ${this.name}: ${reason}`, { cause });
    });
  }

  private relayed(onRelay: () => void): RelayLine {
    if (!this.relay) onRelay();
    this.relay ??= new RelayLine(this.options);
    return this.relay;
  }

  async close(): Promise<void> {
    await Promise.all([this.line.close(), this.sideLine.close(), this.relay?.close()]);
  }

  private async lineFor(command: Command, signal: AbortSignal): Promise<LiveConnection> {
    const live = await this.line.live(signal);
    const hurries = command.isUndo || command.isUrgent;
    return hurries && live.gate.isFull ? this.sideLine.live(signal) : live;
  }

  /** @returns undefined for a command that is none for a shell that stays open, or when there is no such shell */
  private async byOpenShell(command: Command, signal: AbortSignal): Promise<CommandResult | undefined> {
    if (!command.isLook || !this.hasAnswered) return undefined;
    signal.throwIfAborted();
    const live = await this.line.live(signal);
    const by = { user: command.sudo ? 'root' : 'user', clock: this.options.clock } as const;
    return OpenShells.in(live).use(by, shell =>
      this.execute(live, command, signal, (limitMs, marks, answer) =>
        shell.run(programOf({ ...command, sudo: false }, limitMs, marks, this.options.runId), answer),
      ),
    );
  }

  private begin(live: LiveConnection, command: Command, signal: AbortSignal): Promise<CommandResult> {
    return this.execute(live, command, signal, (limitMs, marks, answer) =>
      inSession(live, {
        text: loginShellText(programOf(command, limitMs, marks, this.options.runId)),
        stdin: command.stdin ?? '',
        write: (output, chunk) => answer.write(output, chunk),
        complete: answer.complete,
        overflow: answer.overflow,
      }),
    );
  }

  private async execute(
    live: LiveConnection,
    command: Command,
    signal: AbortSignal,
    start: (limitMs: number, marks: Marks, answer: Answer) => Promise<ShellEnd | undefined>,
  ): Promise<CommandResult> {
    const { clock, user } = this.options;
    const limitMs = limitOf(command, this.options);
    const marks = newMarks();
    const answer = new Answer(marks, command);
    const started = clock.now();
    const running = start(limitMs, marks, answer);
    const ended = await this.untilEnded(Promise.race([running, live.lost]), answer, command, limitMs, signal);
    const result = this.resultOf(answer, command, ended, user);
    refuseTimeout(command, result, clock.now() - started, limitMs);
    return result;
  }

  private async untilEnded(
    running: Promise<ShellEnd | undefined>,
    answer: Answer,
    command: Command,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<ShellEnd | undefined> {
    const { clock } = this.options;
    if (!this.hasAnswered)
      await within(
        clock,
        BEGIN_MS,
        Promise.race([answer.begun, running]),
        () => {
          const how = `ran nothing within ${BEGIN_MS / 1000} s`;
          throw shellUnusable(this.name, this.options.user, how, answer.instead);
        },
        signal,
      );
    const silent = () => {
      const message = `\`${describe(command)}\` did not end, and the machine does not answer`;
      throw new ActionError('command-timeout', message);
    };
    return within(clock, limitMs + GRACE_MS, running, silent, signal);
  }

  private resultOf(
    answer: Answer,
    command: Command,
    ended: ShellEnd | undefined,
    user: string,
  ): CommandResult {
    if (answer.isWhole || (answer.hasBegun && ended?.signal !== undefined)) {
      this.hasAnswered = true;
      return answer.result(command, ended, user);
    }
    // A machine that shuts down ends the shell before the answer has come, and soon the connection.
    if (this.hasAnswered || ended === undefined)
      throw new ActionError('ssh-connection-lost', `the connection broke under \`${describe(command)}\``, {
        retriable: true,
      });
    const how =
      ended.signal === undefined
        ? `ended with exit code ${ended.code}`
        : `was ended by signal ${ended.signal}`;
    throw shellUnusable(this.name, user, how, answer.instead);
  }
}

const noSession = (name: string, cause: unknown) =>
  new ActionError('shell-unusable', `${name} opens no session for a command, although it let the user in`, {
    cause,
    hint: 'Look for MaxSessions 0 in /etc/ssh/sshd_config and /etc/ssh/sshd_config.d on the machine, remove it, then: sudo systemctl reload sshd',
  });
