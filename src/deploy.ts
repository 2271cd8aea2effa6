import type { Stack } from './compose/stack.ts';
import type { Config } from './config.ts';
import { type ClusterMember, failureOf, type Report } from './report/report.ts';
import { type Findings, type RunDependencies, runOnMachine, type Session } from './session.ts';
import { type Container, isRunning } from './steps/compose-project.ts';
import { type Assets, deploySteps } from './steps/deploy-steps.ts';
import { diagnose, finalContainers } from './steps/diagnosis.ts';
import { runSteps } from './steps/run-steps.ts';
import { smokeTestSteps } from './steps/smoke-test.ts';
import type { SmokeTestFindings } from './steps/smoke-test-options.ts';

interface DeployDependencies extends RunDependencies {
  readonly assets: Assets;
}

/**
 * Mode `deploy`: connect, the guide's four parts, the smoke test.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
export function deploy(config: Config, dependencies: DeployDependencies): Promise<Report> {
  return runOnMachine(config, dependencies, session => deployOn(session, config, dependencies.assets));
}

async function deployOn(session: Session, config: Config, assets: Assets): Promise<Findings> {
  const { host, machine, runId, log, clock, signal } = session;
  const { stack, composeFiles } = assets.deployment;
  const directory = `${machine.home}/${config.directory}`;
  const project = { name: config.projectName, directory, composeFiles };
  const found: { -readonly [Key in keyof SmokeTestFindings]: SmokeTestFindings[Key] } = {};
  const note = (findings: SmokeTestFindings) => void Object.assign(found, findings);
  const steps = [
    ...deploySteps(config, assets, machine, note),
    ...smokeTestSteps({ config: config.smokeTest, project, stack, runId, note }),
  ];
  const { results, failure } = await runSteps(steps, session);
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
