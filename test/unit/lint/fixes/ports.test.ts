import { describe, expect, it } from 'vitest';
import { fixCompose } from '../../../../src/lint/fixes/fix.ts';

const fix = (text: string) => {
  const { files, fixed, remaining } = fixCompose([{ path: 'compose.yml', text }]);
  return {
    text: files[0]?.text ?? '',
    diff: files[0]?.diff ?? '',
    fixed: fixed.map(({ ruleId }) => ruleId),
    remaining,
  };
};

/** What changed, line by line. */
const changes = (text: string) =>
  fix(text)
    .diff.split('\n')
    .filter(line => /^[-+](?![-+])/.test(line));

const BROKER = `    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:9092
`;

describe('a port', () => {
  const service = (ports: string, more = '') =>
    `services:\n  kafka:\n    image: confluentinc/cp-kafka:7.9.2\n    tmpfs: /var/lib/kafka\n    ports:${ports}\n${BROKER}${more}`;
  it.each<[string, string, string[]]>([
    ['in quotes', `\n      - '9092:9092'`, [`-      - '9092:9092'`, `+      - '127.0.0.1:9092:9092'`]],
    ['plain', '\n      - 9092:9092', ['-      - 9092:9092', '+      - 127.0.0.1:9092:9092']],
    [
      'for all addresses',
      '\n      - "0.0.0.0:9092:9092"',
      ['-      - "0.0.0.0:9092:9092"', '+      - "127.0.0.1:9092:9092"'],
    ],
    ['for all addresses of version 6, whose clients may know no other', '\n      - "[::]:9092:9092"', []],
    ['with its neighbour, of which nothing is known', '\n      - 9092-9093:9092-9093', []],
    ['with a comment, which may say who uses it', `\n      - '9092:9092' # the laptops`, []],
    ['below a comment', '\n      # the laptops\n      - 9092:9092', []],
    ['in a list with a comment above', ' # for the laptops\n      - 9092:9092', []],
    [
      'in a list with a comment on another',
      '\n      - 9999:9999 # both for the laptops\n      - 9092:9092',
      [],
    ],
    ['in brackets', ' ["9092:9092"]', ['-    ports: ["9092:9092"]', '+    ports: ["127.0.0.1:9092:9092"]']],
    ['in the long form', '\n      - target: 9092\n        published: 9092', ['+        host_ip: 127.0.0.1']],
    [
      'in the long form, the other way round',
      '\n      - published: 9092\n        target: 9092\n        host_ip: 0.0.0.0',
      ['-        host_ip: 0.0.0.0', '+        host_ip: 127.0.0.1'],
    ],
    [
      'in the long form, in braces',
      '\n      - { target: 9092, published: 9092 }',
      [
        '-      - { target: 9092, published: 9092 }',
        '+      - { host_ip: 127.0.0.1, target: 9092, published: 9092 }',
      ],
    ],
    ['from a variable', `\n      - "\${PORT:-9092}:9092"`, []],
  ])('%s', (_, ports, expected) => expect(changes(service(ports))).toEqual(expected));

  it('stays open where brokers have clients elsewhere', () => {
    const text = service(' ["9092:9092"]').replace(
      'PLAINTEXT://localhost:9092',
      'PLAINTEXT://localhost:9092,SSL://kafka.example.org:9093',
    );
    expect(changes(text)).toEqual([]);
  });

  it.each([
    '# kafka is reached from the VM and its host\n',
    '# forwarded by Vagrant\n',
    '# through a tunnel\n',
  ])('stays open where `localhost` may be another machine’s: %j', comment => {
    expect(changes(comment + service(' ["9092:9092"]'))).toEqual([]);
    expect(changes(`# our brokers\n${service(' ["9092:9092"]')}`)).toHaveLength(2);
  });

  it('stays open where its own listener is not for the machine', () => {
    const text = service(' ["9092:9092"]').replace(
      'PLAINTEXT://localhost:9092',
      'PLAINTEXT://kafka:9092,SSL://localhost:9093',
    );
    expect(changes(text)).toEqual([]);
  });

  it('stays open where something answers that clients elsewhere can use', () => {
    const text = `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    ports: ["2181:2181"]
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    ports: ["9092:9092", "9999:9999", "9101", "9090-9091:9090-9091"]
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:9092
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1
      KAFKA_JMX_PORT: 9999
  registry:
    image: confluentinc/cp-schema-registry:7.9.2
    ports:
      - target: 8081
        published: 8081
    environment:
      SCHEMA_REGISTRY_HOST_NAME: registry
      SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: kafka.example.org:9092
`;
    expect(changes(text).filter(line => line.includes('127'))).toEqual([
      '+    ports: ["127.0.0.1:9092:9092", "9999:9999", "9101", "9090-9091:9090-9091"]',
    ]);
    const open = fix(text).remaining.filter(({ ruleId }) => ruleId === 'open-port');
    expect(open.map(({ proposal }) => proposal)).toEqual([
      '"127.0.0.1:2181:2181"',
      '"127.0.0.1:9999:9999"',
      'host_ip: 127.0.0.1',
    ]);
  });
});
