import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import { kraftNode, projectText, type ServiceText } from '../../support/compose-projects.ts';
import { imageService } from '../../support/health-checks.ts';

/** What the image is said to miss; what is written at the place, for the rest. */
function missing(service: ServiceText): string[] {
  const text = projectText({ a: service });
  return lintCompose([{ path: 'compose.yml', text }])
    .filter(({ ruleId }) => ruleId === 'image-setting-missing')
    .map(({ message, place }) => /has no (.*):/.exec(message)?.[1] ?? text.slice(place.start, place.end));
}

describe('variables that an image demands', () => {
  const CONNECT = {
    CONNECT_BOOTSTRAP_SERVERS: 'k:9092',
    CONNECT_GROUP_ID: 'g',
    CONNECT_CONFIG_STORAGE_TOPIC: 'c',
    CONNECT_OFFSET_STORAGE_TOPIC: 'o',
    CONNECT_STATUS_STORAGE_TOPIC: 's',
    CONNECT_KEY_CONVERTER: 'x',
    CONNECT_VALUE_CONVERTER: 'x',
  };
  const HOST = 'CONNECT_REST_ADVERTISED_HOST_NAME';
  const BROKERS = 'SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS';
  const byZooKeeper = { SCHEMA_REGISTRY_HOST_NAME: 'r', SCHEMA_REGISTRY_KAFKASTORE_CONNECTION_URL: 'z:2181' };
  const PLAIN = 'ALLOW_PLAINTEXT_LISTENER';
  const kraft = {
    KAFKA_CFG_NODE_ID: '1',
    KAFKA_CFG_PROCESS_ROLES: 'broker,controller',
    KAFKA_CFG_CONTROLLER_QUORUM_VOTERS: '1@a:9093',
    KAFKA_CFG_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
  };
  const WURST = 'wurstmeister/kafka:2.13-2.8.1';
  const withZooKeeper = { KAFKA_ZOOKEEPER_CONNECT: 'z.example.org:2181' };
  it.each<[string, ServiceText, string[]]>([
    ['Connect', imageService('confluentinc/cp-kafka-connect:7.9.2', CONNECT), [HOST]],
    ['all of Connect', imageService('confluentinc/cp-kafka-connect:7.9.2', { ...CONNECT, [HOST]: 'a' }), []],
    ['Connect of another maker', imageService('debezium/connect:3.0', CONNECT), []],
    ['the REST proxy', imageService('confluentinc/cp-kafka-rest:7.9.2'), ['KAFKA_REST_BOOTSTRAP_SERVERS']],
    [
      'an old REST proxy',
      imageService('confluentinc/cp-kafka-rest:5.5.0', { KAFKA_REST_ZOOKEEPER_CONNECT: 'z' }),
      [],
    ],
    ['the registry', imageService('confluentinc/cp-schema-registry:8.1.1', byZooKeeper), [BROKERS]],
    ['the registry up to version 7', imageService('confluentinc/cp-schema-registry:7.9.2', byZooKeeper), []],
    ['a registry of its own tag', imageService('confluentinc/cp-schema-registry:ours', byZooKeeper), []],
    [
      'a registry of its own tag, with nothing',
      imageService('confluentinc/cp-schema-registry:ours'),
      [`SCHEMA_REGISTRY_HOST_NAME and ${BROKERS}`],
    ],
    ['ZooKeeper of Bitnami', imageService('bitnami/zookeeper:latest'), ['ALLOW_ANONYMOUS_LOGIN']],
    [
      'ZooKeeper of Bitnami with a login',
      imageService('bitnami/zookeeper:3.9', { ZOO_ENABLE_AUTH: 'yes' }),
      [],
    ],
    [
      'ZooKeeper of Bitnami by its newer name',
      imageService('bitnami/zookeeper:3.9', { ALLOW_EMPTY_PASSWORD: 'yes' }),
      [],
    ],
    [
      'Kafka of Bitnami',
      imageService('bitnami/kafka:2.8.1', { KAFKA_CFG_ZOOKEEPER_CONNECT: 'z.example.org' }),
      ['ALLOW_PLAINTEXT_LISTENER'],
    ],
    [
      'Kafka of Bitnami, secure',
      imageService('bitnami/kafka:2.8.1', { KAFKA_CFG_LISTENERS: 'SASL_SSL://:9092' }),
      [],
    ],
    ['Kafka of Bitnami by its major version', imageService('bitnamilegacy/kafka:2'), [PLAIN]],
    [
      'Kafka of Bitnami, the last of 3.4',
      imageService('bitnamilegacy/kafka:3.4'),
      ['KAFKA_CFG_PROCESS_ROLES'],
    ],
    ['Kafka of Bitnami, an early 3.4', imageService('bitnamilegacy/kafka:3.4.0', kraft), [PLAIN]],
    ['Kafka of Bitnami, the next patch', imageService('bitnamilegacy/kafka:3.4.1', kraft), []],
    ['Kafka of Bitnami, a revision', imageService('bitnamilegacy/kafka:3.4.1-debian-11-r49', kraft), [PLAIN]],
    [
      'Kafka of Bitnami, the next revision',
      imageService('bitnamilegacy/kafka:3.4.1-debian-11-r50', kraft),
      [],
    ],
    ['Kafka of Bitnami from a mirror', imageService('public.ecr.aws/bitnami/kafka:3.5.0', kraft), [PLAIN]],
    [
      'Kafka of Bitnami that refuses plain text',
      imageService('bitnamilegacy/kafka:3.4.0', { ...kraft, [PLAIN]: 'no' }),
      ['no'],
    ],
    [
      'Kafka of Bitnami that allows plain text',
      imageService('bitnamilegacy/kafka:3.4.0', { ...kraft, [PLAIN]: 'TRUE' }),
      [],
    ],
    [
      'Kafka of Bitnami that may allow it',
      imageService('bitnamilegacy/kafka:3.4.0', { ...kraft, [PLAIN]: `\${PLAIN}` }),
      [],
    ],
    [
      'ZooKeeper of Bitnami that refuses strangers and asks nobody',
      imageService('bitnamilegacy/zookeeper:3.9', { ALLOW_ANONYMOUS_LOGIN: 'no' }),
      ['no'],
    ],
    ['Kafka of Bitnami, any version 3', imageService('bitnamilegacy/kafka:3', kraft), []],
    ['Kafka of Bitnami, newest', imageService('bitnami/kafka'), []],
    ['Kafka of Bitnami in no mode', imageService('bitnamilegacy/kafka:3.9.0'), ['KAFKA_CFG_PROCESS_ROLES']],
    [
      'Kafka of Bitnami with ZooKeeper',
      imageService('bitnamilegacy/kafka:3.9.0', { KAFKA_ZOOKEEPER_CONNECT: 'z.example.org' }),
      [],
    ],
    [
      'Kafka of Bitnami with half of KRaft',
      imageService('bitnamilegacy/kafka:3.7', { KAFKA_CFG_PROCESS_ROLES: 'broker', KAFKA_NODE_ID: '1' }),
      ['KAFKA_CFG_CONTROLLER_QUORUM_VOTERS'],
    ],
    [
      'Kafka of Bitnami with a file of its own',
      { ...imageService('bitnamilegacy/kafka:3.9.0'), volumes: ['./c:/bitnami/kafka/config'] },
      [],
    ],
    [
      'Kafka of Bitnami with data',
      { ...imageService('bitnamilegacy/kafka:3.9.0'), volumes: ['data:/bitnami/kafka'] },
      ['KAFKA_CFG_PROCESS_ROLES'],
    ],
    [
      'wurstmeister',
      imageService(WURST, { KAFKA_LISTENERS: 'PLAINTEXT://:9092' }),
      ['KAFKA_ZOOKEEPER_CONNECT'],
    ],
    ['wurstmeister without listeners', imageService(WURST, withZooKeeper), ['KAFKA_LISTENERS']],
    [
      'wurstmeister with a host',
      imageService(WURST, { ...withZooKeeper, KAFKA_ADVERTISED_HOST_NAME: 'a' }),
      [],
    ],
    [
      'wurstmeister that asks for its host',
      imageService(WURST, { ...withZooKeeper, HOSTNAME_COMMAND: 'hostname' }),
      [],
    ],
    [
      'wurstmeister with half of it',
      imageService(WURST, {
        ...withZooKeeper,
        HOSTNAME_COMMAND: 'hostname',
        KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://a:9092',
      }),
      ['KAFKA_LISTENERS'],
    ],
    ['wurstmeister of 2016', imageService('wurstmeister/kafka:0.10.0.1'), []],
    ['variables that are not known', { ...imageService('bitnami/zookeeper:3.9'), env_file: 'a.env' }, []],
    ['a command of its own', { ...imageService('confluentinc/cp-kafka-rest:7.9.2'), command: 'run' }, []],
    [
      'KRaft before the image can',
      kraftNode({}, { image: 'confluentinc/cp-kafka:7.3.2' }),
      ['KAFKA_PROCESS_ROLES'],
    ],
    ['KRaft when the image can', kraftNode({}, { image: 'confluentinc/cp-kafka:7.4.0' }), []],
    [
      'KRaft in a script of its own',
      kraftNode({}, { image: 'confluentinc/cp-kafka:7.3.2', command: 'bash -c "/update.sh"' }),
      [],
    ],
  ])('%s', (_, service, expected) => expect(missing(service)).toEqual(expected));
});
