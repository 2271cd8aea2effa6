import type { Stack } from '../compose/deployment/stack.ts';
import type { Config } from '../config/config.ts';
import type { SmokeTestConfig } from '../config/smoke-test-inputs.ts';
import { ActionError, reasonOf } from '../errors.ts';
import { deleteTopic } from '../kafka/topic.ts';
import type { ComposeProject } from '../machine/compose-project.ts';
import { clusterAt, clusterOfProject } from '../machine/find-cluster.ts';
import type { Report } from '../report/report.ts';
import type { Clients } from '../steps/deploy/clients.ts';
import { kafkaReadyStep } from '../steps/deploy/kafka-ready.ts';
import { clientSteps } from '../steps/deploy/steps.ts';
import { asAdmin, topicStep } from '../steps/deploy/topic.ts';
import { runSteps } from '../steps/run.ts';
import { collectResults } from '../steps/smoke-test/options.ts';
import { smokeTestSteps } from '../steps/smoke-test/steps.ts';
import type { Step } from '../steps/step.ts';
import { aftermath, outcomeFindings } from './findings.ts';
import { type Findings, type RunDependencies, runOnMachine, type Session } from './session.ts';

export interface SmokeTestDependencies extends RunDependencies {
  readonly clients: Clients;
}

/**
 * Mode `smoke-test`: proves a cluster that is there, whoever deployed it, and changes nothing but its own probe.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
export function smokeTest(config: Config, dependencies: SmokeTestDependencies): Promise<Report> {
  return runOnMachine(config, dependencies, session => proveOn(session, config, dependencies.clients));
}

async function proveOn(session: Session, config: Config, clients: Clients): Promise<Findings> {
  const { machine, runId, signal } = session;
  const { stack, project } = await findCluster(session, config);
  const directory = project?.directory ?? `${machine.home}/${config.directory}`;
  const pair = clientSteps(directory, clients).map(checkOnly);
  const smoke = await withoutMissingPair(config.smokeTest, pair, session);
  const { topic, group, timeoutMs } = smoke;
  const { found, note } = collectResults();
  const steps = [
    kafkaReadyStep({ ...{ project, stack, group, timeoutMs }, needs: [] }),
    topicStep(topic, stack.bootstrapServers, note),
    ...(smoke.clients.includes('host') ? pair : []),
    ...smokeTestSteps({
      ...{ config: smoke, stack, runId, note },
      project: project ?? { name: '', directory, composeFiles: [] },
    }),
  ];
  const outcome = await runSteps(steps, session);
  const madeTopic = outcome.results.some(({ name, changed }) => name === 'topic' && changed);
  const isLeft = madeTopic && !(await removeTopic(topic, stack, session));
  const results = outcome.results.map(result => ({ ...result, changed: isLeft && result.changed }));
  const findings = { ...found, ...outcomeFindings({ ...outcome, results }, stack), machine };
  return signal.aborted ? findings : { ...findings, ...(await aftermath(session, project, stack, findings)) };
}

async function findCluster(
  session: Session,
  { cluster, projectName }: Config,
): Promise<{ stack: Stack; project: ComposeProject | undefined }> {
  const { log } = session;
  log.startGroup('Cluster');
  try {
    if (cluster) return { stack: await clusterAt(session, cluster), project: undefined };
    return await clusterOfProject(session, projectName);
  } finally {
    log.endGroup();
  }
}

/** The step without what changes the machine; what it needs is taken to be there. */
function checkOnly({ apply: _, ...step }: Step): Step {
  return { ...step, needs: [] };
}

/** The Python pair needs what a deployment puts on the machine. Nothing is installed for it here. */
async function withoutMissingPair(
  config: SmokeTestConfig,
  pair: readonly Step[],
  session: Session,
): Promise<SmokeTestConfig> {
  if (!config.clients.includes('host')) return config;
  const checks = await Promise.all(pair.map(step => step.check(session)));
  const missing = checks.find(({ satisfied }) => !satisfied);
  if (!missing) return config;
  const others = config.clients.filter(name => name !== 'host');
  if (others.length === 0) {
    throw new ActionError('python-setup-failed', `the Python pair cannot run: ${missing.detail}`, {
      hint: 'mode deploy puts the pair on the machine; mode smoke-test installs nothing. Or set clients to runner.',
    });
  }
  session.log.info(`the Python pair is left out: ${missing.detail} (mode deploy would put it there)`);
  return { ...config, clients: others };
}

/** A topic that was not there before is part of the probe. @returns whether it is gone */
async function removeTopic(topic: string, { bootstrapServers }: Stack, session: Session): Promise<boolean> {
  try {
    await asAdmin(session, bootstrapServers, admin => deleteTopic(admin, topic));
    session.log.info(`topic ${topic}, which was not there before, is removed again`);
    return true;
  } catch (error) {
    session.log.warning(`topic ${topic} was made by this run and could not be removed: ${reasonOf(error)}`);
    return false;
  }
}
