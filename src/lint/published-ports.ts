import type { KafkaNode } from '../compose/kafka/kafka-node.ts';
import { isLoopback, type Listener } from '../compose/kafka/listeners.ts';
import { readRedpanda } from '../compose/kafka/redpanda.ts';
import type { Port } from '../compose/reader/ports.ts';
import type { LintContext } from './rule.ts';

/** A single published port of a broker, with the listener that answers there and what it tells clients. */
export interface PublishedListener {
  readonly port: Port;
  readonly told: Listener;
}

/** True when a port of the container is published, alone or within a range. */
export const leadsTo = ({ protocol, target }: Port, port: number): boolean =>
  protocol === 'tcp' && target.from <= port && port <= target.to;

/** A broker, as far as its listeners go. */
export type Listening = Pick<KafkaNode, 'service' | 'listeners' | 'advertised' | 'controllerNames'>;

/** The published ports of a broker whose listener is known, ranges left out. */
export function publishedListeners({
  service,
  listeners,
  advertised,
  controllerNames,
}: Listening): PublishedListener[] {
  const forClients = advertised?.filter(({ name }) => !controllerNames.includes(name)) ?? [];
  return service.ports.flatMap(port => {
    if (port.target.from !== port.target.to) return [];
    const atPort = listeners?.filter(listener => leadsTo(port, listener.port)) ?? [];
    // Kafka does not start with two listeners on one port.
    if (atPort.length > 1) return [];
    const [bound] = atPort;
    // A broker with one listener for clients has no other that could answer them.
    const only = listeners === undefined && forClients.length === 1 ? forClients[0] : undefined;
    const told = bound ? forClients.find(({ name }) => name === bound.name) : only;
    return told && (bound !== undefined || leadsTo(port, told.port)) ? [{ port, told }] : [];
  });
}

/** The listeners for clients on the machine whose advertised port is published as something else: clients do not reach them. */
export function misledListeners(node: Listening, context: LintContext): Listener[] {
  return unreachedListeners(node, context).filter(({ name, port }) => {
    const { service, listeners } = node;
    const inside = listeners?.find(listener => listener.name === name)?.port ?? port;
    return service.ports.some(each => leadsTo(each, inside) || isPublished(each, port));
  });
}

/** The listeners for clients on the machine whose port is not published under the number that they advertise. */
export function unreachedListeners(
  { service, listeners, advertised = [] }: Listening,
  context: LintContext,
): Listener[] {
  if (service.networkMode !== undefined || !service.portsComplete) return [];
  const mayStandBefore = proxiesOf(context);
  return advertised.filter(({ name, host, port }) => {
    const bound = listeners?.find(listener => listener.name === name);
    // A listener on the container's own loopback is for the container itself.
    if (!isLoopback(host) || (bound && isLoopback(bound.host))) return false;
    const inside = bound?.port ?? port;
    if (service.ports.some(each => leadsTo(each, inside) && isPublishedAs(each, inside, port))) return false;
    return !mayStandBefore(port);
  });
}

/** A proxy of the project may stand before the broker, at a port of the machine. */
const proxiesOf = ({ model, kafka }: LintContext): ((port: number) => boolean) => {
  const nodes = new Set(kafka.nodes.map(({ service }) => service));
  const others = model.services.filter(service => !nodes.has(service) && !readRedpanda(service));
  const isOpen = others.some(({ portsComplete }) => !portsComplete);
  const published = others.flatMap(({ ports }) => ports).filter(each => each.published !== undefined);
  return port => isOpen || published.some(each => isPublished(each, port));
};

const isPublished = ({ published }: Port, port: number): boolean =>
  published !== undefined && published.from <= port && port <= published.to;

/** Docker picks the port of the machine, or one of a range: then the number may be the right one. */
function isPublishedAs(mapping: Port, inside: number, port: number): boolean {
  const { published, target } = mapping;
  if (!published) return false;
  const isPicked = published.to - published.from !== target.to - target.from;
  return isPicked ? isPublished(mapping, port) : published.from + inside - target.from === port;
}
