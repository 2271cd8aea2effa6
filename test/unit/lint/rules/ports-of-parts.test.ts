import { describe, expect, it } from 'vitest';
import { fixCompose } from '../../../../src/lint/fixes/fix.ts';
import { lintCompose } from '../../../../src/lint/lint.ts';

const found = (rule: string, text: string) =>
  lintCompose([{ path: 'compose.yml', text }])
    .filter(({ ruleId }) => ruleId === rule)
    .map(({ message, hint }) => `${message.replace(/ is open.*/, '')} - ${hint}`);
const service = (image: string, ports: readonly string[], environment: readonly string[]) => `services:
  a:
    image: ${image}
    ports:
${ports.map(port => `      - ${port}\n`).join('')}    environment:
${environment.map(line => `      ${line}\n`).join('')}`;

describe('a registry that asks for certificates', () => {
  const registry = (listeners: string, port: string) =>
    service(
      'confluentinc/cp-schema-registry:7.9.2',
      [`'${port}:${port}'`],
      [
        'SCHEMA_REGISTRY_HOST_NAME: a',
        'SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: k.example.org:9092',
        `SCHEMA_REGISTRY_LISTENERS: ${listeners}`,
        "SCHEMA_REGISTRY_SSL_CLIENT_AUTH: 'true'",
      ],
    );
  it.each([
    ['is open where it speaks no TLS', 'http://0.0.0.0:8081,https://0.0.0.0:8085', '8081', 1],
    ['asks where it does', 'https://0.0.0.0:8085', '8085', 0],
  ])('%s', (_, listeners, port, count) =>
    expect(found('open-port', registry(listeners, port))).toHaveLength(count),
  );
});

describe('an image with Kafka and ZooKeeper that is told its listeners', () => {
  const both = (protocol: string) =>
    service(
      'obsidiandynamics/kafka',
      ["'2181:2181'", "'9092:9092'"],
      [
        "KAFKA_LISTENERS: 'IN://:29092,OUT://:9092'",
        "KAFKA_ADVERTISED_LISTENERS: 'IN://a:29092,OUT://localhost:9092'",
        `KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'IN:${protocol},OUT:${protocol}'`,
      ],
    );
  it('is open at both', () =>
    expect(found('open-port', both('PLAINTEXT')).map(each => each.replace(/ - .*/, ''))).toEqual([
      'ZooKeeper on port 2181',
      'Kafka (OUT) on port 9092',
    ]));
  it('may ask everybody', () => expect(found('open-port', both('SASL_PLAINTEXT'))).toEqual([]));
});

describe("a controller's port", () => {
  const controller = (voters: string) =>
    service(
      'apache/kafka:4.1.1',
      ["'9093:9093'"],
      [
        'KAFKA_NODE_ID: 1',
        'KAFKA_PROCESS_ROLES: controller',
        'KAFKA_LISTENERS: CONTROLLER://:9093',
        'KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER',
        `KAFKA_CONTROLLER_QUORUM_VOTERS: ${voters}`,
      ],
    );
  it.each([
    ['is of no use to others', '1@a:9093', 'Do not publish it: no client uses it'],
    ['may be for nodes elsewhere', '1@a:9093,2@b.example.org:9093', 'Publish it on 127.0.0.1, unless'],
  ])('%s', (_, voters, hint) => expect(found('open-port', controller(voters))[0]).toContain(hint));
});

describe('listeners that are commented out', () => {
  const broker = (ports: readonly string[], off: string) =>
    service('confluentinc/cp-kafka:7.9.2', ports, [
      'KAFKA_ZOOKEEPER_CONNECT: z.example.org:2181',
      'KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:9092',
      off,
    ]);
  const OFF = '# KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://203.0.113.7:9092,IN://a:19092';
  const unused = (port: string, off: string) => found('published-port-unused', broker([port], off));

  it.each<[string, string, string, RegExp | undefined]>([
    ['need the port that a remark explains', "'19092:19092' # in the cloud", OFF, undefined],
    ['do not have the port', "'19093:19093' # in the cloud", OFF, /publish that/],
    ['have the port', "'19092:19092'", OFF, /^[^-]* - Take the entry out, until/],
    ['are not there', "'19092:19092' # in the cloud", '# nothing', /publish that/],
  ])('%s', (_, port, off, hint) => {
    const all = unused(port, off);
    expect(all).toHaveLength(hint ? 1 : 0);
    if (hint) expect(all[0]).toMatch(hint);
  });

  it.each([
    ['leave a port open that they use', OFF, 0],
    ['bind the port when they are for the machine', '# KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://a:9092', 1],
  ])('%s', (_, off, count) => {
    const text = broker(["'9092:9092'"], off);
    const { fixed } = fixCompose([{ path: 'compose.yml', text }]);
    expect(fixed.filter(({ ruleId }) => ruleId === 'open-port')).toHaveLength(count);
  });
});

describe('an image that was renamed and moves no more', () => {
  it('is not told to have no version', () => {
    expect(found('image-not-pinned', service('quay.io/cloudhut/kowl:master', [], ['A: 1']))).toEqual([]);
    expect(found('image-not-pinned', service('redpandadata/console:master', [], ['A: 1']))).toHaveLength(1);
  });
});
