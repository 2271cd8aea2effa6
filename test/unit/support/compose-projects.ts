import { stringify } from 'yaml';
import { type LintOptions, lintCompose } from '../../../src/lint/lint.ts';

type Environment = Readonly<Record<string, string | number>>;
export type ServiceText = Readonly<Record<string, unknown>> & { readonly environment?: Environment };

/** A broker of Confluent's with ZooKeeper elsewhere; what is given wins. */
export function zookeeperBroker(environment: Environment = {}, more: ServiceText = {}): ServiceText {
  return {
    image: 'confluentinc/cp-kafka:7.9.2',
    tmpfs: '/var/lib/kafka/data',
    ...more,
    environment: {
      KAFKA_ZOOKEEPER_CONNECT: 'zookeeper.example.org:2181',
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092',
      ...environment,
    },
  };
}

/** A node of Confluent's with both roles; what is given wins, and '' takes a variable away. */
export function kraftNode(environment: Environment = {}, more: ServiceText = {}): ServiceText {
  const all: Environment = {
    CLUSTER_ID: '4L6g3nShT-eMCtK--X86sw',
    KAFKA_NODE_ID: 1,
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9093',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1,
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1,
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1,
    ...environment,
  };
  return {
    image: 'confluentinc/cp-kafka:8.1.1',
    tmpfs: '/var/lib/kafka/data',
    ...more,
    environment: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
  };
}

export function registry(environment: Environment = {}, more: ServiceText = {}): ServiceText {
  return {
    image: 'confluentinc/cp-schema-registry:8.1.1',
    ...more,
    environment: {
      SCHEMA_REGISTRY_HOST_NAME: 'registry',
      SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: 'kafka:9092',
      ...environment,
    },
  };
}

/** A compose file with these services. */
export const projectText = (services: Readonly<Record<string, ServiceText>>, more: object = {}): string =>
  stringify({ services, ...more });

/** `RULE: text at its place` of everything found. */
export function findingsIn(text: string, options: LintOptions = {}): string[] {
  return lintCompose([{ path: 'compose.yml', text }], options).map(
    ({ ruleId, place }) => `${ruleId}: ${text.slice(place.start, place.end)}`,
  );
}

/** The same for a compose file with these services. */
export const findingsOf = (services: Readonly<Record<string, ServiceText>>, more: object = {}): string[] =>
  findingsIn(projectText(services, more));
