import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isWildcard } from '../../compose/kafka/listeners.ts';
import { isMisplaced } from '../misplaced-environment.ts';
import type { Problem, Rule } from '../rule.ts';
import { placeOfSetting } from '../settings/settings-places.ts';

export const advertisedListenerMissing: Rule = {
  id: 'advertised-listener-missing',
  title: 'A broker that tells nobody its address',
  severity: 'error',
  why: "A client connects twice: first to any broker, then to the addresses that this broker tells it. Confluent's image does not start a broker without `KAFKA_ADVERTISED_LISTENERS`. `apache/kafka` does, and tells clients what it listens on; Kafka refuses when that is 0.0.0.0, which is no address to connect to.",
  fix: 'Set `KAFKA_ADVERTISED_LISTENERS`: one listener with the name of the service for other containers, one with `localhost` and the published port for the machine.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_BROKER_ID: 1
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_BROKER_ID: 1
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
  },
  check: ({ kafka, faults }) =>
    kafka.nodes.filter(({ service }) => !isMisplaced(service, faults)).flatMap(problemOf),
};

function problemOf(node: KafkaNode): Problem[] {
  const { isBroker, complete, family, settings, service, listeners, controllerNames } = node;
  if (!isBroker || !complete || settings.has('advertised.listeners')) return [];
  const proposal = `KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://${service.name}:9092`;
  const hint = 'Set KAFKA_ADVERTISED_LISTENERS.';
  if (family === 'confluent') {
    const message = `The broker "${service.name}" has no KAFKA_ADVERTISED_LISTENERS: the image does not start it.`;
    return [{ place: service.environmentPlace, message, hint, proposal }];
  }
  const open = listeners?.find(({ name, host }) => isWildcard(host) && !controllerNames.includes(name));
  if (family !== 'apache' || !open) return [];
  const message = `Without KAFKA_ADVERTISED_LISTENERS the broker "${service.name}" tells clients to connect to ${open.host}, which Kafka refuses.`;
  return [{ place: placeOfSetting(node, 'listeners'), message, hint, proposal }];
}
