import type { Config } from '../../config/config.ts';
import type { MachinesConfig } from '../../config/machines-inputs.ts';
import { ActionError } from '../../errors.ts';
import type { Report } from '../../report/report.ts';
import { membersStep } from '../../steps/cluster/members.ts';
import { type ClusterNode, clusterOfNodes } from '../../steps/cluster/node.ts';
import { pairSteps } from '../../steps/cluster/steps.ts';
import { kafkaReadyStep } from '../../steps/deploy/kafka-ready.ts';
import { topicStep } from '../../steps/deploy/topic.ts';
import { runSteps } from '../../steps/run.ts';
import { collectResults } from '../../steps/smoke-test/options.ts';
import { clusterResults } from '../results.ts';
import { Run, type RunResults } from '../run.ts';
import { checkOnly, withoutMissingPair, withoutProbe } from '../smoke-test.ts';
import { openTunnel, refuseObstacle } from '../tunnel.ts';
import { type AcrossDependencies, proofOf } from './deploy.ts';
import { openMachines } from './machines.ts';
import { clusterContext, planCluster } from './nodes.ts';
import { aftermathOn } from './results.ts';

/**
 * Mode `smoke-test` over several machines: proves the cluster that was deployed to them, and changes nothing but its own probe. Then
 * the tunnel to it is opened.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
export async function smokeTestAcross(
  config: Config,
  machines: MachinesConfig,
  dependencies: AcrossDependencies,
): Promise<Report> {
  const run = new Run(config, dependencies);
  const report = await run.report(prove(run, machines, dependencies));
  return openTunnel(report, config, dependencies);
}

async function prove(
  run: Run,
  config: MachinesConfig,
  { stack, clients }: AcrossDependencies,
): Promise<RunResults> {
  const { smokeTest } = run.config;
  await using machines = await openMachines(run, config);
  const nodes = await planCluster(run, machines.all, config, stack);
  refuseWithoutNode(nodes);
  const [context, cluster] = [clusterContext(run, nodes), clusterOfNodes(nodes)];
  await refuseObstacle(run.config)({ cluster });
  const pair = pairSteps(nodes, clients).map(checkOnly);
  const smoke = await withoutMissingPair(smokeTest, pair, context);
  const { topic, group, timeoutMs } = smoke;

  const { found, note } = collectResults();
  const steps = [
    membersStep({ nodes, needs: [] }),
    kafkaReadyStep({ project: undefined, cluster, group, timeoutMs, needs: ['members'] }),
    topicStep(topic, cluster.bootstrapServers, note),
    ...(smoke.clients.includes('host') ? pair : []),
    ...proofOf(smoke, run.dependencies.runId, nodes, note),
  ];
  const outcome = await runSteps(steps, context);

  const results = {
    ...found,
    ...clusterResults(await withoutProbe(outcome, topic, cluster, context), cluster),
  };
  return run.signal.aborted ? results : { ...results, ...(await aftermathOn(run, nodes, results)) };
}

/** @throws ActionError `cluster-not-found` that names the machines on which nothing was deployed */
function refuseWithoutNode(nodes: readonly ClusterNode[]): void {
  const empty = nodes.filter(({ context }) => context.machine.nodeId === undefined);
  if (empty.length === 0) return;
  const names = empty.map(({ context }) => context.machine.name).join(', ');
  throw new ActionError(
    'cluster-not-found',
    `no node of a cluster is on ${names}: mode deploy with the same machines makes it`,
  );
}
