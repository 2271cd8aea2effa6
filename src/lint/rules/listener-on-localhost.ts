import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback, type Listener } from '../../compose/kafka/listeners.ts';
import { publishedAt } from '../../compose/reader/ports.ts';
import { takesListenersAsGiven } from '../own-settings.ts';
import type { Problem, Rule } from '../rule.ts';

export const listenerOnLocalhost: Rule = {
  id: 'listener-on-localhost',
  title: 'A published port that listens only inside the container',
  severity: 'error',
  why: "A listener that is bound to `localhost` answers only programs in its own container. Docker hands a published port to the container's address in its network, where nothing listens: clients are refused.",
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
  check: ({ kafka }) =>
    kafka.nodes
      .filter(({ settings }) => settings.get('listeners')?.variable)
      .filter(node => takesListenersAsGiven(node) && node.service.networkMode === undefined)
      .flatMap(node => (node.listeners ?? []).flatMap(listener => problemOf(node, listener))),
};

function problemOf(
  { service, listeners, controllerNames }: KafkaNode,
  { name, host, port, text }: Listener,
): Problem[] {
  // A single node that is its own controller works with it, and clients do not use it.
  if (controllerNames.includes(name)) return [];
  if (!isLoopback(host) || publishedAt(service.ports, port).length === 0) return [];
  // Another listener on the same port may be bound to an address that Docker reaches.
  if (listeners?.some(other => other.port === port && !isLoopback(other.host))) return [];
  return [
    {
      place: text.place,
      message: `${name} of "${service.name}" listens only on ${host} in its container, so the published port ${port} leads nowhere.`,
      hint: `Write ${name}://:${port}.`,
      proposal: `${name}://:${port}`,
    },
  ];
}
