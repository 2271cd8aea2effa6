import type { GroupedContext } from '../context.ts';
import { type ActionError, toActionError } from '../errors.ts';
import type { Connection } from '../host/connection.ts';
import type { Host } from '../host/host.ts';
import { onceMore } from '../host/once-more.ts';
import { stopCommandsOnAbort } from '../host/run-commands.ts';
import { sshCommand } from '../host/ssh/ssh-command.ts';
import { type GroupedLogger, logFailure } from '../log.ts';
import { inspectMachine, type Machine } from '../machine/facts.ts';
import { describeHolder } from '../machine/lock/holder.ts';
import { type LockOptions, MachineLock, releaseLock } from '../machine/lock/machine-lock.ts';
import { DockerWatch } from '../machine/troubles/docker-watch.ts';
import { explain } from '../steps/explain.ts';
import { within } from '../waiting.ts';
import { type Run, type RunDependencies, RunFailure } from './run.ts';
import { stage } from './stage.ts';

/** The time for giving back the lock: in a run that was aborted, and in any other. */
const HURRY_MS = 1_500;
const PATIENCE_MS = 20_000;

/** A machine that a run is connected to. */
export interface Connected
  extends Omit<RunDependencies, 'cancelled' | 'openHost' | 'kafkaClients'>,
    GroupedContext {
  readonly machine: Machine;
  /** Aborted, with an ActionError, when the run has to end. */
  readonly signal: AbortSignal;
}

/** A machine that a run has for itself until the session is disposed of. */
export interface Session extends Connected, AsyncDisposable {
  /** Why another run has the machine: then nothing may be changed. Only for a run that asked to look on. */
  readonly heldBy?: string;
}

interface SessionOptions {
  /** A machine that another run holds for too long is no failure: the session says so in `heldBy`. */
  readonly mayLookOn?: boolean;
}

interface TakeOptions extends SessionOptions {
  /** How long to wait for another run, in milliseconds. @default what the inputs say */
  readonly waitMs?: number;
}

/** Which machine: of several one, by the name that messages give it. */
export interface Target {
  readonly connection: Connection;
  readonly name?: string;
}

/** A machine that a run is connected to, and may take for itself. */
export interface OpenedMachine extends AsyncDisposable {
  readonly connected: Connected;
  /**
   * Keeps other runs out until the machine is disposed of.
   * @returns why another run has it, which is a failure unless this one may look on
   * @throws RunFailure at `lock`
   */
  take(options?: TakeOptions): Promise<string | undefined>;
  /** Lets others in again, if the machine was taken; the connection stays. */
  letGo(): Promise<void>;
}

/**
 * Connects to the machine of a run, and keeps other runs out. When the run is aborted, its commands are stopped on the machine
 * itself. At the end of the session the lock is given back and the connection closed, whatever happened.
 * @throws RunFailure at `connect` or `lock`; nothing is left open then
 */
export async function openSession(run: Run, options: SessionOptions = {}): Promise<Session> {
  const { connection } = run.config;
  await using opened = new AsyncDisposableStack();
  const { connected, take } = opened.use(await openMachine(run, { connection }, run.dependencies.log));
  run.note({ host: connected.host.name, machine: connected.machine, ssh: sshCommand(connection) });
  const heldBy = await take(options);
  const session = opened.move();
  return { ...connected, heldBy, [Symbol.asyncDispose]: () => session.disposeAsync() };
}

/**
 * Connects to a machine. When the run is aborted, its commands are stopped there. What was taken is given back in the end.
 * @throws RunFailure at `connect`; nothing is left open then
 */
