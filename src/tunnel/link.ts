import type { Duplex } from 'node:stream';
import { type Clock, formatDuration } from '../clock.ts';
import { reasonOf } from '../errors.ts';
import { loginShellText } from '../host/program.ts';
import { quote } from '../host/quote.ts';
import { isBrokenConnection } from '../host/ssh/connect-errors.ts';
import type { SshConnection } from '../host/ssh/connection.ts';
import { retry, within } from '../waiting.ts';
import type { PartLog } from './tunnel-log.ts';

interface LinkOptions {
  /** One attempt to connect. */
  readonly connect: () => Promise<SshConnection>;
  readonly clock: Clock;
  readonly log: PartLog;
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
/** A connection that breaks sooner is no reason to try again at once. */
const STABLE_MS = 10_000;
/** How long a client waits for the connection, and for the machine's answer. */
const PATIENCE_MS = 30_000;

interface Live extends SshConnection {
  /** Resolves with the reason when the connection breaks. */
  readonly lost: Promise<string>;
}

/** One SSH connection that is made again, for ever, when it breaks. */
export class Link {
  private readonly options: LinkOptions;
  private current = Promise.withResolvers<Live>();

  constructor(options: LinkOptions) {
    this.options = options;
  }

  /** Watches over a connection, and those that come after it, until the signal ends it. Rejects then with its reason. */
  async keep(first: SshConnection): Promise<never> {
    const { clock, log, signal } = this.options;
    let connection = first;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const live = watched(connection, signal);
      this.current.resolve(live);
      const since = clock.now();
      const reason = await live.lost;
      this.current = Promise.withResolvers();
      live.close();
      signal.throwIfAborted();
      const upMs = clock.now() - since;
      log.info(`lost: ${reason}`);
      if (upMs >= STABLE_MS) pauseMs = FIRST_PAUSE_MS;
      const lostAt = clock.now();
      ({ connection, pauseMs } = await this.reconnect(pauseMs));
      log.info(`connected again after ${formatDuration(clock.now() - lostAt)}`);
    }
  }

  /**
   * Opens a TCP connection from the machine. While the SSH connection is broken this waits.
   * @throws Error when the machine refuses it, or after 30 s
   */
  async dial(address: string, port: number): Promise<Duplex> {
    const { clock } = this.options;
    const deadline = clock.now() + PATIENCE_MS;
    for (;;) {
      const live = await this.untilLate(
        this.current.promise,
        deadline,
        'there is no connection to the machine',
      );
      const opening = forward(live, address, port);
      try {
        return await this.untilLate(opening, deadline, 'the machine does not answer');
      } catch (error) {
        // An answer that comes too late must not leave a channel open.
        opening.then(
          channel => channel.destroy(),
          () => {},
        );
        if (!isBrokenConnection(error)) throw error;
        // Nothing was sent yet: the next connection will do as well.
        live.close();
        await live.lost;
      }
    }
  }

  /**
   * Runs a command on the machine by the connection that there is; what comes of it does not matter.
   * @throws Error while there is none
   */
  async tell(argv: readonly [string, ...string[]]): Promise<void> {
    const deadline = this.options.clock.now() + PATIENCE_MS;
    const { ssh } = await this.untilLate(
      this.current.promise,
      deadline,
      'there is no connection to the machine',
    );
    const words = ssh.execCommand(loginShellText(quote(argv)));
    await this.untilLate(words, deadline, 'the machine does not answer');
  }

  private untilLate<T>(work: Promise<T>, deadline: number, reason: string): Promise<T> {
    const { clock, signal } = this.options;
    const late = () => {
      throw new Error(`${reason} (${formatDuration(PATIENCE_MS)})`);
    };
    return within(clock, Math.max(0, deadline - clock.now()), work, late, signal);
  }

  private async reconnect(firstPauseMs: number): Promise<{ connection: SshConnection; pauseMs: number }> {
    const { clock, log, signal, connect } = this.options;
    const pauseAfter = (attempt: number) => Math.min(firstPauseMs * 2 ** attempt, LONGEST_PAUSE_MS);
    await clock.sleep(firstPauseMs, signal);
    const work = async (attempt: number) => ({ connection: await connect(), pauseMs: pauseAfter(attempt) });
    return retry(this.options, work, {
      pauseMs: pauseAfter,
      giveUp: () => undefined,
      onRetry: ({ error }) => log.seldom('reconnect', `not connected: ${reasonOf(error)}; trying again`),
    });
  }
}

/** node-ssh throws at once when it knows that the connection is gone. */
async function forward({ ssh }: Live, address: string, port: number): Promise<Duplex> {
  return ssh.forwardOut('127.0.0.1', 0, address, port);
}

function watched(connection: SshConnection, signal: AbortSignal): Live {
  const { promise: lost, resolve } = Promise.withResolvers<string>();
  const client = connection.ssh.connection;
  let reason = 'the connection was closed';
  if (!client) resolve(reason);
  client?.on('error', error => {
    reason = reasonOf(error);
  });
  client?.once('close', () => resolve(reason));
  const end = () => resolve(reasonOf(signal.reason));
  signal.addEventListener('abort', end);
  return { ...connection, lost: lost.finally(() => signal.removeEventListener('abort', end)) };
}
