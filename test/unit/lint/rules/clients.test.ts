import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import {
  findingsOf as allFindingsOf,
  kraftNode,
  projectText,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';

/** What the rules of this file find. */
const findingsOf = (services: Readonly<Record<string, ServiceText>>, more: object = {}) =>
  allFindingsOf(services, more).filter(finding => /^client-/.test(finding));

type Services = Record<string, ServiceText>;
type Case = [name: string, services: Services, expected: string[]];

/** A broker for the containers at kafka:29092 and for the machine at localhost:9092, and a broker for the machine alone. */
const both = zookeeperBroker(
  {
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT',
    KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:29092,HOST://localhost:9092',
  },
  { ports: ['127.0.0.1:9092:9092'] },
);
const local = zookeeperBroker(
  { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:9092' },
  { ports: ['127.0.0.1:9092:9092'] },
);

const client = (image: string, environment: Record<string, string>, more: ServiceText = {}): ServiceText => ({
  image,
  ...more,
  environment,
});

describe('a program that is known by its image', () => {
  it.each<[image: string, variable: string]>([
    ['confluentinc/cp-kafka-connect:7.9.2', 'CONNECT_BOOTSTRAP_SERVERS'],
    ['confluentinc/cp-server-connect-base:7.9.2', 'CONNECT_BOOTSTRAP_SERVERS'],
    ['quay.io/debezium/connect:3.0', 'BOOTSTRAP_SERVERS'],
    ['confluentinc/cp-kafka-rest:7.9.2', 'KAFKA_REST_BOOTSTRAP_SERVERS'],
    ['confluentinc/ksqldb-server:0.29.0', 'KSQL_BOOTSTRAP_SERVERS'],
    ['confluentinc/cp-ksqldb-server:7.9.2', 'KSQL_BOOTSTRAP_SERVERS'],
    ['confluentinc/cp-enterprise-control-center:7.9.2', 'CONTROL_CENTER_BOOTSTRAP_SERVERS'],
    ['provectuslabs/kafka-ui:v0.7.2', 'KAFKA_CLUSTERS_1_BOOTSTRAPSERVERS'],
    ['ghcr.io/kafbat/kafka-ui:v1.3.0', 'KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS'],
    ['obsidiandynamics/kafdrop:4.2.0', 'KAFKA_BROKERCONNECT'],
    ['docker.redpanda.com/redpandadata/console:v3.1.0', 'KAFKA_BROKERS'],
    ['conduktor/conduktor-console:1.30.0', 'CDK_CLUSTERS_0_BOOTSTRAPSERVERS'],
  ])('%s reads %s', (image, variable) => {
    const at = (address: string, kafka = both) =>
      findingsOf({ kafka, client: client(image, { [variable]: address }) });
    expect(at('kafka:29092')).toEqual([]);
    expect(at('localhost:9092')).toEqual(['client-bootstrap: localhost:9092']);
    expect(at('broker:29092')).toEqual(['client-bootstrap: broker:29092']);
    expect(at('kafka:9093')).toEqual(['client-bootstrap: kafka:9093']);
    expect(at('kafka:9092')).toEqual(['client-bootstrap: kafka:9092']);
    expect(at('kafka:9092', local)).toEqual(['client-bootstrap: kafka:9092']);
  });

  it('is told what happens, and where to go instead', () => {
    const text = projectText({
      kafka: both,
      ui: client('obsidiandynamics/kafdrop:4.2.0', { KAFKA_BROKERCONNECT: 'kafka:9092' }),
    });
    const [finding] = lintCompose([{ path: 'compose.yml', text }]);
    expect(finding).toMatchObject({
      message: 'At kafka:9092 Kafdrop is told to go on to localhost:9092, which in its container is itself.',
      hint: 'Name kafka:29092.',
      proposal: 'kafka:29092',
    });
  });

  const ui = (address: string, more: ServiceText = {}) =>
    client('provectuslabs/kafka-ui:v0.7.2', { KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: address }, more);
  const networks = (...names: string[]) => ({ networks: names });
  it.each<Case>([
    ['of a machine elsewhere', { kafka: both, ui: ui('kafka.example.org:9092') }, []],
    ['of Docker for the machine', { kafka: both, ui: ui('host.docker.internal:9092') }, []],
    [
      'that extra_hosts knows',
      { kafka: both, ui: ui('gateway:9092', { extra_hosts: ['gateway:host-gateway'] }) },
      [],
    ],
    ['that a link gives', { kafka: both, ui: ui('broker:29092', { links: ['kafka:broker'] }) }, []],
    ['that Compose gives the container', { kafka: both, ui: ui('shop-kafka-1:29092') }, []],
    [
      'that is one of several, another of which is right',
      { kafka: both, ui: ui('kafka:29092,kafka-2:29092') },
      [],
    ],
    [
      'that is one of several, all of them wrong',
      { kafka: both, ui: ui('kafka:1,kafka:2') },
      ['client-bootstrap: kafka:1', 'client-bootstrap: kafka:2'],
    ],
    ['of a service that is not known', { kafka: both, db: { image: 'postgres:17' }, ui: ui('db:5432') }, []],
    [
      'of ZooKeeper',
      { zk: { image: 'zookeeper:3.9', tmpfs: ['/data', '/datalog'] }, ui: ui('zk:2181') },
      ['client-bootstrap: zk:2181'],
    ],
    [
      'of an image without settings, which is for the machine alone',
      { kafka: { image: 'apache/kafka:4.1.1', ports: ['127.0.0.1:9092:9092'] }, ui: ui('kafka:9092') },
      ['client-bootstrap: kafka:9092'],
    ],
    [
      'of one of two services, which is not known',
      { kafka: local, other: { ...both, hostname: 'kafka' }, ui: ui('kafka:9092') },
      [],
    ],
    [
      'of an older image for the machine alone',
      {
        kafka: {
          image: 'wurstmeister/kafka:2.13-2.8.1',
          environment: {
            KAFKA_ZOOKEEPER_CONNECT: 'zk.example.org:2181',
            KAFKA_ADVERTISED_HOST_NAME: 'localhost',
          },
        },
        ui: ui('kafka:9092'),
      },
      ['client-bootstrap: kafka:9092'],
    ],
    [
      'of an older image for the containers',
      {
        kafka: {
          image: 'wurstmeister/kafka:2.13-2.8.1',
          environment: {
            KAFKA_ZOOKEEPER_CONNECT: 'zk.example.org:2181',
            KAFKA_ADVERTISED_HOST_NAME: 'kafka',
            KAFKA_PORT: 9094,
          },
        },
        ui: ui('kafka:9094'),
      },
      [],
    ],
    ['of controllers', { kafka: kraftNode(), ui: ui('kafka:9093') }, ['client-bootstrap: kafka:9093']],
    [
      'of a listener on localhost',
      {
        kafka: kraftNode({ KAFKA_LISTENERS: 'PLAINTEXT://localhost:9092,CONTROLLER://:9093' }),
        ui: ui('kafka:9092'),
      },
      ['client-bootstrap: kafka:9092'],
    ],
    [
      "in the broker's own network",
      { kafka: local, ui: ui('localhost:9092', { network_mode: 'service:kafka' }) },
      [],
    ],
  ])('may be told a name %s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));

  it.each<[name: string, kafka: string[], ui: string[], more: object, expected: string[]]>([
    ['in one network', ['a', 'b'], ['b'], { a: null, b: null }, []],
    ['in two networks', ['a'], ['b'], { a: null, b: null }, ['client-bootstrap: kafka:29092']],
    ['in one network under two names', ['a'], ['b'], { a: { name: 'x' }, b: { name: 'x' } }, []],
    ['in a network from outside', ['a'], ['a'], { a: { external: true } }, []],
  ])('reaches a broker %s', (_, theirs, own, declared, expected) =>
    expect(
      findingsOf(
        { kafka: { ...both, ...networks(...theirs) }, ui: ui('kafka:29092', networks(...own)) },
        { networks: declared },
      ),
    ).toEqual(expected),
  );

  it('reads the configuration of AKHQ', () => {
    const configuration = (address: string) =>
      `akhq:\n  connections:\n    local:\n      properties:\n        bootstrap.servers: "${address}"\n`;
    const at = (address: string) =>
      findingsOf({
        kafka: both,
        akhq: client('tchiotludo/akhq:0.25.1', { AKHQ_CONFIGURATION: configuration(address) }),
      });
    expect(at('kafka:29092')).toEqual([]);
    expect(at('localhost:9092')[0]).toMatch(/^client-bootstrap: /);
  });
});

describe('a configuration in a variable', () => {
  it('of Redpanda Console names brokers', () => {
    const at = (brokers: string) =>
      findingsOf({
        kafka: both,
        console: client('docker.redpanda.com/redpandadata/console:v2.8.0', {
          CONSOLE_CONFIG_FILE: `kafka:\n  brokers: ${brokers}\n`,
        }),
      }).length;
    expect(at('["kafka:29092"]')).toBe(0);
    expect(at('["localhost:9092"]')).toBe(1);
    // With several, one of them may be right.
    expect(at('["localhost:9092", "kafka:29092"]')).toBe(0);
  });
});

describe('a Kafka manager', () => {
  const at = (hosts: string, port = 2181) =>
    findingsOf({
      zk: {
        image: 'confluentinc/cp-zookeeper:7.9.2',
        environment: { ZOOKEEPER_CLIENT_PORT: port },
      },
      manager: client('sheepkiller/kafka-manager:1.3', { ZK_HOSTS: hosts }),
    });
  it.each<[string, string[]]>([
    ['zk:2181', []],
    ['zookeeper.example.org:2181', []],
    ['localhost:2181', ['client-zookeeper: localhost:2181']],
    ['zk:2182', ['client-zookeeper: zk:2182']],
    ['zk:2182,zk:2181', []],
  ])('looks for ZooKeeper at %s', (hosts, expected) => expect(at(hosts)).toEqual(expected));
});

describe("a service of the project's own", () => {
  const app = (variable: string, address: string) =>
    findingsOf({ kafka: both, app: client('example/app:1.0', { [variable]: address }) });
  it.each(['KAFKA_BOOTSTRAP_SERVERS', 'SPRING_KAFKA_BOOTSTRAP_SERVERS', 'KAFKA_BROKERS', 'KAFKA_BROKER_URL'])(
    'names brokers in %s',
    variable => {
      expect(app(variable, 'kafka:29092')).toEqual([]);
      expect(app(variable, 'kafka:9092')).toEqual(['client-bootstrap: kafka:9092']);
      expect(app(variable, 'kafka:9093')).toEqual(['client-bootstrap: kafka:9093']);
      expect(app(variable, 'localhost:9092')).toEqual(['client-bootstrap: localhost:9092']);
      expect(app(variable, 'broker:9092')).toEqual(['client-bootstrap: broker:9092']);
    },
  );
  it('names something else in other variables', () => expect(app('WAIT_FOR', 'kafka:9092')).toEqual([]));
});

describe('a command', () => {
  const run = (command: unknown, image = 'confluentinc/cp-kafka:7.9.2') =>
    findingsOf({ kafka: both, tool: { image, command } });
  it.each<[command: unknown, expected: string[]]>([
    ['kafka-topics --bootstrap-server kafka:29092 --list', []],
    ['kafka-topics --bootstrap-server kafka:9092 --list', ['client-bootstrap: kafka:9092']],
    ['kafka-topics --bootstrap-server localhost:9092 --list', ['client-bootstrap: localhost:9092']],
    [['kafka-topics', '--bootstrap-server', 'kafka:9092', '--list'], ['client-bootstrap: kafka:9092']],
    [['bash', '-c', 'cub kafka-ready -b kafka:9092 1 20'], ['client-bootstrap: kafka:9092']],
    ['bash -c "kafka-server-start x & kafka-topics --bootstrap-server localhost:9092"', []],
    ['kafka-topics --bootstrap-server $$KAFKA --list', []],
  ])('%j', (command, expected) => expect(run(command)).toEqual(expected));
  it('of an exporter', () => {
    expect(run(['--kafka.server=localhost:9092'], 'danielqsj/kafka-exporter:v1.9.0')).toEqual([
      'client-bootstrap: localhost:9092',
    ]);
    expect(run(['--kafka.server=kafka:29092'], 'danielqsj/kafka-exporter:v1.9.0')).toEqual([]);
  });
  it('of an image that is not known', () =>
    expect(run('run --bootstrap-server localhost:9092', 'example/app:1.0')).toEqual([]));
});
