import { describe, expect, it } from 'vitest';
import {
  findingsOf,
  kraftNode,
  registry,
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

describe('the registry', () => {
  const at = (
    servers: string,
    more: Record<string, string> = {},
    broker: ServiceText = zookeeperBroker(),
  ) => ({
    kafka: broker,
    registry: registry(
      { SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: servers, ...more },
      { image: 'confluentinc/cp-schema-registry:7.9.2' },
    ),
  });
  it.each<Case>([
    ['the name of the broker', at('kafka:9092'), []],
    ['with its protocol', at('PLAINTEXT://kafka:9092'), []],
    ['localhost', at('localhost:9092,kafka:9092'), ['registry-bootstrap: localhost:9092']],
    ['127.0.0.1', at('PLAINTEXT://127.0.0.1:9092'), ['registry-bootstrap: PLAINTEXT://127.0.0.1:9092']],
    ['a name that no service has', at('broker:9092'), ['registry-bootstrap: broker:9092']],
    ['a machine elsewhere', at('broker.example.org:9092'), []],
    ['a port nobody listens on', at('kafka:29092'), ['registry-bootstrap: kafka:29092']],
    ['a wrong port beside a right address', at('kafka:29092,kafka:9092'), []],
    ['another protocol beside its own', at('SASL_SSL://kafka:9093,PLAINTEXT://kafka:9092'), []],
    ['another protocol', at('SASL_SSL://kafka:9092'), ['registry-bootstrap: SASL_SSL://kafka:9092']],
    [
      'another protocol, as it is told',
      at('SASL_SSL://kafka:9092', { SCHEMA_REGISTRY_KAFKASTORE_SECURITY_PROTOCOL: 'SASL_SSL' }),
      [],
    ],
    [
      'a listener that sends it to localhost',
      at('kafka:19092', {}, both('kafka', 19092, ['127.0.0.1:19092:19092'])),
      ['registry-bootstrap: kafka:19092'],
    ],
    [
      'the listener of controllers',
      {
        kafka: kraftNode(),
        registry: registry({ SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: 'kafka:9093' }),
      },
      ['registry-bootstrap: kafka:9093'],
    ],
    ['another container', { ...at('db:9092'), db: { image: 'postgres:17' } }, []],
    ['the hostname of the broker', { ...at('k1:9092', {}, zookeeperBroker({}, { hostname: 'k1' })) }, []],
    ['from a variable', at(`\${SERVERS}`), [`variable-unset: \${SERVERS}`]],
    [
      'no host name',
      {
        registry: {
          image: 'confluentinc/cp-schema-registry:7.9.2',
          environment: { SCHEMA_REGISTRY_KAFKASTORE_CONNECTION_URL: 'zookeeper.example.org' },
        },
      },
      ['image-setting-missing: environment'],
    ],
    [
      'only ZooKeeper, in version 8',
      {
        registry: {
          image: 'confluentinc/cp-schema-registry:8.1.1',
          environment: {
            SCHEMA_REGISTRY_HOST_NAME: 'r',
            SCHEMA_REGISTRY_KAFKASTORE_CONNECTION_URL: 'zookeeper.example.org',
          },
        },
      },
      ['image-setting-missing: environment'],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));

  it('may be told another protocol that the listener speaks', () => {
    const broker = zookeeperBroker({
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,SSL://kafka:9093',
    });
    const of = (servers: string) =>
      findingsOf(at(servers, {}, broker)).filter(finding => finding.startsWith('registry-bootstrap'));
    expect(of('SSL://kafka:9093')).toEqual([]);
    expect(of('SSL://kafka:9092')).toEqual(['registry-bootstrap: SSL://kafka:9092']);
  });
});
