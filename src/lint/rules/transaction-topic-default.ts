import type { Cluster } from '../../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Service } from '../../compose/reader/model.ts';
import { scalarsIn, valueAt } from '../../compose/reader/value.ts';
import type { Problem, Rule } from '../rule.ts';
import { isMinIsrStrict } from '../settings/min-isr.ts';
import { numberIn } from '../settings/settings-places.ts';

export const transactionTopicDefault: Rule = {
  id: 'transaction-topic-default',
  title: 'Transactions need more brokers than there are',
  severity: 'warning',
  why: 'The topic in which Kafka keeps transactions has 3 copies and wants 2 of them in sync, unless `KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR` and `KAFKA_TRANSACTION_STATE_LOG_MIN_ISR` say otherwise. With fewer brokers everything works until the first transaction, which waits forever; only from Kafka 3.7 on a number in sync above the number of copies does no harm. It is told where the file speaks of transactions: by one of the two settings, or by a program that is to write exactly once.',
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
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1
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
  check: ({ kafka, model }) => {
    const uses = model.services.some(writesExactlyOnce);
    return kafka.clusters.filter(({ complete }) => complete).flatMap(cluster => problemOf(cluster, uses));
  },
};

const COPIES = {
  key: 'transaction.state.log.replication.factor',
  variable: 'KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR',
  builtIn: 3,
} as const;
const IN_SYNC = {
  key: 'transaction.state.log.min.isr',
  variable: 'KAFKA_TRANSACTION_STATE_LOG_MIN_ISR',
  builtIn: 2,
} as const;

/** Settings of clients, Kafka Streams, Connect, ksqlDB and Flink, as variables, as arguments and in properties. */
const EXACTLY_ONCE = /transactional[._-]?id|exactly[._-]?once/i;

/** What a service sets or says of its program speaks of transactions. */
const writesExactlyOnce = ({ environment, whole }: Service) =>
  [...environment.values()].some(({ name, value }) => EXACTLY_ONCE.test(`${name}=${value.text}`)) ||
  scalarsIn(valueAt(whole, 'command')).some(({ text }) => EXACTLY_ONCE.test(text));

function problemOf({ brokers }: Cluster, usesTransactions: boolean): Problem[] {
  const [first] = brokers;
  if (!first?.complete || !['confluent', 'apache'].includes(first.family)) return [];
  if (!usesTransactions && ![COPIES, IN_SYNC].some(({ key }) => first.settings.has(key))) return [];
  const short = tooMany(first, brokers.length);
  if (short.length === 0) return [];
  const count = brokers.length;
  const names = short.map(({ variable, number }) => `${variable} is ${number}`);
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

/** The settings that ask for more than there is; a number of copies that is stated is judged by replication-factor. */
function tooMany(node: KafkaNode, count: number) {
  const numberOf = ({ key, builtIn }: typeof COPIES | typeof IN_SYNC) =>
    node.settings.has(key) ? numberIn(node.settings.get(key)) : builtIn;
  const [copies, inSync] = [numberOf(COPIES), numberOf(IN_SYNC)];
  const isBuiltIn = !node.settings.has(COPIES.key);
  // More copies than brokers are one cause with what they want in sync.
  if (!isBuiltIn && copies !== undefined && copies > count) return [];
  const there = Math.min(count, copies ?? count);
  return [
    ...(isBuiltIn && COPIES.builtIn > count ? [{ ...COPIES, number: COPIES.builtIn }] : []),
    ...(inSync !== undefined && inSync > there && isMinIsrStrict(node)
      ? [{ ...IN_SYNC, number: inSync }]
      : []),
  ];
}
