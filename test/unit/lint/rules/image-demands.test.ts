import { describe, expect, it } from 'vitest';
import { findingsOf, kraftNode, type ServiceText, zookeeperBroker } from '../../support/compose-projects.ts';

type Environment = Readonly<Record<string, string | number>>;

const found = (rule: string, services: Record<string, ServiceText>) =>
  findingsOf(services).filter(finding => finding.startsWith(`${rule}: `));

describe('a variable at which the image stops', () => {
  const confluent = (environment: Environment, more: ServiceText = {}) => ({
    kafka: zookeeperBroker(environment, more),
  });
  const places = (services: Record<string, ServiceText>) => [
    ...found('image-setting-refused', services),
    ...found('unknown-setting', services),
  ];
  it.each<[string, Record<string, ServiceText>, string[]]>([
    ['a port', confluent({ KAFKA_ADVERTISED_PORT: 9092 }), ['image-setting-refused: KAFKA_ADVERTISED_PORT']],
    ['a host', confluent({ KAFKA_HOST: 'kafka' }), ['image-setting-refused: KAFKA_HOST']],
    ['in KRaft mode', { kafka: kraftNode({ KAFKA_PORT: 9092 }) }, ['image-setting-refused: KAFKA_PORT']],
    [
      'in the image for one node',
      { kafka: { image: 'confluentinc/confluent-local:8.1.1', environment: { KAFKA_PORT: 9092 } } },
      ['image-setting-refused: KAFKA_PORT'],
    ],
    [
      'a name that is ignored',
      confluent({ KAFKA_ADVERTISED_HOST_NAME: 'kafka' }),
      ['unknown-setting: KAFKA_ADVERTISED_HOST_NAME'],
    ],
    ['nothing in it', confluent({ KAFKA_PORT: '' }), ['unknown-setting: KAFKA_PORT']],
    [
      'a start script of its own',
      confluent({ KAFKA_PORT: 9092 }, { volumes: ['./run:/etc/confluent/docker/configure'] }),
      ['unknown-setting: KAFKA_PORT'],
    ],
    [
      'another image',
      {
        kafka: {
          image: 'wurstmeister/kafka:2.13-2.8.1',
          environment: {
            KAFKA_ZOOKEEPER_CONNECT: 'zookeeper.example.org',
            KAFKA_ADVERTISED_HOST_NAME: 'kafka',
            KAFKA_ADVERTISED_PORT: 9092,
          },
        },
      },
      [],
    ],
  ])('%s', (_, services, expected) => expect(places(services)).toEqual(expected));
});

describe('secure listeners', () => {
  const keyStore = {
    KAFKA_SSL_KEYSTORE_FILENAME: 'k.jks',
    KAFKA_SSL_KEYSTORE_CREDENTIALS: 'a',
    KAFKA_SSL_KEY_CREDENTIALS: 'b',
  };
  const trustStore = { KAFKA_SSL_TRUSTSTORE_FILENAME: 't.jks', KAFKA_SSL_TRUSTSTORE_CREDENTIALS: 'c' };
  const broker = (advertised: string, environment: Environment = {}, more: ServiceText = {}) => ({
    kafka: zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: advertised, ...environment }, more),
  });
  const at = (...places: string[]) => places.map(place => `secure-listener-incomplete: ${place}`);
  it.each<[string, Record<string, ServiceText>, string[]]>([
    ['plain text', broker('PLAINTEXT://kafka:9092'), []],
    ['TLS', broker('PLAINTEXT://kafka:9092,SSL://kafka:9093'), at('SSL://kafka:9093')],
    ['TLS with its files', broker('SSL://kafka:9093', keyStore), []],
    [
      'TLS with locations, which the script does not read',
      broker('SSL://kafka:9093', { KAFKA_SSL_KEYSTORE_LOCATION: '/etc/kafka/secrets/k.jks' }),
      at('SSL://kafka:9093'),
    ],
    [
      'certificates of clients',
      broker('SSL://kafka:9093', { ...keyStore, KAFKA_SSL_CLIENT_AUTH: 'required' }),
      at('SSL://kafka:9093'),
    ],
    [
      'certificates of clients, with a trust store',
      broker('SSL://kafka:9093', { ...keyStore, ...trustStore, KAFKA_SSL_CLIENT_AUTH: 'requested' }),
      [],
    ],
    [
      'no certificates of clients',
      broker('SSL://k:9093', { ...keyStore, KAFKA_SSL_CLIENT_AUTH: 'none' }),
      [],
    ],
    ['logins', broker('SASL_PLAINTEXT://kafka:9093'), at('SASL_PLAINTEXT://kafka:9093')],
    [
      'logins in a file',
      broker('SASL_PLAINTEXT://kafka:9093', { KAFKA_OPTS: '-Djava.security.auth.login.config=/a' }),
      [],
    ],
    ['both', broker('SASL_SSL://kafka:9093', { KAFKA_OPTS: '-D' }), at('SASL_SSL://kafka:9093')],
    [
      'TLS under a name of its own',
      broker('CLIENTS://kafka:9093', { KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CLIENTS:SSL' }),
      at('CLIENTS://kafka:9093'),
    ],
    [
      'TLS under a name of its own, with a key store',
      broker('CLIENTS://kafka:9093', {
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CLIENTS:SSL',
        KAFKA_LISTENER_NAME_CLIENTS_SSL_KEYSTORE_LOCATION: '/k.jks',
      }),
      [],
    ],
    [
      'logins under a name of their own',
      broker('CLIENTS://kafka:9093', { KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CLIENTS:SASL_PLAINTEXT' }),
      at('CLIENTS://kafka:9093'),
    ],
    [
      'logins in a setting',
      broker('CLIENTS://kafka:9093', {
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CLIENTS:SASL_PLAINTEXT',
        KAFKA_LISTENER_NAME_CLIENTS_PLAIN_SASL_JAAS_CONFIG: 'a',
      }),
      [],
    ],
    [
      'logins in a file of its own',
      broker(
        'CLIENTS://kafka:9093',
        { KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CLIENTS:SASL_PLAINTEXT' },
        { volumes: ['./c:/etc/kafka'] },
      ),
      [],
    ],
    [
      'a name that ends in the protocol',
      broker('OUTER_SSL://kafka:9093', { KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'OUTER_SSL:SSL' }),
      at('OUTER_SSL://kafka:9093'),
    ],
    ['a command of its own', broker('SSL://kafka:9093', {}, { command: 'run' }), []],
    ['variables that are not known', broker('SSL://kafka:9093', {}, { env_file: 'secret.env' }), []],
    [
      'the image of Apache',
      {
        kafka: kraftNode({ KAFKA_ADVERTISED_LISTENERS: 'SSL://kafka:9093' }, { image: 'apache/kafka:4.1.1' }),
      },
      at('SSL://kafka:9093'),
    ],
    [
      'an image that makes its own',
      {
        kafka: {
          image: 'bitnamilegacy/kafka:3.9.0',
          environment: { KAFKA_CFG_ADVERTISED_LISTENERS: 'SSL://kafka:9093' },
        },
      },
      [],
    ],
  ])('%s', (_, services, expected) =>
    expect(found('secure-listener-incomplete', services)).toEqual(expected),
  );
});
