import { readDeployment } from '../../compose/deployment/deployment.ts';
import { fromRegistry } from '../../compose/deployment/image-registry.ts';
import { type NodePlan, newClusterId, planNodes } from '../../compose/deployment/node-plan.ts';
import { replacing } from '../../compose/deployment/replacement.ts';
import type { Config } from '../../config/config.ts';
import type { MachinesConfig } from '../../config/machines-inputs.ts';
import type { GroupedContext } from '../../context.ts';
import { RoutedHost } from '../../host/routed-host.ts';
import { readNodeData } from '../../machine/node-data.ts';
import { privateAddress } from '../../machine/private-address.ts';
import type { ClusterMachine } from '../../report/report.ts';
import { type ClusterNode, firstNode } from '../../steps/cluster/node.ts';
import type { NodeMachine } from '../../steps/cluster/placed.ts';
import type { Run } from '../run.ts';
import { stage } from '../stage.ts';
import { type HeldMachine, reportedMachine } from './machines.ts';

/** Texts of stacks/kraft-node. */
export interface NodeStack {
  readonly node: string;
  readonly registry: string;
}

/**
 * Finds out what each machine is, and decides what it becomes.
 * @throws ActionError as `privateAddress` and `planNodes` do
 */
export async function planCluster(
  run: Run,
  machines: readonly HeldMachine[],
  { controllers, replacement }: MachinesConfig,
  stack: NodeStack,
): Promise<readonly ClusterNode[]> {
  const { config, dependencies } = run;
  const { log } = dependencies;
  const work = async () => {
    const looked = await Promise.all(machines.map(machine => look(machine, config)));
    const found = replacement ? replacing(looked, { ...replacement, controllers }) : looked;
    const plans = planNodes(found, { controllers, stack, newClusterId });
    return found.flatMap(({ held, ...machine }, index) => {
      const plan = plans[index];
      if (!plan) return [];
      const as = origin(machine);
      log.info(`${machine.name}: ${describe(plan)} at ${machine.address}${as}`);
      return [{ held, node: nodeOf(held, machine, plan, config) }];
    });
  };
  const nodes = await stage(dependencies, 'Nodes', work, found => `${found.length}, one on each machine`);
  run.note({ machines: nodes.map(({ held, node }) => reported(node, held)) });
  return nodes.map(({ node }) => node);
}

function nodeOf(
  { connected }: HeldMachine,
  machine: NodeMachine,
  plan: NodePlan,
  config: Config,
): ClusterNode {
  const { machine: facts } = connected;
  const directory = `${facts.home}/${config.directory}`;
  const deployment = deploymentOf(plan, config);
  const { composeFiles } = deployment;
  return {
    context: { ...connected, machine },
    ...{ facts, plan, deployment },
    project: { name: config.projectName, directory, composeFiles },
  };
}

async function look(held: HeldMachine, { projectName, directory }: Config) {
  const { listed, connected } = held;
  const { host, machine } = connected;
  const place = { directory: `${machine.home}/${directory}`, volume: `${projectName}_data` };
  const [address, data] = await Promise.all([
    privateAddress(host, listed.privateAddress),
    readNodeData(host, machine, place),
  ]);
  return { held, name: listed.name, address, ...data };
}

function origin({ nodeId, inPlaceOf }: NodeMachine): string {
  if (inPlaceOf !== undefined) return `, in place of ${inPlaceOf}`;
  return nodeId === undefined ? '' : ', as before';
}

function describe({ nodeId, roles, hasRegistry }: NodePlan): string {
  const what = roles === 'broker' ? 'a broker' : 'controller and broker';
  return `node ${nodeId}, ${what}${hasRegistry ? ', with the schema registry' : ''},`;
}

function deploymentOf({ composeFiles, files }: NodePlan, { imageRegistry }: Config) {
  const texts = composeFiles.map(path => ({ path, text: files.get(path) ?? '' }));
  const deployment = readDeployment(texts, { readFile: path => files.get(path) });
  if (!imageRegistry) return deployment;
  return fromRegistry(deployment, imageRegistry.address, imageRegistry.login !== undefined);
}

/** A machine with its node, for the report. */
function reported({ context, plan }: ClusterNode, machine: HeldMachine): ClusterMachine {
  const { nodeId, roles, hasRegistry, hostPort } = plan;
  return {
    ...reportedMachine(machine),
    address: context.machine.address,
    ...{ nodeId, roles, hasRegistry, bootstrapServer: `localhost:${hostPort}` },
  };
}

/**
 * What works on the cluster as a whole: commands run on the machine of the first node, and each broker is reached through the machine
 * that has its port.
 */
export function clusterContext(run: Run, nodes: readonly ClusterNode[]): GroupedContext {
  const { log, clock, kafkaClients } = run.dependencies;
  const hosts = nodes.map(({ context, plan }) => [plan.hostPort, context.host] as const);
  const host = new RoutedHost(firstNode(nodes).context.host, new Map(hosts));
  return { host, kafka: kafkaClients(host, log), clock, log, signal: run.signal };
}
