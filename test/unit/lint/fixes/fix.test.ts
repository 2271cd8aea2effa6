import { applyPatch } from 'diff';
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

describe('a fix', () => {
  it('gives a diff that makes the new text of the old', () => {
    const text = `version: "3"\nservices:\n  app:\n    image: busybox:1.37\n`;
    const { text: after, diff } = fix(text);
    expect(applyPatch(text, diff)).toBe(after);
    expect(diff).toMatch(/^--- a\/compose\.yml\n\+\+\+ b\/compose\.yml\n@@ /);
  });

  it('changes nothing where nothing is wrong, or nothing is safe', () => {
    const text = 'services:\n  app:\n    image: busybox\n    container_name: app\n';
    expect(fix(text)).toMatchObject({ text, diff: '', fixed: [] });
  });

  it('leaves a file alone that cannot be read', () => {
    const text = 'version: "3"\nservices: [';
    expect(fix(text)).toMatchObject({ text, diff: '', fixed: [] });
  });
});

describe('the version', () => {
  it.each([
    'services:\n  app:\n    image: busybox:1.37\n    deploy: { placement: { constraints: [node.role == worker] } }\n',
    'services:\n  app:\n    image: busybox:1.37\nnetworks: { default: { driver: overlay } }\n',
  ])('is left to a file for Swarm', rest => {
    expect(fix(`version: "3.8"\n${rest}`)).toMatchObject({ fixed: [], remaining: [] });
  });

  const rest = 'services:\n  app:\n    image: busybox:1.37\n';
  it.each<[string, string]>([
    [`version: '3'\n${rest}`, rest],
    [`# Kafka\nversion: '3' # old\n\n${rest}`, `# Kafka\n\n${rest}`],
    [`version: '3'\r\n${rest.replaceAll('\n', '\r\n')}`, rest.replaceAll('\n', '\r\n')],
    [`${rest}version: '3'`, rest],
    [`version:\n  '3'\n${rest}`, rest],
  ])('%j', (text, expected) => expect(fix(text).text).toBe(expected));

  it('stays where something else is on its line', () => {
    const text = `{ version: '3', services: { app: { image: 'busybox:1.37' } } }\n`;
    expect(fix(text)).toMatchObject({ text, remaining: [{ ruleId: 'obsolete-version' }] });
  });
});

describe('white space in a name', () => {
  const service = (environment: string) =>
    `services:\n  a:\n    image: confluentinc/confluent-local:8.1.1\n    environment:\n${environment}`;
  it.each<[string, string, string[]]>([
    [
      'a key',
      '      KAFKA_NUM PARTITIONS: 3 # three\n',
      ['-      KAFKA_NUM PARTITIONS: 3 # three', '+      KAFKA_NUM_PARTITIONS: 3 # three'],
    ],
    [
      'a key in quotes',
      '      "KAFKA_NUM PARTITIONS": 3\n',
      ['-      "KAFKA_NUM PARTITIONS": 3', '+      "KAFKA_NUM_PARTITIONS": 3'],
    ],
    [
      'an item',
      '      - KAFKA_NUM PARTITIONS=3\n',
      ['-      - KAFKA_NUM PARTITIONS=3', '+      - KAFKA_NUM_PARTITIONS=3'],
    ],
    [
      'an item with a space before the sign',
      '      - "KAFKA_NUM_PARTITIONS =3"\n',
      ['-      - "KAFKA_NUM_PARTITIONS =3"', '+      - "KAFKA_NUM_PARTITIONS=3"'],
    ],
    [
      'two spaces',
      '      KAFKA_NUM  PARTITIONS: 3\n',
      ['-      KAFKA_NUM  PARTITIONS: 3', '+      KAFKA_NUM_PARTITIONS: 3'],
    ],
    ['a setting that moves the data', '      KAFKA_LOG DIRS: /data\n', []],
    ['a setting that deletes data', '      KAFKA_LOG_RETENTION MS: 1000\n', []],
    ['a name that is set already', '      KAFKA_NUM PARTITIONS: 3\n      KAFKA_NUM_PARTITIONS: 1\n', []],
    ['two that mean the same', '      KAFKA_NUM PARTITIONS: 3\n      KAFKA NUM_PARTITIONS: 1\n', []],
    ['a name that is not known', '      KAFKA_NO SETTING: 3\n', []],
    ['a colon in a list', '      - "KAFKA_NUM_PARTITIONS: 3"\n', []],
  ])('%s', (_, environment, expected) => expect(changes(service(environment))).toEqual(expected));
});

