import type { Cluster } from '../../compose/kafka/kafka-model.ts';
import type { Problem, Rule } from '../rule.ts';
import { minIsrAbove } from '../settings/min-isr.ts';

const OFFSETS = 'offsets.topic.replication.factor';

export const offsetsNotInSync: Rule = {
  id: 'offsets-not-in-sync',
  title: 'Consumer groups that can commit nothing',
  severity: 'error',
  why: '`__consumer_offsets` has as many copies as `KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR` says, and wants as many of them in sync as `KAFKA_MIN_INSYNC_REPLICAS` says, like every topic. Up to Kafka 3.6 a topic that wants more than it has takes nothing: no consumer group can join or commit. From 3.7 on Kafka asks for as many as there are at most.',
  fix: 'Give `__consumer_offsets` as many copies as must be in sync at least, or ask for fewer in sync.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.5.3
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_MIN_INSYNC_REPLICAS: 2
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.5.3
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 3
      KAFKA_MIN_INSYNC_REPLICAS: 2
`,
  },
  check: ({ kafka }) => kafka.clusters.flatMap(problemsOf),
};

function problemsOf({ brokers, complete }: Cluster): Problem[] {
  return brokers.flatMap(node => {
    const excess = minIsrAbove(node, OFFSETS);
    // With acknowledgements of its own the topic does not wait for all copies; above the number of brokers it is replication-factor.
    if (!excess || node.settings.has('offsets.commit.required.acks')) return [];
    const { minIsr, inSync, factor, copies } = excess;
    if (complete && inSync > brokers.length) return [];
    const message = `${minIsr.variable} wants ${inSync} copies in sync, and __consumer_offsets has ${copies} (${factor.variable}): no consumer group can commit.`;
    const hint = `Set ${factor.variable} to ${inSync}, with as many brokers, or ${minIsr.variable} to ${copies}.`;
    return [{ place: minIsr.value.place, cause: message, message, hint }];
  });
}
