import { describe, expect, it } from 'vitest';
import {
  findingsIn,
  findingsOf,
  kraftNode,
  projectText,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';

type Case = [name: string, services: Record<string, ServiceText>, expected: string[]];

const OFFSETS = 'KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR';
const VOTERS = '1@kafka:9093,2@two:9093,3@three:9093';
const trio = (environment: Record<string, string | number> = {}) => ({
  kafka: kraftNode({ KAFKA_CONTROLLER_QUORUM_VOTERS: VOTERS, ...environment }),
  two: kraftNode({
    KAFKA_CONTROLLER_QUORUM_VOTERS: VOTERS,
    KAFKA_NODE_ID: 2,
    KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://two:9092',
  }),
  three: kraftNode({
    KAFKA_CONTROLLER_QUORUM_VOTERS: VOTERS,
    KAFKA_NODE_ID: 3,
    KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://three:9092',
  }),
});

describe('nodes and their numbers', () => {
  it.each<Case>([
    ['one node', { kafka: kraftNode() }, []],
    ['three nodes', trio(), []],
    [
      'the same number twice',
      {
        ...trio(),
        three: kraftNode({
          KAFKA_CONTROLLER_QUORUM_VOTERS: VOTERS,
          KAFKA_NODE_ID: 2,
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://three:9092',
        }),
      },
      ['kraft-quorum: 3@three:9093', 'duplicate-node-id: 2'],
    ],
    [
      'the same number in two clusters',
      {
        kafka: zookeeperBroker({ KAFKA_BROKER_ID: 1 }),
        other: zookeeperBroker({
          KAFKA_BROKER_ID: 1,
          KAFKA_ZOOKEEPER_CONNECT: 'other.example.org:2181',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://other:9092',
        }),
      },
      [],
    ],
    ['broker.id for node.id', { kafka: kraftNode({ KAFKA_NODE_ID: '', KAFKA_BROKER_ID: 1 }) }, []],
    [
      'a number from a variable',
      { kafka: kraftNode({ KAFKA_NODE_ID: `\${ID}` }) },
      [`variable-unset: \${ID}`],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

const COPIES = 'KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR';
const IN_SYNC = 'KAFKA_TRANSACTION_STATE_LOG_MIN_ISR';
const BEFORE_CAP = { image: 'confluentinc/cp-kafka:7.6.1' };
const exactlyOnce = { image: 'example.org/app:1', environment: { APP_TRANSACTIONAL_ID: 'app' } };

describe('transactions', () => {
  it.each<Case>([
    ['nothing is said of', { kafka: kraftNode({ [COPIES]: '', [IN_SYNC]: '' }) }, []],
    [
      'a program with an id for them',
      { kafka: kraftNode({ [COPIES]: '', [IN_SYNC]: '' }), app: exactlyOnce },
      ['transaction-topic-default: environment'],
    ],
    [
      'a program that is told so by its command',
      {
        kafka: kraftNode({ [COPIES]: '', [IN_SYNC]: '' }),
        app: { image: 'example.org/app:1', command: '--processing.guarantee=exactly_once_v2' },
      },
      ['transaction-topic-default: environment'],
    ],
    [
      'two in sync are set, and no copies',
      { kafka: kraftNode({ [COPIES]: '', [IN_SYNC]: 2 }) },
      ['transaction-topic-default: environment'],
    ],
    [
      'two in sync on one broker, which newer Kafka takes for one',
      { kafka: kraftNode({ [IN_SYNC]: 2 }) },
      [],
    ],
    ['two in sync by default, which newer Kafka takes for one', { kafka: kraftNode({ [IN_SYNC]: '' }) }, []],
    [
      'two in sync on one broker',
      { kafka: kraftNode({ [IN_SYNC]: 2 }, BEFORE_CAP) },
      ['transaction-topic-default: 2'],
    ],
    [
      'two in sync by default',
      { kafka: kraftNode({ [IN_SYNC]: '' }, BEFORE_CAP) },
      ['transaction-topic-default: environment'],
    ],
    [
      'more copies and more in sync than brokers, which is one cause',
      { kafka: kraftNode({ [COPIES]: 3, [IN_SYNC]: 2 }, BEFORE_CAP) },
      ['replication-factor: 3'],
    ],
    [
      'a broker of an unknown version',
      { kafka: kraftNode({ [IN_SYNC]: '' }, { image: 'confluentinc/cp-kafka:ours' }) },
      [],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

describe('copies in sync', () => {
  const broker = (environment: Record<string, number | string>, image = '7.5.3') => ({
    kafka: zookeeperBroker(
      { KAFKA_MIN_INSYNC_REPLICAS: 2, ...environment },
      { image: `confluentinc/cp-kafka:${image}` },
    ),
  });
  const DEFAULT = 'KAFKA_DEFAULT_REPLICATION_FACTOR';
  it.each<Case>([
    ['one copy of the offsets', broker({ [OFFSETS]: 1 }), ['offsets-not-in-sync: 2']],
    ['as many copies of the offsets', broker({ [OFFSETS]: 2 }), []],
    ['one copy of the offsets in newer Kafka', broker({ [OFFSETS]: 1 }, '7.7.0'), []],
    ['one copy of the offsets in a version that is not known', broker({ [OFFSETS]: 1 }, 'ours'), []],
    ['offsets that wait for one copy', broker({ [OFFSETS]: 1, KAFKA_OFFSETS_COMMIT_REQUIRED_ACKS: 1 }), []],
    ['offsets as built in', broker({}), []],
    ['one copy by default', broker({ [DEFAULT]: 1 }), ['new-topics-not-in-sync: 1']],
    ['two copies by default', broker({ [DEFAULT]: 2 }), []],
    ['one copy by default in newer Kafka', broker({ [DEFAULT]: 1 }, '7.9.2'), []],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

describe('copies and brokers', () => {
  it.each<Case>([
    ['more offsets than brokers', trio({ [OFFSETS]: 4 }), [`replication-factor: 4`]],
    [
      'as many as brokers',
      trio({ [OFFSETS]: 3, KAFKA_DEFAULT_REPLICATION_FACTOR: 3, KAFKA_MIN_INSYNC_REPLICAS: 3 }),
      [],
    ],
    [
      'more than brokers by default, and in sync',
      {
        kafka: kraftNode(
          { KAFKA_DEFAULT_REPLICATION_FACTOR: 2, KAFKA_MIN_INSYNC_REPLICAS: 2 },
          { image: 'confluentinc/cp-kafka:7.6.1' },
        ),
      },
      ['replication-factor: 2', 'replication-factor: 2'],
    ],
    ['more in sync than there are', { kafka: kraftNode({ KAFKA_MIN_INSYNC_REPLICAS: 2 }) }, []],
    ['the built-in three', { kafka: kraftNode({ [OFFSETS]: '' }) }, ['replication-factor: environment']],
    [
      'three copies of transactions on one broker',
      { kafka: kraftNode({ KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 3 }) },
      ['replication-factor: 3'],
    ],
    ['brokers that may be elsewhere', { kafka: zookeeperBroker({ [OFFSETS]: 3 }) }, []],
    ['a number that is none', { kafka: kraftNode({ KAFKA_MIN_INSYNC_REPLICAS: 'two' }) }, []],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));

  it('counts five brokers as five', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const voters = names.map((name, index) => `${index + 1}@${name}:9093`).join(',');
    const services = Object.fromEntries(
      names.map((name, index) => [
        name,
        kraftNode({
          KAFKA_NODE_ID: index + 1,
          KAFKA_CONTROLLER_QUORUM_VOTERS: voters,
          KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${name}:9092`,
          [OFFSETS]: 5,
        }),
      ]),
    );
    expect(findingsOf(services)).toEqual([]);
  });

  it('does not count what an included file may add', () => {
    const text = projectText({ kafka: kraftNode({ [OFFSETS]: 3 }) }, { include: ['more.yml'] });
    expect(findingsIn(text)).toEqual(['include-not-followed: include']);
  });
});
