import { describe, expect, it } from 'vitest';
import { findingsOf, kraftNode, type ServiceText, zookeeperBroker } from '../../support/compose-projects.ts';

type Case = [name: string, services: Record<string, ServiceText>, expected: string[]];

const box = (more: ServiceText = {}): ServiceText => ({ image: 'busybox:1.37', ...more });

describe('start order', () => {
  const zookeeper = {
    image: 'confluentinc/cp-zookeeper:7.9.2',
    tmpfs: '/var/lib/zookeeper',
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 },
  };
  const healthy = { ...zookeeper, healthcheck: { test: 'true' } };
  it.each<Case>([
    [
      'a name alone',
      { zookeeper, app: box({ depends_on: ['zookeeper'] }) },
      ['depends-on-without-health: depends_on'],
    ],
    ['a restart policy', { zookeeper, app: box({ depends_on: ['zookeeper'], restart: 'always' }) }, []],
    [
      'restart: no',
      { zookeeper, app: box({ depends_on: ['zookeeper'], restart: 'no' }) },
      ['depends-on-without-health: depends_on'],
    ],
    [
      'health',
      { zookeeper: healthy, app: box({ depends_on: { zookeeper: { condition: 'service_healthy' } } }) },
      [],
    ],
    [
      'health without a check',
      { zookeeper, app: box({ depends_on: { zookeeper: { condition: 'service_healthy' } } }) },
      ['healthcheck-missing: zookeeper'],
    ],
    [
      'health with the check switched off',
      {
        zookeeper: { ...zookeeper, healthcheck: { disable: true } },
        app: box({ depends_on: { zookeeper: { condition: 'service_healthy' } } }),
      },
      ['healthcheck-missing: zookeeper'],
    ],
    [
      'health of an image that is not known',
      { db: { image: 'postgres:17' }, app: box({ depends_on: { db: { condition: 'service_healthy' } } }) },
      [],
    ],
    [
      'KRaft nodes',
      {
        kafka: kraftNode({ KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9093,2@b:9093' }),
        b: kraftNode(
          {
            KAFKA_NODE_ID: 2,
            KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9093,2@b:9093',
            KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://b:9092',
          },
          { depends_on: ['kafka'] },
        ),
      },
      [],
    ],
    ['another service', { db: { image: 'postgres:17' }, app: box({ depends_on: ['db'] }) }, []],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

describe('data', () => {
  const bare = (image: string, more: ServiceText = {}): Record<string, ServiceText> => ({
    kafka: { ...zookeeperBroker({}, { image }), tmpfs: [], ...more },
  });
  const gone = ['data-without-volume: kafka'];
  it.each<Case>([
    ['a broker without a volume', bare('confluentinc/cp-kafka:7.9.2'), gone],
    ['a folder above', bare('confluentinc/cp-kafka:7.9.2', { volumes: ['./data:/var/lib/kafka'] }), []],
    [
      'a folder beside',
      bare('confluentinc/cp-kafka:7.9.2', { volumes: ['./data:/var/lib/kafka/database'] }),
      gone,
    ],
    [
      'folders of its own',
      bare('confluentinc/cp-kafka:7.9.2', {
        environment: {
          KAFKA_LOG_DIRS: '/a,/b',
          KAFKA_ZOOKEEPER_CONNECT: 'z.example.org',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092',
        },
        volumes: ['./a:/a'],
      }),
      gone,
    ],
    [
      'the long form',
      bare('confluentinc/cp-kafka:7.9.2', {
        volumes: [{ type: 'bind', source: './d', target: '/var/lib/kafka/data' }],
      }),
      [],
    ],
    ['an image of its own', bare('confluentinc/cp-kafka:7.9.2', { build: '.' }), []],
    ['the official ZooKeeper', { z: { image: 'zookeeper:3.9' } }, ['data-without-volume: z']],
    [
      'a ZooKeeper of bitnami',
      { z: { image: 'bitnami/zookeeper:3.9', environment: { ALLOW_ANONYMOUS_LOGIN: 'yes' } } },
      ['data-without-volume: z'],
    ],
    ['a ZooKeeper whose folder is not known', { z: { image: 'wurstmeister/zookeeper:3.4.6' } }, []],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

describe('memory', () => {
  const limited = (
    limit: string,
    environment: Record<string, string> = {},
    image = 'confluentinc/cp-kafka:7.9.2',
  ) => ({ kafka: zookeeperBroker(environment, { image, mem_limit: limit }) });
  it.each<Case>([
    ['room for the heap', limited('2g', { KAFKA_HEAP_OPTS: '-Xmx1g' }), []],
    [
      'no room for the heap',
      limited('1g', { KAFKA_HEAP_OPTS: '-Xms512m -Xmx1g' }),
      ['heap-over-limit: -Xms512m -Xmx1g'],
    ],
    ['no room for the default', limited('1gb'), ['heap-over-limit: 1gb']],
    ['a heap without a largest size', limited('512m', { KAFKA_HEAP_OPTS: '-XX:MaxRAMPercentage=50' }), []],
    ['a limit that is none', limited('0'), []],
    ['a heap set behind', limited('512m', { KAFKA_OPTS: '-Xms256m -Xmx256m' }), []],
    ['a heap set before all', limited('512m', { JAVA_TOOL_OPTIONS: '-XX:MaxRAMPercentage=50' }), []],
    ['other options', limited('512m', { KAFKA_OPTS: '-Da=b' }), ['heap-over-limit: 512m']],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

describe('names and versions', () => {
  it.each<Case>([
    ['a fixed name', { a: box({ container_name: 'aa' }) }, ['container-name: container_name']],
    ['a name with a variable', { a: box({ container_name: `\${NAME:-aa}` }) }, []],
    ['no tag', { a: { image: 'busybox' } }, ['image-not-pinned: busybox']],
    [
      'a port, but no tag',
      { a: { image: 'example.org:5000/busybox' } },
      ['image-not-pinned: example.org:5000/busybox'],
    ],
    ['a digest', { a: { image: `busybox@sha256:${'0'.repeat(64)}` } }, []],
    ['an image that is built', { a: { image: 'busybox', build: '.' } }, []],
    ['a tag from a variable', { a: { image: `busybox:\${TAG}` } }, [`variable-unset: busybox:\${TAG}`]],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});
