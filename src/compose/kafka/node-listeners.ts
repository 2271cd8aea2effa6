import type { Service } from '../reader/model.ts';
import { deprecatedListeners, deprecatedPort } from './deprecated-listeners.ts';
import type { ImageFamily } from './images.ts';
import type { Setting } from './kafka-settings.ts';
import {
  type Listener,
  readListeners,
  readListenersWithoutHosts,
  readProtocolMap,
  SECURITY_PROTOCOLS,
} from './listeners.ts';

/** What is known of a node before its listeners are. */
interface Node {
  readonly service: Service;
  readonly family: ImageFamily;
  readonly settings: ReadonlyMap<string, Setting>;
  readonly complete: boolean;
  readonly mode?: 'zookeeper' | 'kraft';
  readonly controllerNames: readonly string[];
}

/** Where a node listens and where it sends its clients; each undefined when that is not known. */
export interface NodeListeners {
  readonly listeners?: readonly Listener[];
  readonly advertised?: readonly Listener[];
  readonly protocols?: ReadonlyMap<string, string>;
  readonly interBroker?: string;
}

/**
 * What follows from the listeners' settings, with Kafka's defaults and those of the images' start scripts.
 * @param leavesListeners a command of the service's own starts the image and leaves its listeners alone
 */
export function listenersOf(node: Node, leavesListeners: boolean): NodeListeners {
  const { settings } = node;
  const own = settings.get('listeners')?.value;
  const told = settings.get('advertised.listeners')?.value;
  const stated = told && readListeners(told);
  const older = deprecatedListeners(node.family, settings, node.service);
  const listeners = own
    ? readListeners(own)
    : (older?.listeners ?? derived(node, leavesListeners) ?? byDefault(node));
  const advertised = told ? stated : (older?.advertised ?? advertisedByDefault(node, listeners));
  return { listeners, advertised, protocols: protocolsOf(node), interBroker: interBrokerName(node) };
}

/** The start scripts that hand settings on as they are and add none of their own for the listeners. */
const PLAIN_FAMILIES: readonly ImageFamily[] = ['confluent', 'apache', 'bitnami', 'wurstmeister'];

/** True where nothing but Kafka's own defaults stands behind what is not set; Bitnami's image takes flags that override anything. */
const hasKafkaDefaults = ({ family, complete, service }: Node): boolean =>
  complete && PLAIN_FAMILIES.includes(family) && !service.environment.has('KAFKA_EXTRA_FLAGS');

/** True where nothing but Kafka's own defaults and the start script stands behind what is not set. */
const hasKnownDefaults = ({ family, complete }: Node) =>
  complete && (family === 'confluent' || family === 'apache');

/** Without `listeners` the images of Confluent and Apache listen on every advertised port, whatever host is advertised. */
function derived(node: Node, leavesListeners: boolean): Listener[] | undefined {
  if (!hasKnownDefaults(node) && !leavesListeners) return undefined;
  const told = node.settings.get('advertised.listeners')?.value;
  const advertised = told && readListenersWithoutHosts(told);
  return advertised?.map(listener => ({ ...listener, host: '0.0.0.0' }));
}

/**
 * Kafka's default, PLAINTEXT on port 9092. Bitnami's image needs more for a controller, and that of wurstmeister stops without a host
 * to advertise.
 * Sources: libkafka.sh in bitnami/containers, start-kafka.sh in wurstmeister/kafka-docker.
 */
function byDefault(node: Node): Listener[] | undefined {
  const { family, settings, service } = node;
  if (!hasKafkaDefaults(node) || settings.has('host.name') || service.environment.has('KAFKA_PORT_NUMBER'))
    return undefined;
  const isStarted =
    (family === 'bitnami' && node.mode === 'zookeeper') ||
    (family === 'wurstmeister' && settings.has('advertised.host.name'));
  const port = isStarted ? deprecatedPort(settings) : undefined;
  if (port === undefined) return undefined;
  const text = { text: `PLAINTEXT://:${port}`, place: service.place, unresolved: [] };
  return [{ name: 'PLAINTEXT', host: '', port, text }];
}

/** Settings that say in Kafka up to 2.8 what is advertised. */
const OLDER = ['advertised.host.name', 'advertised.port'];

function advertisedByDefault(node: Node, listeners: Listener[] | undefined): Listener[] | undefined {
  if (!hasKafkaDefaults(node) || OLDER.some(key => node.settings.has(key))) return undefined;
  return listeners?.filter(({ name }) => !node.controllerNames.includes(name));
}

/** Without a map each protocol is a listener of its name, and KRaft's controllers speak plain text. */
function protocolsOf(node: Node): Map<string, string> | undefined {
  const map = node.settings.get('listener.security.protocol.map')?.value;
  if (map) return map.unresolved.length === 0 ? readProtocolMap(map) : undefined;
  if (!hasKafkaDefaults(node)) return undefined;
  // Releases of Bitnami's image from 2023 bring a map along that has its usual controller.
  const names = node.family === 'bitnami' ? [...node.controllerNames, 'CONTROLLER'] : node.controllerNames;
  const controllers =
    node.mode === 'kraft' || node.family === 'bitnami' ? names.map(name => [name, 'PLAINTEXT'] as const) : [];
  return new Map([...controllers, ...SECURITY_PROTOCOLS.map(name => [name, name] as const)]);
}

function interBrokerName(node: Node): string | undefined {
  const { settings } = node;
  const name = settings.get('inter.broker.listener.name') ?? settings.get('security.inter.broker.protocol');
  if (name) return name.value.unresolved.length === 0 ? name.value.text.trim().toUpperCase() : undefined;
  return hasKnownDefaults(node) ? 'PLAINTEXT' : undefined;
}
