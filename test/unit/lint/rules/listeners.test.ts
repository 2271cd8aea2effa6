import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import {
  findingsIn,
  findingsOf,
  kraftNode,
  projectText,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';

type Case = [name: string, services: Record<string, ServiceText>, expected: string[]];

const MAP = { KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT' };
const both = (name: string, port: number, ports: unknown[], environment: Record<string, string> = {}) =>
  zookeeperBroker(
    {
      ...MAP,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${name}:9092,HOST://localhost:${port}`,
      ...environment,
    },
    { ports },
  );

describe('advertised listeners', () => {
  it.each<Case>([
    ['inside and on the machine', { kafka: both('kafka', 19092, ['127.0.0.1:19092:19092']) }, []],
    [
      'a port published under another number',
      { kafka: both('kafka', 19092, ['127.0.0.1:9092:19092']) },
      ['advertised-port-not-published: HOST://localhost:19092'],
    ],
    [
      'another port inside',
      {
        kafka: both('kafka', 19092, ['127.0.0.1:19092:9093'], {
          KAFKA_LISTENERS: 'PLAINTEXT://:9092,HOST://:9093',
        }),
      },
      [],
    ],
    [
      'the port of the other listener',
      {
        kafka: both('kafka', 19092, ['127.0.0.1:19092:9092'], {
          KAFKA_LISTENERS: 'PLAINTEXT://:9092,HOST://:9093',
        }),
      },
      ['advertised-port-not-published: HOST://localhost:19092'],
    ],
    [
      'no port published',
      { kafka: both('kafka', 19092, []) },
      ['localhost-listener-unpublished: HOST://localhost:19092'],
    ],
    ['in a range', { kafka: both('kafka', 19092, ['127.0.0.1:19090-19095:19090-19095']) }, []],
    [
      'on a listener for the container itself',
      { kafka: both('kafka', 19092, [], { KAFKA_LISTENERS: 'PLAINTEXT://:9092,HOST://127.0.0.1:19092' }) },
      [],
    ],
    [
      'a port from a variable',
      { kafka: both('kafka', 19092, [`127.0.0.1:\${PORT}:19092`]) },
      [`variable-unset: 127.0.0.1:\${PORT}:19092`],
    ],
    [
      'in the network of the machine',
      {
        kafka: zookeeperBroker(
          { ...MAP, KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:9092' },
          { network_mode: 'host' },
        ),
      },
      ['host-access: host'],
    ],
    [
      'a machine elsewhere',
      {
        kafka: zookeeperBroker({
          ...MAP,
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,HOST://10.0.0.7:9093',
        }),
      },
      [],
    ],
    [
      'two brokers at one address',
      { a: both('a', 19092, ['127.0.0.1:19092:19092']), b: both('b', 19092, ['127.0.0.1:29092:19092']) },
      ['advertised-listener-duplicate: HOST://localhost:19092'],
    ],
    [
      'no host',
      {
        a: zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://:9092' }),
        b: zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://:9092' }),
      },
      [],
    ],
    [
      'all addresses',
      { kafka: zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://0.0.0.0:9092' }) },
      ['advertised-wildcard: PLAINTEXT://0.0.0.0:9092'],
    ],
    [
      'all addresses of version 6',
      { kafka: zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://[::]:9092' }) },
      ['advertised-wildcard: PLAINTEXT://[::]:9092'],
    ],
    [
      'from a variable that is not set',
      { kafka: zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://\${IP}:9092` }) },
      [`variable-unset: PLAINTEXT://\${IP}:9092`],
    ],
    [
      'none, on apache/kafka that listens on a name',
      {
        kafka: kraftNode(
          { KAFKA_ADVERTISED_LISTENERS: '', KAFKA_LOG_DIRS: '/var/lib/kafka/data' },
          { image: 'apache/kafka:4.1.1' },
        ),
      },
      [],
    ],
    [
      'none, on apache/kafka that listens everywhere',
      {
        kafka: kraftNode(
          {
            KAFKA_ADVERTISED_LISTENERS: '',
            KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093',
            KAFKA_LOG_DIRS: '/var/lib/kafka/data',
          },
          { image: 'apache/kafka:4.1.1' },
        ),
      },
      ['advertised-listener-missing: PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093'],
    ],
    [
      'none, in an env file that is not there',
      { kafka: { image: 'confluentinc/cp-kafka:8.1.1', env_file: 'kafka.env', tmpfs: '/var/lib/kafka' } },
      ['file-missing: kafka.env'],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));

  it('have white space between them, and over several lines', () => {
    const text = `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    tmpfs: /var/lib/kafka
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: A:PLAINTEXT, B:PLAINTEXT
      KAFKA_INTER_BROKER_LISTENER_NAME: A
      KAFKA_ADVERTISED_LISTENERS: >-
        A://kafka:9092,
        B://0.0.0.0:9093
`;
    expect(findingsIn(text)).toEqual([expect.stringMatching(/^advertised-wildcard: >-/)]);
  });
});

describe('the hint for the inter-broker listener', () => {
  const hints = (advertised: string) => {
    const text = projectText({
      kafka: zookeeperBroker({
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'IN:PLAINTEXT,HOST:PLAINTEXT',
        KAFKA_ADVERTISED_LISTENERS: advertised,
      }),
    });
    return lintCompose([{ path: 'compose.yml', text }])
      .filter(({ ruleId }) => ruleId === 'inter-broker-listener-missing')
      .map(({ hint, proposal }) => [hint, proposal]);
  };
  it.each([
    ['HOST://localhost:9092,IN://kafka:9093', 'IN'],
    ['HOST://localhost:9092', 'HOST'],
  ])('of %s is %s: at localhost other brokers find themselves', (advertised, name) =>
    expect(hints(advertised)).toEqual([
      [`Set KAFKA_INTER_BROKER_LISTENER_NAME to ${name}.`, `KAFKA_INTER_BROKER_LISTENER_NAME: ${name}`],
    ]),
  );
});

describe('listeners among brokers', () => {
  it.each<Case>([
    [
      'localhost for two brokers',
      {
        a: zookeeperBroker(
          { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:1' },
          { ports: ['127.0.0.1:1:1'] },
        ),
        b: zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://b:9092' }),
      },
      ['advertised-localhost: PLAINTEXT://localhost:1'],
    ],
    [
      'localhost for one broker',
      {
        a: zookeeperBroker(
          { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:1' },
          { ports: ['127.0.0.1:1:1'] },
        ),
      },
      [],
    ],
    [
      'a listener that is not advertised',
      { kafka: zookeeperBroker({ KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE' }) },
      ['inter-broker-listener-missing: INSIDE'],
    ],
    [
      'none named, and no PLAINTEXT',
      {
        a: zookeeperBroker({
          KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'IN:PLAINTEXT',
          KAFKA_ADVERTISED_LISTENERS: 'IN://a:9092',
        }),
      },
      ['inter-broker-listener-missing: IN://a:9092'],
    ],
    [
      'the protocol named',
      {
        a: zookeeperBroker({
          KAFKA_SECURITY_INTER_BROKER_PROTOCOL: 'SSL',
          KAFKA_ADVERTISED_LISTENERS: 'SSL://a:9092',
          KAFKA_SSL_KEYSTORE_FILENAME: 'kafka.jks',
          KAFKA_SSL_KEYSTORE_CREDENTIALS: 'store',
          KAFKA_SSL_KEY_CREDENTIALS: 'key',
        }),
      },
      [],
    ],
    [
      'in small letters',
      {
        a: zookeeperBroker({
          KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'in:plaintext',
          KAFKA_INTER_BROKER_LISTENER_NAME: 'in',
          KAFKA_ADVERTISED_LISTENERS: 'in://a:9092',
        }),
      },
      [],
    ],
    [
      'not in the map',
      {
        a: zookeeperBroker({
          KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://a:9092,X://x.example.org:1',
        }),
      },
      ['listener-not-mapped: X://x.example.org:1'],
    ],
    [
      'no map, and a name that is no protocol',
      { a: zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://a:9092,X://x.example.org:1' }) },
      ['listener-not-mapped: X://x.example.org:1'],
    ],
    ['controllers without a map', { kafka: kraftNode() }, []],
    [
      'controllers not in the map',
      { kafka: kraftNode({ KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT' }) },
      ['listener-not-mapped: CONTROLLER://:9093'],
    ],
    [
      'a map from a variable',
      { kafka: kraftNode({ KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: `\${MAP}` }) },
      [`variable-unset: \${MAP}`],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});
