import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import {
  findingsOf,
  projectText,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';

type Environment = Record<string, string | number>;

const wrongPorts = (services: Record<string, ServiceText>) =>
  findingsOf(services).filter(finding => finding.startsWith('zookeeper-connect:'));
const broker = (connect: string, more: ServiceText = {}) =>
  zookeeperBroker({ KAFKA_ZOOKEEPER_CONNECT: connect }, more);

describe('the port of ZooKeeper', () => {
  const three = 'server.1=zk:2888:3888;2182 server.2=b:2888:3888;2183';
  it.each<[image: string, environment: Environment, right: readonly number[]]>([
    ['confluentinc/cp-zookeeper:7.9.2', { ZOOKEEPER_CLIENT_PORT: 2182 }, [2182]],
    ['confluentinc/cp-zookeeper:7.9.2', { ZOOKEEPER_SECURE_CLIENT_PORT: 2182 }, [2182]],
    [
      'confluentinc/cp-zookeeper:7.9.2',
      { ZOOKEEPER_CLIENT_PORT: 2181, ZOOKEEPER_SECURE_CLIENT_PORT: 2182 },
      [2181, 2182],
    ],
    [`confluentinc/cp-zookeeper:\${TAG}`, { ZOOKEEPER_CLIENT_PORT: 2182 }, [2182]],
    ['bitnamilegacy/zookeeper:3.9', {}, [2181]],
    ['bitnamilegacy/zookeeper:3.9', { ZOO_PORT_NUMBER: 2182 }, [2182]],
    ['bitnamilegacy/zookeeper:3.9', { ZOO_TLS_CLIENT_ENABLE: 'true' }, [2181, 3181]],
    [
      'bitnamilegacy/zookeeper:3.9',
      { ZOO_TLS_CLIENT_ENABLE: 'true', ZOO_TLS_PORT_NUMBER: 2182 },
      [2181, 2182],
    ],
    ['zookeeper:3.4.9', {}, [2181]],
    ['zookeeper:3.4.9', { ZOO_PORT: 2182 }, [2182]],
    ['zookeeper:3.4', { ZOO_PORT: 2182 }, [2181, 2182]],
    ['zookeeper:3.4.14', { ZOO_PORT: 2182 }, [2181, 2182]],
    ['zookeeper:3.5', { ZOO_PORT: 2182 }, [2181, 2182]],
    ['zookeeper:3.8', { ZOO_PORT: 2182 }, [2181]],
    ['zookeeper', {}, [2181]],
    ['zookeeper:3.9.4', { ZOO_MY_ID: 2, ZOO_SERVERS: three }, [2183]],
    ['zookeeper:3.9.4', { ZOO_SERVERS: three }, [2182]],
    ['zookeeper:3.9.4', { ZOO_MY_ID: 7, ZOO_SERVERS: three }, [2182, 2183]],
    ['zookeeper:3.9.4', { ZOO_SERVERS: 'server.1=0.0.0.0:2888:3888:participant;0.0.0.0:2182' }, [2182]],
    ['wurstmeister/zookeeper', {}, [2181]],
  ])('of %s with %j is %j', (image, environment, right) => {
    const check = (port: number) => wrongPorts({ zk: { image, environment }, kafka: broker(`zk:${port}`) });
    for (const port of [2181, 2182, 2183, 3181])
      expect(check(port)).toEqual(right.includes(port) ? [] : [`zookeeper-connect: zk:${port}`]);
  });

  it.each<[string, ServiceText]>([
    ['extra lines of configuration', { environment: { ZOO_CFG_EXTRA: 'clientPort=2182' } }],
    ['a configuration of its own', { volumes: ['./zoo.cfg:/conf/zoo.cfg'] }],
    ['another program', { command: '/start.sh' }],
    ['an image on top of it', { build: '.' }],
    ['servers without a port for clients', { environment: { ZOO_SERVERS: 'server.1=zk:2888:3888' } }],
    ['an unknown version', { image: 'zookeeper:stable' }],
    ['variables from a file that is not here', { env_file: { path: 'zk.env', required: false } }],
  ])('is not known of %s', (_, more) => {
    expect(wrongPorts({ zk: { image: 'zookeeper:3.9.4', ...more }, kafka: broker('zk:2182') })).toEqual([]);
  });
});

describe('several addresses of ZooKeeper', () => {
  const zookeeper = (more: ServiceText = {}): ServiceText => ({
    image: 'confluentinc/cp-zookeeper:7.9.2',
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 },
    ...more,
  });
  const severities = (connect: string, more?: ServiceText) =>
    lintCompose([{ path: 'f', text: projectText({ zk: zookeeper(more), kafka: broker(connect) }) }])
      .filter(({ ruleId }) => ruleId === 'zookeeper-connect')
      .map(({ severity }) => severity);
  const published = { ports: ['2181:2181'] };

  it.each<[string, string, ServiceText | undefined, string[]]>([
    ['all right', 'zk:2181,zk', undefined, []],
    ['none right', 'zk:2182,localhost:2181', undefined, ['error', 'error']],
    ['one right', 'zk:2181,zk:2182,localhost:2181', undefined, ['warning', 'warning']],
    ['one right, and another name', 'zk:2181,zk2:2181', undefined, ['warning']],
    ['one right, and other machines', 'zk:2181,zk2:2181,zk3:2181', published, []],
    ['a name that no service has', 'zoo:2181', published, ['error']],
  ])('%s', (_, connect, more, expected) => expect(severities(connect, more)).toEqual(expected));

  it('may be in another file, where this one has no ZooKeeper', () => {
    expect(wrongPorts({ kafka: broker('zoo:2181') })).toEqual([]);
  });
});