it('what has no effect so far gets none with a value that is wrong', () => {
  const text = `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    tmpfs: /var/lib/kafka
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org
      KAFKA_ADVERTISED LISTENERS: PLAINTEXT://0.0.0.0:9092
`;
  expect(fix(text)).toMatchObject({ text, fixed: [] });
  expect(changes(text.replace('0.0.0.0', 'kafka'))).toHaveLength(2);
});

describe('an image', () => {
  const stack = (kafka: string, registry: string, extra = '') =>
    `services:\n  kafka:\n    image: ${kafka}\n    tmpfs: /var/lib/kafka\n${BROKER.replace('localhost', 'kafka')}  registry:\n    image: ${registry}\n    environment: { SCHEMA_REGISTRY_HOST_NAME: r, SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: "kafka:9092" }\n${extra}`;
  const images = (text: string) => [...fix(text).text.matchAll(/image: (.*)/g)].map(match => match[1]);
  it.each<[string, string, string, string[]]>([
    [
      'of everything',
      'confluentinc/cp-kafka:latest',
      '"confluentinc/cp-schema-registry"',
      ['confluentinc/cp-kafka:7.9.2', '"confluentinc/cp-schema-registry:7.9.2"'],
    ],
    [
      'not a registry that may work as it is',
      'confluentinc/cp-kafka:7.5.0',
      'confluentinc/cp-schema-registry:latest',
      ['confluentinc/cp-kafka:7.5.0', 'confluentinc/cp-schema-registry:latest'],
    ],
    [
      'to the last with ZooKeeper, whatever 7 the others have',
      'confluentinc/cp-kafka:latest-ubi8',
      'confluentinc/cp-schema-registry:7.0.1',
      ['confluentinc/cp-kafka:7.9.2', 'confluentinc/cp-schema-registry:7.0.1'],
    ],
    [
      'not to the version of a part that is older',
      'confluentinc/cp-kafka',
      'confluentinc/cp-schema-registry:5.0.0',
      ['confluentinc/cp-kafka', 'confluentinc/cp-schema-registry:5.0.0'],
    ],
    [
      'not beside an image of Confluent of which no tag is known',
      'confluentinc/cp-kafka',
      'confluentinc/cp-some-thing',
      ['confluentinc/cp-kafka', 'confluentinc/cp-some-thing'],
    ],
    [
      'not beside a tag from a variable',
      'confluentinc/cp-kafka',
      `confluentinc/cp-schema-registry:\${V}`,
      ['confluentinc/cp-kafka', `confluentinc/cp-schema-registry:\${V}`],
    ],
    [
      'never like one without ZooKeeper',
      'confluentinc/cp-kafka',
      'confluentinc/cp-schema-registry:8.0.0',
      ['confluentinc/cp-kafka', 'confluentinc/cp-schema-registry:8.0.0'],
    ],
    [
      'from a mirror not at all',
      'registry.example.org/confluentinc/cp-kafka',
      'registry.example.org/confluentinc/cp-schema-registry',
      ['registry.example.org/confluentinc/cp-kafka', 'registry.example.org/confluentinc/cp-schema-registry'],
    ],
    [
      'of others not at all',
      'wurstmeister/kafka',
      'confluentinc/cp-schema-registry',
      ['wurstmeister/kafka', 'confluentinc/cp-schema-registry'],
    ],
    [
      'with a default of a variable not at all',
      `confluentinc/cp-kafka:\${V:-latest}`,
      'confluentinc/cp-schema-registry:7.9.2',
      [`confluentinc/cp-kafka:\${V:-latest}`, 'confluentinc/cp-schema-registry:7.9.2'],
    ],
    [
      '8 not at all',
      'confluentinc/cp-kafka:8.1.1',
      'confluentinc/cp-schema-registry:8.1.1',
      ['confluentinc/cp-kafka:8.1.1', 'confluentinc/cp-schema-registry:8.1.1'],
    ],
  ])('is pinned: %s', (_, kafka, registry, expected) =>
    expect(images(stack(kafka, registry))).toEqual(expected),
  );

  it('is pinned with all of its platform, each told with its own rule', () => {
    const rest =
      '  connect:\n    image: confluentinc/cp-kafka-connect\n  zookeeper:\n    image: confluentinc/cp-zookeeper:latest\n    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }\n';
    const text = stack('confluentinc/cp-kafka', 'confluentinc/cp-schema-registry', rest);
    expect(images(text)).toEqual([
      'confluentinc/cp-kafka:7.9.2',
      'confluentinc/cp-schema-registry:7.9.2',
      'confluentinc/cp-kafka-connect:7.9.2',
      'confluentinc/cp-zookeeper:7.9.2',
    ]);
    expect(fix(text).fixed.filter(id => /image|zookeeper/.test(id))).toEqual([
      'no-zookeeper-mode',
      'image-not-pinned',
      'image-not-pinned',
      'image-not-pinned',
    ]);
  });

  it.each<[string, string, string]>([
    ['an image that ended with 7.9', 'confluentinc/cp-zookeeper', 'confluentinc/cp-zookeeper:7.9.2'],
    ['an image that ended before', 'confluentinc/cp-ksql-server', 'confluentinc/cp-ksql-server'],
    ['an image that goes on', 'confluentinc/cp-kafka-connect:latest', 'confluentinc/cp-kafka-connect:latest'],
    ['an image of another maker', 'zookeeper:latest', 'zookeeper:latest'],
  ])('alone: %s', (_, image, expected) =>
    expect(
      images(`services:\n  a:\n    image: ${image}\n    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }\n`),
    ).toEqual([expected]),
  );

  it('is not pinned where a broker needs what Kafka 3 no longer has', () => {
    const broker = BROKER.replace(
      'environment:\n',
      'environment:\n      KAFKA_AUTHORIZER_CLASS_NAME: kafka.security.auth.SimpleAclAuthorizer\n',
    );
    expect(images(`services:\n  kafka:\n    image: confluentinc/cp-kafka\n${broker}`)).toEqual([
      'confluentinc/cp-kafka',
    ]);
  });
});

