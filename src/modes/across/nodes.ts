import { readDeployment } from '../../compose/deployment/deployment.ts';
import { fromRegistry } from '../../compose/deployment/image-registry.ts';
import {
  hostPortOf,
  type NodePlan,
  type NodeStack,
  newClusterId,
  type PlannedMachine,
  planNodes,
} from '../../compose/deployment/node-plan.ts';
import { replacing } from '../../compose/deployment/replacement.ts';
import type { Config } from '../../config/config.ts';
import type { MachinesConfig } from '../../config/machines-inputs.ts';
import type { GroupedContext } from '../../context.ts';
import type { Host } from '../../host/host.ts';
import { RoutedHost } from '../../host/routed-host.ts';
import type { Logger } from '../../log.ts';
import { askMembers, type Member } from '../../machine/members.ts';
import { type NodeData, readNodeData } from '../../machine/node-data.ts';
import { privateAddress } from '../../machine/private-address.ts';
import { availabilityZone } from '../../machine/zone.ts';
import type { ClusterMachine } from '../../report/report.ts';
import { type ClusterNode, firstNode, KAFKA_SERVICE } from '../../steps/cluster/node.ts';
import type { NodeMachine } from '../../steps/cluster/placed.ts';
import { Limit } from '../../steps/limit.ts';
import type { Run } from '../run.ts';
import { stage } from '../stage.ts';
import { type HeldMachine, reportedMachine } from './machines.ts';

/**
 * Finds out what each machine is, and decides what it becomes.
 * @throws ActionError as `privateAddress` and `planNodes` do
 */
