import { describe, expect, it } from 'vitest';
import {
  findingsOf,
  kraftNode,
  registry,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';

type Case = [name: string, services: Record<string, ServiceText>, expected: string[]];

const box = (more: ServiceText = {}): ServiceText => ({ image: 'busybox:1.37', ...more });

describe('start order', () => {
  const kafka = zookeeperBroker();
  const exporter = (more: ServiceText): ServiceText => ({
    image: 'danielqsj/kafka-exporter:v1.9.0',
    ...more,
  });
  const built = (environment: Record<string, string> = {}, more: ServiceText = {}): ServiceText => ({
    build: '.',
    depends_on: ['kafka'],
    ...more,
    environment,
  });
  const early = ['depends-on-without-health: depends_on'];
  const zookeeper = {
    image: 'confluentinc/cp-zookeeper:7.9.2',
    tmpfs: '/var/lib/zookeeper',
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 },
  };
  const healthy = { ...zookeeper, healthcheck: { test: 'is-up' } };
  const cluster = (...names: string[]) =>
    Object.fromEntries(
      names.map((name, index) => [
        name,
        zookeeperBroker({
          KAFKA_BROKER_ID: index,
          KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181',
          KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${name}:9092`,
          KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1,
          KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1,
          KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1,
        }),
      ]),
    );
  const schemas = registry({}, { image: 'confluentinc/cp-schema-registry:7.9.2', depends_on: ['kafka'] });
  it.each<Case>([
    ['an image that stops at once', { kafka, app: exporter({ depends_on: ['kafka'] }) }, early],
    ['restart: no', { kafka, app: exporter({ depends_on: ['kafka'], restart: 'no' }) }, early],
    ['a restart policy', { kafka, app: exporter({ depends_on: ['kafka'], restart: 'always' }) }, []],
    [
      'a restart policy for the deployment',
      { kafka, app: exporter({ depends_on: ['kafka'], deploy: { restart_policy: { condition: 'any' } } }) },
      [],
    ],
    [
      'service_started, which is written on purpose',
      { kafka, app: exporter({ depends_on: { kafka: { condition: 'service_started' } } }) },
      [],
    ],
    ['what the project builds', { kafka, app: built({ BROKERS: 'kafka:9092' }) }, early],
    [
      'what the project builds, by a command',
      { kafka, app: built({}, { command: ['-b', 'kafka:9092'] }) },
      early,
    ],
    ['what the project builds and does not tell of Kafka', { kafka, app: built() }, []],
    ['what the project builds and tells of another', { kafka, app: built({ BROKERS: 'my-kafka:9092' }) }, []],
    [
      'what tries again by itself',
      { kafka, app: built({ SPRING_KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092' }) },
      [],
    ],
    [
      'what the project builds and starts by a script that waits',
      { kafka, app: built({}, { command: './wait-for-it.sh kafka:9092 -- app' }) },
      [],
    ],
    [
      'a worker that the project builds on an image that waits',
      { kafka, app: built({ CONNECT_GROUP_ID: 'a', BROKERS: 'kafka:9092' }) },
      [],
    ],
    ['an image that is not known', { kafka, app: box({ depends_on: ['kafka'] }) }, []],
    ['ZooKeeper, for whatever waits for it', { zookeeper, app: exporter({ depends_on: ['zookeeper'] }) }, []],
    [
      'a broker, which waits for ZooKeeper',
      { zookeeper, kafka: { ...cluster('kafka').kafka, depends_on: ['zookeeper'] } },
      [],
    ],
    ['a registry, which waits for one broker', { zookeeper, ...cluster('kafka'), registry: schemas }, []],
    [
      'a registry whose 40 seconds begin while several brokers wait for ZooKeeper',
      { zookeeper, ...cluster('kafka', 'other'), registry: schemas },
      early,
    ],
    [
      'a registry of one of two clusters with a broker each',
      {
        zookeeper,
        other: zookeeper,
        ...cluster('kafka'),
        kafka2: {
          ...zookeeperBroker({
            KAFKA_ZOOKEEPER_CONNECT: 'other:2181',
            KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka2:9092',
            KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1,
          }),
        },
        registry: schemas,
      },
      [],
    ],
    [
      'a registry of a cluster that is not known',
      {
        zookeeper,
        ...cluster('kafka', 'other'),
        registry: {
          ...schemas,
          environment: {
            SCHEMA_REGISTRY_HOST_NAME: 'registry',
            SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: '$PWD:9092',
          },
        },
      },
      [],
    ],
    [
      'a registry that waits for ZooKeeper itself',
      {
        zookeeper,
        ...cluster('kafka', 'other'),
        registry: {
          ...schemas,
          environment: {
            SCHEMA_REGISTRY_HOST_NAME: 'registry',
            SCHEMA_REGISTRY_KAFKASTORE_CONNECTION_URL: 'zookeeper:2181',
          },
        },
      },
      [],
    ],
    [
      'a registry that is not to be started again',
      { zookeeper, ...cluster('kafka', 'other'), registry: { ...schemas, restart: 'no' } },
      [],
    ],
    [
      'health',
      { zookeeper: healthy, app: box({ depends_on: { zookeeper: { condition: 'service_healthy' } } }) },
      [],
    ],
    [
      'health without a check',
      { zookeeper, app: box({ depends_on: { zookeeper: { condition: 'service_healthy' } } }) },
      ['healthcheck-missing: zookeeper'],
    ],
    [
      'health that is not required',
      {
        zookeeper,
        app: box({ depends_on: { zookeeper: { condition: 'service_healthy', required: false } } }),
      },
      [],
    ],
    [
      'health with the check switched off',
      {
        zookeeper: { ...zookeeper, healthcheck: { disable: true } },
        app: box({ depends_on: { zookeeper: { condition: 'service_healthy' } } }),
      },
      ['healthcheck-missing: zookeeper'],
    ],
    [
      'health of an image that is not known',
      { db: { image: 'postgres:17' }, app: box({ depends_on: { db: { condition: 'service_healthy' } } }) },
      [],
    ],
    [
      'KRaft nodes',
      {
        kafka: kraftNode({ KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9093,2@b:9093' }),
        b: kraftNode(
          {
            KAFKA_NODE_ID: 2,
            KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9093,2@b:9093',
            KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://b:9092',
          },
          { depends_on: ['kafka'] },
        ),
      },
      [],
    ],
    ['another service', { db: { image: 'postgres:17' }, app: box({ depends_on: ['db'] }) }, []],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});
