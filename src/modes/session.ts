import type { GroupedContext } from '../context.ts';
import { type ActionError, toActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { onceMore } from '../host/once-more.ts';
import { stopCommandsOnAbort } from '../host/run-commands.ts';
import { sshCommand } from '../host/ssh/ssh-command.ts';
import { logFailure } from '../log.ts';
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

/**
 * Connects to the machine of a run, and keeps other runs out. When the run is aborted, its commands are stopped on the machine
 * itself. At the end of the session the lock is given back and the connection closed, whatever happened.
 * @throws RunFailure at `connect` or `lock`; nothing is left open then
 */
export async function openSession(run: Run, { mayLookOn = false }: SessionOptions = {}): Promise<Session> {
  const { dependencies, signal } = run;
  await using opened = new AsyncDisposableStack();
  const { host, machine } = await connect(run);
  opened.defer(() => host.close());
  run.note({ host: host.name, machine, ssh: sshCommand(run.config.connection) });
  const kafka = dependencies.kafkaClients(host, dependencies.log, run.config.security);
  const connected: Connected = { ...dependencies, signal, host, kafka, machine };
  const held = opened.use(new HeldMachine(connected));
  const heldBy = await held.take(run, mayLookOn);
  const session = opened.move();
  return { ...connected, heldBy, [Symbol.asyncDispose]: () => session.disposeAsync() };
}

async function connect(run: Run): Promise<{ host: Host; machine: Machine }> {
  const { config, dependencies, signal, deadline } = run;
  const work = async () => {
    const mayRelay = isProvedOnMachine(config);
    const machine = await dependencies.openHost(config, { ...dependencies, signal, deadline, mayRelay });
    const host = new DockerWatch(machine, dependencies);
    try {
      return {
        host,
        machine: await onceMore({ ...dependencies, signal }, 'Connect', () => inspectMachine(host)),
      };
    } catch (error) {
      await host.close();
      throw error;
    }
  };
  try {
    return await stage(dependencies, 'Connect', work, ({ host }, took) => `${host.name} in ${took}`);
  } catch (error) {
    throw new RunFailure('connect', toActionError(error));
  }
}

/** Nothing but questions goes to Kafka from here: the messages are those of the pair on the machine. */
const isProvedOnMachine = ({ smokeTest: { clients, drill }, tunnel }: Run['config']) =>
  !clients.includes('runner') && drill === 'none' && !tunnel;

/** Keeps a machine for one run, and stops its commands when the run is aborted. */
class HeldMachine implements AsyncDisposable {
  private readonly connected: Connected;
  private readonly stopped: () => Promise<void>;
  private lock: MachineLock | undefined;

  constructor(connected: Connected) {
    this.connected = connected;
    this.stopped = stopCommandsOnAbort(connected.host, connected);
  }

  /** @returns why another run has it, which is a failure unless this one may look on */
  async take(run: Run, mayLookOn: boolean): Promise<string | undefined> {
    const { log, machine, signal } = this.connected;
    const { mode, timeoutMs, lockTimeoutMs } = run.config;
    const { home } = machine;
    const options: LockOptions = { ...this.connected, mode, home, timeoutMs, lockTimeoutMs };
    try {
      const lose = (error: ActionError) => run.abort(error);
      if (needsLock(mode, machine))
        this.lock = await onceMore(options, 'Lock', () => MachineLock.take(options, lose));
      else if (mode === 'plan') await onceMore(options, 'Lock', () => sayWhoWorks(options));
      return undefined;
    } catch (thrown) {
      const failure = toActionError(signal.aborted ? signal.reason : thrown);
      if (mayLookOn && failure.code === 'machine-locked') return failure.message;
      const writes = { paths: [`${machine.home}/.kafka-al2023/lock/holder`] };
      const error = await explain(this.connected, { writes }, failure);
      logFailure(log, error);
      log.info(`✘ Lock: ${error.message}`);
      throw new RunFailure('lock', error);
    }
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
