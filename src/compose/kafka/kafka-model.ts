import type { ComposeModel, EnvironmentEntry, Service } from '../reader/model.ts';
import { splitText } from '../reader/value.ts';
import { mayBeElsewhere } from './container-names.ts';
import { knownImage, readImage } from './images.ts';
import { type KafkaNode, readNode } from './kafka-node.ts';
import { isLoopback } from './listeners.ts';
import { type Registry, readRegistry } from './registry.ts';

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

interface ZooKeeper {
  readonly service: Service;
  /** Undefined when it depends on unknown variables. */
  readonly clientPort?: number;
}

export function readKafka(model: ComposeModel): KafkaModel {
  const nodes = model.services.flatMap(service => readNode(service) ?? []);
  return {
    nodes,
    clusters: clustersOf(nodes, model),
    zookeepers: model.services.flatMap(service => readZooKeeper(service) ?? []),
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

function clustersOf(nodes: readonly KafkaNode[], model: ComposeModel): Cluster[] {
  const leaders = new Map(nodes.map(node => [node, leadersOf(node)]));
  // A node that names a leader which is not here may belong to any of the clusters.
  const complete =
    model.complete && nodes.every(node => leaders.get(node)?.every(each => isHere(each, node, model)));
  const groups = Map.groupBy(nodes, node => leaders.get(node)?.join() ?? node.service.name);
  return [...groups.values()].map(members => ({
    nodes: members,
    brokers: members.filter(({ isBroker }) => isBroker),
    complete,
  }));
}

/**
 * The ZooKeeper servers or controllers that lead a node's cluster, as HOST:PORT in order: nodes with the same ones belong together.
 * localhost is the node itself.
 */
function leadersOf({ mode, settings, service }: KafkaNode): string[] | undefined {
  if (mode === undefined) return undefined;
  const keys =
    mode === 'zookeeper'
      ? ['zookeeper.connect']
      : ['controller.quorum.voters', 'controller.quorum.bootstrap.servers'];
  const value = keys.map(key => settings.get(key)?.value).find(setting => setting && setting.text !== '');
  if (!value || value.unresolved.length > 0) return undefined;
  const leaders = splitText(value, ',').map(({ text }) => text.replace(/^.*@/, ''));
  return leaders.map(leader => (isLoopback(hostOf(leader)) ? `${service.name}:itself` : leader)).sort();
}

const hostOf = (leader: string) =>
  leader
    .replace(/\/.*$/s, '')
    .replace(/:[^:\]]*$/, '')
    .replace(/^\[(.*)\]$/, '$1');

function isHere(leader: string, { mode, service }: KafkaNode, model: ComposeModel): boolean {
  const named = serviceNamed(model, hostOf(leader));
  return named !== undefined && (mode === 'kraft' || named !== service);
}

function readZooKeeper(service: Service): ZooKeeper | undefined {
  const image = service.image && readImage(service.image);
  const known = image && knownImage(image);
  if (known?.role !== 'zookeeper') return undefined;
  const variable = known.family === 'confluent' ? 'ZOOKEEPER_CLIENT_PORT' : undefined;
  const port: EnvironmentEntry | undefined =
    variable === undefined ? undefined : service.environment.get(variable);
  if (variable !== undefined && port === undefined) return { service };
  if (port && (port.value.unresolved.length > 0 || !/^\d+$/.test(port.value.text))) return { service };
  return { service, clientPort: port ? Number(port.value.text) : 2181 };
}
