import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { ActionError } from '../../errors.ts';

/** A machine of a cluster over several machines, as it was found. */
export interface PlannedMachine {
  /** As messages call it. */
  readonly name: string;
  /** Its private address: what its node binds, and advertises to the others. */
  readonly address: string;
  /** The id of the node whose data or settings it has; none for a machine that has been no node yet. */
  readonly nodeId?: number;
  /** The id of the cluster that these are of. */
  readonly clusterId?: string;
  /** How many controllers its settings name, if it has some. */
  readonly controllers?: number;
  /** Where it stands, as it was found or given. */
  readonly rack?: string;
  /** The rack that its settings name. */
  readonly formerRack?: string;
}

/** What a machine becomes. */
export interface NodePlan {
  readonly nodeId: number;
  readonly roles: 'controller+broker' | 'broker';
  /** One machine has the schema registry, and the cluster's authority: that of node 1. */
  readonly hasRegistry: boolean;
  /** The port at 127.0.0.1 for clients on the machine: another one on each, so that it tells whose node is meant. */
  readonly hostPort: number;
  /** What fails together with it, as Kafka's `broker.rack`: replicas are kept apart by it. */
  readonly rack?: string;
  /** The ports at the private address that the other machines must reach. */
  readonly clusterPorts: readonly number[];
  /** The compose files in the order in which Docker Compose reads them. */
  readonly composeFiles: readonly string[];
  /** Text by path in the project's directory: the compose files, and the `.env` that they read. */
  readonly files: ReadonlyMap<string, string>;
}

/** Texts of stacks/kraft-node: each node has the first, and the others where it has what they are for. */
export interface NodeStack {
  readonly node: string;
  readonly registry: string;
  readonly rack: string;
}

interface NodePlanOptions {
  readonly controllers: 3 | 5;
  readonly stack: NodeStack;
  /** An id for a cluster that has none yet; see `newClusterId`. */
  readonly newClusterId: () => string;
  /** Ids that the cluster has given to nodes on whatever machines: none of them is free. */
  readonly taken?: readonly number[];
}

/** The name of a rack, which stands in a file of settings as it is: `eu-west-3a`, `row_4.7`. */
export const RACK = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** The names of the stack's files in the project's directory. */
const NODE_FILE = 'docker-compose.yml';
const NODE_REGISTRY_FILE = 'docker-compose.schema-registry.yml';
const NODE_RACK_FILE = 'docker-compose.rack.yml';

const CLUSTER_PORT = 9092;
const CONTROLLER_PORT = 9093;
/** As in the stacks of one machine, whose three brokers have these ports. */
const FIRST_HOST_PORTS = [19092, 29092, 39092];
/** That of the fourth node; each further one has the next. */
const NEXT_HOST_PORT = 19093;

/**
 * Decides what each machine becomes, in the order of the machines. A node's id stays with the machine that has its data; machines
 * without any get the lowest ids that are free. The controllers are the nodes of the lowest ids, for good: who decides must
 * not change with the order of a list.
 * @throws ActionError `machines-of-different-clusters`, `controller-missing`
 */
export function planNodes(
  machines: readonly PlannedMachine[],
  { controllers, stack, newClusterId, taken = [] }: NodePlanOptions,
): NodePlan[] {
  refuseTwins(machines);
  const clusterId = clusterIdOf(machines) ?? newClusterId();
  refuseOtherControllers(machines, controllers);
  const nodes = withRacks(withIds(machines, taken));
  const voters = nodes
    .filter(({ nodeId }) => nodeId <= controllers)
    .toSorted((one, other) => one.nodeId - other.nodeId);
  return nodes.map(node => planOf(node, { voters, clusterId, controllers, stack }));
}

interface Node extends PlannedMachine {
  readonly nodeId: number;
}

interface Plan extends Pick<NodePlanOptions, 'controllers' | 'stack'> {
  readonly voters: readonly Node[];
  readonly clusterId: string;
}

function planOf(node: Node, { voters, clusterId, controllers, stack }: Plan): NodePlan {
  const { nodeId, address, rack } = node;
  const isController = nodeId <= controllers;
  const hasRegistry = nodeId === 1;
  const hostPort = hostPortOf(nodeId);
  const texts: readonly (readonly [path: string, text: string])[] = [
    [NODE_FILE, stack.node],
    ...(hasRegistry ? ([[NODE_REGISTRY_FILE, stack.registry]] as const) : []),
    // A variable without a value would be a change to the nodes of a cluster without racks.
    ...(rack === undefined ? [] : ([[NODE_RACK_FILE, stack.rack]] as const)),
  ];
  const composeFiles = texts.map(([path]) => path);
  const settings = {
    KAFKA_NODE_ID: nodeId,
    CLUSTER_ID: clusterId,
    KAFKA_ROLES: isController ? 'broker,controller' : 'broker',
    NODE_ADDRESS: inUrl(address),
    HOST_PORT: hostPort,
    CONTROLLER_VOTERS: voters.map(each => `${each.nodeId}@${at(each, CONTROLLER_PORT)}`).join(','),
    CONTROLLER_LISTENER: isController ? `,CONTROLLER://${at(node, CONTROLLER_PORT)}` : '',
    ...(rack !== undefined && { KAFKA_BROKER_RACK: rack }),
    ...(hasRegistry && {
      REGISTRY_BOOTSTRAP_SERVERS: voters.map(each => `SSL://${at(each, CLUSTER_PORT)}`).join(','),
    }),
    // For whoever calls docker-compose in the directory by hand.
    ...(composeFiles.length > 1 && { COMPOSE_FILE: composeFiles.join(':') }),
  };
  return {
    nodeId,
    roles: isController ? 'controller+broker' : 'broker',
    hasRegistry,
    hostPort,
    ...(rack !== undefined && { rack }),
    clusterPorts: isController ? [CLUSTER_PORT, CONTROLLER_PORT] : [CLUSTER_PORT],
    composeFiles,
    files: new Map([...texts, ['.env', environmentFile(settings)]]),
  };
}