export async function openMachine(run: Run, target: Target, log: GroupedLogger): Promise<OpenedMachine> {
  const dependencies = { ...run.dependencies, log };
  await using opened = new AsyncDisposableStack();
  const { host, machine } = await connect(run, target, log);
  opened.defer(() => host.close());
  const kafka = dependencies.kafkaClients(host, log, run.config.security);
  const connected: Connected = { ...dependencies, signal: run.signal, host, kafka, machine };
  const held = opened.use(new HeldMachine(connected, target.name));
  const all = opened.move();
  return {
    connected,
    take: (options = {}) => held.take(run, options),
    letGo: () => held.letGo(),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function connect(
  run: Run,
  { connection, name }: Target,
  log: GroupedLogger,
): Promise<{ host: Host; machine: Machine }> {
  const { signal, deadline } = run;
  const config = { ...run.config, connection };
  const dependencies = { ...run.dependencies, log };
  const title = name === undefined ? 'Connect' : `Connect · ${name}`;
  const work = async () => {
    const mayRelay = isProvedOnMachine(config);
    const machine = await dependencies.openHost(config, { ...dependencies, signal, deadline, mayRelay });
    const host = new DockerWatch(machine, dependencies);
    try {
      return {
        host,
        machine: await onceMore({ ...dependencies, signal }, title, () => inspectMachine(host)),
      };
    } catch (error) {
      await host.close();
      throw error;
    }
  };
  try {
    return await stage(dependencies, title, work, ({ host }, took) => `${host.name} in ${took}`);
  } catch (error) {
    throw new RunFailure('connect', onMachine(name, toActionError(error)));
  }
}

/** Nothing but questions goes to Kafka from here: the messages are those of the pair on the machine. */
const isProvedOnMachine = ({ smokeTest: { clients, drill }, tunnel }: Run['config']) =>
  !clients.includes('runner') && drill === 'none' && !tunnel;

/** Keeps a machine for one run, and stops its commands when the run is aborted. */
class HeldMachine implements AsyncDisposable {
  private readonly connected: Connected;
  private readonly name: string | undefined;
  private readonly stopped: () => Promise<void>;
  private lock: MachineLock | undefined;

  /** @param name of one of several machines */
  constructor(connected: Connected, name: string | undefined) {
    this.connected = connected;
    this.name = name;
    this.stopped = stopCommandsOnAbort(connected.host, connected);
  }

  /** @returns why another run has it, which is a failure unless this one may look on */
  async take(run: Run, { mayLookOn = false, waitMs }: TakeOptions): Promise<string | undefined> {
    const { log, machine, signal } = this.connected;
    const { mode, timeoutMs, lockTimeoutMs: patienceMs } = run.config;
    const { home } = machine;
    const lockTimeoutMs = waitMs ?? patienceMs;
    const options: LockOptions = { ...this.connected, mode, home, timeoutMs, lockTimeoutMs };
    try {
      const lose = (error: ActionError) => run.abort(onMachine(this.name, error));
      if (needsLock(mode, machine))
        this.lock = await onceMore(options, 'Lock', () => MachineLock.take(options, lose));
      else if (mode === 'plan') await onceMore(options, 'Lock', () => sayWhoWorks(options));
      return undefined;
    } catch (thrown) {
      const failure = toActionError(signal.aborted ? signal.reason : thrown);
      if (mayLookOn && failure.code === 'machine-locked') return failure.message;
      const writes = { paths: [`${machine.home}/.kafka-al2023/lock/holder`] };
      const error = onMachine(this.name, await explain(this.connected, { writes }, failure));
      logFailure(log, error);
      log.info(`✘ Lock: ${error.message}`);
      throw new RunFailure('lock', error);
    }
  }

  async letGo(): Promise<void> {
    const { lock } = this;
    this.lock = undefined;
    await lock?.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { host, log, clock, runId, signal } = this.connected;
    await this.stopped();
    const isAborted = signal.aborted;
    // A run that is cancelled while it takes the lock may have it.
    const released = this.lock ? this.lock.release() : isAborted && releaseLock(host, runId, log);
    await within(clock, isAborted ? HURRY_MS : PATIENCE_MS, Promise.resolve(released), () => {
      log.info('the machine does not answer: its lock is found dead by the next run');
      return false;
    });
  }
}

/** What failed on one of several machines says on which. */
const onMachine = (name: string | undefined, error: ActionError): ActionError =>
  name === undefined ? error : error.with({ message: `${name}: ${error.message}` });

/** A plan changes nothing, and neither does a deployment on a machine that it refuses. */
const needsLock = (mode: LockOptions['mode'], { isAmazonLinux2023 }: Machine) =>
  mode !== 'plan' && (mode !== 'deploy' || isAmazonLinux2023);

async function sayWhoWorks(options: LockOptions): Promise<void> {
  const holder = await MachineLock.holder(options);
  if (holder)
    options.log.info(
      `the machine is in use by ${describeHolder(holder)}: what is planned may change meanwhile`,
    );
}
