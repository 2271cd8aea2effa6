import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../src/lint/lint.ts';
import { kraftNode, projectText, zookeeperBroker } from '../support/compose-projects.ts';

const lint = (text: string, path = 'compose.yml') => lintCompose([{ path, text }]);
const found = (text: string, path?: string) =>
  lint(text, path).map(({ ruleId, severity, also = [] }) => `${severity} ${ruleId} +${also.length}`);

describe('one mistake of several services', () => {
  it.each<[string, string, string[]]>([
    [
      'a network that is not declared',
      'services:\n  a: { image: "x:1", networks: [gone] }\n  b: { image: "x:1", networks: [gone, other] }\n',
      ['error undefined-reference +1', 'error undefined-reference +0'],
    ],
    [
      'a service that is not there',
      'services:\n  a: { image: "x:1", depends_on: [gone] }\n  b: { image: "x:1", depends_on: [gone] }\n',
      ['error undefined-reference +1'],
    ],
    [
      'a file that is not there',
      'services:\n  a: { image: "x:1", env_file: gone.env }\n  b: { image: "x:1", env_file: gone.env }\n',
      ['error file-missing +1'],
    ],
    [
      'a voter',
      projectText({
        a: kraftNode({
          KAFKA_CONTROLLER_QUORUM_VOTERS: '1@gone:9093',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://a:9092',
        }),
        b: kraftNode({
          KAFKA_CONTROLLER_QUORUM_VOTERS: '1@gone:9093',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://b:9092',
          KAFKA_PROCESS_ROLES: 'broker',
          KAFKA_NODE_ID: 2,
          KAFKA_LISTENERS: 'PLAINTEXT://:9092',
        }),
      }),
      ['error kraft-quorum +1'],
    ],
  ])('is told once: %s', (_, text, expected) => expect(found(text)).toEqual(expected));
});

describe('a file that is put over another one', () => {
  const services = 'services:\n  a: { command: x }\n  b: { command: y }\n';

  it.each([
    '# docker compose -f compose.yaml -f compose.full.yaml up',
    '# Use this file after docker-compose.base.yml.',
  ])('says so in a comment: what it leaves out is a warning, told once: %s', comment => {
    expect(found(`${comment}\n${services}`, 'compose.full.yaml')).toEqual(['warning compose-schema +1']);
  });

  it.each([
    ['says nothing', services],
    ['names itself', `# compose.full.yaml\n${services}`],
    ['names another file', `# see settings.yml\n${services}`],
  ])('is taken for the whole when it %s', (_, text) => {
    expect(found(text, 'compose.full.yaml')).toEqual(['error compose-schema +0', 'error compose-schema +0']);
  });
});

describe('names that other files declare', () => {
  const file = (body: string, top = '') => `services:\n  a:\n    image: x:1\n${body}\n${top}`;
  const list = (section: string, names: readonly string[]) =>
    `    ${section}:\n${names.map(name => `      - ${name}\n`).join('')}`;
  const six = ['a', 'b', 'c', 'd', 'e', 'f'];
  it.each<[string, string, string[]]>([
    ['many of a kind', file(list('secrets', six)), ['warning undefined-reference +5']],
    [
      'few of a kind, which are mistakes',
      file(list('secrets', ['a', 'b'])),
      ['error undefined-reference +0', 'error undefined-reference +0'],
    ],
    [
      'many beside one that is declared',
      file(list('secrets', [...six, 'own']), 'secrets: { own: { file: ./own } }\n'),
      Array<string>(6).fill('error undefined-reference +0'),
    ],
    [
      'a network from a variable',
      file(list('networks', [`\${NET:-shared}`])),
      ['warning undefined-reference +0'],
    ],
    ['a network', file(list('networks', ['shared'])), ['error undefined-reference +0']],
    [
      'a network of the file that this one is put over',
      `# docker compose -f compose.yaml -f compose.full.yaml up\n${file(list('networks', ['shared']))}`,
      ['warning undefined-reference +0'],
    ],
  ])('%s', (_, text, expected) => expect(found(text, 'compose.full.yaml')).toEqual(expected));
});

