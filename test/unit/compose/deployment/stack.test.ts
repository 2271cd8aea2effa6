import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { deploymentAt } from '../../../../src/compose/deployment/port-shift.ts';
import { interpolate } from '../../../../src/compose/reader/interpolate.ts';
import { deploymentOf, readProject } from '../../support/stacks.ts';

interface ComposeFile {
  services: Record<string, { environment: Record<string, unknown>; image: string; volumes?: string[] }>;
}

function stackIn(folder: string) {
  const text = readFileSync(`stacks/${folder}/docker-compose.yml`, 'utf8');
  const file = parse(interpolate(text, () => undefined).text, { merge: true }) as ComposeFile;
  const brokers = Object.entries(file.services).filter(([name]) => name.startsWith('kafka-broker'));
  return { text, file, brokers, ...readProject(text) };
}

const zookeeper = stackIn('zookeeper');
const kraft = stackIn('kraft');
const BROKERS = ['kafka-broker-1', 'kafka-broker-2', 'kafka-broker-3'];

describe.each([
  ['zookeeper', zookeeper],
  ['kraft', kraft],
])('the stack %s', (_, { text, file, brokers, stack, cluster }) => {
  it('goes to the machine as it is', () => {
    expect([...deploymentOf(text).files]).toEqual([['docker-compose.yml', text]]);
  });

  it('advertises a listener of every broker to clients on the machine', () => {
    expect(cluster.brokers).toEqual([
      { service: 'kafka-broker-1', address: 'localhost:19092' },
      { service: 'kafka-broker-2', address: 'localhost:29092' },
      { service: 'kafka-broker-3', address: 'localhost:39092' },
    ]);
    expect(cluster.bootstrapServers).toEqual(cluster.brokers.map(({ address }) => address));
    expect(cluster.schemaRegistryUrl).toBe('http://localhost:8081');
  });

  it('publishes every advertised port, and each on 127.0.0.1 only', () => {
    const ports = stack.publishedPorts.map(({ port }) => port).filter(port => port !== 2181);
    expect(ports).toEqual([19092, 29092, 39092, 8081]);
    for (const { address } of stack.publishedPorts) expect(address).toBe('127.0.0.1');
  });

  it('has no setting with a space in its name, which Kafka would never see', () => {
    const names = Object.values(file.services).flatMap(({ environment }) => Object.keys(environment));
    expect(names.length).toBeGreaterThan(30);
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Z0-9_]+$/);
  });

  it('gives every broker its own listeners, and replicates three times', () => {
    for (const [index, [name, { environment }]] of brokers.entries()) {
      expect(environment).toMatchObject({
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 3,
        KAFKA_MIN_INSYNC_REPLICAS: 2,
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${name}:9092,PLAINTEXT_HOST://localhost:${index + 1}9092`,
      });
    }
  });

  it("points the registry at the brokers' listeners inside, not at itself", () => {
    const registry =
      file.services['schema-registry']?.environment.SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS;
    expect(registry).toBe(BROKERS.map(name => `PLAINTEXT://${name}:9092`).join(','));
  });

  it('gives each service that keeps data a volume of its own, and declares it', () => {
    const mounts = Object.values(file.services).flatMap(({ volumes = [] }) => volumes);
    const names = mounts.map(mount => mount.slice(0, mount.indexOf(':')));
    expect(new Set(names).size).toBe(names.length);
    expect(stack.volumes).toEqual(names);
    for (const [, { volumes }] of brokers) expect(volumes?.[0]).toMatch(/:\/var\/lib\/kafka\/data$/);
  });

  it('bounds every heap, so that it fits on a machine of 4 GiB', () => {
    expect(stack.memory.map(({ service }) => service)).toEqual(stack.services);
    for (const { environment } of Object.values(file.services))
      expect(Object.entries(environment)).toContainEqual([
        expect.stringMatching(/HEAP_OPTS$/),
        expect.stringContaining('-Xmx'),
      ]);
    // What such a machine leaves to programs, and a quarter of it for the system.
    expect(stack.memory.reduce((sum, { mib }) => sum + mib, 0)).toBeLessThan(3_800 * 0.85);
  });
});

describe('the stack zookeeper', () => {
  it("is the guide's topology", () => {
    expect(zookeeper.stack.services).toEqual(['zookeeper', ...BROKERS, 'schema-registry']);
    expect(zookeeper.stack.publishedPorts.map(({ port }) => port)).toContain(2181);
    for (const [index, [, { environment }]] of zookeeper.brokers.entries())
      expect(environment.KAFKA_BROKER_ID).toBe(index + 1);
  });

  it('pins every image to a version that has a ZooKeeper mode', () => {
    expect(zookeeper.stack.images).toHaveLength(3);
    for (const image of zookeeper.stack.images)
      expect(image).toMatch(/^confluentinc\/cp-[a-z-]+:7\.\d+\.\d+$/);
  });
});

