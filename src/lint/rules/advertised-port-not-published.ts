import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Listener } from '../../compose/kafka/listeners.ts';
import { publishedAt } from '../../compose/reader/ports.ts';
import { misledListeners } from '../published-ports.ts';
import type { Problem, Rule } from '../rule.ts';

export const advertisedPortNotPublished: Rule = {
  id: 'advertised-port-not-published',
  title: 'A port that is advertised on the machine, but not published there',
  severity: 'error',
  why: 'A listener that advertises `localhost` is for clients on the machine. They reach it only when the container publishes that very port: a client connects, is told `localhost:29092`, and finds nothing there.',
  fix: 'Publish the port under the number that is advertised, on 127.0.0.1.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:29092
    ports:
      - '127.0.0.1:9092:29092'
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:29092
    ports:
      - '127.0.0.1:29092:29092'
`,
  },
  check: context =>
    context.kafka.clusters.flatMap(({ brokers }) =>
      brokers
        .filter(({ settings }) => settings.get('advertised.listeners')?.variable)
        .flatMap((node, index) =>
          misledListeners(node, context)
            .filter(listener => !isTaken(listener, brokers.slice(0, index)))
            .map(listener => problemOf(node, listener)),
        ),
    ),
};

/** An address that an earlier broker has is told as such. */
const isTaken = ({ host, port }: Listener, earlier: readonly KafkaNode[]): boolean =>
  earlier.some(({ advertised }) => advertised?.some(other => other.host === host && other.port === port));

function problemOf({ service, listeners }: KafkaNode, { name, host, port, text }: Listener): Problem {
  const inside = listeners?.find(listener => listener.name === name)?.port ?? port;
  const [other] = publishedAt(service.ports, inside);
  const instead = other
    ? `port ${inside} of the container is published as ${other.port}`
    : `there port ${inside} of the container is not published`;
  return {
    place: text.place,
    message: `Clients on the machine are told to connect to ${host}:${port}, but ${instead}.`,
    hint: `Publish ${port}:${inside} on 127.0.0.1.`,
    proposal: `- "127.0.0.1:${port}:${inside}"`,
  };
}