describe('a file for Swarm', () => {
  const text = (ports: string) =>
    `version: "3.8"\nservices:\n  a:\n    image: x:1\n    depends_on: [gone]\n    ports:\n      - ${ports}\n`;

  it('keeps its version, and its start order is nobody’s', () => {
    expect(found(text('{ target: 80, published: 8080, mode: host }'))).toEqual([
      'warning undefined-reference +0',
    ]);
  });

  it('is none without a word of Swarm’s', () => {
    expect(found(text('{ target: 80, published: 8080 }'))).toEqual([
      'warning obsolete-version +0',
      'error undefined-reference +0',
    ]);
  });
});

describe('a port that is open', () => {
  const broker = (environment: Record<string, string | number>) =>
    projectText({ kafka: zookeeperBroker(environment, { ports: ['9092:9092'] }) });
  const openPorts = (environment: Record<string, string | number>) =>
    lint(broker(environment))
      .filter(({ ruleId }) => ruleId === 'open-port')
      .map(({ hint }) => hint);
  const ACLS = { KAFKA_AUTHORIZER_CLASS_NAME: 'kafka.security.authorizer.AclAuthorizer' };

  it.each<[string, Record<string, string>]>([
    ['nobody reaches the listener', { KAFKA_LISTENERS: 'PLAINTEXT://localhost:9092' }],
    ['whoever gives no name may do nothing', ACLS],
    ['that is said', { ...ACLS, KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND: 'false' }],
  ])('is none where %s', (_, environment) => expect(openPorts(environment)).toEqual([]));

  it.each<[string, Record<string, string>]>([
    ['everyone may do what nothing is said of', { ...ACLS, KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND: 'true' }],
    ['nobody is everybody', { ...ACLS, KAFKA_SUPER_USERS: 'User:ANONYMOUS' }],
  ])('is one where %s', (_, environment) => expect(openPorts(environment)).toHaveLength(1));

  it('is not for other machines when its name is the machine’s for containers', () => {
    const [hint] = openPorts({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://host.docker.internal:9092' });
    expect(hint).toMatch(/^Publish it on 127\.0\.0\.1/);
  });
});

describe('what may be meant', () => {
  it('is an address of the registry beside one that is right: a warning', () => {
    const registry = {
      image: 'confluentinc/cp-schema-registry:7.9.2',
      environment: {
        SCHEMA_REGISTRY_HOST_NAME: 'registry',
        SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: 'PLAINTEXT://kafka:9092,LOCAL://localhost:29092',
      },
    };
    expect(found(projectText({ kafka: zookeeperBroker(), registry }))).toEqual([
      'warning registry-bootstrap +0',
    ]);
  });

  it('is a ZooKeeper of another file', () => {
    const manager = { image: 'hlebalbau/kafka-manager:3.0.0.5', environment: { ZK_HOSTS: 'zookeeper:2181' } };
    expect(found(projectText({ kafka: zookeeperBroker(), manager }))).toEqual([]);
  });

  it('is one address at localhost for all nodes of KRaft, which nobody uses', () => {
    const node = (id: number, name: string) =>
      kraftNode({
        ...{ KAFKA_NODE_ID: id, KAFKA_CONTROLLER_QUORUM_VOTERS: '1@a:9093,2@b:9093' },
        KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093,HOST://:29092',
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${name}:9092,HOST://localhost:29092`,
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,HOST:PLAINTEXT',
      });
    const rules = lint(projectText({ a: node(1, 'a'), b: node(2, 'b') })).map(({ ruleId }) => ruleId);
    expect(rules).not.toContain('advertised-listener-duplicate');
  });
});

describe('two variables in one text', () => {
  it('are both told', () => {
    expect(found(`services:\n  a: { image: "x:1", environment: { X: "\${AA} \${BB}" } }\n`)).toEqual([
      'warning variable-unset +0',
      'warning variable-unset +0',
    ]);
  });
});
