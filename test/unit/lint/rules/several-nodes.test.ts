import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import {
  findingsOf,
  projectText,
  type ServiceText,
  zookeeperBroker,
} from '../../support/compose-projects.ts';
import { imageService } from '../../support/health-checks.ts';

type Services = Record<string, ServiceText>;

describe('one folder for two nodes', () => {
  const found = (services: Services) =>
    findingsOf(services).filter(finding => finding.startsWith('shared-data: '));
  const broker = (volume: string, more: ServiceText = {}, environment: Record<string, string> = {}) =>
    zookeeperBroker(environment, { tmpfs: [], volumes: [volume], ...more });
  const pair = (first: string, second: string, more: ServiceText = {}) => ({
    a: broker(first, more),
    b: broker(second, more),
  });
  const DATA = '/var/lib/kafka/data';
  const of = (name: string, first: string, second: string) => ({
    a: { ...imageService(name), volumes: [first] },
    b: { ...imageService(name), volumes: [second] },
  });
  it.each<[string, Services, string[]]>([
    ['a volume', pair(`data:${DATA}`, `data:${DATA}`), [`shared-data: data:${DATA}`]],
    ['a volume each', pair(`data-a:${DATA}`, `data-b:${DATA}`), []],
    [
      'one path in two spellings',
      pair(`./data:${DATA}`, `./x/../data/:${DATA}`),
      [`shared-data: ./x/../data/:${DATA}`],
    ],
    ['a path each', pair(`./a:${DATA}`, `./b:${DATA}`), []],
    [
      'above the volume of the image, where it does not count',
      pair('data:/var/lib/kafka', 'data:/var/lib/kafka'),
      [],
    ],
    ['for something else', pair('data:/etc/kafka/secrets', 'data:/etc/kafka/secrets'), []],
    ['names that are not known', pair(`\${ONE}/a:${DATA}`, `\${TWO}/a:${DATA}`), []],
    [
      'alternatives',
      { a: broker(`data:${DATA}`, { profiles: ['a'] }), b: broker(`data:${DATA}`, { profiles: ['b'] }) },
      [],
    ],
    [
      'folders of one volume',
      {
        a: broker('data:/data', {}, { KAFKA_LOG_DIRS: '/data/a' }),
        b: broker('data:/data', {}, { KAFKA_LOG_DIRS: '/data/b' }),
      },
      [],
    ],
    [
      'one folder by another name',
      {
        a: broker('data:/data', {}, { KAFKA_LOG_DIRS: '/data/a' }),
        b: broker('data:/other', {}, { KAFKA_LOG_DIRS: '/other/a' }),
      },
      ['shared-data: data:/other'],
    ],
    [
      'a tool that looks at it',
      { a: broker(`data:${DATA}`), b: broker(`data:${DATA}`, { command: 'ls' }) },
      [],
    ],
    [
      'folders named for their container',
      of('wurstmeister/kafka:2.13-2.8.1', 'data:/kafka', 'data:/kafka'),
      [],
    ],
    [
      'Bitnami',
      of('bitnamilegacy/kafka:3.9.0', 'data:/bitnami/kafka', 'data:/bitnami/kafka'),
      ['shared-data: data:/bitnami/kafka'],
    ],
    ['ZooKeeper', of('zookeeper:3.9', 'data:/data', 'data:/data'), ['shared-data: data:/data']],
    [
      'the log of ZooKeeper',
      of('confluentinc/cp-zookeeper:7.9.2', 'data:/var/lib/zookeeper/log', 'data:/var/lib/zookeeper/log'),
      ['shared-data: data:/var/lib/zookeeper/log'],
    ],
    [
      'the long form',
      {
        a: broker(`data:${DATA}`),
        b: zookeeperBroker({}, { tmpfs: [], volumes: [{ type: 'volume', source: 'data', target: DATA }] }),
      },
      [`shared-data: type: volume\n        source: data\n        target: ${DATA}\n`],
    ],
  ])('%s', (_, services, expected) => expect(found(services)).toEqual(expected));
});

