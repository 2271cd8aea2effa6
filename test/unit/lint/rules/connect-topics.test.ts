import { describe, expect, it } from 'vitest';
import { findingsOf, type ServiceText, zookeeperBroker } from '../../support/compose-projects.ts';

type Environment = Record<string, string | number>;

const TOPICS = ['CONFIG', 'OFFSET', 'STATUS'];
const copies = (number: number | string): Environment =>
  Object.fromEntries(TOPICS.map(name => [`CONNECT_${name}_STORAGE_REPLICATION_FACTOR`, number]));

const connect = (environment: Environment = {}, more: ServiceText = {}): ServiceText => ({
  image: 'confluentinc/cp-kafka-connect:7.5.3',
  ...more,
  environment: {
    CONNECT_BOOTSTRAP_SERVERS: 'a:9092',
    ...Object.fromEntries(
      TOPICS.map(name => [`CONNECT_${name}_STORAGE_TOPIC`, `connect-${name.toLowerCase()}`]),
    ),
    ...environment,
  },
});
const ZOOKEEPER = { image: 'confluentinc/cp-zookeeper:7.5.3', environment: { ZOOKEEPER_CLIENT_PORT: 2181 } };
/** Brokers with a ZooKeeper of the project's own: all that there are. */
const brokers = (names: string, environment: Environment = {}, image = 'confluentinc/cp-kafka:7.5.3') => ({
  zookeeper: ZOOKEEPER,
  ...Object.fromEntries(
    [...names].map((name, index) => [
      name,
      zookeeperBroker(
        {
          KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181',
          KAFKA_BROKER_ID: index + 1,
          KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${name}:9092`,
          ...environment,
        },
        { image },
      ),
    ]),
  ),
});
const found = (services: Record<string, ServiceText>) =>
  findingsOf(services).filter(finding => finding.startsWith('connect-topics'));
const two = (number: number | string) => ({ KAFKA_MIN_INSYNC_REPLICAS: number });

describe("Connect's own topics", () => {
  it.each<[string, Record<string, ServiceText>, string[]]>([
    ['with three copies that nobody asked for', { ...brokers('a'), conn: connect() }, ['environment']],
    ['with more copies than brokers', { ...brokers('ab'), conn: connect(copies(3)) }, ['3']],
    ['with as many copies as brokers', { ...brokers('ab'), conn: connect(copies(2)) }, []],
    ['with three brokers', { ...brokers('abc'), conn: connect() }, []],
    ["with the broker's number of copies", { ...brokers('a'), conn: connect(copies(-1)) }, []],
    ['with copies from a variable', { ...brokers('a'), conn: connect(copies(`\${COPIES}`)) }, []],
    [
      'made by somebody else',
      {
        ...brokers('a'),
        conn: connect(),
        init: {
          image: 'confluentinc/cp-kafka:7.5.3',
          command:
            'bash -c "for t in connect-config connect-offset connect-status; do kafka-topics --create --topic $$t; done"',
        },
      },
      [],
    ],
    [
      'with brokers elsewhere',
      { conn: connect({ CONNECT_BOOTSTRAP_SERVERS: 'kafka.example.org:9092' }) },
      [],
    ],
    ['with brokers that may be more', { a: zookeeperBroker(), conn: connect() }, []],
    ['of an image of its own', { ...brokers('a'), conn: connect({}, { build: '.' }) }, []],
    [
      'of a command that sets them',
      {
        ...brokers('a'),
        conn: connect(
          {},
          { command: 'bash -c "CONNECT_CONFIG_STORAGE_REPLICATION_FACTOR=1 /etc/confluent/docker/run"' },
        ),
      },
      [],
    ],
    [
      'of Debezium, which brings numbers along',
      { ...brokers('a'), conn: connect({}, { image: 'debezium/connect:2.7' }) },
      [],
    ],
  ])('are too many: %s', (_, services, expected) =>
    expect(found(services)).toEqual(expected.map(text => `connect-topics: ${text}`)),
  );

  it.each<[string, Record<string, ServiceText>, number]>([
    ['one copy where two must be in sync', { ...brokers('ab', two(2)), conn: connect(copies(1)) }, 1],
    ['as many as must be in sync', { ...brokers('ab', two(2)), conn: connect(copies(2)) }, 0],
    [
      'a Kafka that asks for as many as there are',
      { ...brokers('ab', two(2), 'confluentinc/cp-kafka:7.7.1'), conn: connect(copies(1)) },
      0,
    ],
    [
      'a Kafka whose version is not known',
      { ...brokers('ab', two(2), `confluentinc/cp-kafka:\${V}`), conn: connect(copies(1)) },
      0,
    ],
    ['a number that is not known', { ...brokers('ab', two(`\${N}`)), conn: connect(copies(1)) }, 0],
    [
      'a number in sync of their own',
      {
        ...brokers('ab', two(2)),
        conn: connect({
          ...copies(1),
          CONNECT_CONFIG_STORAGE_MIN_INSYNC_REPLICAS: 1,
          CONNECT_OFFSET_STORAGE_MIN_INSYNC_REPLICAS: 1,
        }),
      },
      0,
    ],
  ])('are too few: %s', (_, services, count) => expect(found(services)).toHaveLength(count));
});
