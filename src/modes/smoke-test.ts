import type { Cluster } from '../compose/deployment/cluster.ts';
import type { Config } from '../config/config.ts';
import type { SmokeTestConfig } from '../config/smoke-test-inputs.ts';
import type { Context } from '../context.ts';
import { ActionError, reasonOf } from '../errors.ts';
import { onceMore } from '../host/once-more.ts';
import { describeSecurity } from '../kafka/security/client-security.ts';
import { deleteTopic } from '../kafka/topic.ts';
import type { ComposeProject } from '../machine/compose-project.ts';
import { touchRecord } from '../machine/deployment-records.ts';
import { orElse } from '../machine/diagnosis.ts';
import { clusterAt, clusterOfProject } from '../machine/find-cluster.ts';
import { failedBeforeStart, type Report } from '../report/report.ts';
import type { Clients } from '../steps/deploy/clients.ts';
import { kafkaReadyStep } from '../steps/deploy/kafka-ready.ts';
import { clientSteps } from '../steps/deploy/steps.ts';
import { asAdmin, topicStep } from '../steps/deploy/topic.ts';
import { runSteps, type StepsOutcome } from '../steps/run.ts';
import { collectResults } from '../steps/smoke-test/options.ts';
import { smokeTestSteps } from '../steps/smoke-test/steps.ts';
import type { CheckResult, Step } from '../steps/step.ts';
import { refuseDrillOfOne } from './one-broker.ts';
import { aftermath, clusterResults } from './results.ts';
import { Run, type RunDependencies, type RunResults } from './run.ts';
import { openSession, type Session } from './session.ts';
import { openTunnel, type TunnelDependencies, tunnelObstacle } from './tunnel.ts';

interface SmokeTestDependencies extends RunDependencies, TunnelDependencies {
  readonly clients: Clients;
}

/**
 * Mode `smoke-test`: proves a cluster that is there, whoever deployed it, and changes nothing but its own probe. Then the tunnel
 * to it is opened.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
export async function smokeTest(config: Config, dependencies: SmokeTestDependencies): Promise<Report> {
  const obstacle = config.cluster && (await tunnelObstacle(config, config.cluster));
  if (obstacle) return failedBeforeStart(obstacle, dependencies, { mode: 'smoke-test', step: 'tunnel' });
  const run = new Run(config, dependencies);
  const report = await run.report(prove(run, dependencies.clients));
  return openTunnel(report, config, dependencies);
}

async function prove(run: Run, clients: Clients): Promise<RunResults> {
  const { config } = run;
  await using session = await openSession(run);
  const { host, machine, clock, runId, signal } = session;

  const { cluster, project } = await onceMore(session, 'Cluster', () => findCluster(session, config));
  if (project) await orElse(clock, touchRecord(host, machine.home, project.name), undefined);
  const directory = project?.directory ?? `${machine.home}/${config.directory}`;
  const pair = clientSteps(machine.home, directory, clients).map(checkOnly);
  const smoke = await onceMore(session, 'Clients', () => withoutMissingPair(config.smokeTest, pair, session));
  const { topic, group, timeoutMs } = smoke;

  const { found, note } = collectResults();
  const steps = [
    kafkaReadyStep({ project, cluster, group, timeoutMs, needs: [] }),
    topicStep(topic, cluster.bootstrapServers, note),
    ...(smoke.clients.includes('host') ? pair : []),
    ...smokeTestSteps({
      config: smoke,
      cluster,
      runId,
      note,
      project,
      directory,
    }),
  ];
  const outcome = await runSteps(steps, session);

  const results = {
    ...found,
    ...clusterResults(await withoutProbe(outcome, topic, cluster, session), cluster),
  };
  return signal.aborted ? results : { ...results, ...(await aftermath(session, project, cluster, results)) };
}

async function findCluster(
  session: Session,
  { cluster: address, projectName, security, smokeTest }: Config,
): Promise<{ cluster: Cluster; project: ComposeProject | undefined }> {
  const { log } = session;
  log.startGroup('Cluster');
  if (security) log.info(`Kafka is asked as client-properties say: ${describeSecurity(security)}`);
  if (security?.tls?.checksName === false)
    log.warning(
      'ssl.endpoint.identification.algorithm is empty: any certificate that the authority signed is taken for that of a broker',
    );
  try {
    if (address) return { cluster: await clusterAt(session, address), project: undefined };
    const found = await clusterOfProject(session, projectName);
    refuseDrillOfOne(found.cluster, smokeTest);
    return found;
  } finally {
    log.endGroup();
  }
}

/**
 * The step without its change; the steps that it needs are taken to be done. Whether the pair is there is asked before the steps:
 * what was found then holds for the step as well.
 */
export function checkOnly({ apply: _, check, ...step }: Step): Step {
  let found: CheckResult | undefined;
  return {
    ...step,
    needs: [],
    async check(context) {
      found ??= await check(context);
      return found;
    },
  };
}

/** The Python pair needs files and packages of a deployment. Nothing is installed for it here. */
export async function withoutMissingPair(
  config: SmokeTestConfig,
  pair: readonly Step[],
  context: Context,
): Promise<SmokeTestConfig> {
  if (!config.clients.includes('host')) return config;
  const checks = await Promise.all(pair.map(step => step.check(context)));
  const missing = checks.find(({ satisfied }) => !satisfied);
  if (!missing) return config;
  const others = config.clients.filter(name => name !== 'host');
  if (others.length === 0) {
    throw new ActionError('python-setup-failed', `the Python pair cannot run: ${missing.detail}`, {
      hint: 'mode deploy puts the pair on the machine; mode smoke-test installs nothing. Or set clients to runner.',
    });
  }
  context.log.info(`the Python pair is left out: ${missing.detail} (mode deploy would put it there)`);
  return { ...config, clients: others };
}

/**
 * Removes the topic if this run has made it: one that was not there before is part of the probe.
 * @returns the outcome, in which a step has changed something only if the topic is left
 */
export async function withoutProbe(
  outcome: StepsOutcome,
  topic: string,
  cluster: Cluster,
  context: Context,
): Promise<StepsOutcome> {
  const madeTopic = outcome.results.some(({ name, changed }) => name === 'topic' && changed);
  const isLeft = madeTopic && !(await removeTopic(topic, cluster, context));
  return { ...outcome, results: outcome.results.map(each => ({ ...each, changed: isLeft && each.changed })) };
}

/** @returns whether it is gone */
async function removeTopic(topic: string, { bootstrapServers }: Cluster, context: Context): Promise<boolean> {
  try {
    await asAdmin(context, bootstrapServers, admin => deleteTopic(admin, topic));
    context.log.info(`topic ${topic}, which was not there before, is removed again`);
    return true;
  } catch (error) {
    context.log.warning(`topic ${topic} was made by this run and could not be removed: ${reasonOf(error)}`);
    return false;
  }
}