/** A new id for a cluster: 16 bytes in base64url, as Kafka writes them. It never begins with `-`, which Kafka's tools take for an option. */
export function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

/** What the `.env` of an earlier deployment says of its node: it is there before the node has any data, and after they were removed. */
export function readNodeSettings(
  environment: string,
): Pick<PlannedMachine, 'nodeId' | 'clusterId' | 'controllers' | 'formerRack'> {
  const settingOf = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(environment)?.[1];
  const nodeId = /^[1-9]\d{0,8}$/.exec(settingOf('KAFKA_NODE_ID') ?? '')?.[0];
  const clusterId = /^[\w-]{22}$/.exec(settingOf('CLUSTER_ID') ?? '')?.[0];
  const voters = settingOf('CONTROLLER_VOTERS');
  if (nodeId === undefined || clusterId === undefined || voters === undefined) return {};
  const formerRack = RACK.exec(settingOf('KAFKA_BROKER_RACK') ?? '')?.[0];
  return {
    ...{ nodeId: Number(nodeId), clusterId, controllers: voters.split(',').length },
    ...(formerRack !== undefined && { formerRack }),
  };
}

/** @throws ActionError when two machines have the data of the same node: together they would harm the cluster */
function refuseTwins(machines: readonly PlannedMachine[]): void {
  for (const [index, { name, nodeId }] of machines.entries()) {
    const twin = machines.slice(0, index).find(other => nodeId !== undefined && other.nodeId === nodeId);
    if (!twin) continue;
    throw new ActionError(
      'machines-of-different-clusters',
      `${twin.name} and ${name} both have node ${nodeId}: no cluster may have two nodes of one id`,
    );
  }
}

/** @throws ActionError when not all of those that have an id have the same */
function clusterIdOf(machines: readonly PlannedMachine[]): string | undefined {
  const [first, ...others] = machines.filter(({ clusterId }) => clusterId !== undefined);
  const stranger = others.find(({ clusterId }) => clusterId !== first?.clusterId);
  if (!first || !stranger) return first?.clusterId;
  throw new ActionError(
    'machines-of-different-clusters',
    `${first.name} is of cluster ${first.clusterId}, and ${stranger.name} of cluster ${stranger.clusterId}`,
  );
}

/** @throws ActionError when the controllers would not be those that the cluster was made with */
function refuseOtherControllers(machines: readonly PlannedMachine[], wanted: number): void {
  const known = machines.flatMap(({ nodeId }) => nodeId ?? []);
  if (known.length === 0) return;
  const made = machines.find(({ controllers }) => controllers !== undefined && controllers !== wanted);
  if (made)
    throw new ActionError(
      'controller-missing',
      `the cluster was made with ${made.controllers} controllers, and controllers says ${wanted}: the number cannot be changed`,
    );
  const ids = Array.from({ length: wanted }, (_, index) => index + 1);
  const missing = ids.filter(id => !known.includes(id));
  if (missing.length === 0) return;
  const nodes = missing.length === 1 ? `node ${missing[0]}` : `nodes ${missing.join(', ')}`;
  const found = machines.flatMap(({ name, nodeId }) => (nodeId === undefined ? [] : `${name} has ${nodeId}`));
  throw new ActionError(
    'controller-missing',
    `none of the machines has ${nodes}, of the ${wanted} nodes that decide for the cluster: ${found.join(', ')}`,
  );
}

function withIds(machines: readonly PlannedMachine[], elsewhere: readonly number[]): Node[] {
  const taken = new Set([...elsewhere, ...machines.flatMap(({ nodeId }) => nodeId ?? [])]);
  return machines.map(machine => {
    const nodeId = machine.nodeId ?? lowestFree(taken);
    taken.add(nodeId);
    return { ...machine, nodeId };
  });
}

/** The lowest id of a node that is not among these. */
export function lowestFree(taken: ReadonlySet<number>): number {
  let id = 1;
  while (taken.has(id)) id += 1;
  return id;
}

/**
 * Kafka keeps replicas apart by rack only where every broker has one. So a rack that is not known leaves all nodes as they are: none loses
 * the one that it has, and none is restarted for one that would mean nothing.
 */
function withRacks(nodes: readonly Node[]): Node[] {
  const known = nodes.map(node => ({ ...node, rack: node.rack ?? node.formerRack }));
  const areAllKnown = known.every(({ rack }) => rack !== undefined);
  return areAllKnown ? known : nodes.map(node => ({ ...node, rack: node.formerRack }));
}

/** The port at 127.0.0.1 that the node with this id has on its machine. */
export const hostPortOf = (nodeId: number) =>
  FIRST_HOST_PORTS[nodeId - 1] ?? NEXT_HOST_PORT + nodeId - FIRST_HOST_PORTS.length - 1;

const inUrl = (address: string) => (isIPv6(address) ? `[${address}]` : address);
const at = ({ address }: PlannedMachine, port: number) => `${inUrl(address)}:${port}`;

const environmentFile = (settings: Readonly<Record<string, string | number>>) =>
  [
    "# Written by kafka-al2023-action: what is this machine's own. The compose files are the same on all machines of the cluster.",
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    '',
  ].join('\n');
