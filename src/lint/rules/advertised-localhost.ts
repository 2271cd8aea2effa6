import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import type { Problem, Rule } from '../rule.ts';

export const advertisedLocalhost: Rule = {
  id: 'advertised-localhost',
  title: 'Brokers look for each other at localhost',
  severity: 'error',
  why: 'Brokers reach each other at the address that each advertises for the inter-broker listener. `localhost` is another place in each container: a broker that follows it finds itself. The cluster looks up, but nothing is replicated, and topics with more than one copy stay below their minimum.',
  fix: 'Let the inter-broker listener advertise the name of the service, and have a second listener for `localhost`.',
  example: {
    bad: `services:
  kafka-1:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:19092
    ports: ['127.0.0.1:19092:19092']
  kafka-2:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:29092
    ports: ['127.0.0.1:29092:29092']
`,
    good: `x-map: &map
  KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT
services:
  kafka-1:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      <<: *map
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-1:9092,HOST://localhost:19092
    ports: ['127.0.0.1:19092:19092']
  kafka-2:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      <<: *map
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-2:9092,HOST://localhost:29092
    ports: ['127.0.0.1:29092:29092']
`,
  },
  check: ({ kafka }) =>
    kafka.clusters
      .filter(({ brokers }) => brokers.length > 1)
      .flatMap(({ brokers }) => brokers.flatMap(problemOf)),
};

function problemOf({ service, advertised = [], interBroker }: KafkaNode): Problem[] {
  if (service.networkMode !== undefined) return [];
  return advertised
    .filter(({ name, host }) => name === interBroker && isLoopback(host))
    .map(({ name, host, port, text }) => ({
      place: text.place,
      message: `The other brokers are told to find "${service.name}" at ${host}, which in their containers is themselves.`,
      hint: `Advertise "${service.name}" for ${name}, and have a second listener for ${host}.`,
      proposal: `${name}://${service.name}:${port}`,
    }));
}
