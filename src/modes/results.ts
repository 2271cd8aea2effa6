import type { Cluster } from '../compose/deployment/cluster.ts';
import { type ComposeProject, type Container, isRunning } from '../machine/compose-project.ts';
import { readRecords, warnOfPassedOver } from '../machine/deployment-records.ts';
import { diagnose, finalContainers, orElse } from '../machine/diagnosis.ts';
import { listEnvironments, logEnvironments } from '../machine/environments.ts';
import { type ClusterMember, failureOf } from '../report/report.ts';
import type { StepsOutcome } from '../steps/run.ts';
import type { RunResults } from './run.ts';
import type { Connected } from './session.ts';

/** The results of the steps, as the report has them. */
export function stepsResults({ results, failure }: StepsOutcome): RunResults {
  return {
    steps: results,
    versions: Object.assign({}, ...results.map(({ versions }) => versions)),
    failure: failure && failureOf(failure.step, failure.error, failure.machine),
  };
}

/** The results of steps that get a cluster ready, with its addresses once it is. */
export function clusterResults(
  outcome: StepsOutcome,
  { schemaRegistryUrl, bootstrapServers }: Cluster,
): RunResults {
  const isReady = outcome.results.some(({ name, status }) => name === 'kafka-ready' && status === 'passed');
  return {
    ...stepsResults(outcome),
    ...(isReady ? { bootstrapServers, schemaRegistryUrl } : {}),
  };
}

/**
 * The containers as they are at the end, and after a failure what they said last.
 * @param project none for a cluster that is known by its addresses alone
 */
export async function aftermath(
  { host, log, clock }: Connected,
  project: ComposeProject | undefined,
  { members }: Cluster,
  { failure, bootstrapServers }: RunResults,
): Promise<RunResults> {
  if (!project) {
    const seen = bootstrapServers
      ? { state: 'up' as const, status: 'answers' }
      : { state: 'unknown' as const, status: '' };
    return { cluster: members.map(member => ({ ...member, ...seen })) };
  }
  const containers = await finalContainers(host, project, clock);
  return {
    project,
    cluster: members.map((member): ClusterMember => ({ ...member, ...stateOf(member.service, containers) })),
    diagnosis: failure && (await diagnose(host, containers, { log, clock })),
  };
}

/** How the container of a service is. */
export function stateOf(
  service: string,
  containers: readonly Container[],
): Pick<ClusterMember, 'state' | 'status'> {
  const container = containers.find(other => other.service === service);
  if (!container) return { state: containers.length > 0 ? 'down' : 'unknown', status: 'not there' };
  return { state: isRunning(container) ? 'up' : 'down', status: container.status };
}

/** Asks the machine for its environments. @returns undefined when it does not answer any more */
export function askForEnvironments({ host, machine, clock }: Connected) {
  const listed = readRecords(host, machine.home).then(async noted => ({
    noted,
    environments: await listEnvironments(host, noted.records, machine),
  }));
  return orElse(clock, listed, undefined);
}

/**
 * The environments on the machine, in the log and for the report; nothing when the machine does not answer any more.
 * @param asked the question, where it was asked before
 * @param areToldBefore whether the log has already what was passed over among the records
 */
export async function environmentsOn(
  connected: Connected,
  { areToldBefore = false, asked = askForEnvironments(connected) } = {},
): Promise<RunResults> {
  const { log, startedAt } = connected;
  const found = await asked;
  if (!found) return {};
  const { noted, environments } = found;
  if (!areToldBefore) warnOfPassedOver(log, noted);
  logEnvironments(log, environments, startedAt.getTime());
  return { environments };
}
