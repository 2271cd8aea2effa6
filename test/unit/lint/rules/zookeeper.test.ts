import { describe, expect, it } from 'vitest';
import { findingsOf, type ServiceText, zookeeperBroker } from '../../support/compose-projects.ts';

type Case = [name: string, services: Record<string, ServiceText>, expected: string[]];

const OFFSETS = 'KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR';

describe('ZooKeeper', () => {
  const zookeeper = {
    image: 'confluentinc/cp-zookeeper:7.9.2',
    tmpfs: '/var/lib/zookeeper',
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 },
  };
  const broker = (connect: string, more: ServiceText = {}) =>
    zookeeperBroker(
      {
        KAFKA_ZOOKEEPER_CONNECT: connect,
        [OFFSETS]: 1,
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1,
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1,
      },
      more,
    );
  it.each<Case>([
    ['by its name', { zookeeper, kafka: broker('zookeeper:2181') }, []],
    ['without a port', { zookeeper, kafka: broker('zookeeper') }, []],
    ['with a chroot', { zookeeper, kafka: broker('zookeeper:2181/kafka') }, []],
    ['another port', { zookeeper, kafka: broker('zookeeper:2182') }, ['zookeeper-connect: zookeeper:2182']],
    ['a name that no service has', { zookeeper, kafka: broker('zoo:2181') }, ['zookeeper-connect: zoo:2181']],
    ['localhost', { zookeeper, kafka: broker('localhost:2181') }, ['zookeeper-connect: localhost:2181']],
    [
      'localhost in the network of the machine',
      { kafka: broker('localhost:2181', { network_mode: 'host' }) },
      ['host-access: host'],
    ],
    ['a name from extra_hosts', { kafka: broker('zoo:2181', { extra_hosts: ['zoo:10.0.0.1'] }) }, []],
    [
      'an image without ZooKeeper',
      {
        zookeeper,
        kafka: broker('zookeeper:2181', { image: 'apache/kafka:3.9.1', tmpfs: '/tmp/kafka-logs' }),
      },
      ['no-zookeeper-mode: apache/kafka:3.9.1'],
    ],
    [
      "a tag of one's own",
      { zookeeper, kafka: broker('zookeeper:2181', { image: 'confluentinc/cp-kafka:ours' }) },
      [],
    ],
    [
      'a digest',
      {
        zookeeper,
        kafka: broker('zookeeper:2181', { image: `confluentinc/cp-kafka@sha256:${'0'.repeat(64)}` }),
      },
      [],
    ],
    [
      'no tag',
      { zookeeper, kafka: broker('zookeeper:2181', { image: 'confluentinc/cp-kafka' }) },
      ['no-zookeeper-mode: confluentinc/cp-kafka'],
    ],
    [
      'a bitnami image of Kafka 4',
      {
        kafka: {
          image: 'bitnamilegacy/kafka:4.0.0',
          tmpfs: '/bitnami',
          environment: { KAFKA_CFG_ZOOKEEPER_CONNECT: 'zookeeper.example.org' },
        },
      },
      ['no-zookeeper-mode: bitnamilegacy/kafka:4.0.0'],
    ],
    [
      'no client port',
      { zookeeper: { ...zookeeper, environment: { ZOOKEEPER_TICK_TIME: 2000 } } },
      ['image-setting-missing: environment'],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});
