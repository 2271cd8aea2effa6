import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import { projectText, type ServiceText, zookeeperBroker } from '../../support/compose-projects.ts';
import { imageService } from '../../support/health-checks.ts';

/** What is said to answer at which port, of the service and what stands beside it. */
function open(service: ServiceText, more: Record<string, unknown> = {}): string[] {
  const text = projectText({ a: service }, more);
  return lintCompose([{ path: 'compose.yml', text }])
    .filter(({ ruleId }) => ruleId === 'open-port')
    .map(({ message }) => message.replace(/ is open to.*/, ''));
}

const published = (service: ServiceText, ...ports: string[]): ServiceText => ({ ...service, ports });

describe('listeners that Kafka has by itself', () => {
  const WURST = 'wurstmeister/kafka:2.13-2.8.1';
  const BITNAMI = 'bitnamilegacy/kafka:3.7.0';
  const zookeeper = { KAFKA_ZOOKEEPER_CONNECT: 'z.example.org:2181' };
  it.each<[string, ServiceText, string[]]>([
    [
      'wurstmeister, by its older settings',
      imageService(WURST, { ...zookeeper, KAFKA_ADVERTISED_HOST_NAME: '10.0.0.9' }),
      ['Kafka (PLAINTEXT) on port 9092'],
    ],
    [
      'wurstmeister, with what it advertises besides',
      imageService(WURST, {
        ...zookeeper,
        KAFKA_ADVERTISED_HOST_NAME: 'a',
        KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://a:9092',
      }),
      ['Kafka (PLAINTEXT) on port 9092'],
    ],
    [
      'wurstmeister, without a map of protocols',
      imageService(WURST, {
        ...zookeeper,
        KAFKA_LISTENERS: 'PLAINTEXT://:9092',
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://\${ADDRESS}:9092`,
      }),
      ['Kafka (PLAINTEXT) on port 9092'],
    ],
    [
      'wurstmeister, with a login',
      imageService(WURST, { ...zookeeper, KAFKA_LISTENERS: 'SASL_PLAINTEXT://:9092' }),
      [],
    ],
    [
      'wurstmeister, at another port',
      imageService(WURST, { ...zookeeper, KAFKA_ADVERTISED_HOST_NAME: 'a', KAFKA_PORT: '9095' }),
      [],
    ],
    ['wurstmeister, that does not start', imageService(WURST, zookeeper), []],
    ['Bitnami', imageService(BITNAMI, zookeeper), ['Kafka (PLAINTEXT) on port 9092']],
    [
      'Bitnami, by short names',
      imageService(BITNAMI, { ...zookeeper, KAFKA_LISTENERS: 'PLAINTEXT://:9092' }),
      ['Kafka (PLAINTEXT) on port 9092'],
    ],
    [
      'Bitnami, with flags that may say something else',
      imageService(BITNAMI, { ...zookeeper, KAFKA_EXTRA_FLAGS: '--override listeners=SSL://:9092' }),
      [],
    ],
    [
      'Bitnami, with a file of its own',
      { ...imageService(BITNAMI, zookeeper), volumes: ['./server.properties:/bitnami/kafka/config/x'] },
      [],
    ],
    [
      'Confluent, where only the host is not known',
      imageService('confluentinc/cp-kafka:7.9.2', {
        ...zookeeper,
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://\${ADDRESS}:9092`,
      }),
      ['Kafka (PLAINTEXT) on port 9092'],
    ],
    [
      'Confluent, where the port is not known',
      imageService('confluentinc/cp-kafka:7.9.2', {
        ...zookeeper,
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://a:\${PORT}`,
      }),
      [],
    ],
  ])('%s', (_, service, expected) => expect(open(published(service, '9092:9092'))).toEqual(expected));
});

