import { type Clock, formatDuration } from './clock.ts';
import type { Stack } from './compose/stack.ts';
import type { Config } from './config.ts';
import { ActionError, toActionError } from './errors.ts';
import type { Host } from './host/host.ts';
import { openHost } from './host/open-host.ts';
import { type GroupedLogger, logFailure } from './log.ts';
import type { ClusterMember, Failure, Report } from './report/report.ts';
import { type Container, isRunning } from './steps/compose-project.ts';
import { type Assets, deploySteps } from './steps/deploy-steps.ts';
import { diagnose, finalContainers } from './steps/diagnosis.ts';
import { inspectMachine, type Machine } from './steps/machine.ts';
import { runSteps } from './steps/run-steps.ts';
import { smokeTestSteps } from './steps/smoke-test.ts';
import type { SmokeTestFindings } from './steps/smoke-test-options.ts';

export interface DeployDependencies {
  readonly assets: Assets;
  readonly log: GroupedLogger;
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  /** Short and unique: messages of this run carry it. */
  readonly runId: string;
  /** Wall-clock time of the start. */
  readonly startedAt: Date;
  /** Aborted, with an ActionError, when the run is cancelled. */
  readonly cancelled: AbortSignal;
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
    const signal = AbortSignal.any([timeout.signal, dependencies.cancelled]);
    const findings = await connectAndRun(config, dependencies, signal);
    const result = findings.failure ? 'failed' : 'passed';
    return { ...emptyReport(dependencies), ...findings, result, durationMs: clock.now() - started };
  } finally {
    clearTimeout(timer);
  }
}

/** The report of a run that did not come to a machine. @param step `inputs` or `lint` */
export function failedBeforeStart(
  error: ActionError,
  dependencies: Pick<DeployDependencies, 'runId' | 'startedAt'>,
  step = 'inputs',
): Report {
  return { ...emptyReport(dependencies), failure: failureOf(step, error) };
}

/** A report of which nothing is known yet. */
export function emptyReport({ runId, startedAt }: Pick<DeployDependencies, 'runId' | 'startedAt'>): Report {
  return {
    schemaVersion: 1,
    mode: 'deploy',
    result: 'failed',
    runId,
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    steps: [],
    versions: {},
    cluster: [],
    bootstrapServers: [],
  };
}

/** What a run adds to the empty report. */
type Findings = Partial<Report>;

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
    return { failure: failureOf('connect', error) };
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
  const { assets, runId, log, clock } = dependencies;
  const { stack, composeFiles } = assets.deployment;
  const directory = `${machine.home}/${config.directory}`;
  const project = { name: config.projectName, directory, composeFiles };
  const found: { -readonly [Key in keyof SmokeTestFindings]: SmokeTestFindings[Key] } = {};
  const note = (findings: SmokeTestFindings) => void Object.assign(found, findings);
  const steps = [
    ...deploySteps(config, assets, machine, note),
    ...smokeTestSteps({ config: config.smokeTest, project, stack, runId, note }),
  ];
  const { results, failure } = await runSteps(steps, { ...dependencies, host, signal });
  const isReady = results.some(({ name, status }) => name === 'kafka-ready' && status === 'passed');
  const { schemaRegistryUrl, bootstrapServers } = stack;
  const findings: Findings = {
    ...found,
    machine,
    steps: results,
    versions: Object.assign({}, ...results.map(({ versions }) => versions)),
    ...(isReady ? { bootstrapServers } : {}),
    ...(isReady && schemaRegistryUrl ? { schemaRegistryUrl } : {}),
    ...(failure ? { failure: failureOf(failure.step, failure.error) } : {}),
  };
  // A cancelled run has seconds left: they are for what must be undone.
  if (signal.aborted) return findings;
  const containers = await finalContainers(host, project, clock);
  return {
    ...findings,
    cluster: clusterOf(stack, containers),
    ...(failure ? { diagnosis: await diagnose(host, containers, { log, clock }) } : {}),
  };
}

function clusterOf({ members }: Stack, containers: readonly Container[]): ClusterMember[] {
  return members.map(member => {
    const container = containers.find(({ service }) => service === member.service);
    if (!container)
      return { ...member, state: containers.length > 0 ? 'down' : 'unknown', status: 'not there' };
    return { ...member, state: isRunning(container) ? 'up' : 'down', status: container.status };
  });
}

function failureOf(step: string, { code, message, hint, details }: ActionError): Failure {
  return { step, code, message, hint, details };
}

const runTimeout = (timeoutMs: number) =>
  new ActionError('run-timeout', `the run did not end within ${formatDuration(timeoutMs)}`);
