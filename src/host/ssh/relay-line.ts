import type { Duplex } from 'node:stream';
import { type CommandBounds, limitOf } from '../command-line.ts';
import type { Command } from '../host.ts';
import { newMarks } from '../marks.ts';
import { loginShellText, programOf } from '../program.ts';
import type { SshConnection } from './connection.ts';
import { Line, type LiveConnection } from './line.ts';
import { RELAY_SCRIPT, Relay } from './relay.ts';

interface RelayLineOptions extends CommandBounds {
  readonly name: string;
  readonly connect: (signal: AbortSignal) => Promise<SshConnection>;
  readonly signal: AbortSignal;
}

/** A relay on the machine, in an SSH connection of its own: it lasts as long as the run, and must not take a session from commands. */
export class RelayLine {
  private readonly options: RelayLineOptions;
  private readonly line: Line;
  private current: { readonly live: LiveConnection; readonly relay: Promise<Relay> } | undefined;

  constructor(options: RelayLineOptions) {
    this.options = options;
    this.line = new Line(options);
  }

  /** @throws Error that says why the connection could not be made */
  async dial(address: string, port: number): Promise<Duplex> {
    const live = await this.line.live(this.options.signal);
    if (this.current?.live !== live) this.current = { live, relay: this.open(live) };
    const relay = await this.current.relay;
    return Promise.race([relay.dial(address, port), live.lost]);
  }

  async close(): Promise<void> {
    await this.line.close();
  }

  private open({ ssh }: LiveConnection): Promise<Relay> {
    const command: Command = { argv: ['python3', '-c', RELAY_SCRIPT], timeoutMs: Number.MAX_SAFE_INTEGER };
    const limitMs = Math.min(limitOf(command, this.options), LONGEST_MS);
    const text = loginShellText(programOf(command, limitMs, newMarks(), this.options.runId));
    return new Promise((resolve, reject) => {
      ssh.connection?.exec(text, (error, channel) => {
        if (error) return reject(error);
        channel.stderr.resume();
        resolve(new Relay(channel));
      });
    });
  }
}

/** No run lasts longer. */
const LONGEST_MS = 24 * 3_600_000;