describe('images that are built or not known', () => {
  const LISTENERS = {
    KAFKA_LISTENERS: 'IN://0.0.0.0:9093,OUT://0.0.0.0:9092',
    KAFKA_ADVERTISED_LISTENERS: 'IN://a:9093,OUT://localhost:9092',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'IN:SASL_PLAINTEXT,OUT:PLAINTEXT',
  };
  const OPEN = ['Kafka (OUT) on port 9092'];
  const built = (environment: Record<string, string>, more: ServiceText = {}): ServiceText => ({
    build: '.',
    ...more,
    environment,
  });
  it.each<[string, ServiceText, string[]]>([
    ['built', built(LISTENERS), OPEN],
    ['built with a name of Confluent', built(LISTENERS, { image: 'confluentinc/cp-kafka:7.9.2' }), OPEN],
    ['not known', imageService('registry.example.org/team/kafka:1', LISTENERS), OPEN],
    [
      'with the variables of Bitnami',
      built({ KAFKA_CFG_LISTENERS: 'PLAINTEXT://:9092' }),
      ['Kafka (PLAINTEXT) on port 9092'],
    ],
    [
      'with what is advertised alone',
      built({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://a.example.org:9092' }),
      ['Kafka (PLAINTEXT) on port 9092'],
    ],
    ['for containers only', built({ ...LISTENERS, KAFKA_LISTENERS: 'OUT://127.0.0.1:9092' }), []],
    ['with a login', built({ ...LISTENERS, KAFKA_LISTENERS: 'IN://:9092' }), []],
    ['with no protocol that is known', built({ KAFKA_LISTENERS: 'OUT://:9092' }), []],
    ['with access rights', built({ ...LISTENERS, KAFKA_AUTHORIZER_CLASS_NAME: 'x' }), []],
    ['with a command of its own', built(LISTENERS, { command: 'serve' }), []],
    ['of another program', built({ KAFKA_REST_LISTENERS: 'http://0.0.0.0:9092' }), []],
    ['of a client', built({ KAFKA_BROKERS: 'a:9092' }), []],
  ])('%s', (_, service, expected) => expect(open(published(service, '9092:9092'))).toEqual(expected));
});

describe('JMX', () => {
  const AUTHENTICATE = '-Dcom.sun.management.jmxremote.authenticate';
  const OPEN = ['JMX on port 9999'];
  it.each<[string, ServiceText, string[]]>([
    ['by the variable of Kafka itself', zookeeperBroker({ JMX_PORT: '9999' }), OPEN],
    [
      'by options that ask for nothing',
      zookeeperBroker({ JMX_PORT: '9999', KAFKA_JMX_OPTS: `${AUTHENTICATE}=false` }),
      OPEN,
    ],
    [
      'by options alone',
      zookeeperBroker({ KAFKA_OPTS: `-Dcom.sun.management.jmxremote.port=9999 ${AUTHENTICATE}=false` }),
      OPEN,
    ],
    [
      'by options that leave it to Java, which asks',
      zookeeperBroker({
        JMX_PORT: '9999',
        KAFKA_JMX_OPTS: '-Dcom.sun.management.jmxremote.access.file=/a',
      }),
      [],
    ],
    [
      'by options that are not known',
      zookeeperBroker({ JMX_PORT: '9999', KAFKA_JMX_OPTS: `\${OPTIONS}` }),
      [],
    ],
    [
      'of another program of Confluent with options of its own',
      imageService('confluentinc/cp-ksqldb-server:7.9.2', { JMX_PORT: '9999', KSQL_JMX_OPTS: '-Da=b' }),
      [],
    ],
    ['at another port', zookeeperBroker({ JMX_PORT: '9998' }), []],
    [
      'of another program of Confluent',
      imageService('confluentinc/cp-ksqldb-server:7.9.2', { KSQL_JMX_PORT: '9999' }),
      OPEN,
    ],
    [
      'of a broker that is built',
      { build: '.', environment: { JMX_PORT: '9999', KAFKA_LISTENERS: 'PLAINTEXT://:9092' } },
      OPEN,
    ],
    ['of a program that is not known', imageService('example/app:1', { JMX_PORT: '9999' }), []],
    [
      'of a program that is not known, by options of Java',
      imageService('example/app:1', {
        JAVA_OPTS: `-Dcom.sun.management.jmxremote.port=9999 ${AUTHENTICATE}=false`,
      }),
      OPEN,
    ],
  ])('%s', (_, service, expected) => expect(open(published(service, '9999:9999'))).toEqual(expected));
});

describe('ZooKeeper', () => {
  it.each<[string, ServiceText, number]>([
    ['the official one, early', imageService('zookeeper:3.4'), 1],
    ['the official one', imageService('zookeeper:3.9'), 1],
    [
      'that of Bitnami, which lets everybody in',
      imageService('bitnamilegacy/zookeeper:3.9', { ALLOW_ANONYMOUS_LOGIN: 'yes' }),
      1,
    ],
    [
      'that of Bitnami, with a login',
      imageService('bitnamilegacy/zookeeper:3.9', { ZOO_ENABLE_AUTH: 'yes' }),
      0,
    ],
  ])('%s', (_, service, count) => expect(open(published(service, '2181:2181'))).toHaveLength(count));
});

describe('images with everything in one container', () => {
  const all = (environment: Record<string, string> = {}): ServiceText =>
    published(
      imageService('lensesio/fast-data-dev:3.9.0', environment),
      '2181:2181',
      '9092:9092',
      '3030:3030',
    );
  it.each<[string, ServiceText, string[]]>([
    ['as they come', all(), ['ZooKeeper on port 2181', 'Kafka on port 9092']],
    ['with ports of their own', all({ ZK_PORT: '2182', BROKER_PORT: '2181' }), ['Kafka on port 2181']],
    ['without ZooKeeper’s', all({ ZK_PORT: '0' }), ['Kafka on port 9092']],
    ['with a login', all({ KAFKA_SASL_ENABLED_MECHANISMS: 'PLAIN' }), []],
    ['built upon', { ...all(), build: '.' }, []],
  ])('%s', (_, service, expected) => expect(open(service)).toEqual(expected));
});

describe('programs around Kafka', () => {
  const connect = (environment: Record<string, string> = {}, more: ServiceText = {}): ServiceText => ({
    ...imageService('confluentinc/cp-kafka-connect:7.9.2', environment),
    ports: ['8083:8083'],
    ...more,
  });
  const OPEN = ['Kafka Connect on port 8083'];
  it.each<[string, ServiceText, string[]]>([
    ['Connect', connect(), OPEN],
    [
      'Connect after the installation of a plug-in',
      connect({}, { command: 'sh -c "echo; /etc/confluent/docker/run"' }),
      OPEN,
    ],
    ['Connect by a list', connect({ CONNECT_LISTENERS: 'http://0.0.0.0:8083' }), OPEN],
    ['Connect of Debezium', { image: 'debezium/connect:2.7', ports: ['8083:8083'] }, OPEN],
    ['Connect at another port', connect({ CONNECT_REST_PORT: '28083' }), []],
    ['Connect at another port by a list', connect({ CONNECT_LISTENERS: 'http://0.0.0.0:28083' }), []],
    ['Connect for its own container', connect({ CONNECT_LISTENERS: 'http://localhost:8083' }), []],
    ['Connect with a login', connect({ CONNECT_REST_EXTENSION_CLASSES: 'example.BasicAuth' }), []],
    ['Connect with a login by JAAS', connect({ KAFKA_OPTS: '-Djava.security.auth.login.config=/jaas' }), []],
    ['Connect with certificates', connect({ CONNECT_LISTENERS: 'https://0.0.0.0:8083' }), []],
    ['Connect with a program of its own', connect({}, { command: 'serve' }), []],
    ['Connect built upon', connect({}, { build: '.' }), []],
    [
      'the REST proxy',
      published(imageService('confluentinc/cp-kafka-rest:7.9.2'), '8082:8082'),
      ['The REST proxy on port 8082'],
    ],
    [
      'ksqlDB',
      published(
        imageService('confluentinc/cp-ksqldb-server:7.9.2', { KSQL_LISTENERS: 'http://0.0.0.0:8088' }),
        '8088:8088',
      ),
      ['ksqlDB on port 8088'],
    ],
    [
      'ksqlDB with a login',
      published(
        imageService('confluentinc/ksqldb-server:0.29.0', { KSQL_AUTHENTICATION_METHOD: 'BASIC' }),
        '8088:8088',
      ),
      [],
    ],
  ])('%s', (_, service, expected) => expect(open(service)).toEqual(expected));
});

describe('who a port is for', () => {
  const hintFor = (host: string): string | undefined => {
    const text = projectText(
      {
        kafka: zookeeperBroker(
          { KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${host}:9092` },
          { ports: ['9092:9092'], networks: { inner: { ipv4_address: '172.28.0.5' } } },
        ),
      },
      { networks: { inner: { ipam: { config: [{ subnet: '172.28.0.0/16' }] } } } },
    );
    return lintCompose([{ path: 'compose.yml', text }]).find(({ ruleId }) => ruleId === 'open-port')?.hint;
  };
  it.each([
    ['10.1.2.3', 'Clients on other machines use it as 10.1.2.3:9092'],
    ['172.28.0.5', 'Publish it on 127.0.0.1, unless'],
    ['172.17.0.1', 'Publish it on 127.0.0.1, unless'],
  ])('%s', (host, hint) => expect(hintFor(host)).toContain(hint));
});
