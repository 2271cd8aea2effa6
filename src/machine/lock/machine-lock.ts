import { hostname } from 'node:os';
import { type Clock, formatDuration } from '../../clock.ts';
import { ActionError, reasonOf } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { leftoversOf } from '../../host/run-commands.ts';
import { foldersTo, mustRunIn, type Place } from '../../host/unusable-path.ts';
import type { Logger } from '../../log.ts';
import { until } from '../../waiting.ts';
import { aboutOf, describeHolder, entryOf, type LockEntry, type LockHolder, parseLock } from './holder.ts';
import { LOCK_SCRIPT } from './lock-script.ts';

const REFRESH_MS = 5_000;
/** A holder without a connection is dead when it did not come back for so long. */
const GONE_S = 10;
/** A holder that said nothing for so long is dead, whatever its connection. */
const SILENT_S = 60;
const POLL_MS = 2_000;
const REMINDER_MS = 30_000;
const COMMAND_TIMEOUT_MS = 15_000;
/** Commands that a dead run left behind disturb the next one. It waits this long for them to end. */
const LEFTOVER_PATIENCE_MS = 60_000;

export interface LockOptions {
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** Of this run; what it holds is held under this name. */
  readonly runId: string;
  readonly mode: string;
  /** Absolute path of the user's home on the machine. */
  readonly home: string;
  /** How long this run may take, for those who wait for it. */
  readonly timeoutMs: number;
  /** How long to wait for another run; 0 does not wait. */
  readonly lockTimeoutMs: number;
}

/** One run at a time on a machine. */
export class MachineLock {
  private readonly options: LockOptions;
  private readonly entry: LockEntry;
  private readonly released = new AbortController();
  private keeping: Promise<void> = Promise.resolve();

  private constructor(options: LockOptions) {
    const { env, runId: token, mode, timeoutMs } = options;
    this.options = options;
    this.entry = entryOf(env, { token, mode, timeoutMs, computer: hostname() });
  }

  /**
   * Waits until no other run works on the machine, and keeps others out until `release`.
   * @param lose called when another run has taken the lock nevertheless: then this one must stop
   * @throws ActionError `machine-locked` when the other one does not end within `lockTimeoutMs`; `folder-unusable` when the
   *   lock cannot be written
   */
  static async take(options: LockOptions, lose: (error: ActionError) => void): Promise<MachineLock> {
    const lock = new MachineLock(options);
    await lock.wait();
    lock.keeping = lock.keep(lose).catch(() => {}); // It ends by being released.
    return lock;
  }

  /** Who has the lock of the machine; nothing is changed. */
  static async holder(options: LockOptions): Promise<LockHolder | undefined> {
    const { state, holder } = await new MachineLock(options).ask('look');
    return state === 'held' ? holder : undefined;
  }

  /** Lets others in. A lock that cannot be given back is found dead by the next run. */
  async release(): Promise<void> {
    this.released.abort();
    // A sign of life that arrives later would take the lock again.
    await this.keeping;
    await releaseLock(this.options.host, this.entry.token, this.options.log);
  }

  private async wait(): Promise<void> {
    const { clock, log, lockTimeoutMs } = this.options;
    const startedAtMs = clock.now();
    let remindAtMs = startedAtMs;
    const remind = (holder: LockHolder, waitedMs: number) => {
      if (clock.now() < remindAtMs) return;
      const waited = `${formatDuration(waitedMs)} of ${formatDuration(lockTimeoutMs)}`;
      log.info(`the machine is in use by ${describeHolder(holder)}; waiting (${waited})`);
      remindAtMs = clock.now() + REMINDER_MS;
    };
    let refusal: ActionError | undefined;
    const { state, holder } = await until(
      this.options,
      async () => {
        const lock = await this.ask('take');
        if (lock.state !== 'held') return lock;
        const waitedMs = clock.now() - startedAtMs;
        refusal = machineLocked(lock.holder, waitedMs);
        if (waitedMs < lockTimeoutMs) remind(lock.holder, waitedMs);
        return undefined;
      },
      {
        everyMs: POLL_MS,
        timeoutMs: lockTimeoutMs,
        late: () => {
          throw refusal;
        },
      },
    );
    if (state === 'unsupported') log.info('the machine has no flock: other runs are not kept out');
    if (state === 'dead') await this.takeOver(holder);
  }

