import type { Cluster } from '../../compose/kafka/kafka-model.ts';
import type { Problem, Rule } from '../rule.ts';
import { minIsrAbove } from '../settings/min-isr.ts';

export const newTopicsNotInSync: Rule = {
  id: 'new-topics-not-in-sync',
  title: 'New topics that take nothing with acks=all',
  severity: 'warning',
  why: 'A topic that is made without a number of its own has as many copies as `KAFKA_DEFAULT_REPLICATION_FACTOR` says. Where `KAFKA_MIN_INSYNC_REPLICAS` wants more in sync, Kafka up to 3.6 refuses every message that is sent with `acks=all`, which is what producers do by default. From 3.7 on Kafka asks for as many as there are at most.',
  fix: 'Make the default number of copies as large as the number in sync at least.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.5.3
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_DEFAULT_REPLICATION_FACTOR: 1
      KAFKA_MIN_INSYNC_REPLICAS: 2
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.5.3
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_DEFAULT_REPLICATION_FACTOR: 3
      KAFKA_MIN_INSYNC_REPLICAS: 2
`,
  },
  check: ({ kafka }) => kafka.clusters.flatMap(problemsOf),
};

function problemsOf({ brokers, complete }: Cluster): Problem[] {
  return brokers.flatMap(node => {
    const excess = minIsrAbove(node, 'default.replication.factor');
    if (!excess || (complete && excess.inSync > brokers.length)) return [];
    const { minIsr, inSync, factor, copies } = excess;
    const message = `${minIsr.variable} wants ${inSync} copies in sync, and a topic without a number of its own has ${copies} (${factor.variable}): nothing can be written to it with acks=all.`;
    const hint = `Set ${factor.variable} to ${inSync}, with as many brokers, or ${minIsr.variable} to ${copies}.`;
    return [{ place: factor.value.place, cause: message, message, hint }];
  });
}