describe('ensembles', () => {
  const found = (services: Services) => {
    const text = projectText(services);
    return lintCompose([{ path: 'compose.yml', text }])
      .filter(({ ruleId }) => ruleId === 'zookeeper-ensemble')
      .map(({ severity, place }) => `${severity} ${place.line}: ${text.slice(place.start, place.end)}`);
  };
  const LIST = 'one:2888:3888;two:2888:3888';
  const confluent = (environment: Record<string, string>, more: ServiceText = {}): ServiceText => ({
    ...imageService('confluentinc/cp-zookeeper:7.9.2', { ZOOKEEPER_CLIENT_PORT: '2181', ...environment }),
    ...more,
  });
  const official = (environment: Record<string, string>) => imageService('zookeeper:3.9', environment);
  const OFFICIAL = 'server.1=one:2888:3888;2181 server.2=two:2888:3888;2181';
  const bitnami = (environment: Record<string, string>) =>
    imageService('bitnamilegacy/zookeeper:3.9', { ALLOW_ANONYMOUS_LOGIN: 'yes', ...environment });
  const broker = (connect: string) => zookeeperBroker({ KAFKA_ZOOKEEPER_CONNECT: connect });
  const BOTH = 'one:2181,two:2181';
  it.each<[string, Services, string[]]>([
    [
      'a list without a number',
      { one: confluent({ ZOOKEEPER_SERVERS: LIST }) },
      ['error 6: ZOOKEEPER_SERVERS'],
    ],
    ['a list that may have one', { one: confluent({ ZOOKEEPER_SERVERS: LIST }, { env_file: 'a.env' }) }, []],
    ['a list with a number', { one: confluent({ ZOOKEEPER_SERVERS: LIST, ZOOKEEPER_SERVER_ID: '1' }) }, []],
    ['an empty list', { one: confluent({ ZOOKEEPER_SERVERS: '' }) }, []],
    ['the official image, which has a number', { one: official({ ZOO_SERVERS: OFFICIAL }) }, []],
    [
      'one number twice',
      {
        one: confluent({ ZOOKEEPER_SERVERS: LIST, ZOOKEEPER_SERVER_ID: '1' }),
        two: confluent({ ZOOKEEPER_SERVERS: LIST, ZOOKEEPER_SERVER_ID: '1' }),
      },
      ['error 13: "1"'],
    ],
    [
      'numbers by default',
      { one: official({ ZOO_SERVERS: OFFICIAL }), two: official({ ZOO_SERVERS: OFFICIAL }) },
      ['error 8: environment'],
    ],
    [
      'numbers that a file may hold',
      {
        one: official({ ZOO_SERVERS: OFFICIAL }),
        two: { ...official({ ZOO_SERVERS: OFFICIAL }), volumes: ['./two:/data'] },
      },
      [],
    ],
    [
      'numbers of their own',
      { one: official({ ZOO_SERVERS: OFFICIAL }), two: official({ ZOO_SERVERS: OFFICIAL, ZOO_MY_ID: '2' }) },
      [],
    ],
    [
      'Bitnami, one number twice',
      {
        one: bitnami({ ZOO_SERVERS: 'one:2888:3888,two:2888:3888' }),
        two: bitnami({ ZOO_SERVERS: 'one:2888:3888,two:2888:3888' }),
      },
      ['error 9: environment'],
    ],
    [
      'two alone',
      { one: confluent({}), two: confluent({}), a: broker(BOTH), b: broker(BOTH) },
      ['error 4: environment'],
    ],
    [
      'two alone for one broker',
      { one: official({}), two: official({}), a: broker(BOTH) },
      ['warning 4: environment'],
    ],
    [
      'one of two alone',
      {
        one: confluent({ ZOOKEEPER_SERVERS: LIST, ZOOKEEPER_SERVER_ID: '1' }),
        two: confluent({}),
        a: broker(BOTH),
        b: broker(BOTH),
      },
      ['error 10: environment'],
    ],
    [
      'two for two clusters',
      { one: confluent({}), two: confluent({}), a: broker('one:2181'), b: broker('two:2181') },
      [],
    ],
    ['one by two names', { one: confluent({}, { hostname: 'two' }), a: broker(BOTH), b: broker(BOTH) }, []],
    [
      'a file of their own',
      {
        one: { ...official({}), volumes: ['./zoo.cfg:/conf/zoo.cfg'] },
        two: { ...official({}), volumes: ['./zoo.cfg:/conf/zoo.cfg'] },
        a: broker(BOTH),
        b: broker(BOTH),
      },
      [],
    ],
    [
      'images that are not known',
      {
        one: imageService('example.org/zk:1'),
        two: imageService('example.org/zk:1'),
        a: broker(BOTH),
        b: broker(BOTH),
      },
      [],
    ],
  ])('%s', (_, services, expected) => expect(found(services)).toEqual(expected));
});