describe('the registry', () => {
  const stack = (servers: string, kafka = 'PLAINTEXT://kafka:9092') =>
    `services:\n  kafka:\n    image: confluentinc/cp-kafka:7.9.2\n    tmpfs: /var/lib/kafka\n    environment:\n      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org\n      KAFKA_ADVERTISED_LISTENERS: ${kafka}\n  registry:\n    image: confluentinc/cp-schema-registry:7.9.2\n    environment:\n      SCHEMA_REGISTRY_HOST_NAME: r\n      SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: ${servers}\n`;
  const servers = (text: string) => /SERVERS: (.*)/.exec(fix(text).text)?.[1];
  it.each<[string, string, string]>([
    ['at localhost', 'localhost:9092', 'PLAINTEXT://kafka:9092'],
    ['in quotes', `'PLAINTEXT://127.0.0.1:9092'`, `'PLAINTEXT://kafka:9092'`],
    ['at localhost and where it is', 'kafka:9092,localhost:9092', 'kafka:9092'],
    ['at an unknown name', 'broker:9092', 'broker:9092'],
    ['with a protocol that it does not use', 'SSL://kafka:9092', 'SSL://kafka:9092'],
  ])('looking %s', (_, written, expected) => expect(servers(stack(written))).toBe(expected));

  it('is not told an address that brokers do not advertise', () => {
    expect(servers(stack('localhost:9092', 'PLAINTEXT://10.0.0.1:9092'))).toBe('localhost:9092');
  });
});

describe('several files', () => {
  const files = [
    { path: 'a.yml', text: 'version: "3"\nservices:\n  app:\n    image: busybox:1.37\n' },
    { path: 'b.yml', text: 'version: "3"\nservices:\n  app:\n    restart: always\n' },
  ];

  it('are each changed', () => {
    const { files: after, fixed } = fixCompose(files);
    expect(after.map(({ diff }) => diff.includes('-version: "3"'))).toEqual([true, true]);
    expect(fixed.map(({ place }) => place.file)).toEqual(['a.yml', 'b.yml']);
  });

  it('that are only named are not', () => {
    const {
      files: after,
      fixed,
      remaining,
    } = fixCompose(
      [{ path: 'a.yml', text: 'services:\n  app:\n    extends: { file: base.yml, service: a }\n' }],
      {
        readFile: path =>
          path === 'base.yml'
            ? 'services:\n  a:\n    image: confluentinc/confluent-local:8.1.1\n    environment:\n      KAFKA_NUM PARTITIONS: 3\n'
            : undefined,
      },
    );
    expect([after[0]?.diff, fixed]).toEqual(['', []]);
    expect(remaining).toMatchObject([{ ruleId: 'environment-name-whitespace', place: { file: 'base.yml' } }]);
  });
});
