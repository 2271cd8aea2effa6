import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { lintCompose } from '../../../../src/lint/lint.ts';

/** `SEVERITY: VALUE` of what is said about quotes in a service with this image and this list of variables. */
function found(image: string, environment: unknown, more: object = {}, files: Record<string, string> = {}) {
  const text = stringify({ services: { a: { image, environment, ...more } } });
  return lintCompose([{ path: 'compose.yml', text }], { readFile: path => files[path] })
    .filter(({ ruleId }) => ruleId === 'quotes-in-value')
    .map(({ severity, place }) => `${severity}: ${text.slice(place.start, place.end)}`);
}

describe('quotes', () => {
  const CONFLUENT = 'confluentinc/cp-kafka:7.9.2';
  it.each<[string, string, string, string[]]>([
    ['an address', CONFLUENT, 'KAFKA_ZOOKEEPER_CONNECT="z:2181"', ['error: "z:2181"']],
    ['single quotes', CONFLUENT, "KAFKA_LISTENERS='PLAINTEXT://:9092'", ["error: 'PLAINTEXT://:9092'"]],
    ['a number', CONFLUENT, 'KAFKA_NUM_PARTITIONS="3"', ['error: "3"']],
    ['a switch', CONFLUENT, 'KAFKA_AUTO_CREATE_TOPICS_ENABLE="true"', ['error: "true"']],
    ['a setting that nobody knows', CONFLUENT, 'KAFKA_OURS="3"', ['warning: "3"']],
    ['any text', CONFLUENT, 'KAFKA_BROKER_RACK="1"', ['warning: "1"']],
    ['options of Java', CONFLUENT, 'KAFKA_HEAP_OPTS="-Xmx1g"', ['error: "-Xmx1g"']],
    [
      'options that a script puts in quotes',
      'wurstmeister/kafka:2.13-2.8.1',
      'KAFKA_HEAP_OPTS="-Xmx1g"',
      ['warning: "-Xmx1g"'],
    ],
    ['no quotes', CONFLUENT, 'KAFKA_ZOOKEEPER_CONNECT=z:2181', []],
    ['quotes inside', CONFLUENT, 'KAFKA_OURS="a","b"', []],
    ['one quote', CONFLUENT, 'KAFKA_OURS="a', []],
    ['nothing in quotes', CONFLUENT, 'KAFKA_NUM_PARTITIONS=""', ['warning: ""']],
    ['ZooKeeper', 'confluentinc/cp-zookeeper:7.9.2', 'ZOOKEEPER_CLIENT_PORT="2181"', ['error: "2181"']],
    ['the official ZooKeeper', 'zookeeper:3.9', 'ZOO_MY_ID="1"', ['error: "1"']],
    [
      'a switch that Bitnami demands',
      'bitnamilegacy/zookeeper:3.9',
      'ALLOW_ANONYMOUS_LOGIN="yes"',
      ['error: "yes"'],
    ],
    ['Bitnami', 'bitnamilegacy/kafka:3.9.0', 'KAFKA_CFG_NODE_ID="1"', ['error: "1"']],
    [
      'the registry',
      'confluentinc/cp-schema-registry:8.1.1',
      'SCHEMA_REGISTRY_LISTENERS="http://:8081"',
      ['error: "http://:8081"'],
    ],
    [
      'Connect',
      'confluentinc/cp-kafka-connect:8.1.1',
      'CONNECT_BOOTSTRAP_SERVERS="k:9092"',
      ['error: "k:9092"'],
    ],
    [
      'another program',
      'provectuslabs/kafka-ui:v0.7.2',
      'KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS="k:9092"',
      ['warning: "k:9092"'],
    ],
    ['a password of another program', 'postgres:17', 'POSTGRES_PASSWORD="secret"', []],
  ])('%s', (_, image, variable, expected) => expect(found(image, [variable])).toEqual(expected));

  it('are no part of a value in the other form', () =>
    expect(found(CONFLUENT, { KAFKA_NUM_PARTITIONS: '3', KAFKA_BROKER_ID: '1' })).toEqual([]));
  it('are no part of a value in a file', () =>
    expect(found(CONFLUENT, [], { env_file: 'a.env' }, { 'a.env': 'KAFKA_NUM_PARTITIONS="3"\n' })).toEqual(
      [],
    ));
  it('may be meant for a command of its own', () =>
    expect(found(CONFLUENT, ['KAFKA_NUM_PARTITIONS="3"'], { command: 'run' })).toEqual(['warning: "3"']));
});
