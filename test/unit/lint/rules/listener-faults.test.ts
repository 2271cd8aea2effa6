import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import {
  findingsOf as allFindingsOf,
  kraftNode,
  projectText,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';

/** What the rules of this file find. */
const findingsOf = (services: Readonly<Record<string, ServiceText>>, more: object = {}) =>
  allFindingsOf(services, more).filter(finding =>
    /^(?:listener-|advertised-|inter-broker-|controller-adv)/.test(finding),
  );

type Case = [name: string, kafka: ServiceText, expected: string[]];

const MAP = {
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,HOST:PLAINTEXT',
};
const PORTS = { ports: ['127.0.0.1:9092:9092'] };

describe('two listeners', () => {
  const listeners = (listens: string, advertised: string, more: ServiceText = {}) =>
    zookeeperBroker({ ...MAP, KAFKA_LISTENERS: listens, KAFKA_ADVERTISED_LISTENERS: advertised }, more);
  const advertised = 'PLAINTEXT://kafka:9092,HOST://kafka.example.org:19092';
  it.each<Case>([
    ['on ports of their own', listeners('PLAINTEXT://:9092,HOST://:19092', advertised), []],
    [
      'on one port',
      listeners('PLAINTEXT://:9092,HOST://0.0.0.0:9092', advertised),
      ['listener-duplicate: HOST://0.0.0.0:9092'],
    ],
    [
      'on one port of two addresses',
      listeners('PLAINTEXT://127.0.0.1:9092,HOST://10.0.0.4:9092', advertised),
      ['listener-duplicate: HOST://10.0.0.4:9092'],
    ],
    [
      'on one port of version 4 and of version 6',
      listeners('PLAINTEXT://0.0.0.0:9092,HOST://[::1]:9092', advertised),
      [],
    ],
    ['on any free port', listeners('PLAINTEXT://:0,HOST://:0', advertised), []],
    [
      'with one name',
      zookeeperBroker({ KAFKA_LISTENERS: 'PLAINTEXT://:9092,PLAINTEXT://:9093' }),
      ['listener-duplicate: PLAINTEXT://:9093'],
    ],
    [
      'that advertise one port, and listen on two',
      listeners('PLAINTEXT://:9092,HOST://:19092', 'PLAINTEXT://kafka:9092,HOST://kafka.example.org:9092'),
      [],
    ],
    [
      'that an image makes of two advertised addresses with one port',
      zookeeperBroker({
        ...MAP,
        KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,HOST://kafka.example.org:9092',
      }),
      ['listener-duplicate: HOST://kafka.example.org:9092'],
    ],
    [
      'of an image that makes them otherwise',
      zookeeperBroker(
        { ...MAP, KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,HOST://kafka.example.org:9092' },
        { image: 'wurstmeister/kafka:2.13-2.8.1', tmpfs: '/kafka' },
      ),
      [],
    ],
    [
      'that a command may change',
      listeners('PLAINTEXT://:9092,HOST://:9092', advertised, {
        command: 'bash -c "export KAFKA_LISTENERS=PLAINTEXT://:9092 && exec /etc/confluent/docker/run"',
      }),
      [],
    ],
  ])('%s', (_, kafka, expected) => expect(findingsOf({ kafka })).toEqual(expected));
});

describe('an advertised listener', () => {
  it.each<Case>([
    [
      'that is none',
      zookeeperBroker({
        ...MAP,
        KAFKA_LISTENERS: 'PLAINTEXT://:9092',
        KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,HOST://kafka.example.org:19092',
      }),
      ['advertised-not-a-listener: HOST://kafka.example.org:19092'],
    ],
    [
      'in other letters',
      zookeeperBroker({
        ...MAP,
        KAFKA_LISTENERS: 'PLAINTEXT://:9092,host://:19092',
        KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,HOST://kafka.example.org:19092',
      }),
      [],
    ],
    [
      'beside one that the image fills in',
      zookeeperBroker(
        {
          ...MAP,
          KAFKA_LISTENERS: 'PLAINTEXT://:9092,HOST://:_{PORT_COMMAND}',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,HOST://kafka.example.org:19092',
        },
        { image: 'wurstmeister/kafka:2.13-2.8.1', tmpfs: '/kafka' },
      ),
      [],
    ],
    [
      'of controllers, before 3.9',
      kraftNode(
        { ...MAP, KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,CONTROLLER://kafka:9093' },
        { image: 'confluentinc/cp-kafka:7.6.1' },
      ),
      ['controller-advertised-listener: CONTROLLER://kafka:9093'],
    ],
    [
      'of controllers elsewhere, which Kafka leaves out',
      kraftNode({
        ...MAP,
        KAFKA_PROCESS_ROLES: 'broker',
        KAFKA_NODE_ID: 7,
        KAFKA_LISTENERS: 'PLAINTEXT://:9092',
        KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,CONTROLLER://kafka:9093',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@controller.example.org:9093',
      }),
      [],
    ],
    [
      'of controllers, from 3.9 on',
      kraftNode({ ...MAP, KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092,CONTROLLER://kafka:9093' }),
      [],
    ],
  ])('%s', (_, kafka, expected) => expect(findingsOf({ kafka })).toEqual(expected));
});

describe('the inter-broker listener', () => {
  const set = (environment: Record<string, string>) => zookeeperBroker(environment);
  const protocol = { KAFKA_SECURITY_INTER_BROKER_PROTOCOL: 'PLAINTEXT' };
  it.each<Case>([
    [
      'is set twice',
      set({ ...protocol, KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT' }),
      ['inter-broker-set-twice: PLAINTEXT'],
    ],
    ['is set the older way', set(protocol), []],
    [
      'is set twice, once to nothing',
      set({ ...protocol, KAFKA_INTER_BROKER_LISTENER_NAME: '' }),
      ['inter-broker-listener-missing: ""'],
    ],
    [
      'is set over what the image sets',
      { image: 'confluentinc/confluent-local:7.9.2', tmpfs: '/tmp', environment: protocol },
      [],
    ],
  ])('%s', (_, kafka, expected) => expect(findingsOf({ kafka })).toEqual(expected));
});

describe('a listener on localhost', () => {
  const bound = (listeners: string, more: ServiceText) =>
    zookeeperBroker(
      { KAFKA_LISTENERS: listeners, KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:9092' },
      more,
    );
  it.each<Case>([
    [
      'with its port published',
      bound('PLAINTEXT://127.0.0.1:9092', PORTS),
      ['listener-on-localhost: PLAINTEXT://127.0.0.1:9092'],
    ],
    ['for the container itself', bound('PLAINTEXT://localhost:9092', {}), []],
    [
      'for controllers is for the node itself',
      kraftNode(
        {
          KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://localhost:9093',
          KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
        },
        { ports: ['127.0.0.1:9093:9093'] },
      ),
      [],
    ],
    ['is not one on every address', bound('PLAINTEXT://0.0.0.0:9092', PORTS), []],
    ['nor one on its own name', bound('PLAINTEXT://kafka:9092', PORTS), []],
    ['of the machine', bound('PLAINTEXT://localhost:9092', { ...PORTS, network_mode: 'host' }), []],
  ])('%s', (_, kafka, expected) => expect(findingsOf({ kafka })).toEqual(expected));
});

describe('a listener on localhost in a cluster', () => {
  const node = (id: number, listeners: string) =>
    kraftNode({
      KAFKA_NODE_ID: id,
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@k1:9093,2@k2:9093',
      KAFKA_LISTENERS: listeners,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://k${id}:9092`,
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 2,
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 2,
    });
  const open = 'PLAINTEXT://:9092,CONTROLLER://:9093';
  it.each([
    [
      'of brokers',
      'PLAINTEXT://localhost:9092,CONTROLLER://:9093',
      ['listener-on-localhost: PLAINTEXT://localhost:9092'],
    ],
    [
      'of controllers',
      'PLAINTEXT://:9092,CONTROLLER://localhost:9093',
      ['listener-on-localhost: CONTROLLER://localhost:9093'],
    ],
    ['is not one on every address', open, []],
  ])('%s', (_, listeners, expected) =>
    expect(findingsOf({ k1: node(1, listeners), k2: node(2, open) })).toEqual(expected),
  );
});

describe('listeners without a map of protocols', () => {
  const bitnami = (listens: string, image = 'bitnamilegacy/kafka:3.4.0'): ServiceText => ({
    image,
    tmpfs: '/bitnami/kafka',
    environment: { ALLOW_PLAINTEXT_LISTENER: 'yes', KAFKA_CFG_LISTENERS: listens },
  });
  it.each<[string, ServiceText, string[]]>([
    ['with the names of protocols', bitnami('PLAINTEXT://:9092,CONTROLLER://:9093'), []],
    ['with a name of its own', bitnami('IN://:9092'), ['listener-not-mapped: IN://:9092']],
    [
      'of wurstmeister',
      {
        image: 'wurstmeister/kafka:2.13-2.8.1',
        environment: { KAFKA_ZOOKEEPER_CONNECT: 'z.example.org:2181', KAFKA_LISTENERS: 'IN://:9092' },
      },
      ['listener-not-mapped: IN://:9092'],
    ],
  ])('%s', (_, kafka, expected) => expect(findingsOf({ kafka })).toEqual(expected));
});

describe('listeners of an image that is built or not known', () => {
  const built = (listens: string, advertised: string, more: ServiceText = {}): ServiceText => ({
    build: '.',
    ...more,
    environment: {
      KAFKA_ZOOKEEPER_CONNECT: 'zookeeper.example.org:2181',
      KAFKA_LISTENERS: listens,
      KAFKA_ADVERTISED_LISTENERS: advertised,
    },
  });
  const told = (services: Record<string, ServiceText>) =>
    lintCompose([{ path: 'compose.yml', text: projectText(services) }])
      .filter(({ ruleId }) => /^(?:listener-|advertised-|published-)/.test(ruleId))
      .map(({ ruleId, severity }) => `${severity} ${ruleId}`);
  const one = 'IN://:9092,OUT://:9093';
  it.each<[string, Record<string, ServiceText>, string[]]>([
    [
      'on one port',
      { a: built('IN://:9092,OUT://:9092', 'IN://a:9092,OUT://a.example.org:9093') },
      ['warning listener-duplicate'],
    ],
    ['on ports of their own', { a: built(one, 'IN://a:9092,OUT://a.example.org:9093') }, []],
    [
      'at the address of another broker',
      {
        a: built(one, 'IN://a:9092,OUT://a.example.org:9093'),
        b: built(one, 'IN://a:9092,OUT://b.example.org:9093', { image: 'example.org/kafka:1' }),
      },
      ['warning advertised-listener-duplicate'],
    ],
    ['at addresses of their own', { a: built(one, 'IN://a:9092'), b: built(one, 'IN://b:9092') }, []],
    [
      'of another cluster',
      {
        a: built(one, 'IN://a:9092'),
        b: { ...built(one, 'IN://a:9092'), environment: { KAFKA_ADVERTISED_LISTENERS: 'IN://a:9092' } },
      },
      [],
    ],
    [
      'with a published port that leads inside',
      { a: built(one, 'IN://a:9092,OUT://localhost:9093', { ports: ['9092:9092', '9093:9093'] }) },
      ['warning published-internal-name'],
    ],
    [
      'with published ports that do not',
      { a: built(one, 'IN://a:9092,OUT://localhost:9093', { ports: ['9093:9093'] }) },
      [],
    ],
    ['of a command of its own', { a: built('A://:1000,B://:1000', 'A://a:1000', { command: 'serve' }) }, []],
  ])('%s', (_, services, expected) => expect(told(services)).toEqual(expected));
});
