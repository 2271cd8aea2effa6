import { once } from 'node:events';
import { constants } from 'node:os';
import type { ClientChannel } from 'ssh2';
import type { ShellEnd } from '../answer.ts';
import { isSessionRefused } from './connect-errors.ts';
import { type LiveConnection, orLost } from './line.ts';

/** What one command sends and gets. */
interface Session {
  readonly text: string;
  readonly stdin: string;
  readonly write: (output: 'stdout' | 'stderr', chunk: Buffer) => void;
  /** Resolves when all has come that is waited for. */
  readonly complete: Promise<void>;
  /** Rejects when more has come than is taken. */
  readonly overflow: Promise<never>;
}

/**
 * Runs a command in a session of its own; it has entered the gate, and leaves it.
 * @returns how the shell ended; undefined when everything has come although it has not
 * @throws ActionError `output-too-long`; an error of which `isSessionRefused` is true when sshd takes no more sessions in this connection
 */
export async function inSession(live: LiveConnection, session: Session): Promise<ShellEnd | undefined> {
  try {
    return await execute(live, session);
  } catch (cause) {
    return await orLost(live, cause);
  }
}

async function execute(
  live: LiveConnection,
  { text, stdin, write, complete, overflow }: Session,
): Promise<ShellEnd | undefined> {
  let ended: ShellEnd | undefined;
  const { channel, closed } = await openSession(live, text, (channel, code, signal) => {
    if (code !== null || signal !== undefined)
      ended = { code: code ?? exitCodeOf(signal), ...(signal === undefined ? {} : { signal }) };
    // What a start file leaves behind in the background would keep the channel open, and with it the session.
    complete.then(() => channel.close());
  });
  channel.on('data', (chunk: Buffer) => write('stdout', chunk));
  channel.stderr.on('data', (chunk: Buffer) => write('stderr', chunk));
  channel.end(stdin);
  try {
    return await Promise.race([closed.then(() => ended), complete.then(() => undefined), overflow]);
  } catch (error) {
    // What prints without end is ended by it: nobody reads what it writes.
    channel.close();
    throw error;
  }
}

/**
 * Opens a session; it has entered the gate, and leaves it when it is closed or refused.
 * @throws Error as ssh2 does, or that there is no connection
 */
export async function openSession(
  live: LiveConnection,
  text: string,
  onExit?: OnExit,
): Promise<{ readonly channel: ClientChannel; readonly closed: Promise<void> }> {
  const { gate } = live;
  const opening = open(live, text, onExit);
  opening.catch(cause => (isSessionRefused(cause) ? gate.refused() : gate.leave()));
  const channel = await opening;
  return { channel, closed: once(channel, 'close').then(() => gate.leave()) };
}

/** Told how the shell ended. */
type OnExit = (channel: ClientChannel, code: number | null, signal?: string) => void;

/**
 * A session of its own for a command.
 * @param onExit told how the shell ended. That can come with the very packet that opens the session, when nobody who waits for the
 *   channel has it yet
 * @throws Error as ssh2 does, or that there is no connection
 */
async function open(
  { ssh }: LiveConnection,
  text: string,
  onExit: OnExit = () => {},
): Promise<ClientChannel> {
  const { connection } = ssh;
  if (!connection) throw new Error('Not connected to server');
  const opened = Promise.withResolvers<ClientChannel>();
  connection.once('error', opened.reject);
  try {
    connection.exec(text, (error, channel) => {
      if (error) return opened.reject(error);
      channel.on('exit', (code: number | null, signal?: string) => onExit(channel, code, signal));
      opened.resolve(channel);
    });
    return await opened.promise;
  } finally {
    connection.removeListener('error', opened.reject);
  }
}

/** As a shell counts: 128 and the number of the signal. */
function exitCodeOf(signal: string | undefined): number {
  return 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
}