export async function planCluster(
  run: Run,
  machines: readonly HeldMachine[],
  { controllers, replacement, parallel }: MachinesConfig,
  stack: NodeStack,
): Promise<readonly ClusterNode[]> {
  const { config, dependencies } = run;
  const { log } = dependencies;
  const work = async () => {
    const limit = new Limit(parallel);
    const lookInTurn = (machine: HeldMachine) =>
      limit.run(machine.listed.name, () => lookWithRack(machine, config));
    const looked = await Promise.all(machines.map(lookInTurn));
    warnOfMissingRacks(looked, log);
    const members = await membersFor(looked, config, log);
    const taken = members.map(({ nodeId }) => nodeId);
    const known = looked.map(machine => withLostId(machine, members, controllers));
    const found = replacement ? replacing(known, { ...replacement, controllers }) : known;
    const plans = planNodes(found, { controllers, stack, newClusterId, taken });
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

/** A node that hangs is waited for: not all of fifty are. */
const MOST_ASKED = 3;

/** A machine, as it was found. */
export type FoundMachine = NodeMachine & NodeData & { readonly held: HeldMachine };

/** @throws ActionError as `privateAddress` does */
export async function look(held: HeldMachine, config: Config): Promise<FoundMachine> {
  const { listed, connected } = held;
  const [address, data] = await Promise.all([
    privateAddress(connected.host, listed.privateAddress),
    dataOf(held, config),
  ]);
  return { held, name: listed.name, address, ...data };
}

async function lookWithRack(held: HeldMachine, config: Config): Promise<FoundMachine & { rack?: string }> {
  const { listed, connected } = held;
  // A smoke test proves the nodes as they are, in the racks of which they know.
  const zone = config.mode === 'smoke-test' ? undefined : (listed.rack ?? availabilityZone(connected.host));
  const [found, rack] = await Promise.all([look(held, config), zone]);
  return { ...found, rack };
}

function warnOfMissingRacks(found: readonly PlannedMachine[], log: GroupedContext['log']): void {
  const missing = found.filter(({ rack, formerRack }) => (rack ?? formerRack) === undefined);
  if (missing.length === 0 || missing.length === found.length) return;
  const names = missing.map(({ name }) => name).join(', ');
  log.warning(
    `the rack of ${names} is not known, since its metadata service does not answer, and Kafka keeps replicas apart by rack only where every broker has one: the nodes stay as they are. Give racks, one for each machine`,
  );
}

/** What a machine knows of the node that it is. */
export function dataOf(
  { connected: { host, machine } }: HeldMachine,
  { projectName, directory }: Config,
): Promise<NodeData> {
  const place = { directory: `${machine.home}/${directory}`, volume: `${projectName}_data` };
  return readNodeData(host, machine, place);
}

/**
 * Asks one machine after the other whose node runs, until one says which brokers the cluster has.
 * @returns undefined when none of them knows
 */
export async function membersOf(
  found: readonly FoundMachine[],
  { projectName }: Config,
): Promise<readonly Member[] | undefined> {
  for (const { held, address } of found.filter(({ nodeId }) => nodeId !== undefined).slice(0, MOST_ASKED)) {
    const asked = { project: projectName, service: KAFKA_SERVICE, server: `${address}:9092` };
    const members = await askMembers(held.connected.host, asked);
    if (members) return members;
  }
  return undefined;
}

/**
 * The brokers that the cluster has, on whatever machines, where a machine is to get an id: two nodes of one id harm a cluster, and nothing
 * refuses them.
 */
async function membersFor(
  found: readonly FoundMachine[],
  config: Config,
  log: Logger,
): Promise<readonly Member[]> {
  const isOld = ({ nodeId }: FoundMachine) => nodeId !== undefined;
  if (found.every(isOld) || !found.some(isOld)) return [];
  const members = await membersOf(found, config);
  if (!members) log.info('no node runs that could say which ids the cluster has given to other machines');
  return members ?? [];
}

/** A machine that has lost its data is the broker that the cluster has noted at its address. A controller's loss is no such case. */
function withLostId<M extends FoundMachine>(machine: M, members: readonly Member[], controllers: number): M {
  const own = members.find(({ address, isAlive }) => address === machine.address && !isAlive);
  if (machine.nodeId !== undefined || !own || own.nodeId <= controllers) return machine;
  return { ...machine, nodeId: own.nodeId };
}

function origin({ nodeId, inPlaceOf }: NodeMachine): string {
  if (inPlaceOf !== undefined) return `, in place of ${inPlaceOf}`;
  return nodeId === undefined ? '' : ', as before';
}

function describe({ nodeId, roles, hasRegistry, rack }: NodePlan): string {
  const what = roles === 'broker' ? 'a broker' : 'controller and broker';
  const place = rack === undefined ? '' : ` in ${rack}`;
  return `node ${nodeId}, ${what}${hasRegistry ? ', with the schema registry' : ''},${place}`;
}

function deploymentOf({ composeFiles, files }: NodePlan, { imageRegistry }: Config) {
  const texts = composeFiles.map(path => ({ path, text: files.get(path) ?? '' }));
  const deployment = readDeployment(texts, { readFile: path => files.get(path) });
  if (!imageRegistry) return deployment;
  return fromRegistry(deployment, imageRegistry.address, imageRegistry.login !== undefined);
}

/** A machine with its node, for the report. */
function reported({ context, plan }: ClusterNode, machine: HeldMachine): ClusterMachine {
  const { nodeId, roles, hasRegistry, hostPort, rack } = plan;
  return {
    ...reportedMachine(machine),
    address: context.machine.address,
    ...{ nodeId, roles, hasRegistry, rack, bootstrapServer: `localhost:${hostPort}` },
  };
}

/**
 * What works on the cluster as a whole: commands run on the machine of the first node, and each broker is reached through the machine
 * that has its port.
 * @param leaving the machines of brokers that are to leave, by their ids
 */
export function clusterContext(
  run: Run,
  nodes: readonly ClusterNode[],
  leaving: ReadonlyMap<number, Host> = new Map(),
): GroupedContext {
  const { log, clock, kafkaClients } = run.dependencies;
  const hosts = [
    ...[...leaving].map(([nodeId, host]) => [hostPortOf(nodeId), host] as const),
    ...nodes.map(({ context, plan }) => [plan.hostPort, context.host] as const),
  ];
  const host = new RoutedHost(firstNode(nodes).context.host, new Map(hosts));
  return { host, kafka: kafkaClients(host, log), clock, log, signal: run.signal };
}
