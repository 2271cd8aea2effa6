import type { KafkaModel } from '../../compose/kafka/kafka-model.ts';
import { isLoopback, isWildcard } from '../../compose/kafka/listeners.ts';
import type { Service } from '../../compose/reader/model.ts';
import { imageOf, runsStartScript } from '../images/service-image.ts';

/** What answers at an address inside a container. */
export type AtAddress =
  | {
      readonly is: 'open';
      /** Of a listener of Kafka. */
      readonly protocol?: string;
      /** Kafka sends those who ask there back to this container. */
      readonly isItself?: boolean;
    }
  | { readonly is: 'closed'; readonly reason: string }
  | { readonly is: 'unknown' };

const UNKNOWN: AtAddress = { is: 'unknown' };
const OPEN: AtAddress = { is: 'open' };

/** Ports on which some images listen without being told: REST interfaces, ZooKeeper's admin server. */
const UNTOLD = new Set([8080, 8081, 8082, 8090]);

/** What is known of an address, as a program in the container of a service sees it. */
export function atAddress(service: Service, host: string, port: number, kafka: KafkaModel): AtAddress {
  const own = [service.name, service.containerName?.text, service.hostname?.text];
  const isOwn = isLoopback(host) || isWildcard(host) || own.includes(host);
  if (!isOwn || service.networkMode !== undefined || !runsStartScript(service)) return UNKNOWN;
  const node = kafka.nodes.find(each => each.service === service);
  if (node) return atNode(node, host, port);
  const { clientPort } = kafka.zookeepers.find(each => each.service === service) ?? {};
  const registryPort = kafka.registries.find(each => each.service === service)?.port;
  const known = clientPort ?? registryPort;
  if (known === undefined) return UNKNOWN;
  if (known === port) return OPEN;
  return isMentioned(service, port) ? UNKNOWN : closedPort(service, port, [known]);
}

function atNode(node: KafkaModel['nodes'][number], host: string, port: number): AtAddress {
  const { service, listeners, protocols } = node;
  if (!listeners || listeners.length === 0) return UNKNOWN;
  const listener = listeners.find(each => each.port === port);
  if (!listener) {
    const isKnown = imageOf(service)?.family === 'confluent' || imageOf(service)?.family === 'apache';
    if (!isKnown || isMentioned(service, port)) return UNKNOWN;
    return closedPort(
      service,
      port,
      listeners.map(each => each.port),
    );
  }
  const bound = listener.host;
  const isEverywhere = bound === '' || isWildcard(bound);
  if (!isEverywhere && isLoopback(bound) !== isLoopback(host) && !isWildcard(host))
    return boundElsewhere(service, host, bound);
  const told = node.advertised?.find(({ name }) => name === listener.name);
  const isItself = told !== undefined && [service.name, host].includes(told.host) && told.port === port;
  return { is: 'open', protocol: protocols?.get(listener.name), isItself };
}

/** A listener with the name of its own service listens on the container's address, not on its localhost. */
function boundElsewhere(service: Service, host: string, bound: string): AtAddress {
  const isKnown = isLoopback(bound) || [service.name, service.hostname?.text].includes(bound);
  if (!isKnown) return UNKNOWN;
  return { is: 'closed', reason: `"${service.name}" listens on ${bound} only, not on ${host}` };
}

/** A number that stands in a variable may be a port of something that is not known here: JMX, an agent, a REST interface. */
function isMentioned({ environment, environmentComplete }: Service, port: number): boolean {
  if (!environmentComplete || UNTOLD.has(port)) return true;
  const pattern = new RegExp(`(?<!\\d)${port}(?!\\d)`);
  return [...environment.values()].some(
    ({ name, value }) =>
      !name.endsWith('ADVERTISED_LISTENERS') && (value.unresolved.length > 0 || pattern.test(value.text)),
  );
}

function closedPort({ name }: Service, port: number, known: readonly number[]): AtAddress {
  return {
    is: 'closed',
    reason: `nothing in "${name}" listens on ${port} (known: ${[...new Set(known)].join(', ')})`,
  };
}
