import type { ComposeModel, Service } from '../reader/model.ts';
import { splitText, type Value, valueAt } from '../reader/value.ts';
import { mayBeElsewhere } from './container-names.ts';
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

/** True when a name can be nothing but a service, and no service has it. */
export function isUnknownHost(model: ComposeModel, from: Service, host: string): boolean {
  if (!model.complete || isLoopback(host) || mayBeElsewhere(model, from, host)) return false;
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
  return groupsOf(nodes, leaders, zookeepers).map(members => ({
    nodes: members,
    brokers: members.filter(({ isBroker }) => isBroker),
    complete,
  }));
}

/** Nodes that have a leader in common, or leaders of one ensemble, belong together; a node whose leaders are not known is alone. */
function groupsOf(
  nodes: readonly KafkaNode[],
  leaders: ReadonlyMap<KafkaNode, readonly string[] | undefined>,
  zookeepers: readonly ZooKeeper[],
): KafkaNode[][] {
  const groups: { readonly names: Set<string>; readonly members: KafkaNode[] }[] = [];
  for (const node of nodes) {
    const names = new Set(leaders.get(node)?.flatMap(leader => [leader, ...ensembleOf(leader, zookeepers)]));
    const joined = groups.filter(group => [...names].some(name => group.names.has(name)));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push({
      names: new Set([...names, ...joined.flatMap(group => [...group.names])]),
      members: [...joined.flatMap(({ members }) => members), node],
    });
  }
  return groups.map(({ members }) => members);
}

/** ZooKeepers that know of each other are one: the same name for all whose servers are listed in the project, with what is asked of them. */
function ensembleOf(leader: string, zookeepers: readonly ZooKeeper[]): string[] {
  const name = hostOf(leader);
  const member = zookeepers.find(({ service }) => service.name === name);
  const servers = ['ZOOKEEPER_SERVERS', 'ZOO_SERVERS'];
  const isListed = member && servers.some(variable => member.service.environment.has(variable));
  return isListed ? [`(ensemble)${/\/.*$/s.exec(leader)?.[0] ?? ''}`] : [];
}

/** One service, several containers: `replicas`, `scale`, or an image that takes its number and its port as they come. */
function isManifold({ service, family, id }: KafkaNode): boolean {
  const { whole, containerName, ports } = service;
  const replicas = [valueAt(valueAt(whole, 'deploy'), 'replicas'), valueAt(whole, 'scale')];
  const isMany = (value: Value | undefined) =>
    value?.kind === 'scalar' && (value.unresolved.length > 0 || !/^[01]?$/.test(value.text));
  if (replicas.some(isMany)) return true;
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

/** The ZooKeeper servers or controllers that lead a node's cluster, as SERVICE:PORT or HOST:PORT. */
function leadersOf({ mode, settings, service }: KafkaNode, model: ComposeModel): string[] | undefined {
  if (mode === undefined) return undefined;
  const keys =
    mode === 'zookeeper'
      ? ['zookeeper.connect']
      : ['controller.quorum.voters', 'controller.quorum.bootstrap.servers'];
  const value = keys.map(key => settings.get(key)?.value).find(setting => setting && setting.text !== '');
  if (!value || value.unresolved.length > 0) return undefined;
  // A path in ZooKeeper stands behind the last server and is meant for all.
  const path = mode === 'zookeeper' ? (/\/.*$/s.exec(value.text)?.[0] ?? '') : '';
  const leaders = splitText(value, ',').map(({ text }) => text.replace(/^.*@/, '').replace(/\/.*$/s, ''));
  const space = networkSpace(service, model);
  if (space === undefined && leaders.some(leader => isLoopback(hostOf(leader)))) return undefined;
  return leaders.map(leader => {
    const host = isLoopback(hostOf(leader))
      ? space
      : (serviceNamed(model, hostOf(leader))?.name ?? hostOf(leader));
    return `${host}:${/:\d+$/.test(leader) ? portOf(leader) : 2181}${path}`;
  });
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
