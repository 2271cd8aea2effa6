import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { machineView } from '../../../../src/compose/deployment/machine-view.ts';
import { isUnknownHost, readKafka, serviceNamed } from '../../../../src/compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../../../src/compose/kafka/kafka-node.ts';
import { loadCompose } from '../../../../src/compose/reader/load.ts';
import {
  kraftNode,
  projectText,
  registry,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';
import { readProject } from '../../support/stacks.ts';

function read(text: string) {
  const { model } = loadCompose([{ path: 'f', text }]);
  const kafka = readKafka(model);
  return { model, kafka, view: machineView(model, kafka) };
}
const readServices = (services: Record<string, ServiceText>, more: object = {}) =>
  read(projectText(services, more));

/** What a node of several machines is says its `.env`, which is made for it: see node-plan.test.ts. */
const WHOLE_STACKS = readdirSync('stacks').filter(name => name !== 'kraft-node');

describe('what a client on the machine sees', () => {
  it.each(WHOLE_STACKS)('of the stack %s is what the stack says', name => {
    const text = readFileSync(`stacks/${name}/docker-compose.yml`, 'utf8');
    const { view } = read(text);
    const {
      stack: { volumes: _volumes, memory: _memory, serviceImages: _images, ...stack },
      cluster: { brokers, members: _members, ...cluster },
    } = readProject(text);
    expect(view).toMatchObject({ ...stack, ...cluster });
    expect(view.brokers.map(({ bootstrapServer }) => bootstrapServer)).toEqual(
      brokers.map(({ address }) => address),
    );
  });

  it.each<[string, ServiceText, string | undefined]>([
    [
      'a published listener',
      zookeeperBroker(
        { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:1,HOST://localhost:2' },
        { ports: ['127.0.0.1:2:2'] },
      ),
      'localhost:2',
    ],
    [
      '127.0.0.1',
      zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://127.0.0.1:2' }, { ports: ['2:2'] }),
      '127.0.0.1:2',
    ],
    [
      'another port inside',
      zookeeperBroker(
        { KAFKA_LISTENERS: 'PLAINTEXT://:9', KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:2' },
        { ports: ['2:9'] },
      ),
      'localhost:2',
    ],
    [
      'the network of the machine',
      zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:2' }, { network_mode: 'host' }),
      'localhost:2',
    ],
    ['the defaults of apache/kafka', { image: 'apache/kafka:4.1.1', ports: ['9092:9092'] }, 'localhost:9092'],
    [
      'the defaults of confluent-local',
      { image: 'confluentinc/confluent-local:8.1.1', ports: ['9092:9092'] },
      'localhost:9092',
    ],
    [
      'a port that is not published',
      zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:2' }),
      undefined,
    ],
    [
      'a port on another address',
      zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:2' }, { ports: ['10.0.0.1:2:2'] }),
      undefined,
    ],
    [
      'a name',
      zookeeperBroker({ KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:2' }, { ports: ['2:2'] }),
      undefined,
    ],
  ])('%s', (_, kafka, bootstrapServer) => {
    const { view } = readServices({ kafka });
    expect(view.brokers).toEqual([
      { service: 'kafka', ...(bootstrapServer === undefined ? {} : { bootstrapServer }) },
    ]);
    expect(view.bootstrapServers).toEqual(bootstrapServer === undefined ? [] : [bootstrapServer]);
  });

  it('has the registry at its published port, and every port of a range', () => {
    const { view } = readServices({
      registry: registry(
        { SCHEMA_REGISTRY_LISTENERS: 'http://0.0.0.0:8085' },
        { ports: ['18085:8085', '1-2:1-2', '7'] },
      ),
    });
    expect(view.schemaRegistryUrl).toBe('http://localhost:18085');
    expect(view.publishedPorts.map(({ port }) => port)).toEqual([18085, 1, 2]);
    expect(
      readServices({
        registry: registry({ SCHEMA_REGISTRY_LISTENERS: `http://\${X}` }, { ports: ['8081:8081'] }),
      }).view.schemaRegistryUrl,
    ).toBeUndefined();
    expect(readServices({ registry: registry() }).view.schemaRegistryUrl).toBeUndefined();
  });
});

describe('nodes', () => {
  it('have roles, numbers, listeners and a protocol for each', () => {
    const { kafka } = readServices({ kafka: kraftNode() });
    expect(kafka.nodes[0]).toMatchObject({
      mode: 'kraft',
      isBroker: true,
      isController: true,
      id: { number: 1 },
      version: { major: 4, minor: 1 },
      interBroker: 'PLAINTEXT',
      controllerNames: ['CONTROLLER'],
      complete: true,
    });
    expect(kafka.nodes[0]?.protocols?.get('CONTROLLER')).toBe('PLAINTEXT');
  });

  it('listen where they advertise when they are not told', () => {
    const [node] = readServices({ kafka: zookeeperBroker() }).kafka.nodes;
    expect(node?.listeners).toMatchObject([{ name: 'PLAINTEXT', host: '0.0.0.0', port: 9092 }]);
    expect(
      readServices({
        kafka: { image: 'bitnami/kafka:3', environment: { KAFKA_CFG_ADVERTISED_LISTENERS: 'A://b:1' } },
      }).kafka.nodes[0]?.listeners,
    ).toBeUndefined();
  });

  it('are not what only runs one of the tools', () => {
    expect(
      readServices({ init: { image: 'confluentinc/cp-kafka:8.1.1', command: 'kafka-topics' } }).kafka.nodes,
    ).toEqual([]);
    expect(
      readServices({ kafka: zookeeperBroker({}, { command: '/start.sh' }) }).kafka.nodes[0]?.complete,
    ).toBe(false);
  });

  it.each<[keyof KafkaNode, Record<string, string>]>([
    ['advertised', { KAFKA_ADVERTISED_LISTENERS: `A://\${X}:1` }],
    ['listeners', { KAFKA_LISTENERS: `A://\${X}:1` }],
    ['protocols', { KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: `\${X}` }],
    ['interBroker', { KAFKA_INTER_BROKER_LISTENER_NAME: `\${X}` }],
    ['id', { KAFKA_BROKER_ID: `\${X}` }],
  ])('do not know %s from a variable without a value', (part, environment) => {
    const [node] = readServices({ kafka: zookeeperBroker(environment) }).kafka.nodes;
    expect(node).toBeDefined();
    expect(node?.[part]).toBeUndefined();
  });

  it('form clusters by who leads them', () => {
    const { kafka } = readServices({
      a: zookeeperBroker({ KAFKA_ZOOKEEPER_CONNECT: 'x.example.org:1,y.example.org:1' }),
      b: zookeeperBroker({ KAFKA_ZOOKEEPER_CONNECT: 'y.example.org:1, x.example.org:1' }),
      c: zookeeperBroker({ KAFKA_ZOOKEEPER_CONNECT: 'x.example.org:1' }),
      p: zookeeperBroker({ KAFKA_ZOOKEEPER_CONNECT: 'x.example.org:1,y.example.org:1/path' }),
      q: zookeeperBroker({ KAFKA_ZOOKEEPER_CONNECT: 'y.example.org:1/path' }),
      d: kraftNode({ KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093' }),
      e: kraftNode({ KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093' }),
    });
    expect(kafka.clusters.map(({ nodes }) => nodes.map(({ service }) => service.name).join(''))).toEqual([
      'abc',
      'pq',
      'd',
      'e',
    ]);
    expect(kafka.clusters.every(({ complete }) => !complete)).toBe(true);
  });

  it('form one cluster when their ZooKeepers know of each other, and none when these do not', () => {
    const zookeeper = (servers?: string) => ({
      image: 'confluentinc/cp-zookeeper:7.9.2',
      environment: { ZOOKEEPER_CLIENT_PORT: 2181, ...(servers && { ZOOKEEPER_SERVERS: servers }) },
    });
    const clusters = (servers?: string) =>
      readServices({
        z1: zookeeper(servers),
        z2: zookeeper(servers),
        a: zookeeperBroker({ KAFKA_ZOOKEEPER_CONNECT: 'z1:2181' }),
        b: zookeeperBroker({ KAFKA_ZOOKEEPER_CONNECT: 'z2' }),
        c: zookeeperBroker({ KAFKA_ZOOKEEPER_CONNECT: 'z1:2181,z2:2181/path' }),
      }).kafka.clusters.map(({ nodes, complete }) => [
        nodes.map(({ service }) => service.name).join(''),
        complete,
      ]);
    expect(clusters('z1:2888:3888;z2:2888:3888')).toEqual([
      ['ab', true],
      ['c', true],
    ]);
    expect(clusters()).toEqual([
      ['a', true],
      ['b', true],
      ['c', true],
    ]);
  });
});

describe('names', () => {
  const { model } = readServices(
    {
      a: {
        image: 'x:1',
        container_name: 'aa',
        hostname: 'host-a',
        networks: { default: { aliases: ['alias'] } },
      },
      b: { image: 'x:1', networks: ['outside'] },
      c: { image: 'x:1', extra_hosts: ['extra:1.1.1.1'] },
    },
    { networks: { outside: { external: true } } },
  );
  const [a, b, c] = model.services;

  it('lead to services', () => {
    expect(['a', 'aa', 'host-a', 'alias', 'x'].map(name => serviceNamed(model, name)?.name)).toEqual([
      'a',
      'a',
      'a',
      'a',
      undefined,
    ]);
  });

  it('are unknown only where nothing else can have them', () => {
    if (!a || !b || !c) throw new Error('no services');
    expect(['x', 'x.example.org', 'localhost', 'b', ''].map(name => isUnknownHost(model, a, name))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect([
      isUnknownHost(model, b, 'x'),
      isUnknownHost(model, c, 'extra'),
      isUnknownHost(model, c, 'x'),
    ]).toEqual([false, false, true]);
  });
});
