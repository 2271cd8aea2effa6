import { type ClientSetting, clientSettings } from '../compose/kafka/clients.ts';
import { isUnknownHost, serviceNamed } from '../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../compose/kafka/kafka-node.ts';
import { isLoopback, type Listener } from '../compose/kafka/listeners.ts';
import { closestName } from '../compose/reader/similar-name.ts';
import { splitText } from '../compose/reader/value.ts';
import { takesListenersAsGiven } from './own-settings.ts';
import type { LintContext } from './rule.ts';

/** A listener that advertises a name which no container of the project has. */
export interface UnknownName {
  readonly node: KafkaNode;
  readonly listener: Listener;
  /** Who in the project is sent there, where that is certain. */
  readonly users?: string;
}

/**
 * Listeners that advertise a name without a dot which no service, host name, container name or alias is. It may still be a machine
 * that a name server near the machine knows: that somebody in the project does not find it is certain only where several brokers
 * have such names of their own, or where the name is that of a service but for a letter and somebody uses it.
 */
export function unknownNames(context: LintContext): UnknownName[] {
  const { kafka, model } = context;
  const nodes = new Set(kafka.nodes.map(({ service }) => service));
  const clients = model.services.filter(service => !nodes.has(service)).flatMap(clientSettings);
  return kafka.nodes
    .filter(node => node.isBroker && takesListenersAsGiven(node) && !namesMachines(node, context))
    .flatMap(node =>
      (node.settings.get('advertised.listeners')?.variable ? (node.advertised ?? []) : [])
        .filter(
          ({ name, host }) =>
            !node.controllerNames.includes(name) && isUnknownHost(model, node.service, host),
        )
        .map(listener => ({ node, listener, users: usersOf(node, listener, context, clients) })),
    );
}

/** True for a node of a cluster over several machines: where ZooKeeper's or the controllers' names are those of other machines. */
function namesMachines({ settings, service }: KafkaNode, { kafka, model }: LintContext): boolean {
  const hostsOf = (key: string) => {
    const value = settings.get(key)?.value;
    return value
      ? splitText(value, ',').flatMap(({ text }) => /^(?:\d+@)?([\w-]+)(?:[:/]|$)/.exec(text)?.[1] ?? [])
      : [];
  };
  const zookeepers = hostsOf('zookeeper.connect');
  // With a ZooKeeper in the project, and none of it named, the names are a mistake: zookeeper-connect tells so.
  const isMistaken =
    kafka.zookeepers.length > 0 && zookeepers.every(host => isUnknownHost(model, service, host));
  return [
    ...(isMistaken ? [] : zookeepers),
    ...hostsOf('controller.quorum.voters'),
    ...hostsOf('controller.quorum.bootstrap.servers'),
  ].some(host => !isLoopback(host) && serviceNamed(model, host) === undefined);
}

function usersOf(
  node: KafkaNode,
  listener: Listener,
  context: LintContext,
  clients: readonly ClientSetting[],
): string | undefined {
  const { kafka, model } = context;
  const brokers = kafka.clusters.find(({ nodes }) => nodes.includes(node))?.brokers ?? [];
  const isInterBroker = listener.name === node.interBroker;
  const isShared = brokers.some(
    other => other !== node && other.advertised?.some(({ host }) => host === listener.host),
  );
  if (isInterBroker && brokers.length > 1 && !isShared) return 'the other brokers';
  const names = model.services.flatMap(({ name, hostname }) => [name, hostname?.text ?? name]);
  if (closestName(listener.host, names) === undefined) return undefined;
  if (isInterBroker && node.mode === 'zookeeper') return "the cluster's controller";
  const port = node.listeners?.find(({ name }) => name === listener.name)?.port;
  const client = clients.find(({ addresses }) =>
    addresses.some(each => each.port === port && serviceNamed(model, each.host) === node.service),
  );
  return client && `"${client.service.name}"`;
}
