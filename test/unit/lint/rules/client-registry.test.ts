import { describe, expect, it } from 'vitest';
import {
  findingsOf as allFindingsOf,
  registry,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';

/** What the rules of this file find. */
const findingsOf = (services: Readonly<Record<string, ServiceText>>, more: object = {}) =>
  allFindingsOf(services, more).filter(finding => /^(?:client-|service-name-)/.test(finding));

type Services = Record<string, ServiceText>;

const kafka = zookeeperBroker();
const AVRO = { CONNECT_VALUE_CONVERTER: 'io.confluent.connect.avro.AvroConverter' };

describe('a client of the registry', () => {
  const at = (image: string, environment: Record<string, string>, settings: Record<string, string> = {}) =>
    findingsOf({ kafka, registry: registry(settings), client: { image, environment } });
  it.each<[image: string, variable: string, more?: Record<string, string>]>([
    ['confluentinc/cp-kafka-connect:7.9.2', 'CONNECT_VALUE_CONVERTER_SCHEMA_REGISTRY_URL', AVRO],
    ['confluentinc/cp-kafka-rest:7.9.2', 'KAFKA_REST_SCHEMA_REGISTRY_URL'],
    ['confluentinc/cp-ksqldb-server:7.9.2', 'KSQL_KSQL_SCHEMA_REGISTRY_URL'],
    ['confluentinc/cp-enterprise-control-center:7.9.2', 'CONTROL_CENTER_SCHEMA_REGISTRY_URL'],
    ['provectuslabs/kafka-ui:v0.7.2', 'KAFKA_CLUSTERS_0_SCHEMAREGISTRY'],
    ['obsidiandynamics/kafdrop:4.2.0', 'SCHEMAREGISTRY_CONNECT'],
  ])('%s reads %s', (image, variable, more = {}) => {
    expect(at(image, { ...more, [variable]: 'http://registry:8081' })).toEqual([]);
    expect(at(image, { ...more, [variable]: 'http://registry.example.org:80' })).toEqual([]);
    for (const url of ['http://localhost:8081', 'http://regist:8081', 'http://registry:18081'])
      expect(at(image, { ...more, [variable]: url })).toEqual([`client-registry: ${url}`]);
    const other = { SCHEMA_REGISTRY_LISTENERS: 'http://0.0.0.0:18081' };
    expect(at(image, { ...more, [variable]: 'http://registry:18081' }, other)).toEqual([]);
    const two = { SCHEMA_REGISTRY_LISTENERS: 'http://0.0.0.0:8081,https://0.0.0.0:18081' };
    expect(at(image, { ...more, [variable]: 'http://registry:18081' }, two)).toEqual([]);
  });

  it('speaks as the registry does', () => {
    const ask = (url: string, settings: Record<string, string> = {}) =>
      at('provectuslabs/kafka-ui:v0.7.2', { KAFKA_CLUSTERS_0_SCHEMAREGISTRY: url }, settings);
    const secure = { SCHEMA_REGISTRY_LISTENERS: 'https://0.0.0.0:8081' };
    expect(ask('https://registry:8081')).toEqual(['client-registry: https://registry:8081']);
    expect(ask('http://registry:8081', secure)).toEqual(['client-registry: http://registry:8081']);
    expect(ask('https://registry:8081', secure)).toEqual([]);
    const unknown = { SCHEMA_REGISTRY_LISTENERS: `\${SCHEME}://0.0.0.0:8081` };
    expect(ask('https://registry:8081', unknown)).toEqual([]);
  });

  it.each<[string, string, ServiceText, boolean]>([
    ['at its REST proxy', 'all:8082', {}, true],
    ['at its REST proxy, as a URL', 'http://all:8082', {}, true],
    ['at its registry', 'http://all:8081', {}, false],
    ['at a port of its own', 'http://all:9081', { environment: { REGISTRY_PORT: '9081' } }, false],
    [
      'at the usual port, which is not its own',
      'http://all:8081',
      { environment: { REGISTRY_PORT: '9081' } },
      true,
    ],
    ['at a port from a variable', 'http://all:8082', { environment: { REGISTRY_PORT: `\${PORT}` } }, false],
    ['of another program', 'http://all:8082', { command: 'bash' }, false],
  ])('looks into a container with all of Kafka, %s', (_, url, more, isWrong) => {
    const found = findingsOf({
      all: { image: 'landoop/fast-data-dev', ...more },
      ui: { image: 'obsidiandynamics/kafdrop:4.2.0', environment: { SCHEMAREGISTRY_CONNECT: url } },
    });
    expect(found).toEqual(isWrong ? [`client-registry: ${url}`] : []);
  });

  it('is none where the converter needs no schemas', () => {
    const variable = { CONNECT_VALUE_CONVERTER_SCHEMA_REGISTRY_URL: 'http://localhost:8081' };
    const json = { CONNECT_VALUE_CONVERTER: 'org.apache.kafka.connect.json.JsonConverter' };
    expect(at('confluentinc/cp-kafka-connect:7.9.2', { ...variable, ...json })).toEqual([]);
  });
});

describe("a service on the machine's network", () => {
  const host = (service: ServiceText): ServiceText => ({ ...service, network_mode: 'host' });
  const ui = (address: string, more: ServiceText = {}): ServiceText => ({
    image: 'provectuslabs/kafka-ui:v0.7.2',
    ...more,
    environment: { KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: address },
  });
  it.each<[name: string, services: Services, expected: string[]]>([
    ['at the name of a service', { kafka, ui: host(ui('kafka:9092')) }, ['kafka']],
    ['at localhost', { kafka, ui: host(ui('localhost:9092')) }, []],
    [
      'at a name that it knows',
      { kafka, ui: host(ui('kafka:9092', { extra_hosts: ['kafka:127.0.0.1'] })) },
      [],
    ],
    ['at a machine', { kafka, ui: host(ui('kafka.example.org:9092')) }, []],
    ['at machines, one called like a service', { kafka, ui: host(ui('kafka:9092,kafka-2:9092')) }, []],
    [
      'as a registry',
      {
        kafka,
        registry: host(registry({ SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: 'PLAINTEXT://kafka:9092' })),
      },
      ['kafka'],
    ],
    [
      'as a broker, with its ZooKeeper',
      {
        zk: {
          image: 'confluentinc/cp-zookeeper:7.9.2',
          tmpfs: '/var/lib/zookeeper',
          environment: { ZOOKEEPER_CLIENT_PORT: 2181 },
        },
        kafka: host(zookeeperBroker({ KAFKA_ZOOKEEPER_CONNECT: 'zk:2181/kafka' })),
      },
      ['zk'],
    ],
    ["not, in the project's network", { kafka, ui: ui('kafka:9092') }, []],
  ])('%s', (_, services, expected) => {
    const found = findingsOf(services).filter(finding => finding.startsWith('service-name-on-host-network'));
    expect(found).toEqual(expected.map(name => `service-name-on-host-network: ${name}`));
  });
});
