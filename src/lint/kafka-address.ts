import type { Bootstrap } from '../compose/kafka/bootstrap.ts';
import { isSharedName, shareNetwork } from '../compose/kafka/container-names.ts';
import { isUnknownHost, serviceNamed } from '../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../compose/kafka/kafka-node.ts';
import { isLoopback, type Listener } from '../compose/kafka/listeners.ts';
import type { Service } from '../compose/reader/model.ts';
import { takesListenersAsGiven } from './own-settings.ts';
import type { LintContext } from './rule.ts';
import { inWords } from './settings/settings-places.ts';

/** Why a container does not reach what it looks for at an address; undefined when it does, or when that is not known. */
export type AddressFault = (address: Bootstrap) => string | undefined;

/**
 * How Kafka is missed from the container of a service, which has a network of its own.
 * @param who the program that connects, as the message calls it
 */
export function kafkaFaults(from: Service, who: string, context: LintContext): AddressFault {
  return address =>
    nameFault(address, from, `${who} finds itself`, 'Kafka', context) ??
    brokerFault(address, from, who, context);
}

/** A name that leads back to the container, to no service, or to one that it has no network in common with. */
export function nameFault(
  { host, port }: Bootstrap,
  from: Service,
  finds: string,
  what: string,
  { model, kafka }: LintContext,
): string | undefined {
  if (from.networkMode !== undefined || from.extraHosts.includes(host)) return undefined;
  if (isLoopback(host)) return `Inside its container ${finds} at ${host}:${port}, not ${what}.`;
  // Without a broker of its own, the project may be one of several files that share a network.
  const hasBroker = kafka.nodes.some(({ isBroker }) => isBroker);
  if (hasBroker && isUnknownHost(model, from, host)) return `No service of the project is called "${host}".`;
  return undefined;
}

/** What to do where two containers have no network in common; undefined where that is not why an address leads nowhere. */
export function networkHint({ host }: Bootstrap, from: Service, { model }: LintContext): string | undefined {
  const service = from.networkMode === undefined ? serviceNamed(model, host) : undefined;
  if (!service || shareNetwork(model, from, service) !== false) return undefined;
  return `Put "${from.name}" and "${service.name}" into one network: name the same one under "networks" of both, or under none.`;
}

/** A broker of the project that does not answer there, or sends its clients on to where they do not reach it. */
export function brokerFault(
  { host, port }: Bootstrap,
  from: Service,
  who: string,
  { model, kafka }: LintContext,
): string | undefined {
  const service = from.networkMode === undefined ? serviceNamed(model, host) : undefined;
  if (!service || service === from || from.extraHosts.includes(host) || isSharedName(model, host))
    return undefined;
  if (kafka.zookeepers.some(each => each.service === service)) return `"${host}" is ZooKeeper, not Kafka.`;
  const node = kafka.nodes.find(each => each.service === service);
  if (!node || service.networkMode !== undefined) return undefined;
  if (shareNetwork(model, from, service) === false)
    return `"${from.name}" and "${service.name}" have no network in common, so the name "${host}" leads nowhere.`;
  return takesListenersAsGiven(node) ? listenerFault(node, host, port, who) : undefined;
}

function listenerFault(node: KafkaNode, host: string, port: number, who: string): string | undefined {
  const { listeners, advertised, controllerNames, isBroker } = node;
  if (!listeners || listeners.length === 0) return undefined;
  const atPort = listeners.filter(each => each.port === port);
  const listener = atPort.find(each => !isLoopback(each.host)) ?? atPort[0];
  if (!listener) {
    const ports = [...new Set(listeners.map(each => String(each.port)))];
    return `"${host}" does not listen on port ${port}, but on ${inWords(ports)}.`;
  }
  if (!isBroker || controllerNames.includes(listener.name))
    return `Port ${port} of "${host}" is for controllers only.`;
  if (isLoopback(listener.host))
    return `${listener.name} of "${host}" listens only on ${listener.host} in its own container.`;
  const told = advertised?.find(({ name }) => name === listener.name);
  if (!told || !isLoopback(told.host)) return undefined;
  return `At ${host}:${port} ${who} is told to go on to ${told.host}:${told.port}, which in its container is itself.`;
}

/**
 * Where a container reaches every broker of the project's one cluster, as HOST:PORT: the listeners that advertise a name of the
 * broker's container and the port that they listen on, the inter-broker listener first.
 * @returns none when that is not certain
 */
export function reachableBrokers(from: Service, { model, kafka: { clusters } }: LintContext): string[] {
  const [cluster] = clusters;
  if (!cluster || clusters.length > 1) return [];
  const addresses = cluster.brokers.map(broker => {
    const good = broker.advertised?.filter(told => isInside(broker, told)) ?? [];
    const best = good.find(({ name }) => name === broker.interBroker) ?? good[0];
    return best && shareNetwork(model, from, broker.service) ? `${best.host}:${best.port}` : undefined;
  });
  return addresses.includes(undefined) ? [] : addresses.filter(address => address !== undefined);
}

function isInside({ service, listeners }: KafkaNode, { name, host, port }: Listener): boolean {
  const names = [service.name, service.hostname?.text, service.containerName?.text];
  const bound = listeners?.find(listener => listener.name === name);
  return names.includes(host) && bound?.port === port && !isLoopback(bound.host);
}
