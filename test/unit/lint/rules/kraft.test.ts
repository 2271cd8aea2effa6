import { describe, expect, it } from 'vitest';
import { findingsOf, kraftNode, type ServiceText, zookeeperBroker } from '../../support/compose-projects.ts';

type Case = [name: string, services: Record<string, ServiceText>, expected: string[]];

describe('what KRaft needs', () => {
  it.each<Case>([
    ['no cluster id', { kafka: kraftNode({ CLUSTER_ID: '' }) }, ['kraft-setting-missing: environment']],
    [
      'no cluster id on apache/kafka, which brings one',
      {
        kafka: kraftNode(
          { CLUSTER_ID: '', KAFKA_LOG_DIRS: '/var/lib/kafka/data' },
          { image: 'apache/kafka:4.1.1' },
        ),
      },
      [],
    ],
    [
      'nothing at all, on an image that needs it',
      { kafka: { image: 'confluentinc/cp-kafka:8.1.1', tmpfs: '/var/lib/kafka/data' } },
      ['kraft-setting-missing: kafka', 'advertised-listener-missing: kafka'],
    ],
    ['nothing at all, on apache/kafka', { kafka: { image: 'apache/kafka:4.1.1', tmpfs: '/tmp' } }, []],
    ['nothing at all, on confluent-local', { kafka: { image: 'confluentinc/confluent-local:8.1.1' } }, []],
    [
      'one setting, on apache/kafka',
      { kafka: { image: 'apache/kafka:4.1.1', tmpfs: '/tmp', environment: { KAFKA_NUM_PARTITIONS: 3 } } },
      ['kraft-setting-missing: environment'],
    ],
    [
      'only a heap, on apache/kafka',
      { kafka: { image: 'apache/kafka:4.1.1', tmpfs: '/tmp', environment: { KAFKA_HEAP_OPTS: '-Xmx1g' } } },
      [],
    ],
    [
      'bootstrap servers in the place of voters',
      {
        kafka: kraftNode({
          KAFKA_CONTROLLER_QUORUM_VOTERS: '',
          KAFKA_CONTROLLER_QUORUM_BOOTSTRAP_SERVERS: 'kafka:9093',
        }),
      },
      [],
    ],
    [
      'neither ZooKeeper nor KRaft',
      {
        kafka: zookeeperBroker({}, { image: 'confluentinc/cp-kafka:8.1.1' }),
        seven: {
          image: 'confluentinc/cp-kafka:7.9.2',
          tmpfs: '/var/lib/kafka',
          environment: { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://seven:9092' },
        },
      },
      ['no-zookeeper-mode: confluentinc/cp-kafka:8.1.1', 'kraft-setting-missing: environment'],
    ],
    [
      'a command of its own',
      { kafka: { image: 'confluentinc/cp-kafka:8.1.1', command: 'kafka-topics --list' } },
      [],
    ],
    [
      'settings in a file that is mounted',
      {
        kafka: {
          image: 'apache/kafka:4.1.1',
          volumes: ['./config:/mnt/shared/config', '/tmp'],
          environment: { KAFKA_NODE_ID: 1 },
        },
      },
      [],
    ],
    ['an image of its own', { kafka: { image: 'confluentinc/cp-kafka:8.1.1', build: '.' } }, []],
    [
      'an image that is not known',
      { kafka: { image: 'example.org/kafka:1', environment: { KAFKA_NODE_ID: 1 } } },
      [],
    ],
    [
      'an image from a mirror',
      {
        kafka: kraftNode(
          { CLUSTER_ID: '' },
          { image: 'mirror.example.org:5000/docker/confluentinc/cp-kafka:8.1.1' },
        ),
      },
      ['kraft-setting-missing: environment'],
    ],
    [
      'an image that is called like another one, and may bring settings along',
      {
        kafka: kraftNode(
          { CLUSTER_ID: '' },
          { image: 'registry.example.org/team/confluentinc-cp-kafka:8.1.1' },
        ),
      },
      [],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

describe('the quorum', () => {
  const controller = (environment: Record<string, string | number> = {}) =>
    kraftNode({
      KAFKA_PROCESS_ROLES: 'controller',
      KAFKA_LISTENERS: 'CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: '',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@c:9093',
      ...environment,
    });
  const broker = (environment: Record<string, string | number> = {}) =>
    kraftNode({
      KAFKA_PROCESS_ROLES: 'broker',
      KAFKA_NODE_ID: 2,
      KAFKA_LISTENERS: 'PLAINTEXT://:9092',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@c:9093',
      ...environment,
    });
  it.each<Case>([
    ['a controller and a broker', { c: controller(), kafka: broker() }, []],
    [
      'a controller at localhost, for itself',
      { kafka: kraftNode({ KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093' }) },
      [],
    ],
    [
      'a controller at localhost, for a broker',
      { kafka: broker({ KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093' }) },
      ['kraft-quorum: 1@localhost:9093'],
    ],
    [
      'a broker as a controller',
      { c: controller(), kafka: broker({ KAFKA_CONTROLLER_QUORUM_VOTERS: '1@c:9093,2@kafka:9092' }) },
      ['kraft-quorum: 2@kafka:9092'],
    ],
    [
      'a name that no service has',
      { kafka: kraftNode({ KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9093,2@kafka2:9093' }) },
      ['kraft-quorum: 2@kafka2:9093'],
    ],
    [
      'a name elsewhere',
      { kafka: kraftNode({ KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9093,2@kafka2.example.org:9093' }) },
      [],
    ],
    [
      'the wrong port',
      { kafka: kraftNode({ KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9092' }) },
      ['kraft-quorum: 1@kafka:9092'],
    ],
    ['a number that is not listed', { kafka: kraftNode({ KAFKA_NODE_ID: 7 }) }, ['kraft-quorum: 7']],
    [
      'another number than the node has',
      { c: controller(), kafka: broker({ KAFKA_CONTROLLER_QUORUM_VOTERS: '3@c:9093' }) },
      ['kraft-quorum: 3@c:9093'],
    ],
    [
      'a controller without its listener',
      { c: controller({ KAFKA_LISTENERS: 'PLAINTEXT://:9093' }) },
      ['controller-listener-missing: PLAINTEXT://:9093'],
    ],
    [
      'a controller without listeners',
      { c: controller({ KAFKA_LISTENERS: '' }) },
      ['controller-listener-missing: environment'],
    ],
    [
      'a controller that advertises',
      { c: controller({ KAFKA_ADVERTISED_LISTENERS: 'CONTROLLER://c:9093' }) },
      ['controller-advertised-listener: CONTROLLER://c:9093'],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

describe('what apache/kafka brings along', () => {
  const found = (environment: Record<string, string>) =>
    findingsOf({ kafka: { image: 'apache/kafka:4.1.1', tmpfs: '/tmp', environment } });
  it.each([
    'KAFKA_OPTS',
    'KAFKA_HEAP_OPTS',
    'KAFKA_JMX_HOSTNAME',
    'KAFKA_LOG4J_ROOT_LOGLEVEL',
    'KAFKA_TOOLS_LOG4J_LOGLEVEL',
    'CLUSTER_ID',
  ])('stays beside %s, which is no setting', name => expect(found({ [name]: 'a' })).toEqual([]));
  it.each(['KAFKA_JMX_PORT', 'KAFKA_NUM_PARTITIONS'])('goes with %s', name =>
    expect(found({ [name]: '3' })).toContain('kraft-setting-missing: environment'),
  );
});
