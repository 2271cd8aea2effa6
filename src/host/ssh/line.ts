import { ActionError } from '../../errors.ts';
import { isBrokenConnection } from './connect-errors.ts';
import type { SshConnection } from './connection.ts';
import { SessionGate } from './session-gate.ts';

export interface LiveConnection extends SshConnection {
  /** Rejects when the connection breaks. */
  readonly lost: Promise<never>;
  readonly gate: SessionGate;
}

interface LineOptions {
  readonly name: string;
  /** Opens the connection; called again when it broke. */
  readonly connect: (signal: AbortSignal) => Promise<SshConnection>;
}

/** An SSH connection that is made again when it has broken. */
export class Line {
  private readonly options: LineOptions;
  private connection: Promise<LiveConnection> | undefined;
  private readonly closing = new AbortController();

  constructor(options: LineOptions) {
    this.options = options;
  }

  /** The open connection, or a new one after it broke. @param signal ends the attempt to make one */
  async live(signal: AbortSignal): Promise<LiveConnection> {
    // A Kafka client that still tries to reach a broker must not open a connection that nobody would close.
    if (this.closing.signal.aborted) throw new Error(`the connection to ${this.options.name} is closed`);
    if (this.connection) return this.connection;
    const opening = this.open(signal);
    const forget = () => {
      if (this.connection === opening) this.connection = undefined;
    };
    this.connection = opening;
    opening.then(live => live.lost.catch(forget), forget);
    return opening;
  }

  async close(): Promise<void> {
    this.closing.abort();
    const connection = this.connection;
    this.connection = undefined;
    (await connection?.catch(() => undefined))?.close();
  }

  private async open(signal: AbortSignal): Promise<LiveConnection> {
    const connection = await this.options.connect(AbortSignal.any([signal, this.closing.signal]));
    // Each command that waits for its session listens for errors: many are no leak.
    connection.ssh.connection?.setMaxListeners(0);
    const lost = new Promise<never>((_, reject) => {
      const broken = new ActionError(
        'ssh-connection-lost',
        `the SSH connection to ${this.options.name} broke`,
        {
          retriable: true,
        },
      );
      if (!connection.ssh.connection) reject(broken);
      connection.ssh.connection?.once('close', () => reject(broken));
    });
    return { ...connection, lost, gate: new SessionGate() };
  }
}

/** A connection that has just broken says so in many words: they all mean that it is lost. */
export async function orLost(live: LiveConnection, cause: unknown): Promise<never> {
  if (!isBrokenConnection(cause)) throw cause;
  live.close();
  return live.lost;
}
