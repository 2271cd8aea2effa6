import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { type Clock, formatDuration } from '../clock.ts';
import { ActionError, lastLines, reasonOf } from '../errors.ts';
import { within } from '../waiting.ts';
import type { TunnelAnswer, TunnelOrder } from './order.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';
import { stopTunnel } from './stop.ts';

/** What the post step must know of a tunnel; nothing in it is secret. */
export interface TunnelState extends ProcessIdentity {
  /** Path of its log. */
  readonly log: string;
}

interface StartOptions {
  /** Path of the tunnel's program. */
  readonly program: string;
  /** Path of its log. */
  readonly log: string;
  readonly env: Record<string, string>;
  /** Called as soon as there is something to stop. */
  readonly onStarted: (state: TunnelState) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Longer than the tunnel itself tries. */
const ANSWER_MS = 45_000;

/**
 * Starts the tunnel as a process of its own, which stays when this one ends, and waits until it is open.
 * The keys go through a pipe: not into a file, an argument or the environment.
 * @throws ActionError `tunnel-failed`, `tunnel-port-in-use` or one of the `ssh-…` codes; no process is left then
 */
export async function startTunnel(order: TunnelOrder, options: StartOptions): Promise<void> {
  const { log, clock, signal } = options;
  signal.throwIfAborted();
  const child = spawnTunnel(options);
  let state: TunnelState | undefined;
  try {
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity) {
      state = { ...identity, log };
      options.onStarted(state);
    }
    const answered = answerOf(child, log);
    // A process that ended at once is told by its answer.
    child.stdin?.on('error', () => {}).end(JSON.stringify(order));
    await within(clock, ANSWER_MS, answered, () => late(log), signal);
  } catch (error) {
    if (state) await stopTunnel(state, clock);
    throw error;
  } finally {
    // From now on the tunnel is on its own.
    child.removeAllListeners().on('error', () => {});
    if (child.connected) child.disconnect();
    child.unref();
  }
}

function spawnTunnel({ program, log, env }: StartOptions): ChildProcess {
  const file = openLog(log);
  try {
    return spawn(process.execPath, [program], {
      detached: true,
      windowsHide: true,
      env,
      stdio: ['pipe', file, file, 'ipc'],
    });
  } finally {
    closeSync(file);
  }
}

function answerOf(child: ChildProcess, log: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', message => {
      const answer = message as TunnelAnswer;
      if (answer.kind === 'open') return resolve();
      reject(new ActionError(answer.code, answer.message, { hint: answer.hint, details: logged(log) }));
    });
    child.once('error', cause =>
      reject(new ActionError('tunnel-failed', `its process did not start: ${reasonOf(cause)}`, { cause })),
    );
    // Not 'exit': the answer may still be on its way then.
    child.once('disconnect', () => {
      const ended = () => {
        const how = child.signalCode ?? `exit code ${child.exitCode}`;
        reject(new ActionError('tunnel-failed', `its process ended (${how})`, { details: logged(log) }));
      };
      if (child.exitCode === null && child.signalCode === null) child.once('exit', ended);
      else ended();
    });
  });
}

function late(log: string): never {
  const message = `it was not open within ${formatDuration(ANSWER_MS)}`;
  throw new ActionError('tunnel-failed', message, { details: logged(log) });
}

const logged = (path: string): string[] => lastLines(readFileSync(path, 'utf8'));

/** Earlier steps may write where the log goes: a link that one of them left there is not followed. */
function openLog(path: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  try {
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  } catch (cause) {
    throw new ActionError('tunnel-failed', `the tunnel's log cannot be opened: ${reasonOf(cause)}`, {
      cause,
    });
  }
}
