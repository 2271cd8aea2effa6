import { describe, expect, it } from 'vitest';
import { registry, type ServiceText, zookeeperBroker } from '../../support/compose-projects.ts';
import { type CheckTest, confluentZooKeeper, verdictOf } from '../../support/health-checks.ts';

describe('addresses', () => {
  const listen = (listeners: string) =>
    zookeeperBroker({
      KAFKA_LISTENERS: listeners,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,A:SSL',
    });
  const nothing = (port: number, known: string) => `nothing in "kafka" listens on ${port} (known: ${known})`;
  const open = (address: string) => `nc -z ${address.replace(':', ' ')}`;
  it.each<[string, ServiceText, CheckTest, string]>([
    ['a listener', listen('PLAINTEXT://:9092'), open('localhost:9092'), 'yes'],
    ['a port of none', listen('PLAINTEXT://:9092'), open('localhost:29092'), nothing(29092, '9092')],
    [
      'a tool at a port of none',
      listen('PLAINTEXT://:9092'),
      'kafka-topics --list --bootstrap-server localhost:29092 || exit 1',
      nothing(29092, '9092'),
    ],
    [
      'one port of two',
      listen('PLAINTEXT://:9092'),
      'kafka-topics --list --bootstrap-server localhost:29092,localhost:9092',
      'unknown',
    ],
    [
      'a port of something else',
      zookeeperBroker({ KAFKA_JMX_PORT: '9101' }),
      open('localhost:9101'),
      'unknown',
    ],
    ['another machine', listen('PLAINTEXT://:9092'), open('other:29092'), 'unknown'],
    ['the service itself', listen('PLAINTEXT://:9092'), open('kafka:29092'), nothing(29092, '9092')],
    [
      'bound to the name',
      listen('PLAINTEXT://kafka:9092'),
      open('localhost:9092'),
      '"kafka" listens on kafka only, not on localhost',
    ],
    ['asked by that name', listen('PLAINTEXT://kafka:9092'), open('kafka:9092'), 'yes'],
    [
      'bound to localhost',
      listen('PLAINTEXT://localhost:9092'),
      open('kafka:9092'),
      '"kafka" listens on localhost only, not on kafka',
    ],
    [
      'bound to another name',
      listen('PLAINTEXT://broker.example.org:9092'),
      open('localhost:9092'),
      'unknown',
    ],
    [
      'on the network of the machine',
      { ...listen('PLAINTEXT://:9092'), network_mode: 'host' },
      open('localhost:29092'),
      'unknown',
    ],
    [
      'a tool that speaks plain text to TLS',
      listen('A://:9092'),
      'kafka-topics --bootstrap-server localhost:9092 --list',
      'unknown',
    ],
    [
      'a tool that is sent elsewhere',
      zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://192.0.2.1:9092' }),
      'kafka-topics --bootstrap-server localhost:9092 --list',
      'unknown',
    ],
    [
      'ZooKeeper at another port',
      confluentZooKeeper({ ZOOKEEPER_CLIENT_PORT: '2182' }),
      open('localhost:2181'),
      nothing(2181, '2182'),
    ],
    ['ZooKeeper at its admin server', confluentZooKeeper(), 'nc -z localhost 8080', 'unknown'],
    ['the registry', registry(), 'curl -f http://localhost:8081/subjects', 'yes'],
    [
      'the registry at another port',
      registry({ SCHEMA_REGISTRY_LISTENERS: 'http://0.0.0.0:8085' }),
      'curl -f http://localhost:8086',
      nothing(8086, '8085'),
    ],
    [
      'settings in a file',
      { ...listen('PLAINTEXT://:9092'), env_file: 'more.env' },
      open('localhost:29092'),
      'unknown',
    ],
  ])('%s', (_, service, test, expected) => expect(verdictOf(service, test)).toBe(expected));
});

describe('time', () => {
  const check = 'nc -z localhost 9092';
  it.each<[string, CheckTest, object, string]>([
    ['as Docker does', check, {}, 'yes'],
    ['not long enough', check, { interval: '2s', retries: 3 }, 'unknown'],
    ['with a start', check, { interval: '2s', retries: 3, start_period: '1m' }, 'yes'],
    ['a tool in Java', 'kafka-topics --bootstrap-server localhost:9092 --list', { timeout: '5s' }, 'unknown'],
    ['always right', 'exit 0', {}, 'yes'],
    ['switched off', check, { disable: true }, 'unknown'],
  ])('%s', (_, test, more, expected) => expect(verdictOf(zookeeperBroker(), test, more)).toBe(expected));
});
