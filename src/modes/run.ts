import { type Clock, formatDuration } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { ActionError, toActionError } from '../errors.ts';
import type { openHost } from '../host/open-host.ts';
import type { FirstKeys } from '../host/ssh/first-keys.ts';
import type { kafkaClients } from '../kafka/client.ts';
import type { Finding } from '../lint/rule.ts';
import { type GroupedLogger, logFailure } from '../log.ts';
import { emptyReport, type Failure, failureOf, type Report } from '../report/report.ts';

/** What every run works with, whatever it is to do. */
export interface RunDependencies {
  readonly log: GroupedLogger;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  /** Short and unique: messages of this run carry it. */
  readonly runId: string;
  /** The start by the wall clock. */
  readonly startedAt: Date;
  /** Aborted, with an ActionError, when the run is cancelled. */
  readonly cancelled: AbortSignal;
  /** The host keys that were seen in this job. */
  readonly firstKeys: FirstKeys;
  readonly openHost: typeof openHost;
  readonly kafkaClients: typeof kafkaClients;
}

/** What a run adds to the empty report. */
export type RunResults = Partial<Report>;

/** A run that has ended. */
export interface Outcome {
  readonly report: Report;
  /** The linter's findings, for code scanning. */
  readonly findings?: readonly Finding[];
}

/** A failure that the log shows already. */
export class RunFailure extends Error {
  readonly step: Failure['step'];
  override readonly cause: ActionError;

  constructor(step: Failure['step'], cause: ActionError) {
    super(cause.message);
    this.step = step;
    this.cause = cause;
  }
}

/** One run on a machine, from its start to its report. */
export class Run {
  readonly config: Config;
  readonly dependencies: RunDependencies;
  /** The run must end before this time of its clock. */
  readonly deadline: number;
  /** Aborted, with an ActionError, when the run is cancelled, its time is up, or another run has taken the machine. */
  readonly signal: AbortSignal;
  private readonly started: number;
  private readonly ending = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private known: RunResults = {};

  /** The time limit counts from here. */
  constructor(config: Config, dependencies: RunDependencies) {
    const { timeoutMs } = config;
    this.config = config;
    this.dependencies = dependencies;
    this.started = dependencies.clock.now();
    this.deadline = this.started + timeoutMs;
    this.signal = AbortSignal.any([this.ending.signal, dependencies.cancelled]);
    this.timer = setTimeout(() => this.abort(runTimeout(timeoutMs)), timeoutMs);
  }

  abort(reason: ActionError): void {
    this.ending.abort(reason);
  }

  /** Results that the report has even if the run fails later. */
  note(known: RunResults): void {
    this.known = { ...this.known, ...known };
  }

  /**
   * Ends the run.
   * @param work must give back all that it holds before it ends
   * @returns what was found out, also when the work failed: the failure is part of the report
   */
  async report(work: Promise<RunResults>): Promise<Report> {
    const results = await work.catch((thrown): RunResults => ({ failure: this.failure(thrown) }));
    clearTimeout(this.timer);
    return {
      ...emptyReport(this.config.mode, this.dependencies),
      ...this.known,
      ...results,
      result: results.failure ? 'failed' : 'passed',
      durationMs: this.dependencies.clock.now() - this.started,
    };
  }

  private failure(thrown: unknown): Failure {
    if (thrown instanceof RunFailure) return failureOf(thrown.step, thrown.cause);
    const error = toActionError(this.signal.aborted ? this.signal.reason : thrown);
    logFailure(this.dependencies.log, error);
    return failureOf('preparation', error);
  }
}

const runTimeout = (timeoutMs: number) =>
  new ActionError('run-timeout', `the run did not end within ${formatDuration(timeoutMs)}`);
