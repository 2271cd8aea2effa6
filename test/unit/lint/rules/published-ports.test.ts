import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import {
  findingsOf as allFindingsOf,
  kraftNode,
  projectText,
  registry,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';

/** What the rules of this file find. */
const findingsOf = (services: Readonly<Record<string, ServiceText>>, more: object = {}) =>
  allFindingsOf(services, more).filter(finding => /^(?:published-|advertised-port|localhost-)/.test(finding));

type Services = Record<string, ServiceText>;
type Case = [name: string, services: Services, expected: string[]];

const MAP = {
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,HOST:PLAINTEXT',
};
const on = (...ports: (string | number)[]) => ({
  ports: ports.map(port => (typeof port === 'number' ? `127.0.0.1:${port}:${port}` : port)),
});
const two = (ports: ServiceText, environment: Record<string, string | number> = {}) =>
  zookeeperBroker(
    { ...MAP, KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:29092,HOST://localhost:9092', ...environment },
    ports,
  );

describe('a listener that advertises localhost', () => {
  it.each<Case>([
    ['with its port published', { kafka: two(on(9092)) }, []],
    [
      'with its port published as another one',
      { kafka: two(on('127.0.0.1:19092:9092')) },
      ['advertised-port-not-published: HOST://localhost:9092'],
    ],
    [
      'with its number published for another one',
      { kafka: two(on('127.0.0.1:9092:29092')) },
      ['advertised-port-not-published: HOST://localhost:9092'],
    ],
    ['with a port that Docker picks', { kafka: two(on('127.0.0.1:9090-9099:9092')) }, []],
    ['with no port', { kafka: two({}) }, ['localhost-listener-unpublished: HOST://localhost:9092']],
    [
      'for a health check',
      { kafka: two({ healthcheck: { test: 'kafka-topics --bootstrap-server localhost:9092 --list' } }) },
      [],
    ],
    [
      'behind a proxy',
      { kafka: two({}), proxy: { image: 'nginx:1.27', ports: ['127.0.0.1:9092:9092'] } },
      [],
    ],
    [
      'for the broker itself',
      {
        kafka: kraftNode({
          ...MAP,
          KAFKA_LISTENERS: 'PLAINTEXT://:29092,HOST://:9092,CONTROLLER://:9093',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://127.0.0.1:29092,HOST://kafka:9092',
          KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
        }),
      },
      [],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

describe('a published port of a listener', () => {
  const bitnami = (more: ServiceText = {}): ServiceText => ({
    image: 'bitnamilegacy/kafka:3.7.0',
    tmpfs: '/bitnami/kafka',
    ...on(9092),
    ...more,
    environment: {
      KAFKA_ZOOKEEPER_CONNECT: 'zookeeper.example.org:2181',
      KAFKA_CFG_LISTENERS: 'PLAINTEXT://:9092',
    },
  });
  const CONTAINER = 'published-internal-name: 127.0.0.1:9092:9092';
  const one = (advertised: string, more: ServiceText = on(9092)) => ({
    kafka: zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: advertised }, more),
  });
  it.each<Case>([
    [
      'that advertises the name of the service',
      one('PLAINTEXT://kafka:9092'),
      ['published-internal-name: 127.0.0.1:9092:9092'],
    ],
    [
      'that advertises a name of the container',
      one('PLAINTEXT://k1:9092', { ...on(9092), hostname: 'k1' }),
      ['published-internal-name: 127.0.0.1:9092:9092'],
    ],
    ['that advertises localhost', one('PLAINTEXT://localhost:9092'), []],
    ['that advertises a machine', one('PLAINTEXT://kafka.example.org:9092'), []],
    [
      'that advertises a name with a dot',
      one('PLAINTEXT://kafka.local:9092', { ...on(9092), hostname: 'kafka.local' }),
      [],
    ],
    [
      'that advertises a name from a variable',
      one(`PLAINTEXT://\${HOST:-kafka}:9092`),
      ['published-internal-name: 127.0.0.1:9092:9092'],
    ],
    [
      'beside one for the machine',
      { kafka: two(on(9092, 29092)) },
      ['published-internal-name: 127.0.0.1:29092:29092'],
    ],
    [
      'beside one for the machine, on an address where other machines may know it',
      { kafka: two({ ports: ['127.0.0.1:9092:9092', '10.0.0.1:29092:29092'] }) },
      [],
    ],
    [
      'beside one for the machine and one that containers have to themselves',
      {
        kafka: two(on(9092, 29092), {
          KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT,IN:PLAINTEXT',
          KAFKA_ADVERTISED_LISTENERS: 'IN://kafka:9093,PLAINTEXT://kafka:29092,HOST://localhost:9092',
        }),
      },
      [],
    ],
    ['of the image of Spotify', { kafka: { image: 'spotify/kafka', ...on(9092) } }, [CONTAINER]],
    [
      'of the image of Spotify, with the name of the service',
      { kafka: { image: 'spotify/kafka', ...on(9092), environment: { ADVERTISED_HOST: 'kafka' } } },
      [CONTAINER],
    ],
    [
      'of the image of Spotify, for the machine',
      { kafka: { image: 'spotify/kafka', ...on(9092), environment: { ADVERTISED_HOST: 'localhost' } } },
      [],
    ],
    [
      'of the image of Spotify, with a host from a variable',
      { kafka: { image: 'spotify/kafka', ...on(9092), environment: { ADVERTISED_HOST: `\${HOST}` } } },
      [],
    ],
    ['of a broker that is told nothing to advertise', { kafka: bitnami() }, [CONTAINER]],
    ['of one with a host name', { kafka: bitnami({ hostname: 'k1' }) }, [CONTAINER]],
    ['of one with the name of a machine', { kafka: bitnami({ hostname: 'k1.example.org' }) }, []],
    ['of one with a host name that is not known', { kafka: bitnami({ hostname: `\${NAME}` }) }, []],
    [
      'that shares it with another one, which Kafka refuses',
      {
        kafka: two(on(9092), { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,HOST://localhost:9092' }),
      },
      [],
    ],
    [
      'that advertises a name which other machines know so',
      one('PLAINTEXT://kafka:9092', { ...on(9092), extra_hosts: ['kafka-2:10.0.0.2'] }),
      [],
    ],
    [
      'beside one for the machine that is not published',
      { kafka: two(on(29092)) },
      [
        'published-internal-name: 127.0.0.1:29092:29092',
        'localhost-listener-unpublished: HOST://localhost:9092',
      ],
    ],
    ['of controllers', { kafka: kraftNode({}, on(9093)) }, []],
    [
      'of an image with listeners of its own',
      {
        kafka: zookeeperBroker({}, { image: 'wurstmeister/kafka:2.13-2.8.1', tmpfs: '/kafka', ...on(9092) }),
      },
      ['published-internal-name: 127.0.0.1:9092:9092'],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

describe('a published port whose listener sends clients on to a name inside', () => {
  const found = (text: string) =>
    lintCompose([{ path: 'compose.yml', text }]).filter(({ ruleId }) => ruleId === 'published-internal-name');

  it('is told with the listener that clients have instead', () => {
    const [finding] = found(projectText({ kafka: two(on(9092, 29092)) }));
    expect(finding?.message).toContain('; clients from outside have HOST at localhost:9092.');
    expect(finding?.hint).toContain('Take the entry out');
  });

  it.each(['# 127.0.0.1 kafka stands in /etc/hosts', '# needs an entry in the hosts file'])(
    'is meant so where a comment says "%s"',
    comment => expect(found(`${comment}\n${projectText({ kafka: two(on(9092, 29092)) })}`)).toEqual([]),
  );

  it('is told once for all listeners of a broker', () => {
    const ports = on(9092, 29092, 29093);
    const [finding, ...more] = found(
      projectText({
        kafka: two(ports, {
          KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT,OTHER:PLAINTEXT',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:29092,OTHER://kafka:29093,HOST://localhost:9092',
        }),
      }),
    );
    expect([finding?.also?.length, more]).toEqual([1, []]);
  });

  it('names what is set already where only its host is missing', () => {
    const advertised = { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:29092,HOST://:9092' };
    const [finding] = found(projectText({ kafka: two(on(9092), advertised) }));
    expect(finding?.hint).toContain('Name localhost as the host of HOST in KAFKA_ADVERTISED_LISTENERS');
  });

  it('is told once for the brokers of a cluster', () => {
    const other = two(
      { ports: ['127.0.0.1:9093:9093', '127.0.0.1:39092:29092'] },
      { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://other:29092,HOST://localhost:9093' },
    );
    const [finding, ...more] = found(projectText({ kafka: two(on(9092, 29092)), other }));
    expect(finding?.also).toHaveLength(1);
    expect(more).toEqual([]);
  });
});

describe('a published port at which nothing listens', () => {
  const kafka = (ports: ServiceText, environment: Record<string, string | number> = {}) => ({
    kafka: two({ ...ports }, environment),
  });
  const zookeeper = (port: number, ports: ServiceText) => ({
    zk: {
      image: 'confluentinc/cp-zookeeper:7.9.2',
      tmpfs: '/var/lib/zookeeper',
      environment: { ZOOKEEPER_CLIENT_PORT: port },
      ...ports,
    },
  });
  it.each<Case>([
    ['of a broker', kafka(on(9092, 9094)), ['published-port-unused: 127.0.0.1:9094:9094']],
    ['of a broker, for UDP', kafka({ ports: ['127.0.0.1:9092:9092', '127.0.0.1:9094:9094/udp'] }), []],
    [
      'of JMX',
      kafka(on(9092, 9999), { KAFKA_JMX_PORT: 9101 }),
      ['published-port-unused: 127.0.0.1:9999:9999'],
    ],
    ['is not the port of JMX', kafka(on(9092, 9101), { KAFKA_JMX_PORT: 9101 }), []],
    [
      'is not a range that holds it',
      kafka(on(9092, '127.0.0.1:9100-9110:9100-9110'), { KAFKA_JMX_PORT: 9101 }),
      [],
    ],
    [
      'is not that of a Java agent',
      kafka(on(9092, 7071), { KAFKA_OPTS: '-javaagent:/jmx.jar=7071:/jmx.yml' }),
      [],
    ],
    [
      'is not known beside a Java agent',
      kafka(on(9092, 7072), { EXTRA_ARGS: '-javaagent:/agent.jar=/agent.yml' }),
      [],
    ],
    [
      'beside an agent that says its port',
      kafka(on(9092, 7072), { KAFKA_OPTS: '-javaagent:/jmx.jar=7071:/jmx.yml' }),
      ['published-port-unused: 127.0.0.1:7072:7072'],
    ],
    [
      'where only what is advertised is not known',
      kafka(on(9092, 9094), {
        KAFKA_LISTENERS: 'PLAINTEXT://:29092,HOST://:9092',
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://kafka:29092,HOST://\${NAME}:9092`,
      }),
      ['published-port-unused: 127.0.0.1:9094:9094'],
    ],
    ['is not that of a debugger', kafka(on(9092, 5005), { KAFKA_DEBUG: 'y' }), []],
    [
      'is not one that a variable names',
      kafka(on(9092, 8090), { KAFKA_CONFLUENT_HTTP_SERVER_LISTENERS: 'http://0.0.0.0:8090' }),
      [],
    ],
    ['is not known with a command', { kafka: two({ ...on(9092, 9094), command: 'run.sh' }) }, []],
    [
      'is not known with its own configuration',
      { kafka: two({ ...on(9092, 9094), volumes: ['./conf:/etc/kafka'] }) },
      [],
    ],
    [
      'is not known when another container shares the network',
      { ...kafka(on(9092, 9094)), exporter: { image: 'example/exporter:1', network_mode: 'service:kafka' } },
      [],
    ],
    ['of ZooKeeper', zookeeper(22181, on(2181)), ['published-port-unused: 127.0.0.1:2181:2181']],
    ['is not the port of ZooKeeper', zookeeper(2181, on(2181)), []],
    ['is not the admin server of ZooKeeper', zookeeper(2181, on(8080)), []],
    [
      'of the registry',
      {
        kafka: two({}),
        registry: registry({ SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: 'kafka:29092' }, on(8082)),
      },
      ['localhost-listener-unpublished: HOST://localhost:9092', 'published-port-unused: 127.0.0.1:8082:8082'],
    ],
    [
      'of Kafka Connect',
      {
        connect: {
          image: 'confluentinc/cp-kafka-connect:7.9.2',
          ports: ['8083:8083', '8084:8084'],
          environment: { CONNECT_BOOTSTRAP_SERVERS: 'kafka.example.org:9092' },
        },
      },
      ['published-port-unused: 8084:8084'],
    ],
    [
      'of Kafdrop',
      { kafdrop: { image: 'obsidiandynamics/kafdrop:4.2.0', ports: ['9000:9001'] } },
      ['published-port-unused: 9000:9001'],
    ],
    [
      'is not the port that Kafdrop is told',
      {
        kafdrop: {
          image: 'obsidiandynamics/kafdrop:4.2.0',
          ports: ['9000:9001'],
          environment: { SERVER_PORT: 9001 },
        },
      },
      [],
    ],
    ['is not known of another image', { app: { image: 'example/app:1', ports: ['1:1'] } }, []],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

describe('what could be published instead', () => {
  const hint = (services: Services) =>
    lintCompose([{ path: 'compose.yml', text: projectText(services) }]).find(
      ({ ruleId }) => ruleId === 'published-port-unused',
    )?.hint;
  it.each<[string, Services, string]>([
    [
      'a listener for the machine',
      { kafka: two(on(9999)) },
      'It listens on 29092 and 9092: publish 9092, or take the entry out.',
    ],
    [
      'nothing, where it is published',
      { kafka: two(on(9092, 9999)) },
      'It listens on 29092 and 9092: take the entry out.',
    ],
    [
      'JMX',
      { kafka: two({ ...on(9092, 9999) }, { KAFKA_JMX_PORT: 9101 }) },
      'It listens on 29092, 9092 and 9101: publish 9101, or take the entry out.',
    ],
    [
      'no controller',
      { kafka: kraftNode({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:9092' }, on(9092, 9999)) },
      'It listens on 9092 and 9093: take the entry out.',
    ],
  ])('%s', (_, services, expected) => expect(hint(services)).toBe(expected));
});
