import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import { projectText } from '../../support/compose-projects.ts';

const RULES = ['unknown-setting', 'variable-of-another-image'];
const saidOf = (image: string, environment: Record<string, string>, more: object = {}) =>
  lintCompose([{ path: 'compose.yml', text: projectText({ a: { image, ...more, environment } }) }])
    .filter(({ ruleId }) => RULES.includes(ruleId))
    .map(({ hint, also = [] }) => `${hint} +${also.length}`);

describe('a variable that nothing reads', () => {
  it.each<[string, string, Record<string, string>, string]>([
    [
      'without the second prefix',
      'confluentinc/cp-ksqldb-server:7.9.2',
      { KSQL_SCHEMA_REGISTRY_URL: 'http://r:8081' },
      'Write KSQL_KSQL_SCHEMA_REGISTRY_URL. +0',
    ],
    [
      'beside the right one',
      'confluentinc/ksqldb-server:0.29.0',
      { KSQL_SCHEMA_REGISTRY_URL: 'http://r:8081', KSQL_KSQL_SCHEMA_REGISTRY_URL: 'http://r:8081' },
      'Take it out. +0',
    ],
    [
      'of an earlier version, told once',
      'confluentinc/cp-kafka-connect:7.6.5',
      { CONNECT_INTERNAL_KEY_CONVERTER: 'x', CONNECT_INTERNAL_VALUE_CONVERTER: 'x' },
      'Take it out. +1',
    ],
    [
      "of Confluent's own server",
      'confluentinc/cp-kafka:7.9.2',
      { KAFKA_CONFLUENT_SCHEMA_REGISTRY_URL: 'http://r:8081' },
      'Take it out. +0',
    ],
    [
      'of a producer',
      'wurstmeister/kafka:2.13-2.8.1',
      { KAFKA_PRODUCER_MAX_REQUEST_SIZE: '1' },
      'Take it out. +0',
    ],
    [
      'of a client',
      'apache/kafka:4.1.1',
      { KAFKA_SASL_MECHANISM: 'PLAIN' },
      'Write KAFKA_SASL_ENABLED_MECHANISMS. +0',
    ],
    [
      "of a client, with a listener's name",
      'confluentinc/cp-kafka:8.1.1',
      { KAFKA_LISTENER_NAME_OUT_SASL_MECHANISM: 'PLAIN' },
      'Write KAFKA_LISTENER_NAME_OUT_SASL_ENABLED_MECHANISMS. +0',
    ],
    [
      'without the prefix',
      'apache/kafka:4.1.1',
      { KAFKA_HEAP_OPTS: '-Xmx1g', AUTO_CREATE_TOPICS_ENABLE: 'true' },
      'Write KAFKA_AUTO_CREATE_TOPICS_ENABLE. +0',
    ],
    [
      'without the prefix of Bitnami',
      'bitnamilegacy/kafka:3.9.0',
      { LOG_RETENTION_HOURS: '1' },
      'Write KAFKA_CFG_LOG_RETENTION_HOURS. +0',
    ],
    [
      'without the prefix, beside the right one',
      'confluentinc/cp-kafka:7.9.2',
      { NUM_PARTITIONS: '1', KAFKA_NUM_PARTITIONS: '1' },
      'Take it out: KAFKA_NUM_PARTITIONS is set. +0',
    ],
    [
      'with the name of the property',
      'bitnamilegacy/zookeeper:3.9.3',
      { ALLOW_ANONYMOUS_LOGIN: 'yes', quorumListenOnAllIPs: 'true' },
      'Write ZOO_LISTEN_ALLIPS_ENABLED. +0',
    ],
    ["of Bitnami's ZooKeeper", 'zookeeper:3.9', { ALLOW_ANONYMOUS_LOGIN: 'yes' }, 'Take it out. +0'],
    ["of Bitnami's Kafka", 'apache/kafka:4.1.1', { ALLOW_PLAINTEXT_LISTENER: 'yes' }, 'Take it out. +0'],
  ])('is told: %s', (_, image, environment, expected) =>
    expect(saidOf(image, environment)).toEqual([expected]),
  );

  it.each<[string, string, Record<string, string>, object?]>([
    [
      'Confluent Server reads it',
      'confluentinc/cp-server:7.9.2',
      { KAFKA_CONFLUENT_BALANCER_ENABLE: 'true' },
    ],
    [
      'a reporter reads it',
      'confluentinc/cp-kafka:7.9.2',
      { KAFKA_CONFLUENT_METRICS_REPORTER_BOOTSTRAP_SERVERS: 'a:1' },
    ],
    ['the version read it', 'confluentinc/cp-kafka-connect:5.5.0', { CONNECT_INTERNAL_KEY_CONVERTER: 'x' }],
    [
      'the version is not known',
      'confluentinc/cp-kafka-connect:ours',
      { CONNECT_INTERNAL_KEY_CONVERTER: 'x' },
    ],
    [
      'it is a setting of the broker',
      'apache/kafka:4.1.1',
      { KAFKA_PRODUCER_PURGATORY_PURGE_INTERVAL_REQUESTS: '1' },
    ],
    ['it is the setting', 'apache/kafka:4.1.1', { KAFKA_SASL_ENABLED_MECHANISMS: 'PLAIN' }],
    ['Bitnami asks for it', 'bitnamilegacy/kafka:3.9.0', { ALLOW_PLAINTEXT_LISTENER: 'yes' }],
    ['the image is built', 'confluentinc/cp-kafka:7.9.2', { KAFKA_SASL_MECHANISM: 'PLAIN' }, { build: '.' }],
    [
      'another program reads it',
      'confluentinc/cp-kafka:7.9.2',
      { KAFKA_SASL_MECHANISM: 'PLAIN' },
      { command: './run' },
    ],
    [
      'the command reads it',
      'confluentinc/cp-kafka:7.9.2',
      { KAFKA_SASL_MECHANISM: 'PLAIN' },
      { command: 'bash -c "echo $$KAFKA_SASL_MECHANISM; /etc/confluent/docker/run"' },
    ],
    [
      'the image is not known',
      'example.org/a:1',
      { KAFKA_SASL_MECHANISM: 'PLAIN', ALLOW_ANONYMOUS_LOGIN: 'yes' },
    ],
  ])('is not told where %s', (_, image, environment, more = {}) =>
    expect(saidOf(image, environment, more)).toEqual([]),
  );
});

describe('a setting without the prefix of the image', () => {
  it.each<[string, string, Record<string, string>, object]>([
    ["is one of Kafka's own scripts", 'apache/kafka:4.1.1', { LOG_DIR: '/tmp/logs' }, {}],
    ['may be read by a script of its own', 'apache/kafka:4.1.1', { NODE_ID: '1' }, { command: '/start.sh' }],
    [
      'may be read by a start script of its own',
      'confluentinc/cp-kafka:7.9.2',
      { NODE_ID: '1' },
      { volumes: ['./run:/etc/confluent/docker/run'] },
    ],
    ['may be read by an image of its own', 'confluentinc/cp-kafka:7.9.2', { NODE_ID: '1' }, { build: '.' }],
    [
      'is used by the health check',
      'apache/kafka:4.1.1',
      { LISTENERS: 'a' },
      { healthcheck: { test: 'ask $$LISTENERS' } },
    ],
    ['is the name of anything else', 'apache/kafka:4.1.1', { TOPICS: 'a', ENABLE: '1', TZ: 'UTC' }, {}],
  ])('%s', (_, image, environment, more) => expect(saidOf(image, environment, more)).toEqual([]));
});
