import { type Clock, formatDuration } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { GroupedContext } from '../context.ts';
import { ActionError, toActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { openHost } from '../host/open-host.ts';
import type { kafkaClients } from '../kafka/client.ts';
import { type GroupedLogger, logFailure } from '../log.ts';
import { emptyReport, failureOf, type Report } from '../report/report.ts';
import { inspectMachine, type Machine } from '../steps/deploy/machine.ts';
import { exclusively } from './exclusive.ts';

/** What every run works with, whatever it is to do. */
export interface RunDependencies {
  readonly log: GroupedLogger;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  /** Short and unique: messages of this run carry it. */
  readonly runId: string;
  /** Wall-clock time of the start. */
  readonly startedAt: Date;
  /** Aborted, with an ActionError, when the run is cancelled. */
  readonly cancelled: AbortSignal;
  readonly openHost: typeof openHost;
  readonly kafkaClients: typeof kafkaClients;
}

/** A machine that a run is connected to. */
export interface Session
  extends Omit<RunDependencies, 'cancelled' | 'openHost' | 'kafkaClients'>,
    GroupedContext {
  readonly machine: Machine;
  /** Aborted, with an ActionError, when the run is cancelled, its time is up, or another run has taken the machine. */
  readonly signal: AbortSignal;
}

/** What a run adds to the empty report. */
export type Findings = Partial<Report>;

/**
 * One run on a machine: connects, keeps other runs out, works within the time limit, and leaves no connection behind.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
export async function runOnMachine(
  config: Config,
  dependencies: RunDependencies,
  work: (session: Session) => Promise<Findings>,
): Promise<Report> {
  const { clock, cancelled } = dependencies;
  const started = clock.now();
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(runTimeout(config.timeoutMs)), config.timeoutMs);
  try {
    const lost = new AbortController();
    const signal = AbortSignal.any([timeout.signal, cancelled, lost.signal]);
    const findings = await connectAndWork(config, { ...dependencies, signal }, session =>
      exclusively(config, session, error => lost.abort(error), work),
    );
    const result = findings.failure ? 'failed' : 'passed';
    const durationMs = clock.now() - started;
    return { ...emptyReport(config.mode, dependencies), ...findings, result, durationMs };
  } finally {
    clearTimeout(timer);
  }
}

async function connectAndWork(
  config: Config,
  dependencies: RunDependencies & Pick<Session, 'signal'>,
  work: (session: Session) => Promise<Findings>,
): Promise<Findings> {
  const { clock, log, openHost, kafkaClients } = dependencies;
  const started = clock.now();
  log.startGroup('Connect');
  let host: Host | undefined;
  let machine: Machine;
  try {
    host = await openHost(config, { ...dependencies, deadline: started + config.timeoutMs });
    machine = await inspectMachine(host);
  } catch (thrown) {
    await host?.close();
    const error = toActionError(thrown);
    logFailure(log, error);
    log.endGroup();
    log.info(`✘ Connect: failed after ${formatDuration(clock.now() - started)}`);
    return { failure: failureOf('connect', error) };
  }
  log.endGroup();
  log.info(`✔ Connect: ${host.name} in ${formatDuration(clock.now() - started)}`);
  try {
    return {
      ...(await work({ ...dependencies, host, kafka: kafkaClients(host, log), machine })),
      host: host.name,
    };
  } catch (thrown) {
    const error = toActionError(dependencies.signal.aborted ? dependencies.signal.reason : thrown);
    logFailure(log, error);
    return { machine, host: host.name, failure: failureOf('preparation', error) };
  } finally {
    await host.close();
  }
}

const runTimeout = (timeoutMs: number) =>
  new ActionError('run-timeout', `the run did not end within ${formatDuration(timeoutMs)}`);
