import type { Service } from '../reader/model.ts';
import { CLIENT_IMAGES } from './client-images.ts';
import { readImage } from './images.ts';
import type { KafkaModel } from './kafka-model.ts';
import type { KafkaNode } from './kafka-node.ts';

/** What a container listens on. */
export interface ListeningPorts {
  /** What it is there for. */
  readonly ports: readonly number[];
  /** Ports that a part of the image may open beside them. */
  readonly others: readonly number[];
}

/** Ports beside those of the listeners: the REST API of cp-server, the REST proxy of confluent-local. */
const BESIDE: ReadonlyMap<string, readonly number[]> = new Map(
  Object.entries({
    'confluentinc/cp-server': [8090, 8091, 8092],
    'confluentinc/cp-enterprise-kafka': [8090, 8091, 8092],
    'confluentinc/confluent-local': [8082],
  }),
);
/** Servers of an ensemble among themselves, the admin server of 3.5 and later, and SSH in wurstmeister's image. */
const ZOOKEEPER_BESIDE = [22, 2888, 3888, 8080];

/** The ports of a service of Kafka; undefined when it may listen on others too. */
export function listeningPorts(service: Service, kafka: KafkaModel): ListeningPorts | undefined {
  if (!service.environmentComplete || service.ownCommand || service.builds || opensMore(service))
    return undefined;
  const node = kafka.nodes.find(each => each.service === service);
  if (node) return ofNode(node);
  // Its configuration may be in a file of one's own.
  if (service.mounts.some(({ target }) => /conf|\/etc|\.(?:properties|ya?ml)$/.test(target)))
    return undefined;
  const zookeeper = kafka.zookeepers.find(each => each.service === service);
  if (zookeeper)
    return zookeeper.clientPort === undefined
      ? undefined
      : { ports: [zookeeper.clientPort, ...jmxPorts(service)], others: ZOOKEEPER_BESIDE };
  const registry = kafka.registries.find(each => each.service === service);
  if (registry) return registry.port === undefined ? undefined : { ports: [registry.port], others: [] };
  const repository = service.image && readImage(service.image)?.repository;
  const ports = CLIENT_IMAGES.find(({ repositories }) => repositories.includes(repository ?? ''))?.ports;
  return ports && { ports, others: [] };
}

function ofNode({ service, image, complete, listeners }: KafkaNode): ListeningPorts | undefined {
  if (!complete || !listeners?.every(({ port }) => port > 0)) return undefined;
  if (service.environment.has('CUSTOM_INIT_SCRIPT')) return undefined;
  const ports = [...listeners.map(({ port }) => port), ...jmxPorts(service)];
  return {
    ports: [...new Set(ports)],
    others: BESIDE.get(image.repository) ?? [],
  };
}

/** `KAFKA_JMX_PORT` of the images' start scripts, `JMX_PORT` of kafka-run-class.sh. */
const jmxPorts = ({ environment }: Service): number[] =>
  ['KAFKA_JMX_PORT', 'JMX_PORT'].flatMap(name => Number(environment.get(name)?.value.text) || []);

/** Java agents whose port is not written out, debuggers, and settings from unknown variables; what is advertised opens nothing. */
const opensMore = ({ environment }: Service): boolean =>
  [...environment.values()].some(
    ({ name, value }) =>
      /jdwp|jmxremote\.port/.test(value.text) ||
      value.text
        .split('-javaagent:')
        .slice(1)
        .some(agent => !AGENT_PORT.test(agent)) ||
      /DEBUG$/.test(name) ||
      (/PORT|OPTS|LISTEN/.test(name) && !/ADVERTISED/.test(name) && value.unresolved.length > 0),
  );

/** `port=8778` of Jolokia, `=[HOST:]7071:FILE` of Prometheus's JMX exporter. */
const AGENT_PORT = /^\S*(?:[=,]port=\d+|=(?:[\w.]+:)?\d+:)/;
