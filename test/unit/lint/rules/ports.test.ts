import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import {
  findingsOf,
  kraftNode,
  projectText,
  registry,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';

type Case = [name: string, services: Record<string, ServiceText>, expected: string[]];

const box = (more: ServiceText = {}): ServiceText => ({ image: 'busybox:1.37', ...more });

describe('ports', () => {
  it.each<Case>([
    [
      'on two addresses',
      { a: box({ ports: ['127.0.0.1:80:80'] }), b: box({ ports: ['127.0.0.2:80:80'] }) },
      [],
    ],
    [
      'on one and on all',
      { a: box({ ports: ['127.0.0.1:80:80'] }), b: box({ ports: ['80:80'] }) },
      ['port-published-twice: 80:80'],
    ],
    ['by two protocols', { a: box({ ports: ['53:53'] }), b: box({ ports: ['53:53/udp'] }) }, []],
    [
      'in overlapping ranges',
      { a: box({ ports: ['80-90:80-90'] }), b: box({ ports: ['90:1'] }) },
      ['port-published-twice: 90:1'],
    ],
    [
      'in a range of which one is free',
      { a: box({ ports: ['80-90:80'] }), b: box({ ports: ['80-90:80'] }) },
      [],
    ],
    [
      'for two ports of one container',
      { a: box({ ports: ['80:80', '80:81'] }) },
      ['port-published-twice: 80:81'],
    ],
    [
      'in profiles of their own',
      { a: box({ ports: ['80:80'], profiles: ['x'] }), b: box({ ports: ['80:80'], profiles: ['y'] }) },
      [],
    ],
    [
      'in a profile and always',
      { a: box({ ports: ['80:80'], profiles: ['x'] }), b: box({ ports: ['80:80'] }) },
      ['port-published-twice: 80:80'],
    ],
    ['without a port of the machine', { a: box({ ports: ['80'] }), b: box({ ports: ['80'] }) }, []],
    [
      'in the long form',
      { a: box({ ports: ['80:80'] }), b: box({ ports: [{ target: 1, published: '80' }] }) },
      [expect.stringMatching(/^port-published-twice: target: 1/)],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));

  const sharing = (...ports: number[]) =>
    lintCompose([
      {
        path: 'compose.yml',
        text: projectText(
          Object.fromEntries(ports.map((port, index) => [`s${index}`, box({ ports: [`${port}:80`] })])),
        ),
      },
    ]).map(({ severity, also = [] }) => `${severity} +${also.length}`);

  it('of many services, of which some are chosen', () =>
    expect(sharing(1, 2, 3, 1, 2, 3)).toEqual(['warning +2']));
  it('of many services with one of them', () =>
    expect(sharing(1, 1, 1, 1)).toEqual(['error +0', 'error +0', 'error +0']));
  it('of few services', () => expect(sharing(1, 2, 1, 2)).toEqual(['error +0', 'error +0']));
});

/** What the image demands for secure listeners; the rule for that has tests of its own. */
const DEMANDED = {
  KAFKA_SSL_KEYSTORE_FILENAME: 'kafka.jks',
  KAFKA_SSL_KEYSTORE_CREDENTIALS: 'store',
  KAFKA_SSL_KEY_CREDENTIALS: 'key',
  KAFKA_SSL_TRUSTSTORE_FILENAME: 'trust.jks',
  KAFKA_SSL_TRUSTSTORE_CREDENTIALS: 'trust',
  KAFKA_OPTS: '-Dname=value',
};

describe('open ports', () => {
  const broker = (environment: Record<string, string>, ports: unknown[]) => ({
    kafka: zookeeperBroker({ ...DEMANDED, ...environment }, { ports }),
  });
  it.each<Case>([
    ['plain text', broker({}, ['9092:9092']), ['open-port: 9092:9092']],
    ['0.0.0.0', broker({}, ['0.0.0.0:9092:9092']), ['open-port: 0.0.0.0:9092:9092']],
    ['one address', broker({}, ['10.0.0.1:9092:9092']), []],
    ['any port of the machine', broker({}, ['9092']), ['open-port: "9092"']],
    ['any port of the machine, by UDP', broker({}, ['9092/udp']), []],
    ['a port nobody listens on', broker({}, ['9999:9999']), []],
    [
      'SASL',
      broker(
        {
          KAFKA_ADVERTISED_LISTENERS: 'SASL_SSL://kafka:9092',
          KAFKA_SECURITY_INTER_BROKER_PROTOCOL: 'SASL_SSL',
        },
        ['9092:9092'],
      ),
      [],
    ],
    [
      'encrypted only',
      broker(
        { KAFKA_ADVERTISED_LISTENERS: 'SSL://kafka:9092', KAFKA_SECURITY_INTER_BROKER_PROTOCOL: 'SSL' },
        ['9092:9092'],
      ),
      ['open-port: 9092:9092'],
    ],
    [
      'client certificates',
      broker(
        {
          KAFKA_ADVERTISED_LISTENERS: 'SSL://kafka:9092',
          KAFKA_SECURITY_INTER_BROKER_PROTOCOL: 'SSL',
          KAFKA_SSL_CLIENT_AUTH: 'required',
        },
        ['9092:9092'],
      ),
      [],
    ],
    ['JMX', broker({ KAFKA_JMX_PORT: '9101' }, ['9101:9101']), ['open-port: 9101:9101']],
    [
      'JMX with a login',
      broker({ KAFKA_JMX_PORT: '9101', KAFKA_JMX_OPTS: '-Dcom.sun.management.jmxremote.authenticate=true' }, [
        '9101:9101',
      ]),
      [],
    ],
    ['a controller', { kafka: kraftNode({}, { ports: ['9093:9093'] }) }, ['open-port: 9093:9093']],
    [
      'the registry',
      {
        registry: registry(
          { SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: 'kafka.example.org:9092' },
          { ports: ['8081:8081'] },
        ),
      },
      ['open-port: 8081:8081'],
    ],
    [
      'the registry with a login',
      {
        registry: registry(
          {
            SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: 'kafka.example.org:9092',
            SCHEMA_REGISTRY_AUTHENTICATION_METHOD: 'BASIC',
          },
          { ports: ['8081:8081'] },
        ),
      },
      [],
    ],
    [
      'the registry on a port of its own',
      {
        registry: registry(
          {
            SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: 'kafka.example.org:9092',
            SCHEMA_REGISTRY_LISTENERS: 'http://0.0.0.0:8085',
          },
          { ports: ['8085:8085'] },
        ),
      },
      ['open-port: 8085:8085'],
    ],
    [
      'ZooKeeper with a login',
      {
        z: {
          image: 'zookeeper:3.9',
          tmpfs: ['/data', '/datalog'],
          ports: ['2181:2181'],
          environment: { JVMFLAGS: '-Djava.security.auth.login.config=/jaas.conf' },
        },
      },
      [],
    ],
    ['something else', { db: { image: 'postgres:17', ports: ['5432:5432'] } }, []],
  ])('%s', (_, services, expected) =>
    expect(findingsOf(services).filter(finding => !finding.startsWith('published-'))).toEqual(expected),
  );
});

describe('who a port is open to', () => {
  const told = (services: Record<string, ServiceText>) => {
    const [finding] = lintCompose([{ path: 'compose.yml', text: projectText(services) }]).filter(
      ({ ruleId }) => ruleId === 'open-port',
    );
    return finding;
  };

  it('a port that Docker picks is called so', () => {
    const finding = told({
      kafka: zookeeperBroker(
        { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:9092' },
        { ports: ['9092'] },
      ),
    });
    expect(finding?.message).toContain(
      'on port 9092 of the container, at a port of the machine that Docker picks,',
    );
    expect(finding?.proposal).toBe('"127.0.0.1::9092"');
  });

  it.each<[string, Record<string, string>, string]>([
    ['Kafka', { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka.example.org:9092' }, 'kafka.example.org:9092'],
    ['Kafka by number', { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://10.1.2.3:9092' }, '10.1.2.3:9092'],
    ['JMX', { KAFKA_JMX_PORT: '9092', KAFKA_JMX_HOSTNAME: 'jmx.example.org' }, 'jmx.example.org:9092'],
    [
      'JMX by an option',
      {
        KAFKA_JMX_PORT: '9092',
        KAFKA_JMX_OPTS:
          '-Dcom.sun.management.jmxremote.authenticate=false -Djava.rmi.server.hostname=jmx.example.org',
      },
      'jmx.example.org:9092',
    ],
  ])('%s with a name for other machines is not to be shut', (_, environment, address) => {
    const finding = told({ kafka: zookeeperBroker(environment, { ports: ['9092:9092'] }) });
    expect(finding?.hint).toContain(`Clients on other machines use it as ${address}: `);
    expect([finding?.edits, finding?.proposal]).toEqual([undefined, undefined]);
  });

  it.each<[string, Record<string, string>]>([
    ['Kafka', { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://host.docker.internal:9092' }],
    ['JMX', { KAFKA_JMX_PORT: '9092', KAFKA_JMX_HOSTNAME: 'localhost' }],
  ])('%s without such a name is proposed for the machine alone', (_, environment) => {
    const finding = told({ kafka: zookeeperBroker(environment, { ports: ['9092:9092/tcp'] }) });
    expect(finding).toMatchObject({
      hint: 'Publish it on 127.0.0.1, unless clients on other machines use it.',
      proposal: '"127.0.0.1:9092:9092"',
    });
  });

  it('Kafka with a name that only containers know is not to be published at all', () => {
    const broker = (more: object) =>
      zookeeperBroker(
        { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092' },
        { ports: ['9092:9092'], ...more },
      );
    const finding = told({ kafka: broker({}) });
    expect(finding?.hint).toContain('Do not publish it: clients are sent on to kafka:9092,');
    expect([finding?.edits, finding?.proposal]).toEqual([undefined, undefined]);
    expect(told({ kafka: broker({ hostname: 'a' }) })?.hint).toBe(finding?.hint);
    const environment = { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://192.0.2.5:9092' };
    const named = zookeeperBroker(environment, { ports: ['9092:9092'], hostname: '192.0.2.5' });
    expect(told({ kafka: named })?.hint).not.toContain('Do not publish it');
  });

  it('on the network of the machine nothing is published', () => {
    const kafka = zookeeperBroker({}, { ports: ['9092:9092'], network_mode: 'host' });
    expect(told({ kafka })).toBeUndefined();
  });
});
