import type { ComposeModel, Service } from '../reader/model.ts';
import { splitText, valueAt } from '../reader/value.ts';
import { imageFacts, readImage } from './images.ts';
import { controllerPorts, type KafkaNode, readNode } from './kafka-node.ts';
import { isLoopback } from './listeners.ts';
import { programOf } from './own-program.ts';
import { type Registry, readRegistry } from './registry.ts';
import { readZooKeeper, type ZooKeeper } from './zookeepers.ts';

/** What there is of Kafka in a project. */
export interface KafkaModel {
  readonly nodes: readonly KafkaNode[];
  readonly clusters: readonly Cluster[];
  readonly zookeepers: readonly ZooKeeper[];
  readonly registries: readonly Registry[];
}

/** Nodes that work together. */
export interface Cluster {
  readonly nodes: readonly KafkaNode[];
  readonly brokers: readonly KafkaNode[];
  /** True when no other brokers can belong to it: its controllers or its ZooKeeper stand in the same project. */
  readonly complete: boolean;
}

export function readKafka(model: ComposeModel): KafkaModel {
  const nodes = model.services.flatMap(service => readNode(service) ?? []);
  const zookeepers = model.services.flatMap(service => readZooKeeper(service) ?? []);
  return {
    nodes,
    clusters: clustersOf(nodes, zookeepers, model),
    zookeepers,
    registries: model.services.flatMap(service => readRegistry(service) ?? []),
  };
}

/** The service that other containers reach under a name. */
export function serviceNamed({ services }: ComposeModel, host: string): Service | undefined {
  return services.find(
    ({ name, containerName, hostname, networks }) =>
      [name, containerName?.text, hostname?.text].includes(host) ||
      networks.some(({ aliases }) => aliases.includes(host)),
  );
}

/**
 * True when a name can be nothing but a service, and no service has it. A name with a dot may be a machine anywhere, and one on a
 * network from outside may be a container of another project.
 */
export function isUnknownHost(model: ComposeModel, from: Service, host: string): boolean {
  if (!model.complete || /[.:]/.test(host) || isLoopback(host) || host === '') return false;
  const outside = from.networks.some(({ name }) => model.networks.get(name)?.external);
  if (outside || from.networkMode !== undefined || from.extraHosts.includes(host)) return false;
  return serviceNamed(model, host) === undefined;
}

/**
 * Whose localhost a service has: its own, the machine's, or that of the service whose network it shares. Undefined when that is a
 * container of another project.
 * Source: https://docs.docker.com/reference/compose-file/services/#network_mode
 */
export function networkSpace(service: Service, model: ComposeModel): string | undefined {
  const seen = new Set<string>();
  let current = service;
  while (!seen.has(current.name)) {
    seen.add(current.name);
    const mode = current.networkMode ?? '';
    if (mode === 'host') return MACHINE;
    if (mode.startsWith('container:')) return undefined;
    if (!mode.startsWith('service:')) return current.name;
    const shared = model.services.find(({ name }) => name === mode.slice('service:'.length));
    if (!shared) return undefined;
    current = shared;
  }
  return undefined;
}

/** No service can have this name. */
const MACHINE = '(machine)';

function clustersOf(
  nodes: readonly KafkaNode[],
  zookeepers: readonly ZooKeeper[],
  model: ComposeModel,
): Cluster[] {
  const leaders = new Map(nodes.map(node => [node, leadersOf(node, model)]));
  // A node that names a leader which is not here may belong to any of the clusters.
  const isHere = (leader: string, node: KafkaNode) =>
    isLeaderHere(leader, node, { nodes, zookeepers, model });
  const complete =
    model.complete &&
    nodes.every(node => leaders.get(node)?.every(each => isHere(each, node)) && !isManifold(node)) &&
    !model.services.some(service => isUnreadBroker(service, nodes));
  const groups = Map.groupBy(nodes, node => leaders.get(node)?.join() ?? node.service.name);
  return [...groups.values()].map(members => ({
    nodes: members,
    brokers: members.filter(({ isBroker }) => isBroker),
    complete,
  }));
}

/** One service, several containers: `replicas`, `scale`, or an image that takes its number and its port as they come. */
function isManifold({ service, family, id }: KafkaNode): boolean {
  const { whole, containerName, ports } = service;
  const replicas = [valueAt(valueAt(whole, 'deploy'), 'replicas'), valueAt(whole, 'scale')];
  if (replicas.some(value => value?.kind === 'scalar' && !/^[01]?$/.test(value.text))) return true;
  const isFixed = id !== undefined || containerName !== undefined || ports.some(({ published }) => published);
  return family === 'wurstmeister' && !isFixed;
}

/** What looks like a broker of an image that cannot be read here. */
function isUnreadBroker(service: Service, nodes: readonly KafkaNode[]): boolean {
  if (nodes.some(node => node.service === service) || programOf(service) === 'tool') return false;
  const image = service.image && readImage(service.image);
  const facts = image && imageFacts(image);
  if (facts && facts.role !== 'kafka') return false;
  const names = [...service.environment.keys()];
  return [
    /(?:ZOOKEEPER_CONNECT|QUORUM_VOTERS|QUORUM_BOOTSTRAP_SERVERS)$/,
    /(?:BROKER_ID|NODE_ID|ADVERTISED_LISTENERS|ADVERTISED_HOST_NAME)$/,
  ].every(pattern => names.some(name => pattern.test(name)));
}

/** The ZooKeeper servers or controllers that lead a node's cluster, as HOST:PORT in order: nodes with the same ones belong together. */
function leadersOf({ mode, settings, service }: KafkaNode, model: ComposeModel): string[] | undefined {
  if (mode === undefined) return undefined;
  const keys =
    mode === 'zookeeper'
      ? ['zookeeper.connect']
      : ['controller.quorum.voters', 'controller.quorum.bootstrap.servers'];
  const value = keys.map(key => settings.get(key)?.value).find(setting => setting && setting.text !== '');
  if (!value || value.unresolved.length > 0) return undefined;
  const leaders = splitText(value, ',').map(({ text }) => text.replace(/^.*@/, ''));
  const space = networkSpace(service, model);
  if (space === undefined && leaders.some(leader => isLoopback(hostOf(leader)))) return undefined;
  return leaders.map(leader => (isLoopback(hostOf(leader)) ? `${space}:${portOf(leader)}` : leader)).sort();
}

const hostOf = (leader: string) =>
  leader
    .replace(/\/.*$/s, '')
    .replace(/:[^:\]]*$/, '')
    .replace(/^\[(.*)\]$/, '$1');

const portOf = (leader: string) => Number(/:(\d+)(?:\/.*)?$/s.exec(leader)?.[1]);

function isLeaderHere(
  leader: string,
  { mode, service }: KafkaNode,
  { nodes, zookeepers, model }: Pick<KafkaModel, 'nodes' | 'zookeepers'> & { readonly model: ComposeModel },
): boolean {
  const host = hostOf(leader);
  const port = portOf(leader);
  if (host !== MACHINE) {
    const named = serviceNamed(model, host);
    return named !== undefined && (mode === 'kraft' || named !== service);
  }
  const isOnMachine = (other: Service) => networkSpace(other, model) === MACHINE;
  if (mode === 'kraft')
    return nodes.some(each => isOnMachine(each.service) && controllerPorts(each)?.includes(port));
  return zookeepers.some(({ service: each, ports }) =>
    isOnMachine(each)
      ? ports?.includes(port)
      : each.ports.some(({ published }) => published && published.from <= port && port <= published.to),
  );
}
