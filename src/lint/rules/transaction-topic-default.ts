import type { Cluster } from '../../compose/kafka/kafka-model.ts';
import type { Problem, Rule } from '../rule.ts';
import { numberIn } from '../settings/settings-places.ts';

export const transactionTopicDefault: Rule = {
  id: 'transaction-topic-default',
  title: 'Transactions need more brokers than there are',
  severity: 'warning',
  why: 'The topic in which Kafka keeps transactions has 3 copies and wants 2 of them in sync, unless `KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR` and `KAFKA_TRANSACTION_STATE_LOG_MIN_ISR` say otherwise. With fewer brokers everything works until the first transaction, which waits forever. It is a warning because most programs use none.',
  fix: 'Set both to the number of brokers at most.',
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
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
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
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1
`,
  },
  check: ({ kafka }) => kafka.clusters.filter(({ complete }) => complete).flatMap(problemOf),
};

const BUILT_IN = [
  {
    key: 'transaction.state.log.replication.factor',
    variable: 'KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR',
    number: 3,
  },
  { key: 'transaction.state.log.min.isr', variable: 'KAFKA_TRANSACTION_STATE_LOG_MIN_ISR', number: 2 },
];

function problemOf({ brokers }: Cluster): Problem[] {
  const [first] = brokers;
  if (!first?.complete || !['confluent', 'apache'].includes(first.family)) return [];
  const count = brokers.length;
  const short = BUILT_IN.filter(({ key, number }) => {
    const setting = first.settings.get(key);
    // A number that is stated is judged by replication-factor, but for this one.
    const stated = key.endsWith('min.isr') ? (numberIn(setting) ?? 0) : 0;
    return setting ? stated > count : number > count;
  });
  if (short.length === 0) return [];
  const names = short.map(
    ({ key, variable, number }) => `${variable} is ${numberIn(first.settings.get(key)) ?? number}`,
  );
  const message = `${names.join(' and ')}, with ${count === 1 ? 'one broker' : `${count} brokers`}: the first transaction waits forever.`;
  const [variable] = short;
  const stated = variable && first.settings.get(variable.key);
  return [
    {
      place: stated?.value.place ?? first.service.environmentPlace,
      message,
      hint: `Set ${short.map(each => each.variable).join(' and ')} to ${count}.`,
      proposal: short.map(each => `${each.variable}: ${count}`).join('\n'),
    },
  ];
}
