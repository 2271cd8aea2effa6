import { httpListeners } from '../../compose/kafka/http-listeners.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback, type Listener } from '../../compose/kafka/listeners.ts';
import type { Service } from '../../compose/reader/model.ts';
import { publishedAt } from '../../compose/reader/ports.ts';
import { takesListenersAsGiven } from '../own-settings.ts';
import type { Problem, Rule } from '../rule.ts';

export const listenerOnLocalhost: Rule = {
  id: 'listener-on-localhost',
  title: 'A listener that others need, but that answers only inside its container',
  severity: 'error',
  why: "A listener that is bound to `localhost` answers only programs in its own container. Docker hands a published port to the container's address in its network, where nothing listens: clients are refused. The other nodes of a cluster are refused in the same way. So it is with the listeners of the schema registry, the REST proxy, Connect, ksqlDB and Control Center.",
  fix: 'Leave the host out in `KAFKA_LISTENERS` (`PLAINTEXT://:9092`): what clients connect to stands in `KAFKA_ADVERTISED_LISTENERS`.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENERS: PLAINTEXT://localhost:9092
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:9092
    ports:
      - '127.0.0.1:9092:9092'
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENERS: PLAINTEXT://:9092
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:9092
    ports:
      - '127.0.0.1:9092:9092'
`,
  },
  check: ({ kafka, model }) => [
    ...kafka.clusters.flatMap(({ nodes }) =>
      nodes
        .filter(({ settings }) => settings.get('listeners')?.variable)
        .filter(node => takesListenersAsGiven(node) && node.service.networkMode === undefined)
        .flatMap(node => (node.listeners ?? []).flatMap(listener => problemOf(node, listener, nodes))),
    ),
    ...model.services.flatMap(httpProblems),
  ],
};

/** A program around Kafka whose port is published. */
function httpProblems(service: Service): Problem[] {
  if (service.networkMode !== undefined) return [];
  const listeners = httpListeners(service);
  return listeners
    .filter(({ host, port }) => isLoopback(host) && publishedAt(service.ports, port).length > 0)
    .filter(({ port }) => !listeners.some(other => other.port === port && !isLoopback(other.host)))
    .map(({ variable, protocol, host, port, text: { place } }) => ({
      place,
      message: `By ${variable} "${service.name}" listens only on ${host} in its container, so the published port ${port} leads nowhere.`,
      hint: `Write ${protocol}://0.0.0.0:${port}.`,
      proposal: `${protocol}://0.0.0.0:${port}`,
    }));
}

function problemOf(node: KafkaNode, listener: Listener, nodes: readonly KafkaNode[]): Problem[] {
  const { service, listeners } = node;
  const { name, host, port, text } = listener;
  if (!isLoopback(host)) return [];
  // Another listener on the same port may be bound to an address that others reach.
  if (listeners?.some(other => other.port === port && !isLoopback(other.host))) return [];
  const consequence = isForOthers(node, listener, nodes)
    ? 'the other nodes of the cluster do not reach it'
    : !node.controllerNames.includes(name) && publishedAt(service.ports, port).length > 0
      ? `the published port ${port} leads nowhere`
      : undefined;
  if (consequence === undefined) return [];
  return [
    {
      place: text.place,
      message: `${name} of "${service.name}" listens only on ${host} in its container, so ${consequence}.`,
      hint: `Write ${name}://:${port}.`,
      proposal: `${name}://:${port}`,
    },
  ];
}

/** The listener at which other nodes in containers of their own look for this one, by a name that is not localhost. */
function isForOthers(node: KafkaNode, { name }: Listener, nodes: readonly KafkaNode[]): boolean {
  const others = nodes.filter(other => other !== node && other.service.networkMode === undefined);
  if (others.length === 0) return false;
  if (node.isController && node.controllerNames.includes(name)) return true;
  const told = node.advertised?.find(each => each.name === name);
  return (
    node.isBroker &&
    name === node.interBroker &&
    told !== undefined &&
    !isLoopback(told.host) &&
    others.some(({ isBroker }) => isBroker)
  );
}