describe('a command of its own', () => {
  const connect = (command: unknown, environment: Environment = {}): ServiceText => ({
    image: 'confluentinc/cp-kafka:7.9.2',
    command,
    environment: { KAFKA_BROKER_ID: 'ignored', KAFKA_ZOOKEEPER_CONNECT: 'localhost', ...environment },
  });
  it.each<[string, unknown]>([
    ['a tool', 'kafka-topics --bootstrap-server b:9092 --list'],
    ['a tool in a shell', ['bash', '-c', 'sleep 5 && kafka-topics --list']],
    ['a tool after a check', "bash -c 'cub kafka-ready -b b:9092 1 20 && kafka-configs --all'"],
    ['waiting', 'tail -f /dev/null'],
    ['a script that nobody knows', '/scripts/setup.sh'],
  ])('that is %s makes no broker', (_, command) => {
    expect(wrongPorts({ kafka: connect(command) })).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['the start script', '/etc/confluent/docker/run'],
    ['the start script, later', ['bash', '-c', 'sleep 5 && /etc/confluent/docker/run']],
    ['the start script and a tool', "bash -c '/etc/confluent/docker/run & kafka-topics --list'"],
    ["Kafka's own script", 'kafka-server-start /etc/kafka/server.properties'],
  ])('that is %s makes one', (_, command) => {
    expect(wrongPorts({ kafka: connect(command) })).toEqual(['zookeeper-connect: localhost']);
  });

  it('that nobody knows makes one when it listens', () => {
    const kafka = connect('/start.sh', { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092' });
    expect(wrongPorts({ kafka })).toEqual(['zookeeper-connect: localhost']);
  });
});

describe("ZooKeeper's mode", () => {
  const found = (more: ServiceText, rules = /^(no-zookeeper|kraft|image)/) =>
    findingsOf({ kafka: { ...zookeeperBroker({}, more), ...more } }).filter(finding => rules.test(finding));
  const zookeeper = { KAFKA_ZOOKEEPER_CONNECT: 'zk.example.org', KAFKA_ADVERTISED_LISTENERS: 'A://b:1' };
  it.each<[string, ServiceText, string[]]>([
    ['left-over voters', { environment: { ...zookeeper, KAFKA_CONTROLLER_QUORUM_VOTERS: '1@k:9093' } }, []],
    ['empty roles', { environment: { ...zookeeper, KAFKA_PROCESS_ROLES: '' } }, []],
    [
      'left-over voters, in Kafka 4',
      {
        image: 'confluentinc/cp-kafka:8.1.1',
        environment: { ...zookeeper, KAFKA_CONTROLLER_QUORUM_VOTERS: '1@k:9093' },
      },
      ['no-zookeeper-mode: confluentinc/cp-kafka:8.1.1'],
    ],
    [
      'a file of variables that is not here',
      {
        image: 'confluentinc/cp-kafka:8.1.1',
        environment: zookeeper,
        env_file: { path: 'k', required: false },
      },
      [],
    ],
    [
      'an image that ended before Kafka 4',
      { image: 'confluentinc/cp-enterprise-kafka:latest', environment: zookeeper },
      ['image-not-pinned: confluentinc/cp-enterprise-kafka:latest'],
    ],
    [
      'an image of the platform with a tag that moves',
      { image: 'confluentinc/cp-server:latest.arm64', environment: zookeeper },
      ['no-zookeeper-mode: confluentinc/cp-server:latest.arm64'],
    ],
    ...['7.9.x-latest', 'dev', 'main', '8.0.0-SNAPSHOT'].map((tag): [string, ServiceText, string[]] => [
      `a tag that moves, of which no version is known: ${tag}`,
      { image: `confluentinc/cp-kafka:${tag}`, environment: zookeeper },
      [`image-not-pinned: confluentinc/cp-kafka:${tag}`],
    ]),
    [
      "Bitnami's short name",
      { image: 'bitnamilegacy/kafka:4.0.0', environment: { KAFKA_ZOOKEEPER_CONNECT: 'zk.example.org' } },
      ['no-zookeeper-mode: bitnamilegacy/kafka:4.0.0'],
    ],
    [
      "Bitnami's short name for roles",
      {
        image: 'bitnamilegacy/kafka:4.0.0',
        environment: { KAFKA_ZOOKEEPER_CONNECT: 'zk.example.org', KAFKA_PROCESS_ROLES: 'broker' },
      },
      [],
    ],
    [
      'a version that never was',
      { image: 'confluentinc/cp-enterprise-kafka:8.0.0', environment: zookeeper },
      ['no-zookeeper-mode: confluentinc/cp-enterprise-kafka:8.0.0'],
    ],
  ])('%s', (_, more, expected) => expect(found(more)).toEqual(expected));

  it.each([
    ['3.4.0', 1],
    ['3.5.0', 0],
  ])('decides where KRaft is switched off: Bitnami %s', (version, count) => {
    const kafka = {
      image: `bitnamilegacy/kafka:${version}`,
      environment: {
        KAFKA_ENABLE_KRAFT: 'no',
        KAFKA_CFG_PROCESS_ROLES: 'broker',
        KAFKA_CFG_ZOOKEEPER_CONNECT: 'localhost',
      },
    };
    expect(wrongPorts({ kafka })).toHaveLength(count);
  });
});
