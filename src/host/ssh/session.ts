import { constants } from 'node:os';
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
}

/**
 * Runs a command in a session of its own; it has entered the gate, and leaves it.
 * @returns how the shell ended; undefined when everything has come although it has not
 * @throws an error of which `isSessionRefused` is true when sshd takes no more sessions in this connection
 */
export async function inSession(live: LiveConnection, session: Session): Promise<ShellEnd | undefined> {
  try {
    return await execute(live, session);
  } catch (cause) {
    return await orLost(live, cause);
  }
}

async function execute(
  { ssh, gate }: LiveConnection,
  { text, stdin, write, complete }: Session,
): Promise<ShellEnd | undefined> {
  const closed = ssh.execCommand(text, {
    stdin,
    noTrim: true,
    onStdout: chunk => write('stdout', chunk),
    onStderr: chunk => write('stderr', chunk),
    // What a start file leaves behind in the background would keep the channel open, and with it the session.
    onChannel: channel => channel.once('exit', () => complete.then(() => channel.close())),
  });
  closed.then(
    () => gate.leave(),
    cause => (isSessionRefused(cause) ? gate.refused() : gate.leave()),
  );
  const ended = await Promise.race([closed, complete]);
  if (ended === undefined || (ended.code === null && ended.signal === null)) return undefined;
  const { code, signal } = ended;
  return { code: code ?? exitCodeOf(signal), ...(signal === null ? {} : { signal }) };
}

/** As a shell counts: 128 and the number of the signal. */
function exitCodeOf(signal: string | null): number {
  return 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
}