describe('the stack kraft', () => {
  it('has no ZooKeeper', () => {
    expect(kraft.stack.services).toEqual([...BROKERS, 'schema-registry']);
    expect(kraft.stack.publishedPorts.map(({ port }) => port)).not.toContain(2181);
    expect(JSON.stringify(kraft.file)).not.toMatch(/zookeeper/i);
  });

  it('pins every image, the registry to the version of the brokers', () => {
    expect(kraft.stack.images).toHaveLength(2);
    const versions = kraft.stack.images.map(
      image => /^confluentinc\/cp-[a-z-]+:(8\.\d+\.\d+)$/.exec(image)?.[1],
    );
    expect(new Set(versions).size).toBe(1);
    expect(versions[0]).toBeDefined();
  });

  it('makes each node broker and controller, with the same quorum and the same cluster', () => {
    const voters = BROKERS.map((name, index) => `${index + 1}@${name}:9093`).join(',');
    for (const [index, [name, { environment }]] of kraft.brokers.entries()) {
      expect(environment).toMatchObject({
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_NODE_ID: index + 1,
        KAFKA_CONTROLLER_QUORUM_VOTERS: voters,
        KAFKA_LISTENERS: `PLAINTEXT://0.0.0.0:9092,PLAINTEXT_HOST://0.0.0.0:${index + 1}9092,CONTROLLER://${name}:9093`,
      });
      expect(environment.KAFKA_ADVERTISED_LISTENERS).not.toContain('CONTROLLER');
      expect(environment.CLUSTER_ID).toBe(kraft.brokers[0]?.[1].environment.CLUSTER_ID);
    }
  });

  it('has a cluster id that Kafka writes back as it is read: 16 bytes in base64url', () => {
    const id = String(kraft.brokers[0]?.[1].environment.CLUSTER_ID);
    const bytes = Buffer.from(id, 'base64url');
    expect(bytes).toHaveLength(16);
    expect(bytes.toString('base64url')).toBe(id);
  });

  it('shares no volume with the stack zookeeper: neither mode can read what the other stored', () => {
    expect(kraft.stack.volumes).toHaveLength(3);
    for (const volume of kraft.stack.volumes) expect(zookeeper.stack.volumes).not.toContain(volume);
  });
});

describe('the stack kraft-single', () => {
  const single = stackIn('kraft-single');
  const environment = single.brokers[0]?.[1].environment ?? {};

  it('has one broker and the registry, at the addresses that they have in the other stacks', () => {
    expect(single.stack.services).toEqual(['kafka-broker-1', 'schema-registry']);
    expect(single.cluster.bootstrapServers).toEqual(['localhost:19092']);
    expect(single.cluster.schemaRegistryUrl).toBe('http://localhost:8081');
    for (const { address } of single.stack.publishedPorts) expect(address).toBe('127.0.0.1');
  });

  it('has the images of the stack kraft, and neither its volumes nor its cluster', () => {
    expect(single.stack.images).toEqual(kraft.stack.images);
    expect(single.stack.volumes).toEqual(['kraft-single-data']);
    const id = String(environment.CLUSTER_ID);
    expect(id).not.toBe(kraft.brokers[0]?.[1].environment.CLUSTER_ID);
    expect(Buffer.from(id, 'base64url').toString('base64url')).toBe(id);
    expect(Buffer.from(id, 'base64url')).toHaveLength(16);
  });

  it('stores everything once, also what Kafka and the registry would store three times by themselves', () => {
    const replicas = Object.entries({
      ...environment,
      ...single.file.services['schema-registry']?.environment,
    });
    const found = replicas.filter(([name]) => /REPLICATION_FACTOR|MIN_ISR|MIN_INSYNC/.test(name));
    expect(found).toHaveLength(8);
    for (const [, value] of found) expect(value).toBe(1);
  });

  it('fits on a machine of 2 GiB', () => {
    // What such a machine leaves to programs.
    expect(single.stack.memory.reduce((sum, { mib }) => sum + mib, 0)).toBeLessThan(1_850 * 0.85);
  });

  it('has its ports moved for an environment, and what names them follows', () => {
    const files = [{ path: 'docker-compose.yml', text: single.text }];
    const { cluster, files: written } = deploymentAt(files, {}, 200);
    expect(cluster.bootstrapServers).toEqual(['localhost:19292']);
    expect(cluster.schemaRegistryUrl).toBe('http://localhost:8281');
    expect(written.get('.env')).toContain('BROKER_1_PORT=19292');
  });
});

describe('a compose file', () => {
  const read = (services: object) => {
    const { stack, cluster } = readProject(JSON.stringify({ services }));
    return { ...stack, ...cluster };
  };

  it.each<[string, object]>([
    ['127.0.0.1:9092:9092', { address: '127.0.0.1', port: 9092 }],
    ['9092:19092', { address: '0.0.0.0', port: 9092 }],
    ['[::1]:9092:9092', { address: '[::1]', port: 9092 }],
  ])('publishes %s', (entry, expected) => {
    expect(read({ broker: { ports: [entry] } }).publishedPorts).toEqual([{ service: 'broker', ...expected }]);
  });

  it('may have no registry, no images of its own and no ports', () => {
    const { schemaRegistryUrl, images, publishedPorts, bootstrapServers } = read({ a: { build: '.' } });
    expect({ schemaRegistryUrl, images, publishedPorts, bootstrapServers }).toEqual({
      schemaRegistryUrl: undefined,
      images: [],
      publishedPorts: [],
      bootstrapServers: [],
    });
  });

  it('names each image once', () => {
    expect(read({ a: { image: 'x:1' }, b: { image: 'x:1' }, c: { image: 'y:1' } }).images).toEqual([
      'x:1',
      'y:1',
    ]);
  });
});
