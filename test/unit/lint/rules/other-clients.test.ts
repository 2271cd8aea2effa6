import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import {
  findingsOf as allFindingsOf,
  projectText,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';

/** What the rules of this file find. */
const findingsOf = (services: Readonly<Record<string, ServiceText>>, more: object = {}) =>
  allFindingsOf(services, more).filter(finding => /^client-/.test(finding));

type Services = Record<string, ServiceText>;

/** A broker for the containers at kafka:29092 and for the machine at localhost:9092. */
const both = zookeeperBroker(
  {
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT',
    KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:29092,HOST://localhost:9092',
  },
  { ports: ['127.0.0.1:9092:9092'] },
);
const client = (image: string, environment: Record<string, string>, more: ServiceText = {}): ServiceText => ({
  image,
  ...more,
  environment,
});

describe('a program that is not known', () => {
  const severities = (services: Services) =>
    lintCompose([{ path: 'compose.yml', text: projectText(services) }])
      .filter(({ ruleId }) => ruleId === 'client-bootstrap')
      .map(({ severity, message }) => `${severity}: ${message}`);
  const app = (environment: Record<string, string>, more: ServiceText = {}): Services => ({
    kafka: both,
    app: client('example.org/app:1', environment, more),
  });

  it.each<[string, Services, RegExp]>([
    [
      'looks in its own container',
      app({ SPRING_KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092' }),
      /^warning: Inside/,
    ],
    [
      'looks for a name that nobody has',
      app({ KAFKA_BROKERS: 'broker:29092' }),
      /^warning: No service .* "broker"/,
    ],
    ['has a name for the cluster', app({ KAFKA_URL: 'kafka://localhost:9092' }), /^warning: Inside/],
    [
      'has a name in parts',
      app({ Options__KafkaServer: 'kafkaa:29092' }),
      /^warning: No service .* "kafkaa"/,
    ],
    [
      'looks at a port that nobody opens',
      app({ KAFKA_BROKERS: 'kafka:9093' }),
      /^error: "kafka" does not listen/,
    ],
    ['is sent on to itself', app({ KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092' }), /^error: At kafka:9092/],
    ['is sent on by a variable of any name', app({ STREAM_SOURCE: 'kafka:9092' }), /^warning: At kafka:9092/],
  ])('%s', (_, services, expected) =>
    expect(severities(services)).toEqual([expect.stringMatching(expected)]),
  );

  it.each<[string, Services]>([
    ['finds Kafka', app({ KAFKA_URL: 'kafka:29092', STREAM_SOURCE: 'kafka:29092' })],
    ['waits for a port', app({ WAIT_HOSTS: 'kafka:9092' })],
    ['asks for metrics', app({ KAFKA_JMX_URL: 'kafka:9101', SCRAPE: 'kafka:9404' })],
    ['has something else at localhost', app({ BROKER: 'localhost:1883', REDIS: 'localhost:6379' })],
    ['asks the REST proxy', app({ KAFKA_URL: 'http://localhost:8082' })],
    ['has one good address', app({ KAFKA_BROKERS: 'localhost:9092,kafka:29092' })],
    ['has Kafka in it', app({ KAFKA_BROKER_ID: '1', KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092' })],
    ['is on the network of the machine', app({ KAFKA_URL: 'localhost:9092' }, { network_mode: 'host' })],
    ['is alone', { app: client('example.org/app:1', { KAFKA_URL: 'localhost:9092' }) }],
    ['asks a machine', app({ KAFKA_URL: 'kafka.example.org:9092' })],
  ])('is right, or not known: %s', (_, services) => expect(severities(services)).toEqual([]));
});

describe('what answers HTTP', () => {
  const at = (variable: string, address: string, image = 'confluentinc/cp-enterprise-control-center:7.9.2') =>
    findingsOf({
      kafka: both,
      connect: client('confluentinc/cp-kafka-connect:7.9.2', { CONNECT_BOOTSTRAP_SERVERS: 'kafka:29092' }),
      moved: client('confluentinc/cp-kafka-connect:7.9.2', { CONNECT_REST_PORT: '8084' }),
      ksqldb: client('confluentinc/cp-ksqldb-server:7.9.2', { KSQL_BOOTSTRAP_SERVERS: 'kafka:29092' }),
      center: client(image, { [variable]: address }),
    });

  it.each([
    ['CONTROL_CENTER_CONNECT_CLUSTER', 'conect:8083'],
    ['CONTROL_CENTER_CONNECT_ONE_CLUSTER', 'http://localhost:8083'],
    ['CONTROL_CENTER_CONNECT_CONNECT-DEFAULT_CLUSTER', 'connect:18083'],
    ['CONTROL_CENTER_KSQL_KSQLDB1_URL', 'http://ksqldb-server:8088'],
  ])('is looked for in the wrong place: %s %s', (variable, address) =>
    expect(at(variable, address)).toEqual([`client-service: ${address}`]),
  );

  it.each([
    ['KAFKA_CLUSTERS_0_KSQLDBSERVER', 'http://ksqldb:8089'],
    ['KAFKA_CLUSTERS_0_KSQLDB_SERVER', 'http://ksqldb:8089'],
    ['KAFKA_CLUSTERS_0_KAFKACONNECT_0_ADDRESS', 'http://localhost:8083'],
  ])('by Kafka UI: %s', (variable, address) =>
    expect(at(variable, address, 'kafbat/kafka-ui:v1.3.0')).toEqual([`client-service: ${address}`]),
  );

  it.each([
    ['CONTROL_CENTER_CONNECT_CLUSTER', 'connect:8083'],
    ['CONTROL_CENTER_CONNECT_CLUSTER', 'http://moved:8084'],
    ['CONTROL_CENTER_CONNECT_CLUSTER', 'http://connect.example.org:8083'],
    ['CONTROL_CENTER_CONNECT_CLUSTER', 'gone:8083,connect:8083'],
    ['CONTROL_CENTER_KSQL_KSQLDB1_URL', 'http://ksqldb:8088'],
    ['CONTROL_CENTER_KSQL_KSQLDB1_ADVERTISED_URL', 'http://localhost:8088'],
  ])('is found: %s %s', (variable, address) => expect(at(variable, address)).toEqual([]));

  it.each<[string, string, string, string[]]>([
    [
      'tchiotludo/akhq:0.25.1',
      'AKHQ_CONFIGURATION',
      'schema-registry:\n  url: "http://registry:18081"\n',
      ['client-registry'],
    ],
    ['tchiotludo/akhq:0.25.1', 'AKHQ_CONFIGURATION', 'schema-registry:\n  url: "http://registry:8081"\n', []],
    [
      'redpandadata/console:v3.1.0',
      'CONSOLE_CONFIG_FILE',
      'kafka:\n  brokers:\n    - kafka:9092\n',
      ['client-bootstrap'],
    ],
    [
      'redpandadata/console:v3.1.0',
      'CONSOLE_CONFIG_FILE',
      'kafka:\n  brokers:\n    - gone:1\n    - kafka:29092\n',
      [],
    ],
    [
      'redpandadata/console:v3.1.0',
      'KAFKA_SCHEMAREGISTRY_URLS',
      'http://localhost:8081',
      ['client-registry'],
    ],
    [
      'tchiotludo/akhq:0.25.1',
      'AKHQ_CONFIGURATION',
      'connect:\n  - name: "one"\n    url: "http://localhost:8083"\n',
      ['client-service'],
    ],
    ['kafbat/kafka-ui:v1.3.0', 'KAFKA_CLUSTERS_0_BOOTSTRAP_SERVERS', 'gone:9092', ['client-bootstrap']],
  ])('is named in %s by %s: %j', (image, variable, value, rules) => {
    const found = findingsOf({
      kafka: both,
      registry: client('confluentinc/cp-schema-registry:7.9.2', { SCHEMA_REGISTRY_HOST_NAME: 'registry' }),
      ui: client(image, { [variable]: value }),
    });
    expect(found.map(each => each.split(':')[0])).toEqual(rules);
  });

  it.each<[string, string, string, string[]]>([
    ['landoop/schema-registry-ui:0.9.5', 'SCHEMAREGISTRY_URL', 'http://localhost:8081', ['client-registry']],
    ['landoop/kafka-connect-ui:0.9.7', 'CONNECT_URL', 'http://localhost:8083', ['client-service']],
    ['landoop/schema-registry-ui:0.9.5', 'SCHEMAREGISTRY_URL', 'http://registry:8081', []],
  ])('is asked by %s itself, or by the browser: %s %s', (image, variable, value, rules) => {
    const found = (environment: Record<string, string>) =>
      findingsOf({
        kafka: both,
        registry: client('confluentinc/cp-schema-registry:7.9.2', { SCHEMA_REGISTRY_HOST_NAME: 'registry' }),
        ui: client(image, { [variable]: value, ...environment }),
      }).map(each => each.split(':')[0]);
    expect(found({ PROXY: 'true' })).toEqual(rules);
    expect(found({})).toEqual([]);
  });
});
