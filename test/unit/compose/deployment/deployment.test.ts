import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readDeployment } from '../../../../src/compose/deployment/deployment.ts';
import { thrownBy } from '../../support/thrown-error.ts';

const broker = (more: object = {}, environment: object = {}) => ({
  image: 'confluentinc/cp-kafka:7.9.2',
  ports: ['127.0.0.1:9094:9094'],
  environment: {
    KAFKA_ZOOKEEPER_CONNECT: 'zk:2181',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'IN:PLAINTEXT,OUT:PLAINTEXT',
    KAFKA_ADVERTISED_LISTENERS: 'IN://kafka:9092,OUT://localhost:9094',
    ...environment,
  },
  ...more,
});
const file = (services: object, more: object = {}) => stringify({ services, ...more });

describe("a user's compose file", () => {
  it('may have one broker, other names and ports, and no registry', () => {
    const { cluster, composeFiles, files } = readDeployment([
      { path: 'ci/kafka.yml', text: file({ kafka: broker() }) },
    ]);
    expect(cluster.brokers).toEqual([{ service: 'kafka', address: 'localhost:9094' }]);
    expect(cluster.schemaRegistryUrl).toBeUndefined();
    expect(cluster.members).toEqual([{ service: 'kafka', role: 'broker', address: 'localhost:9094' }]);
    expect(composeFiles).toEqual(['docker-compose.yml']);
    expect([...files.keys()]).toEqual(['docker-compose.yml']);
  });

  it('may have five brokers', () => {
    const five = Object.fromEntries(
      [1, 2, 3, 4, 5].map(id => [
        `b${id}`,
        broker(
          { ports: [`127.0.0.1:${id}9092:${id}9092`] },
          { KAFKA_ADVERTISED_LISTENERS: `IN://b${id}:9092,OUT://localhost:${id}9092` },
        ),
      ]),
    );
    const { cluster } = readDeployment([{ path: 'f.yml', text: file(five) }]);
    expect(cluster.bootstrapServers).toHaveLength(5);
  });

  it('goes to the machine with the files that it names, and Compose reads them in order', () => {
    const others: Record<string, string> = {
      'ci/broker.env': 'KAFKA_BROKER_ID=7\n',
      'ci/.env': 'TAG=7.9.2\n',
    };
    const { composeFiles, files, stack } = readDeployment(
      [
        {
          path: 'ci/kafka.yml',
          text: file({
            kafka: broker({ image: `confluentinc/cp-kafka:${'$'}{TAG}`, env_file: 'broker.env' }),
          }),
        },
        { path: 'ci/more/limits.yml', text: file({ kafka: { mem_limit: '1g' } }) },
      ],
      { readFile: path => others[path] },
    );
    expect(composeFiles).toEqual(['docker-compose.yml', 'more/limits.yml']);
    expect([...files.keys()].sort()).toEqual(['.env', 'broker.env', 'docker-compose.yml', 'more/limits.yml']);
    expect(stack.images).toEqual(['confluentinc/cp-kafka:7.9.2']);
  });

  it('leaves out services that only run with a profile, as `up` does', () => {
    const { stack } = readDeployment([
      { path: 'f.yml', text: file({ kafka: broker(), ui: { image: 'ui:1', profiles: ['debug'] } }) },
    ]);
    expect(stack.services).toEqual(['kafka']);
  });
});

describe('a compose file that cannot be deployed', () => {
  const refused = (services: object, path = 'f.yml', more: object = {}) =>
    thrownBy(() => readDeployment([{ path, text: file(services, more) }]));

  it.each<[string, object, RegExp]>([
    ['is built from source', { kafka: broker(), app: { build: '.' } }, /service app is built from source/],
    ['has no broker', { web: { image: 'nginx:1' } }, /no Kafka broker that can be recognised/],
    [
      'has a broker that the machine cannot reach',
      { kafka: broker({}, { KAFKA_ADVERTISED_LISTENERS: 'IN://kafka:9092' }) },
      /broker kafka advertises no address that clients on the machine can use/,
    ],
    [
      'wants encryption',
      { kafka: broker({}, { KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'IN:PLAINTEXT,OUT:SASL_SSL' }) },
      /broker kafka wants SASL_SSL at localhost:9094/,
    ],
  ])('%s', (_, services, words) => {
    expect(refused(services)).toMatchObject({
      code: 'compose-file-unsupported',
      message: expect.stringMatching(words),
    });
  });

  it('includes files that are not read', () => {
    expect(refused({ kafka: broker() }, 'f.yml', { include: ['other.yml'] })).toMatchObject({
      message: expect.stringContaining('it includes other files'),
    });
  });

  it('has a part outside of its folder', () => {
    const error = thrownBy(() =>
      readDeployment([
        { path: 'ci/kafka.yml', text: file({ kafka: broker() }) },
        { path: 'other/limits.yml', text: file({ kafka: { mem_limit: '1g' } }) },
      ]),
    );
    expect(error).toMatchObject({
      message: expect.stringContaining('other/limits.yml is not below the folder'),
    });
  });

  it('would lie over another one on the machine', () => {
    const error = thrownBy(() =>
      readDeployment([
        { path: 'kafka.yml', text: file({ kafka: broker() }) },
        { path: 'docker-compose.yml', text: file({ kafka: { mem_limit: '1g' } }) },
      ]),
    );
    expect(error).toMatchObject({
      message: expect.stringContaining('called docker-compose.yml on the machine'),
    });
  });
});
