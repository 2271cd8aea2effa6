import { describe, expect, it } from 'vitest';
import { findingsOf, kraftNode, type ServiceText, zookeeperBroker } from '../../support/compose-projects.ts';

type Case = [name: string, services: Record<string, ServiceText>, expected: string[]];

const OFFSETS = 'KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR';
const COPIES = [
  OFFSETS,
  'KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR',
  'KAFKA_TRANSACTION_STATE_LOG_MIN_ISR',
];
const copies = (number: number) => Object.fromEntries(COPIES.map(name => [name, number]));
const found = (services: Record<string, ServiceText>, rules: readonly string[]) =>
  findingsOf(services).filter(finding => rules.some(rule => finding.startsWith(`${rule}:`)));

describe('nodes on the network of the machine', () => {
  const VOTERS = '1@localhost:19093,2@127.0.0.1:29093,3@localhost:39093';
  const node = (id: number, environment: Record<string, string | number> = {}) =>
    kraftNode(
      {
        KAFKA_NODE_ID: id,
        KAFKA_CONTROLLER_QUORUM_VOTERS: VOTERS,
        KAFKA_LISTENERS: `PLAINTEXT://localhost:${id}9092,CONTROLLER://localhost:${id}9093`,
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://localhost:${id}9092`,
        ...copies(3),
        ...environment,
      },
      { network_mode: 'host' },
    );
  const rules = ['kraft-quorum', 'replication-factor', 'transaction-topic-default'];

  it.each<Case>([
    ['are one cluster', { a: node(1), b: node(2), c: node(3) }, []],
    ['are fewer than the voters say', { a: node(1), b: node(2) }, []],
    [
      'share the network of a service',
      {
        a: { ...node(1), network_mode: undefined },
        b: { ...node(2), network_mode: 'service:a' },
        c: { ...node(3), network_mode: 'service:a' },
      },
      [],
    ],
    [
      'listen on another port',
      { a: node(1), b: node(2), c: node(3, { KAFKA_LISTENERS: 'PLAINTEXT://:39092,CONTROLLER://:39094' }) },
      ['kraft-quorum: 3@localhost:39093'],
    ],
    [
      'do not have their number among the voters',
      { a: node(1), b: node(2), c: node(3), d: node(4) },
      ['kraft-quorum: 4'],
    ],
    [
      'are fewer than the copies of a topic',
      { a: node(1), b: node(2), c: node(3, { [OFFSETS]: 4 }) },
      ['replication-factor: 4'],
    ],
  ])('%s', (_, services, expected) => expect(found(services, rules)).toEqual(expected));
});

