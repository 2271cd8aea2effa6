import type { Cluster, Member } from '../../compose/deployment/cluster.ts';
import type { Deployment } from '../../compose/deployment/deployment.ts';
import type { NodePlan } from '../../compose/deployment/node-plan.ts';
import { pythonSettingsOf } from '../../kafka/security/python-settings.ts';
import type { ComposeProject } from '../../machine/compose-project.ts';
import type { Machine } from '../../machine/facts.ts';
import type { BrokerPlace, HostAccess } from '../smoke-test/options.ts';
import { CLIENT_IDENTITY, CLIENT_TRUST } from './certificates.ts';
import type { PlacedContext } from './placed.ts';

/** A machine of the cluster with all that it becomes. */
export interface ClusterNode {
  readonly context: PlacedContext;
  /** What the machine says of itself. */
  readonly facts: Machine;
  readonly plan: NodePlan;
  readonly deployment: Deployment;
  readonly project: ComposeProject;
}

/** The node beside which the registry, the authority and the Python pair are. @throws RangeError without one */
export function firstNode(nodes: readonly ClusterNode[]): ClusterNode {
  const first = nodes.find(({ plan }) => plan.hasRegistry);
  if (!first) throw new RangeError('no node of the plan has the registry');
  return first;
}

/** The service of stacks/kraft-node that is the node itself. */
export const KAFKA_SERVICE = 'kafka';

/** A container's service on one of the machines, in one word for reports. */
export const serviceOn = (service: string, { context }: ClusterNode): string =>
  `${service}@${context.machine.name}`;

/** The cluster that the nodes make together, as the runner reaches it: each broker by the port that its machine alone has. */
export function clusterOfNodes(nodes: readonly ClusterNode[]): Cluster {
  const brokers = nodes.map(node => ({
    service: serviceOn(KAFKA_SERVICE, node),
    address: `localhost:${node.plan.hostPort}`,
  }));
  const first = firstNode(nodes);
  const registry = first.deployment.cluster.members.find(({ role }) => role === 'schema-registry');
  return {
    brokers,
    bootstrapServers: brokers.map(({ address }) => address),
    schemaRegistryUrl: first.deployment.cluster.schemaRegistryUrl,
    members: [
      ...brokers.map((broker): Member => ({ ...broker, role: 'broker' })),
      ...(registry ? [{ ...registry, service: serviceOn(registry.service, first) }] : []),
    ],
  };
}

/** Where the container of each broker is, by the name that its service has in the cluster. */
export const brokerPlacesOf = (nodes: readonly ClusterNode[]): ReadonlyMap<string, BrokerPlace> =>
  new Map(
    nodes.map(node => [
      serviceOn(KAFKA_SERVICE, node),
      { host: node.context.host, project: node.project, service: KAFKA_SERVICE },
    ]),
  );

/** Where a node is asked by Kafka's tools: on its machine, in its project, at its own address. */
export const placeOfNode = ({ context: { host, machine }, project, plan }: ClusterNode) => ({
  host,
  project: project.name,
  service: KAFKA_SERVICE,
  server: `${machine.address}:${plan.clusterPorts[0]}`,
});

/** How clients on a machine reach every broker: at the private addresses, by a certificate. */
export function hostAccessOf(nodes: readonly ClusterNode[], directory: string): HostAccess {
  return {
    bootstrapServers: nodes.map(
      ({ context: { machine }, plan }) => `${machine.address}:${plan.clusterPorts[0]}`,
    ),
    settings: pythonSettingsOf({
      trusted: `${directory}/${CLIENT_TRUST}`,
      identity: `${directory}/${CLIENT_IDENTITY}`,
    }),
  };
}

/** The racks of the brokers, as far as they are known. */
export const racksOf = (nodes: readonly ClusterNode[]): ReadonlyMap<number, string> =>
  new Map(
    nodes.flatMap(({ plan: { nodeId, rack } }) => (rack === undefined ? [] : [[nodeId, rack] as const])),
  );
