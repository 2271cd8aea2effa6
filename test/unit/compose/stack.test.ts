import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readStack } from '../../../src/compose/stack.ts';

const text = readFileSync('stacks/zookeeper/docker-compose.yml', 'utf8');
const stack = readStack(text);
const file = parse(text, { merge: true }) as {
  services: Record<string, { environment: Record<string, unknown>; volumes?: string[] }>;
};

describe('the zookeeper stack', () => {
  it("is the guide's topology", () => {
    const brokers = ['kafka-broker-1', 'kafka-broker-2', 'kafka-broker-3'];
    expect(stack.services).toEqual(['zookeeper', ...brokers, 'schema-registry']);
    expect(stack.text).toBe(text);
  });

  it('advertises a listener of every broker to clients on the machine', () => {
    expect(stack.bootstrapServers).toEqual(['localhost:19092', 'localhost:29092', 'localhost:39092']);
    expect(stack.schemaRegistryUrl).toBe('http://localhost:8081');
  });

  it('publishes every advertised port, and each on 127.0.0.1 only', () => {
    expect(stack.publishedPorts.map(({ port }) => port)).toEqual([2181, 19092, 29092, 39092, 8081]);
    for (const { address } of stack.publishedPorts) expect(address).toBe('127.0.0.1');
  });

  it('pins every image to a version that has a ZooKeeper mode', () => {
    expect(stack.images).toHaveLength(3);
    for (const image of stack.images) expect(image).toMatch(/^confluentinc\/cp-[a-z-]+:7\.\d+\.\d+$/);
  });

  it('has no setting with a space in its name, which Kafka would never see', () => {
    const names = Object.values(file.services).flatMap(({ environment }) => Object.keys(environment));
    expect(names.length).toBeGreaterThan(30);
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Z0-9_]+$/);
  });

  it('gives every broker its own number, data and listeners, and replicates three times', () => {
    const brokers = Object.entries(file.services).filter(([name]) => name.startsWith('kafka-broker'));
    for (const [index, [name, { environment, volumes = [] }]] of brokers.entries()) {
      expect(environment).toMatchObject({
        KAFKA_BROKER_ID: index + 1,
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 3,
        KAFKA_MIN_INSYNC_REPLICAS: 2,
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${name}:9092,PLAINTEXT_HOST://localhost:${index + 1}9092`,
      });
      expect(volumes).toEqual([`${name}-data:/var/lib/kafka/data`]);
    }
  });

  it("points the registry at the brokers' listeners inside, not at itself", () => {
    const registry =
      file.services['schema-registry']?.environment.SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS;
    expect(String(registry)).not.toContain('localhost');
  });
});

describe('a compose file', () => {
  const read = (services: object) => readStack(JSON.stringify({ services }));

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
