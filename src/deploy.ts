import { type Clock, formatDuration } from './clock.ts';
import { readStack } from './compose/stack.ts';
import type { Config } from './config.ts';
import { ActionError, toActionError } from './errors.ts';
import type { Host } from './host/host.ts';
import { openHost } from './host/open-host.ts';
import { type GroupedLogger, logFailure } from './log.ts';
import type { Failure, Report } from './report/report.ts';
import { type Assets, deploySteps } from './steps/deploy-steps.ts';
import { inspectMachine, type Machine } from './steps/machine.ts';
import { runSteps } from './steps/run-steps.ts';
import { smokeTestSteps } from './steps/smoke-test.ts';

export interface DeployDependencies {
  readonly assets: Assets;
  readonly log: GroupedLogger;
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  /** Short and unique: messages of this run carry it. */
  readonly runId: string;
  /** Wall-clock time of the start. */
  readonly startedAt: Date;
}

/**
 * The whole run: connect, the guide's four parts, the smoke test.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
export async function deploy(config: Config, dependencies: DeployDependencies): Promise<Report> {
  const { clock } = dependencies;
  const started = clock.now();
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(runTimeout(config.timeoutMs)), config.timeoutMs);
  try {
    const findings = await connectAndRun(config, dependencies, timeout.signal);
    const result = findings.failure ? 'failed' : 'passed';
    return { ...emptyReport(dependencies), ...findings, result, durationMs: clock.now() - started };
  } finally {
    clearTimeout(timer);
  }
}

/** The report of a run that could not even start. */
export function failedBeforeStart(
  error: ActionError,
  dependencies: Pick<DeployDependencies, 'runId' | 'startedAt'>,
): Report {
  return { ...emptyReport(dependencies), failure: failureOf('inputs', error) };
}

function emptyReport({ runId, startedAt }: Pick<DeployDependencies, 'runId' | 'startedAt'>): Report {
  return {
    result: 'failed',
    runId,
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    steps: [],
    bootstrapServers: [],
  };
}

type Findings = Omit<Report, 'result' | 'runId' | 'startedAt' | 'durationMs'>;

async function connectAndRun(
  config: Config,
  dependencies: DeployDependencies,
  signal: AbortSignal,
): Promise<Findings> {
  const { clock, log } = dependencies;
  const started = clock.now();
  log.startGroup('Connect');
  let host: Host | undefined;
  let machine: Machine;
  try {
    host = await openHost(config, { ...dependencies, signal, deadline: started + config.timeoutMs });
    machine = await inspectMachine(host);
  } catch (thrown) {
    await host?.close();
    const error = toActionError(thrown);
    logFailure(log, error);
    log.endGroup();
    log.info(`✘ Connect: failed after ${formatDuration(clock.now() - started)}`);
    return { steps: [], bootstrapServers: [], failure: failureOf('connect', error) };
  }
  log.endGroup();
  log.info(`✔ Connect: ${host.name} in ${formatDuration(clock.now() - started)}`);
  try {
    return { ...(await runOn(host, machine, config, dependencies, signal)), host: host.name };
  } finally {
    await host.close();
  }
}

async function runOn(
  host: Host,
  machine: Machine,
  config: Config,
  dependencies: DeployDependencies,
  signal: AbortSignal,
): Promise<Findings> {
  const { assets, runId } = dependencies;
  const { bootstrapServers, schemaRegistryUrl } = readStack(assets.composeFile);
  const counted: Pick<Findings, 'hostClients' | 'runnerClients'> = {};
  const steps = [
    ...deploySteps(config, assets, machine),
    ...smokeTestSteps({
      config: config.smokeTest,
      directory: `${machine.home}/${config.directory}`,
      bootstrapServers,
      runId,
      onHostClients: ({ produced, consumed }) =>
        Object.assign(counted, { hostClients: { produced, consumed } }),
      onRunnerClients: runnerClients => Object.assign(counted, { runnerClients }),
    }),
  ];
  const { results, failure } = await runSteps(steps, { ...dependencies, host, signal });
  const isReady = results.some(({ name, status }) => name === 'kafka-ready' && status === 'passed');
  return {
    machine,
    steps: results,
    bootstrapServers: isReady ? bootstrapServers : [],
    ...(isReady && schemaRegistryUrl ? { schemaRegistryUrl } : {}),
    ...counted,
    ...(failure ? { failure: failureOf(failure.step, failure.error) } : {}),
  };
}

function failureOf(step: string, { code, message, hint, details }: ActionError): Failure {
  return { step, code, message, hint, details };
}

const runTimeout = (timeoutMs: number) =>
  new ActionError('run-timeout', `the run did not end within ${formatDuration(timeoutMs)}`);
