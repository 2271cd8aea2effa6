import type { NodeStack } from '../../compose/deployment/node-plan.ts';
import type { Config } from '../../config/config.ts';
import type { MachinesConfig } from '../../config/machines-inputs.ts';
import type { SmokeTestConfig } from '../../config/smoke-test-inputs.ts';
import type { WantedSchema } from '../../kafka/registry/wanted-schemas.ts';
import { touchRecord } from '../../machine/deployment-records.ts';
import { orElse } from '../../machine/diagnosis.ts';
import type { Way } from '../../machine/ways/try-ways.ts';
import type { Report } from '../../report/report.ts';
import {
  brokerPlacesOf,
  type ClusterNode,
  clusterOfNodes,
  firstNode,
  hostAccessOf,
} from '../../steps/cluster/node.ts';
import { type ClusterDeployOptions, clusterDeploySteps } from '../../steps/cluster/steps.ts';
import type { Clients } from '../../steps/deploy/clients.ts';
import { Limit } from '../../steps/limit.ts';
import { runSteps } from '../../steps/run.ts';
import { collectResults, type SmokeTestOptions } from '../../steps/smoke-test/options.ts';
import { smokeTestSteps } from '../../steps/smoke-test/steps.ts';
import type { Step } from '../../steps/step.ts';
import { workflowRunUrl } from '../../workflow-run.ts';
import { clusterResults } from '../results.ts';
import { Run, type RunDependencies, type RunResults } from '../run.ts';
import { openTunnel, refuseObstacle, type TunnelDependencies } from '../tunnel.ts';
import { planLeaving } from './leaving.ts';
import { openMachines } from './machines.ts';
import { clusterContext, planCluster } from './nodes.ts';
import { openReplaced } from './replaced.ts';
import { aftermathOn } from './results.ts';

export interface DeployAcrossDependencies extends AcrossDependencies {
  /** Called before a machine is touched: after that there may be something to take down. */
  readonly onDeploying: () => void;
}

/** What a run over several machines is made from. */
export interface AcrossDependencies extends RunDependencies, TunnelDependencies {
  readonly stack: NodeStack;
  readonly clients: Clients;
  readonly schemas: readonly WantedSchema[];
}

/**
 * Mode `deploy` over several machines: one node on each, the same steps side by side, and one proof of the whole. Then the tunnel is
 * opened.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
export async function deployAcross(
  config: Config,
  machines: MachinesConfig,
  dependencies: DeployAcrossDependencies,
): Promise<Report> {
  dependencies.onDeploying();
  const run = new Run(config, dependencies);
  const report = await run.report(deployOnMachines(run, machines, dependencies));
  return openTunnel(report, config, dependencies);
}

async function deployOnMachines(
  run: Run,
  config: MachinesConfig,
  { stack, clients, schemas }: AcrossDependencies,
): Promise<RunResults> {
  const { clock } = run.dependencies;
  await using machines = await openMachines(run, config, { leaving: config.leaving?.machines });
  const leaving = await planLeaving(run, machines, config);
  const nodes = await planCluster(run, machines.all, config, stack);
  await refuseObstacle(run.config)({ cluster: clusterOfNodes(nodes) });
  const touched = nodes.map(({ context: { host }, facts: { home }, project: { name } }) =>
    touchRecord(host, home, name),
  );
  await orElse(clock, Promise.all(touched), []);

  const { found, note } = collectResults();
  const context = clusterContext(run, nodes, leaving.hosts);
  const steps = [
    ...deployStepsOf(run, config, { ...{ nodes, clients, schemas, note }, leaving: leaving.steps }),
    ...proofOf(run.config.smokeTest, run.dependencies.runId, nodes, note).map(
      config.rebalance ? afterRebalance : step => step,
    ),
  ];
  const outcome = await runSteps(steps, { ...context, limit: new Limit(config.parallel) });

  const results = { ...found, ...clusterResults(outcome, clusterOfNodes(nodes)) };
  // A cancelled run has seconds left, and needs them to undo what must not stay.
  return run.signal.aborted ? results : { ...results, ...(await aftermathOn(run, nodes, results)) };
}

type OfMachines = Pick<ClusterDeployOptions, 'nodes' | 'leaving' | 'clients' | 'schemas' | 'note'>;

/** The steps of a deployment, as the run and its inputs want them. */
export const deployStepsOf = (run: Run, config: MachinesConfig, found: OfMachines): Step[] =>
  clusterDeploySteps(run.config, {
    ...found,
    noteWays: noteWaysOf(run),
    rebalance: config.rebalance,
    openReplaced: () => openReplaced(run, config),
    run: workflowRunUrl(run.dependencies.env),
  });

/** What is proved is the cluster as it stays, and no message meets a leader that changes. */
const afterRebalance = (step: Step): Step => ({ ...step, needs: [...step.needs, 'rebalance'] });

/** Keeps who reaches whom, for the report. */
const noteWaysOf = (run: Run) => (ways: readonly Way[]) =>
  run.note({
    ways: ways.map(({ from, to, port, state }) => ({ from: from.name, to: to.name, port, state })),
  });

/** The smoke test, the pair of the machine on that of the first node. */
export function proofOf(
  config: SmokeTestConfig,
  runId: string,
  nodes: readonly ClusterNode[],
  note: SmokeTestOptions['note'],
): Step[] {
  const { directory } = firstNode(nodes).project;
  const steps = smokeTestSteps({
    ...{ config, cluster: clusterOfNodes(nodes), runId, note, directory },
    project: undefined,
    brokerPlaces: brokerPlacesOf(nodes),
    hostAccess: hostAccessOf(nodes, directory),
  });
  return steps.map(step =>
    step.name === 'smoke-test-host' ? { ...step, needs: [...step.needs, 'client-certificate'] } : step,
  );
}
