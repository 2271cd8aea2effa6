import { describe, expect, it } from 'vitest';
import { findingsOf, kraftNode, type ServiceText, zookeeperBroker } from '../../support/compose-projects.ts';

type Services = Record<string, ServiceText>;
type Case = [name: string, services: Services, expected: string[]];

const broker = (advertised: string, more: ServiceText = {}) =>
  zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: advertised }, more);
const member = (name: string, advertised: string, more: ServiceText = {}) => {
  const id = Number(name.at(-1));
  return kraftNode(
    {
      KAFKA_NODE_ID: id,
      KAFKA_ADVERTISED_LISTENERS: advertised,
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka-1:9093,2@kafka-2:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 2,
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 2,
    },
    more,
  );
};
const several = (port = '9092') =>
  zookeeperBroker(
    {
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,OTHER:PLAINTEXT',
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9093,OTHER://bastion:29092',
    },
    { ports: [`127.0.0.1:${port}:${port}`] },
  );
const ui = (address: string): ServiceText => ({
  image: 'provectuslabs/kafka-ui:v0.7.2',
  environment: { KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: address },
});

describe('an advertised host that no service is', () => {
  it.each<Case>([
    [
      'among brokers',
      {
        'kafka-1': member('kafka-1', 'PLAINTEXT://kafka-1:9092'),
        'kafka-2': member('kafka-2', 'PLAINTEXT://second:9092'),
      },
      ['advertised-host-unknown: PLAINTEXT://second:9092'],
    ],
    [
      'but perhaps the machine of all brokers',
      {
        'kafka-1': member('kafka-1', 'PLAINTEXT://server:9092'),
        'kafka-2': member('kafka-2', 'PLAINTEXT://server:9094'),
      },
      [
        'advertised-host-outside: PLAINTEXT://server:9092',
        'advertised-host-outside: PLAINTEXT://server:9094',
      ],
    ],
    [
      'with ZooKeeper, but for a letter',
      { kafka: broker('PLAINTEXT://kafak:9092') },
      ['advertised-host-unknown: PLAINTEXT://kafak:9092'],
    ],
    [
      'with ZooKeeper, of another name',
      { kafka: broker('PLAINTEXT://server:9092') },
      ['advertised-host-outside: PLAINTEXT://server:9092'],
    ],
    [
      'beside one for containers, not published',
      { kafka: several() },
      ['advertised-host-outside: OTHER://bastion:29092'],
    ],
    ['beside one for containers, published for whoever knows it', { kafka: several('29092') }, []],
    [
      'for clients, but for a letter',
      { kafka: kraftNode({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafak:9092' }), ui: ui('kafka:9092') },
      ['advertised-host-unknown: PLAINTEXT://kafak:9092'],
    ],
    [
      'but for a letter, which nobody uses',
      { kafka: kraftNode({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafak:9092' }) },
      ['advertised-host-outside: PLAINTEXT://kafak:9092'],
    ],
    ['but its host name', { kafka: broker('PLAINTEXT://k1:9092', { hostname: 'k1' }) }, []],
    [
      'but an alias',
      { kafka: broker('PLAINTEXT://k1:9092', { networks: { default: { aliases: ['k1'] } } }) },
      [],
    ],
    ['but a machine with a dot', { kafka: broker('PLAINTEXT://server.lan:9092') }, []],
    ['but an address', { kafka: broker('PLAINTEXT://10.1.2.3:9092') }, []],
    ['but Docker for the machine', { kafka: broker('PLAINTEXT://host.docker.internal:9092') }, []],
    [
      'but one that extra_hosts knows',
      { kafka: broker('PLAINTEXT://server:9092', { extra_hosts: ['server:10.1.2.3'] }) },
      [],
    ],
    ['but one that the image fills in', { kafka: broker('PLAINTEXT://_{HOSTNAME_COMMAND}:9092') }, []],
    [
      'but one of the machines of a cluster',
      {
        kafka: kraftNode({
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://node-1:9092',
          KAFKA_CONTROLLER_QUORUM_VOTERS: '1@node-1:9093,2@node-2:9093,3@node-3:9093',
        }),
      },
      [],
    ],
    [
      'but a service for a letter, beside a name of ZooKeeper that is none either',
      {
        zk: { image: 'confluentinc/cp-zookeeper:7.9.2', environment: { ZOOKEEPER_CLIENT_PORT: 2181 } },
        kafka: zookeeperBroker({
          KAFKA_ZOOKEEPER_CONNECT: 'zoo1:2181',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka1:9092',
        }),
      },
      ['advertised-host-unknown: PLAINTEXT://kafka1:9092'],
    ],
    [
      'but one of the machines that share a ZooKeeper, of which one is here',
      {
        zk: {
          image: 'confluentinc/cp-zookeeper:7.9.2',
          environment: { ZOOKEEPER_CLIENT_PORT: 2181 },
          ports: ['2181:2181'],
        },
        kafka: zookeeperBroker({
          KAFKA_ZOOKEEPER_CONNECT: 'zk:2181,zk2:2181',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka1:9092',
        }),
      },
      [],
    ],
    ['but from a variable', { kafka: broker(`PLAINTEXT://\${HOST}:9092`) }, []],
  ])('%s', (_, services, expected) => {
    const found = findingsOf(services).filter(finding => finding.startsWith('advertised-'));
    expect(found).toEqual(expected);
  });

  it('may be a container of another project in a network with a name of its own', () => {
    const services = { kafka: { ...broker('PLAINTEXT://server:9092'), networks: ['n'] } };
    expect(findingsOf(services, { networks: { n: { name: 'shared' } } })).toEqual([]);
    expect(findingsOf(services, { networks: { n: { external: true } } })).toEqual([]);
    expect(findingsOf(services, { networks: { n: null } })).toEqual([
      'advertised-host-outside: PLAINTEXT://server:9092',
    ]);
  });
});

describe('an advertised port', () => {
  const listening = (listeners: string, advertised: string, more: ServiceText = {}) => ({
    kafka: zookeeperBroker({ KAFKA_LISTENERS: listeners, KAFKA_ADVERTISED_LISTENERS: advertised }, more),
  });
  it.each<Case>([
    [
      'on which nothing listens in the container',
      listening('PLAINTEXT://:9092', 'PLAINTEXT://kafka:29092'),
      ['advertised-port-without-listener: PLAINTEXT://kafka:29092'],
    ],
    ['on which the listener listens', listening('PLAINTEXT://:9092', 'PLAINTEXT://kafka:9092'), []],
    ['of a machine', listening('PLAINTEXT://:9092', 'PLAINTEXT://kafka.example.org:29092'), []],
    [
      'that is published for a machine that knows the name',
      listening('PLAINTEXT://:9092', 'PLAINTEXT://kafka:29092', { ports: ['127.0.0.1:29092:9092'] }),
      ['published-internal-name: 127.0.0.1:29092:9092'],
    ],
    [
      'of another container, a proxy',
      { ...listening('PLAINTEXT://:9092', 'PLAINTEXT://proxy:29092'), proxy: { image: 'nginx:1.27' } },
      [],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});
