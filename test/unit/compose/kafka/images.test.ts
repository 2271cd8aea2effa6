import { describe, expect, it } from 'vitest';
import { IMAGE_TABLE } from '../../../../src/compose/kafka/image-table.ts';
import {
  imageFacts,
  isLatest,
  kafkaVersion,
  knownImage,
  readImage,
  readVersion,
} from '../../../../src/compose/kafka/images.ts';
import { SourceText } from '../../../../src/compose/reader/place.ts';

const read = (name: string) =>
  readImage({ text: name, place: new SourceText('f', name).place(0, name.length), unresolved: [] });

describe('an image', () => {
  it.each<[string, string, string | undefined, string | undefined, boolean]>([
    ['confluentinc/cp-kafka:7.9.2', 'confluentinc/cp-kafka', '7.9.2', 'kafka confluent', false],
    ['confluentinc/cp-kafka', 'confluentinc/cp-kafka', undefined, 'kafka confluent', true],
    ['confluentinc/cp-zookeeper:latest', 'confluentinc/cp-zookeeper', 'latest', 'zookeeper confluent', true],
    ['docker.io/apache/kafka:4.1.1', 'apache/kafka', '4.1.1', 'kafka apache', false],
    [
      'mirror:5000/x/confluentinc/cp-schema-registry:8.1.1',
      'confluentinc/cp-schema-registry',
      '8.1.1',
      'registry confluent',
      false,
    ],
    ['zookeeper:3.9', 'zookeeper', '3.9', 'zookeeper zookeeper', false],
    ['docker.io/zookeeper', 'zookeeper', undefined, 'zookeeper zookeeper', true],
    [
      'public.ecr.aws/team/confluentinc-cp-kafka:8.2.0-1-ubi9',
      'confluentinc/cp-kafka',
      '8.2.0-1-ubi9',
      'kafka confluent',
      false,
    ],
    [
      'registry.example/team/cp-zookeeper:7.9.2',
      'confluentinc/cp-zookeeper',
      '7.9.2',
      'zookeeper confluent',
      false,
    ],
    ['localhost/bitnami_kafka:3.9.0', 'bitnami/kafka', '3.9.0', 'kafka bitnami', false],
    ['mirror.gcr.io/library/zookeeper:3.9', 'zookeeper', '3.9', 'zookeeper zookeeper', false],
    ['public.ecr.aws/bitnami/kafka:3.9.0', 'bitnami/kafka', '3.9.0', 'kafka bitnami', false],
    ['somebody/cp-kafka:7.9.2', 'somebody/cp-kafka', '7.9.2', undefined, false],
    ['docker.io/somebody/cp-kafka:7.9.2', 'somebody/cp-kafka', '7.9.2', undefined, false],
    ['registry.example/team/kafka:1', 'team/kafka', '1', undefined, false],
    ['mirror:5000/kafka', 'mirror:5000/kafka', undefined, undefined, true],
    ['a/b@sha256:00', 'a/b', undefined, undefined, false],
    ['a/b:1@sha256:00', 'a/b', '1', undefined, false],
    ['constructor', 'constructor', undefined, undefined, true],
  ])('%s', (name, repository, tag, known, latest) => {
    const image = read(name);
    if (!image) throw new Error('no image');
    expect([image.repository, image.tag?.text, isLatest(image)]).toEqual([repository, tag, latest]);
    const found = knownImage(image);
    expect(found && `${found.role} ${found.family}`).toBe(known);
  });

  it('from a variable is none', () => {
    expect(
      readImage({ text: '', place: new SourceText('f', '').place(0), unresolved: ['X'] }),
    ).toBeUndefined();
  });

  it.each<[string, string | undefined]>([
    ['confluentinc/cp-kafka:7.9.2-1-ubi8', '3.9'],
    ['confluentinc/cp-kafka:8.1.1', '4.1'],
    ['confluentinc/cp-kafka:6.2.0', '2.8'],
    ['confluentinc/cp-kafka:5.0.0', '2.0'],
    ['confluentinc/cp-kafka:3.2.0', '0.10'],
    ['confluentinc/cp-kafka:8.0.0-SNAPSHOT', undefined],
    ['confluentinc/cp-kafka:4.0.0', '1.0'],
    ['confluentinc/cp-kafka:latest', undefined],
    ['confluentinc/cp-kafka:stable', undefined],
    ['apache/kafka:3.7.0', '3.7'],
    ['apache/kafka:4', '4.0'],
    ['bitnami/kafka:3.6-debian-11', '3.6'],
    ['wurstmeister/kafka:2.13-2.8.1', '2.8'],
  ])('%s holds Kafka %s', (name, expected) => {
    const image = read(name);
    const family = image && knownImage(image)?.family;
    const version = image && family && kafkaVersion(image, family);
    expect(version && `${version.major}.${version.minor}`).toBe(expected);
  });

  it('has a version where its tag begins with one', () => {
    expect([readVersion('v7.4.0'), readVersion('x7'), readVersion(undefined)]).toEqual([
      { major: 7, minor: 4 },
      undefined,
      undefined,
    ]);
  });
});

describe('a tag that moves', () => {
  it.each([
    'latest',
    'latest-ubi8',
    'latest.arm64',
    'latest.amd64',
    'edge',
    'main',
    'nightly',
    'dev',
    '4.2.0-SNAPSHOT',
  ])('%s', tag => {
    const image = read(`confluentinc/cp-kafka:${tag}`);
    expect(image && isLatest(image)).toBe(true);
    expect(image && kafkaVersion(image, 'confluent')).toBeUndefined();
  });

  it.each(['7.9.x-latest', '7.9.x-latest-ubi8'])('%s, within its version', tag => {
    const image = read(`confluentinc/cp-kafka:${tag}`);
    expect(image && isLatest(image)).toBe(true);
    expect(image && kafkaVersion(image, 'confluent')).toEqual({ major: 3, minor: 9 });
  });

  it.each(['7.9.2', '7', '4.1.1-rc1', 'stable', 'latestish', 'mainframe', '7.9.2-1-ubi8.arm64', 'developer'])(
    'is not %s',
    tag => {
      const image = read(`confluentinc/cp-kafka:${tag}`);
      expect(image && isLatest(image)).toBe(false);
    },
  );
});

describe('the table of images', () => {
  it('has each name once, with a source', () => {
    const names = IMAGE_TABLE.flatMap(({ repositories }) => repositories);
    expect(new Set(names).size).toBe(names.length);
    for (const { source } of IMAGE_TABLE) expect(source).toMatch(/^https:\/\//);
  });

  it.each<[string, string | undefined]>([
    ['public.ecr.aws/bitnami/kafka:3.9', 'kafka bitnami'],
    ['bitnamisecure/kafka', 'kafka bitnami'],
    ['docker.io/library/zookeeper:3.9', 'zookeeper zookeeper'],
    ['quay.io/strimzi/kafka:0.45.0-kafka-3.9.0', 'kafka other'],
    ['confluentinc/cp-server-connect-base:7.9.2', 'connect confluent'],
    ['spotify/kafka', 'all-in-one other'],
    ['someone/kafka', undefined],
  ])('%s', (name, expected) => {
    const image = read(name);
    const facts = image && imageFacts(image);
    expect(facts && `${facts.role} ${facts.family}`).toBe(expected);
  });
});
