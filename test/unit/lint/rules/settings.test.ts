import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import { findingsOf, projectText } from '../../support/compose-projects.ts';

const IMAGES = {
  kafka3: 'confluentinc/confluent-local:7.9.2',
  kafka4: 'confluentinc/confluent-local:8.1.1',
  old: 'confluentinc/confluent-local:6.2.0',
  zookeeper: 'confluentinc/cp-zookeeper:7.9.2',
  registry: 'confluentinc/cp-schema-registry:8.1.1',
  bitnami: 'bitnamilegacy/kafka:3.7.0',
  unknown: 'example.org/kafka:1',
  anyTag: `confluentinc/cp-kafka:\${TAG}`,
  ended: 'confluentinc/cp-enterprise-kafka',
} as const;

/** What is said of one variable of a service. */
function saidOf(image: keyof typeof IMAGES, variable: string): string[] {
  const text = projectText({ a: { image: IMAGES[image], environment: { [variable]: 'x' } } });
  return lintCompose([{ path: 'f', text }])
    .filter(({ ruleId }) => ['unknown-setting', 'environment-name-whitespace'].includes(ruleId))
    .map(({ hint }) => hint);
}

describe('a variable', () => {
  it.each<[keyof typeof IMAGES, string]>([
    ['kafka3', 'KAFKA_NUM_PARTITIONS'],
    ['kafka3', 'KAFKA_LOG_MESSAGE_FORMAT_VERSION'],
    ['kafka3', 'KAFKA_HEAP_OPTS'],
    ['kafka3', 'KAFKA_JMX_PORT'],
    ['kafka3', 'KAFKA_LOG4J_LOGGERS'],
    ['kafka3', 'KAFKA_ZOOKEEPER_CONNECT'],
    ['kafka4', 'KAFKA_GROUP_SHARE_MAX_SIZE'],
    ['kafka4', 'KAFKA_LISTENER_NAME_INTERNAL_SCRAM___SHA___256_SASL_JAAS_CONFIG'],
    ['kafka4', 'KAFKA_CONFLUENT_TELEMETRY_ENABLED'],
    ['kafka4', 'KAFKA_SUPER_USERS'],
    ['kafka4', 'KAFKA_CONFIG_PROVIDERS_FILE_CLASS'],
    ['kafka4', 'CLUSTER_ID'],
    ['kafka4', 'TZ'],
    ['kafka4', 'LANG'],
    ['old', 'KAFKA_ZOOKEEPER_SYNC_TIME_MS'],
    ['zookeeper', 'ZOOKEEPER_TICK_TIME'],
    ['zookeeper', 'KAFKA_OPTS'],
    ['registry', 'SCHEMA_REGISTRY_KAFKASTORE_SASL_JAAS_CONFIG'],
    ['registry', 'SCHEMA_REGISTRY_SCHEMA_COMPATIBILITY_LEVEL'],
    ['registry', 'SCHEMA_REGISTRY_HEAP_OPTS'],
    ['registry', 'SCHEMA_REGISTRY_KAFKASTORE_CONNECTION_URL'],
    ['registry', 'SCHEMA_REGISTRY_PASSWORD_ENCODER_SECRET'],
    ['registry', 'SCHEMA_REGISTRY_DEK_REGISTRY_TOPIC'],
    ['registry', 'SCHEMA_REGISTRY_REQUEST_TIMEOUT_MS'],
    ['kafka3', 'KAFKA_OFFSETS_TOPIC_REPLICATION.FACTOR'],
    ['kafka3', 'KAFKA_num.partitions'],
    ['anyTag', 'KAFKA_ZOOKEEPER_CONNECT'],
    ['anyTag', 'KAFKA_NO_SETTING_THAT_IS_ON_A_LIST'],
    ['ended', 'KAFKA_ZOOKEEPER_CONNECT'],
    ['bitnami', 'KAFKA_CFG_ANYTHING'],
    ['bitnami', 'KAFKA_CFG_CONTROLLER_LISTENER_NAMES'],
    ['bitnami', 'KAFKA_ZOOKEEPER_CONNECT'],
    ['bitnami', 'KAFKA_ADVERTISED_LISTENERS'],
    ['bitnami', 'KAFKA_HEAP_OPTS'],
    ['bitnami', 'KAFKA_ENABLE_KRAFT'],
    ['unknown', 'KAFKA_ANYTHING'],
  ])('%s: %s is known, or nothing can be said', (image, variable) =>
    expect(saidOf(image, variable)).toEqual([]),
  );

  it.each<[keyof typeof IMAGES, string, string]>([
    ['kafka4', 'KAFKA_ADVERTISED_LISTNERS', 'Write KAFKA_ADVERTISED_LISTENERS.'],
    ['bitnami', 'KAFKA_CONTROLLER_LISTENER_NAMES', 'Write KAFKA_CFG_CONTROLLER_LISTENER_NAMES.'],
    ['bitnami', 'KAFKA_MIN_INSYNC_REPLICAS', 'Write KAFKA_CFG_MIN_INSYNC_REPLICAS.'],
    ['kafka4', 'KAFKA_NODEID', 'Write KAFKA_NODE_ID.'],
    ['kafka4', 'KAFKA_DATA_DIR', 'Correct the name, or take it out.'],
    ['kafka4', 'KAFKA_NUM.PARTITONS', 'Write KAFKA_NUM_PARTITIONS.'],
    ['anyTag', 'KAFKA_ADVERTISED_LISTNERS', 'Write KAFKA_ADVERTISED_LISTENERS.'],
    ['kafka4', 'KAKFA_NUM_PARTITIONS', 'Write KAFKA_NUM_PARTITIONS.'],
    ['kafka4', 'KAFKA_CLUSTER_ID', 'Write CLUSTER_ID.'],
    ['kafka4', 'KAFKA_CREATE_TOPICS', 'Correct the name, or take it out.'],
    ['kafka4', 'KAFKA_LOG_MESSAGE_FORMAT_VERSION', 'Take it out, or name an image with Kafka 3.'],
    ['kafka4', 'KAFKA_ZOOKEEPER_CONNECT', 'Take it out, or name an image with Kafka 3.'],
    ['kafka4', 'KAFKA_NODE ID', 'Write KAFKA_NODE_ID.'],
    ['kafka4', ' KAFKA_NODE_ID', 'Write KAFKA_NODE_ID.'],
    ['kafka4', 'KAFKA_NO SUCH_SETTING', 'Write the name without white space.'],
    ['unknown', 'KAFKA_NODE ID', 'Write the name without white space.'],
    ['old', 'KAFKA_NUM_PARTITONS', 'Write KAFKA_NUM_PARTITIONS.'],
    ['zookeeper', 'ZOOKEEPER_4LW_COMMANDS_WHITELIST', 'Correct the name, or take it out.'],
    ['zookeeper', 'ZOOKEEPER_CLIENTPORT', 'Write ZOOKEEPER_CLIENT_PORT.'],
    [
      'registry',
      'SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVER',
      'Write SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS.',
    ],
    ['registry', 'SCHEMA_REGISTRY_NOTHING_LIKE_IT', 'Correct the name, or take it out.'],
  ])('%s: %s', (image, variable, hint) => expect(saidOf(image, variable)).toEqual([hint]));

  it('is told once for all services that have it', () => {
    const service = (image: string = IMAGES.kafka4) => ({
      image,
      environment: { KAFKA_SERVERS: 'x', KAFKA_NODEID: 1 },
    });
    const text = projectText({ a: service(), b: service(), c: service(IMAGES.kafka3) });
    const found = lintCompose([{ path: 'f', text }]).filter(({ ruleId }) => ruleId === 'unknown-setting');
    expect(found.map(({ message, also = [] }) => [message, also.length])).toEqual([
      ['Nothing in this image reads KAFKA_SERVERS.', 2],
      ['Nothing in this image reads KAFKA_NODEID; did you mean KAFKA_NODE_ID?', 2],
    ]);
  });

  it.each<[string, string, object, string[]]>([
    ['where the image brings one along', 'apache/kafka:4.1.1', {}, ['Take it out.']],
    ['beside the right name', 'confluentinc/cp-kafka:8.1.1', { CLUSTER_ID: 'x' }, ['Take it out.']],
    ['in place of the right name', 'confluentinc/cp-kafka:8.1.1', {}, ['Write CLUSTER_ID.']],
  ])('for the id of a cluster, %s', (_, image, environment, hints) => {
    const text = projectText({ a: { image, environment: { KAFKA_CLUSTER_ID: 'x', ...environment } } });
    const found = lintCompose([{ path: 'f', text }]).filter(({ ruleId }) => ruleId === 'unknown-setting');
    expect(found.map(({ hint }) => hint)).toEqual(hints);
  });

  it.each<[string, object, boolean]>([
    ['the start script', {}, true],
    ['a command of its own', { command: 'bash -c "kafka-topics --bootstrap-server $$KAFKA_SERVERS"' }, false],
    ['an entrypoint of its own', { entrypoint: ['/setup.sh'] }, false],
    ['an image built on it', { build: '.' }, false],
    ['the start script, started by a command', { command: '/etc/confluent/docker/run' }, true],
    [
      'a command that reads it first',
      { command: 'sh -c "echo $$KAFKA_SERVERS; /etc/confluent/docker/run"' },
      false,
    ],
  ])('is read by %s', (_, more, isSaid) => {
    const text = projectText({ a: { image: IMAGES.kafka4, environment: { KAFKA_SERVERS: 'x' }, ...more } });
    const found = lintCompose([{ path: 'f', text }]).filter(({ ruleId }) => ruleId === 'unknown-setting');
    expect(found).toHaveLength(isSaid ? 1 : 0);
  });

  it('of a list takes an equals sign', () => {
    const text = `services: { a: { image: "${IMAGES.kafka4}", environment: ["KAFKA_NODE_ID: 1"] } }`;
    const [finding] = lintCompose([{ path: 'f', text }]);
    expect(finding).toMatchObject({
      ruleId: 'environment-name-whitespace',
      hint: 'In a list, write NAME=VALUE with an equals sign.',
    });
    expect(finding?.edits).toBeUndefined();
  });

  it('with white space counts as what was meant, unless that is set too', () => {
    const node = (environment: Record<string, string | number>) =>
      findingsOf({
        kafka: {
          image: 'confluentinc/cp-kafka:7.9.2',
          tmpfs: '/var/lib/kafka',
          environment: { KAFKA_ZOOKEEPER_CONNECT: 'z.example.org', ...environment },
        },
      });
    expect(node({ 'KAFKA_ADVERTISED LISTENERS': 'PLAINTEXT://0.0.0.0:1' })).toEqual([
      'environment-name-whitespace: KAFKA_ADVERTISED LISTENERS',
      'advertised-wildcard: PLAINTEXT://0.0.0.0:1',
    ]);
    expect(
      node({
        'KAFKA_ADVERTISED LISTENERS': 'PLAINTEXT://0.0.0.0:1',
        KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:1',
      }),
    ).toEqual(['environment-name-whitespace: KAFKA_ADVERTISED LISTENERS']);
  });
});
