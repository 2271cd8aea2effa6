import type { Cluster } from '../../compose/kafka/kafka-model.ts';
import type { Problem, Rule } from '../rule.ts';
import { isMinIsrStrict } from '../settings/min-isr.ts';
import { numberIn } from '../settings/settings-places.ts';

export const replicationFactor: Rule = {
  id: 'replication-factor',
  title: 'More copies than there are brokers',
  severity: 'error',
  why: 'Kafka cannot make a topic with more copies than brokers. For `__consumer_offsets`, whose number of copies is 3 unless `KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR` says otherwise, that means that no consumer group ever works: consumers wait for a coordinator that does not come. With `KAFKA_MIN_INSYNC_REPLICAS` above the number of brokers Kafka up to 3.6 refuses what is written with `acks=all`; from 3.7 on it asks for as many as there are at most.',
  fix: 'Set the number of copies to the number of brokers at most, or add brokers.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
`,
  },
  check: ({ kafka }) => kafka.clusters.filter(({ complete }) => complete).flatMap(problemsOf),
};

/** What cannot be done when a setting asks for more than there is. */
const CONSEQUENCES: Readonly<Record<string, string>> = {
  'offsets.topic.replication.factor': 'no consumer group can work',
  'transaction.state.log.replication.factor': 'no transaction can begin',
  'share.coordinator.state.topic.replication.factor': 'no share group can work',
  'default.replication.factor': 'no topic can be made without a number of its own',
  'min.insync.replicas': 'nothing can be written with acks=all',
};
const OFFSETS = 'offsets.topic.replication.factor';
const BUILT_IN = 3;

function problemsOf({ brokers }: Cluster): Problem[] {
  const count = brokers.length;
  if (count === 0) return [];
  const there = count === 1 ? 'there is one broker' : `there are ${count} brokers`;
  const stated = brokers.flatMap(broker =>
    Object.entries(CONSEQUENCES).flatMap(([key, consequence]) => {
      const setting = broker.settings.get(key);
      const number = numberIn(setting);
      if (!setting || number === undefined || number <= count) return [];
      if (key === 'min.insync.replicas' && !isMinIsrStrict(broker)) return [];
      const message = `${setting.variable} asks for ${number} copies, and ${there}: ${consequence}.`;
      const hint = `Set it to ${count}, or add brokers.`;
      return [{ place: setting.value.place, message, hint, proposal: String(count) }];
    }),
  );
  const first = brokers.find(({ settings, complete }) => complete && !settings.has(OFFSETS));
  if (!first || count >= BUILT_IN || !['confluent', 'apache'].includes(first.family)) return stated;
  const variable = 'KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR';
  const message = `${variable} is not set and is ${BUILT_IN} then, and ${there}: ${CONSEQUENCES[OFFSETS]}.`;
  const unset = {
    place: first.service.environmentPlace,
    message,
    hint: `Set ${variable} to ${count}.`,
    proposal: `${variable}: ${count}`,
  };
  return [...stated, unset];
}