  /** After a run that is dead: what it started may still be at work. */
  private async takeOver(dead: LockHolder): Promise<void> {
    const { host, log } = this.options;
    log.info(
      `the lock is taken over from ${describeHolder(dead)}: it ended without giving it back, its last sign of life was ${dead.silentS} s ago`,
    );
    let running = '';
    await until(
      this.options,
      async () => {
        const commands = await leftoversOf(host, dead.token);
        if (commands.length === 0) return true;
        if (running === '') log.info(`what it started still runs, waiting: ${commands.join('; ')}`);
        running = commands.join('; ');
        return undefined;
      },
      {
        everyMs: POLL_MS,
        timeoutMs: LEFTOVER_PATIENCE_MS,
        late: () => {
          log.warning(`what it started still runs, and may disturb this run: ${running}`);
          return true;
        },
      },
    );
  }

  /** A sign of life every five seconds. A sign that does not get through is no reason to fail. */
  private async keep(lose: (error: ActionError) => void): Promise<void> {
    const { clock, log, signal } = this.options;
    const ends = AbortSignal.any([signal, this.released.signal]);
    for (;;) {
      await clock.sleep(REFRESH_MS, ends);
      try {
        const { state, holder } = await this.ask('keep');
        if (state === 'held' && !ends.aborted) return lose(lockLost(holder));
      } catch (error) {
        log.debug(`the lock could not be refreshed: ${reasonOf(error)}`);
      }
    }
  }

  private async ask(operation: 'take' | 'keep' | 'look') {
    const { token, job } = this.entry;
    const words = [operation, token, aboutOf(this.entry), job, `${GONE_S}`, `${SILENT_S}`];
    const { host, home } = this.options;
    const { stdout } = await mustRunIn(host, placesOf(home), {
      argv: ['sh', '-c', LOCK_SCRIPT, 'sh', ...words],
      timeoutMs: COMMAND_TIMEOUT_MS,
      isUrgent: operation === 'keep',
    });
    return parseLock(stdout);
  }
}

/**
 * Gives back the lock of a run, if it has it. Runs in a cancelled run, too, and throws nothing.
 * @returns whether the run had the lock
 */
export async function releaseLock(host: Host, runId: string, log: Logger): Promise<boolean> {
  const words = ['release', runId, '', '', `${GONE_S}`, `${SILENT_S}`];
  try {
    const { stdout } = await mustRun(host, {
      argv: ['sh', '-c', LOCK_SCRIPT, 'sh', ...words],
      timeoutMs: COMMAND_TIMEOUT_MS,
      isUndo: true,
    });
    const { state, holder } = parseLock(stdout);
    return state === 'free' && holder.token === runId;
  } catch (error) {
    log.info(
      `the lock of the machine could not be given back: ${reasonOf(error)}; the next run finds it dead`,
    );
    return false;
  }
}

/** What the lock is kept in. */
function placesOf(home: string): Place[] {
  const folder = `${home}/.kafka-al2023/lock`;
  return [
    ...foldersTo(`${folder}/`),
    { path: `${folder}/guard`, use: 'write' },
    { path: `${folder}/holder`, use: 'replace' },
    { path: `${folder}/holder.new`, use: 'write' },
  ];
}

function machineLocked(holder: LockHolder, waitedMs: number): ActionError {
  const waited = waitedMs < 1_000 ? '' : ` after waiting for ${formatDuration(waitedMs)}`;
  return new ActionError(
    'machine-locked',
    `the machine is still in use${waited} by ${describeHolder(holder)}`,
  );
}

const lockLost = (holder: LockHolder) =>
  new ActionError(
    'lock-lost',
    `another run has taken the machine, because this one gave no sign of life: ${describeHolder(holder)}`,
  );
