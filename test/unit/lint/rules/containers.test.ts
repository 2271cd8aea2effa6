import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import {
  findingsIn,
  findingsOf,
  projectText,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';

type Case = [name: string, services: Record<string, ServiceText>, expected: string[]];

const box = (more: ServiceText = {}): ServiceText => ({ image: 'busybox:1.37', ...more });

describe('data', () => {
  const bare = (image: string, more: ServiceText = {}): Record<string, ServiceText> => ({
    kafka: { ...zookeeperBroker({}, { image }), tmpfs: [], restart: 'always', ...more },
    // Something in the project is kept.
    db: box({ volumes: ['kept:/kept'] }),
  });
  const KEPT = { volumes: { kept: {} } };
  const gone = ['data-without-volume: kafka'];
  /** Beside a broker in memory that runs on. */
  const beside = (z: ServiceText) => ({
    ...bare('confluentinc/cp-kafka:7.9.2', { tmpfs: '/var/lib/kafka/data' }),
    z,
  });
  it.each<Case>([
    ['a broker without a volume', bare('confluentinc/cp-kafka:7.9.2'), gone],
    ['a folder above', bare('confluentinc/cp-kafka:7.9.2', { volumes: ['./data:/var/lib/kafka'] }), []],
    [
      'a folder beside',
      bare('confluentinc/cp-kafka:7.9.2', { volumes: ['./data:/var/lib/kafka/database'] }),
      ['data-without-volume: ./data:/var/lib/kafka/database'],
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
    ['the official ZooKeeper', beside({ image: 'zookeeper:3.9' }), ['data-without-volume: z']],
    [
      'a ZooKeeper of bitnami',
      beside({ image: 'bitnamilegacy/zookeeper:3.9', environment: { ALLOW_ANONYMOUS_LOGIN: 'yes' } }),
      [expect.stringMatching(/^data-without-volume: z/)],
    ],
    ['a ZooKeeper whose folder is not known', beside({ image: 'wurstmeister/zookeeper:3.4.6' }), []],
    [
      'the settings that apache/kafka brings along',
      bare('apache/kafka:4.1.1', { environment: {}, ports: ['127.0.0.1:9092:9092'] }),
      [],
    ],
  ])('%s', (_, services, expected) => expect(findingsOf(services, KEPT)).toEqual(expected));

  const stack = (kafka: ServiceText, other: ServiceText = {}) => ({
    kafka: { ...zookeeperBroker(), tmpfs: [], ...kafka },
    other: box(other),
  });
  it.each<Case>([
    ['nothing that is kept', stack({}), []],
    ['a file of settings', stack({ volumes: ['./jaas.conf:/jaas.conf'] }), []],
    ['a service that is started again, without data', stack({}, { restart: 'always' }), []],
    ['a try more after a failure', stack({ restart: 'on-failure' }), []],
    [
      'a broker in memory',
      { ...stack({}), kafka2: zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka2:9092' }) },
      [],
    ],
    ['a volume without a name', stack({}, { volumes: ['/cache'] }), []],
    ['a folder of data that is not Kafka’s', stack({ volumes: ['./d:/data'] }), []],
    ['a broker that is started again', stack({ restart: 'always' }), []],
    [
      'half of the data',
      {
        kafka: { ...stack({}).kafka, volumes: ['./data:/var/lib/kafka/data'] },
        z: { image: 'zookeeper:3.9' },
      },
      ['data-without-volume: z'],
    ],
  ])('in a project with %s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));

  it('in a project with a named volume of another service', () => {
    const other = { volumes: ['kept:/data'] };
    expect(findingsOf(stack({}, other), KEPT)).toEqual([]);
    expect(findingsOf(stack({ restart: 'unless-stopped' }, other), KEPT)).toEqual(gone);
  });

  it.each<[string, ServiceText, string, string]>([
    [
      'where Confluent keeps it',
      { image: 'apache/kafka:3.9.0', volumes: ['kept:/var/lib/kafka/data'] },
      'kept:/var/lib/kafka/data',
      'Set KAFKA_LOG_DIRS to /var/lib/kafka/data.',
    ],
    [
      'in a folder of that name',
      { image: 'confluentinc/cp-kafka:7.9.2', volumes: ['./kafka:/data'] },
      './kafka:/data',
      'Mount it at /var/lib/kafka/data.',
    ],
  ])('with a volume %s', (_, more, place, hint) => {
    const text = projectText(stack(more), KEPT);
    const [finding] = lintCompose([{ path: 'compose.yml', text }]).filter(
      ({ ruleId }) => ruleId === 'data-without-volume',
    );
    expect(finding && text.slice(finding.place.start, finding.place.end)).toBe(place);
    expect(finding?.hint).toBe(hint);
  });

  it('is told once, with what the image can write to', () => {
    const services = {
      z: { image: 'zookeeper:3.9' },
      ...bare('confluentinc/cp-kafka:7.9.2', {
        environment: {
          KAFKA_LOG_DIRS: '/elsewhere',
          KAFKA_ZOOKEEPER_CONNECT: 'z:2181',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092',
          KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1,
          KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1,
          KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1,
        },
      }),
    };
    const text = projectText(services, KEPT);
    const [finding, ...more] = lintCompose([{ path: 'compose.yml', text }]);
    expect([finding?.ruleId, finding?.also?.length, more]).toEqual(['data-without-volume', 1, []]);
    expect(finding?.hint).toBe('Mount a named volume at /data and /datalog.');
    expect(finding?.proposal).toContain('  KAFKA_LOG_DIRS: /var/lib/kafka/data\n');
    expect(finding?.proposal).toContain('  - z-datalog:/datalog\n');
  });
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
    ['no room beside the heap', limited('1100m', { KAFKA_HEAP_OPTS: '-Xmx1g' }), ['heap-over-limit: -Xmx1g']],
    ['room beside the heap', limited('1200m', { KAFKA_HEAP_OPTS: '-Xmx1g' }), []],
    ['little room beside the default', limited('1100m'), []],
    [
      'no room for what Connect takes by default',
      { connect: { image: 'confluentinc/cp-kafka-connect:7.9.2', mem_limit: '1g', environment: {} } },
      ['heap-over-limit: 1g', 'image-setting-missing: environment'],
    ],
    [
      'no room for the heap of Control Center',
      {
        center: {
          image: 'confluentinc/cp-enterprise-control-center:7.9.2',
          mem_limit: '1g',
          environment: { CONTROL_CENTER_HEAP_OPTS: '-Xmx6g' },
        },
      },
      ['heap-over-limit: -Xmx6g'],
    ],
    [
      'no room for what ksqlDB takes by default',
      { ksqldb: { image: 'confluentinc/cp-ksqldb-server:7.9.2', mem_limit: '500m', environment: {} } },
      ['heap-over-limit: 500m'],
    ],
    [
      'no room for what Control Center takes by default',
      { c3: { image: 'confluentinc/cp-enterprise-control-center:7.9.2', mem_limit: '4g', environment: {} } },
      ['heap-over-limit: 4g'],
    ],
    [
      'a Control Center of which it is not known',
      { c3: { image: 'confluentinc/cp-enterprise-control-center:3.1.1', mem_limit: '4g', environment: {} } },
      [],
    ],
    [
      'room for the default of the REST proxy',
      { rest: { image: 'confluentinc/cp-kafka-rest:7.9.2', mem_limit: '300m', environment: {} } },
      ['image-setting-missing: environment'],
    ],
    [
      'a variable that is not read',
      {
        ksqldb: {
          image: 'confluentinc/cp-ksqldb-server:7.9.2',
          mem_limit: '500m',
          environment: { KAFKA_HEAP_OPTS: '-Xmx256m' },
        },
      },
      ['heap-over-limit: 500m'],
    ],
    [
      'the default of another broker',
      {
        kafka: { image: 'bitnamilegacy/kafka:3.9.0', mem_limit: '512m', environment: {}, tmpfs: '/bitnami' },
      },
      ['heap-over-limit: 512m', 'image-setting-missing: environment'],
    ],
    ['a heap without a largest size', limited('512m', { KAFKA_HEAP_OPTS: '-XX:MaxRAMPercentage=50' }), []],
    ['a limit that is none', limited('0'), []],
    ['a heap set behind', limited('512m', { KAFKA_OPTS: '-Xms256m -Xmx256m' }), []],
    ['a heap set before all', limited('512m', { JAVA_TOOL_OPTIONS: '-XX:MaxRAMPercentage=50' }), []],
    ['other options', limited('512m', { KAFKA_OPTS: '-Da=b' }), ['heap-over-limit: 512m']],
  ])('%s', (_, services, expected) => expect(findingsOf(services)).toEqual(expected));
});

describe('names and versions', () => {
  it.each<Case>([
    ['a fixed name', { a: box({ container_name: 'aa' }) }, []],
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

describe('fixed names, beside other environments', () => {
  const found = (...names: string[]) => {
    const services = names.map((name, index) => [`s${index}`, box({ container_name: name })]);
    return findingsIn(projectText(Object.fromEntries(services)), { sideBySide: true });
  };
  it('are told once', () => expect(found('aa', 'bb')).toEqual(['container-name: container_name']));
  it('may hold a variable', () => expect(found(`\${NAME:-aa}`)).toEqual([]));
});