describe('controllers that are not in the file', () => {
  const node = (voters: string, more: ServiceText = {}, environment: Record<string, string | number> = {}) =>
    kraftNode({ KAFKA_CONTROLLER_QUORUM_VOTERS: voters, ...environment }, more);
  const published = { ports: ['9092:9092', '9093:9093'] };
  const machine = { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://node1:9092' };
  const three = '1@node1:9093,2@node2:9093,3@node3:9093';

  it.each<Case>([
    ['are other machines', { kafka: node(three, published, machine) }, []],
    ['are other machines, of which nothing is published', { kafka: node(three, {}, machine) }, []],
    ['are other machines beside this one', { kafka: node('1@kafka:9093,2@node2:9093', published) }, []],
    ['is the machine itself', { kafka: node('1@node1:9093', published, machine) }, []],
    ['is the machine itself, published', { kafka: node('1@node1:9093', published) }, []],
    ['are one of three, of which two are here', { kafka: node('1@kafka:9093,1@kafka:9093,3@gone:9093') }, []],
    ['is a mistyped name', { kafka: node('1@kafak:9093') }, ['kraft-quorum: 1@kafak:9093']],
    [
      'is a majority that cannot reach this one',
      { kafka: node('1@kafka:9093,2@b:9093,3@c:9093') },
      ['kraft-quorum: 2@b:9093', 'kraft-quorum: 3@c:9093'],
    ],
  ])('%s', (_, services, expected) => expect(found(services, ['kraft-quorum'])).toEqual(expected));
});

describe('brokers that name their controllers differently', () => {
  it('are one cluster with them', () => {
    const controller = kraftNode({
      KAFKA_PROCESS_ROLES: 'controller',
      KAFKA_LISTENERS: 'CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: '',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@c:9093',
    });
    const broker = (id: number, servers: string) =>
      kraftNode({
        KAFKA_PROCESS_ROLES: 'broker',
        KAFKA_NODE_ID: id,
        KAFKA_LISTENERS: 'PLAINTEXT://:9092',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '',
        KAFKA_CONTROLLER_QUORUM_BOOTSTRAP_SERVERS: servers,
        ...copies(2),
      });
    const services = { c: controller, a: broker(2, 'c:9093'), b: broker(3, 'c:9093') };
    expect(found(services, ['replication-factor', 'duplicate-node-id'])).toEqual([]);
    expect(found({ ...services, b: broker(2, 'c:9093') }, ['duplicate-node-id'])).toEqual([
      'duplicate-node-id: 2',
    ]);
  });
});

describe('the number of brokers', () => {
  const rules = ['replication-factor'];
  const zookeeper = {
    image: 'confluentinc/cp-zookeeper:7.9.2',
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 },
  };
  const broker = (id: number, more: ServiceText = {}) =>
    zookeeperBroker({ KAFKA_BROKER_ID: id, KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181', ...copies(3) }, more);
  const tooMany = ['replication-factor: 3', 'replication-factor: 3'];

  it.each<Case>([
    ['is one', { zookeeper, kafka: broker(1) }, tooMany],
    ['is not known of several replicas', { zookeeper, kafka: broker(1, { deploy: { replicas: 3 } }) }, []],
    [
      'is not known of a variable number',
      { zookeeper, kafka: broker(1, { deploy: { replicas: `\${N}` } }) },
      [],
    ],
    ['is known of one replica', { zookeeper, kafka: broker(1, { scale: 1 }) }, tooMany],
    ['is not known of a scale', { zookeeper, kafka: broker(1, { scale: 3 }) }, []],
    [
      'is not known beside a broker that the project builds',
      {
        zookeeper,
        kafka: broker(1),
        own: { build: '.', environment: { KAFKA_BROKER_ID: 2, KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181' } },
      },
      [],
    ],
    [
      'is known beside a program that asks ZooKeeper',
      {
        zookeeper,
        kafka: broker(1),
        own: { build: '.', environment: { ZOOKEEPER_CONNECT: 'zookeeper:2181' } },
      },
      tooMany,
    ],
    [
      'is not known of an image that is started as often as one likes',
      {
        zookeeper,
        kafka: {
          image: 'wurstmeister/kafka:2.13-2.8.1',
          environment: {
            KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181',
            KAFKA_ADVERTISED_HOST_NAME: '10.0.0.1',
            KAFKA_DEFAULT_REPLICATION_FACTOR: 3,
          },
        },
      },
      [],
    ],
  ])('%s', (_, services, expected) => expect(found(services, rules)).toEqual(expected));
});

describe('the id of a cluster', () => {
  const voters = '1@a:9093,2@b:9093';
  const member = (id: number, environment: Record<string, string | number> = {}) =>
    kraftNode({ KAFKA_NODE_ID: id, KAFKA_CONTROLLER_QUORUM_VOTERS: voters, ...environment });
  const bitnami = (id: number, environment: Record<string, string | number> = {}): ServiceText => ({
    image: 'bitnamilegacy/kafka:3.9.0',
    environment: {
      KAFKA_CFG_NODE_ID: id,
      KAFKA_CFG_PROCESS_ROLES: 'broker,controller',
      KAFKA_CFG_CONTROLLER_QUORUM_VOTERS: voters,
      KAFKA_CFG_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CFG_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      ...environment,
    },
  });
  const ID = 'AAAAAAAAQkCAAAAAAAAAAA';
  const OWN = '5L6g3nShT-eMCtK--X86sw';
  const apache = (id: number, environment: Record<string, string | number> = {}): ServiceText =>
    kraftNode(
      { KAFKA_NODE_ID: id, KAFKA_CONTROLLER_QUORUM_VOTERS: voters, CLUSTER_ID: '', ...environment },
      { image: 'apache/kafka:4.1.1' },
    );
  const bitnamiId = { KAFKA_KRAFT_CLUSTER_ID: ID };

  it.each<Case>([
    ['is one for all', { a: member(1), b: member(2) }, []],
    ['differs', { a: member(1), b: member(2, { CLUSTER_ID: ID }) }, [`cluster-id-differs: ${ID}`]],
    [
      'differs in another quorum',
      {
        a: member(1, { KAFKA_CONTROLLER_QUORUM_VOTERS: '1@a:9093' }),
        b: member(1, { CLUSTER_ID: ID, KAFKA_CONTROLLER_QUORUM_VOTERS: '1@b:9093' }),
      },
      [],
    ],
    ['comes from a variable', { a: member(1), b: member(2, { CLUSTER_ID: `\${ID}` }) }, []],
    ['is given to all of Bitnami', { a: bitnami(1, bitnamiId), b: bitnami(2, bitnamiId) }, []],
    [
      'differs, with Bitnami',
      { a: bitnami(1, bitnamiId), b: bitnami(2, { KAFKA_KRAFT_CLUSTER_ID: 'x' }) },
      ['cluster-id-differs: x'],
    ],
    [
      'is made up by one of Bitnami',
      { a: bitnami(1, bitnamiId), b: bitnami(2) },
      ['cluster-id-differs: environment'],
    ],
    ['is brought along by all', { a: apache(1), b: apache(2) }, []],
    ['is given as it is brought along', { a: apache(1), b: apache(2, { CLUSTER_ID: OWN }) }, []],
    [
      'is brought along by one',
      { a: apache(1, { CLUSTER_ID: ID }), b: apache(2) },
      ['cluster-id-differs: environment'],
    ],
    [
      'is another one than the image brings along',
      { a: apache(1), b: apache(2, { CLUSTER_ID: ID }) },
      [`cluster-id-differs: ${ID}`],
    ],
    [
      'is in a file',
      { a: bitnami(1, bitnamiId), b: bitnami(2, { KAFKA_KRAFT_CLUSTER_ID_FILE: '/run/id' }) },
      [],
    ],
    [
      'is not asked of nodes with ZooKeeper',
      { a: zookeeperBroker({ CLUSTER_ID: 'a' }), b: zookeeperBroker({ CLUSTER_ID: 'b' }) },
      [],
    ],
  ])('%s', (_, services, expected) => expect(found(services, ['cluster-id-differs'])).toEqual(expected));
});

describe('the number of a node', () => {
  const both = (broker: number | string, image: string): ServiceText =>
    kraftNode({ KAFKA_BROKER_ID: broker }, { image });
  it.each<Case>([
    ['is the same twice', { kafka: both(1, 'confluentinc/cp-kafka:8.1.1') }, []],
    ['is another one', { kafka: both(2, 'confluentinc/cp-kafka:8.1.1') }, ['node-id-differs: 2']],
    ['is another one, in the newest', { kafka: both(2, 'confluentinc/cp-kafka') }, ['node-id-differs: 2']],
    ['is not compared by Kafka 2', { kafka: both(2, 'confluentinc/cp-kafka:6.2.0') }, []],
    ['is not compared by a version that is not known', { kafka: both(2, `confluentinc/cp-kafka:\${V}`) }, []],
    ['comes from a variable', { kafka: both(`\${ID}`, 'confluentinc/cp-kafka:8.1.1') }, []],
    [
      'is left to ZooKeeper',
      { kafka: zookeeperBroker({ KAFKA_NODE_ID: 3, KAFKA_BROKER_ID: 2 }) },
      ['node-id-differs: 3'],
    ],
  ])('%s', (_, services, expected) => expect(found(services, ['node-id-differs'])).toEqual(expected));
});

describe('nodes with one number', () => {
  const node = (more: ServiceText = {}) => zookeeperBroker({ KAFKA_BROKER_ID: 1 }, more);
  it.each<Case>([
    ['run together', { a: node(), b: node() }, ['duplicate-node-id: 1']],
    ['run together in a profile', { a: node(), b: node({ profiles: ['b'] }) }, ['duplicate-node-id: 1']],
    ['are variants', { a: node({ profiles: ['a'] }), b: node({ profiles: ['b'] }) }, []],
    [
      'are variants, and a third one',
      { a: node({ profiles: ['a'] }), b: node({ profiles: ['b'] }), c: node({ profiles: ['b', 'c'] }) },
      ['duplicate-node-id: 1'],
    ],
  ])('%s', (_, services, expected) => expect(found(services, ['duplicate-node-id'])).toEqual(expected));
});

describe('ports', () => {
  const ports = ['9092:9092', '127.0.0.1:9093:9093'];
  it.each<Case>([
    [
      'on the network of the machine',
      { a: kraftNode({}, { network_mode: 'host', ports }) },
      ['ports-ignored: 9092:9092'],
    ],
    ['on a network of its own', { a: kraftNode({}, { ports }) }, []],
    ['none on the network of the machine', { a: kraftNode({}, { network_mode: 'host' }) }, []],
  ])('%s', (_, services, expected) => expect(found(services, ['ports-ignored'])).toEqual(expected));
});
