import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import { projectText, type ServiceText } from '../../support/compose-projects.ts';

const findings = (services: Record<string, ServiceText>) =>
  lintCompose([{ path: 'f', text: projectText(services) }]);
const RULES = ['image-withdrawn', 'image-not-pinned', 'no-zookeeper-mode'];
const about = (services: Record<string, ServiceText>) =>
  findings(services).filter(({ ruleId }) => RULES.includes(ruleId));

describe('an image that is gone', () => {
  it.each<[string, string | undefined]>([
    ['bitnami/kafka:3.9.0', 'bitnamilegacy/kafka:3.9.0'],
    ['docker.io/bitnami/kafka:3.9.0', 'bitnamilegacy/kafka:3.9.0'],
    ['bitnami/kafka', 'bitnamilegacy/kafka:4.0.0'],
    ['bitnami/kafka:latest', 'bitnamilegacy/kafka:4.0.0'],
    ['bitnami/zookeeper', 'bitnamilegacy/zookeeper:3.9.3'],
    ['bitnami/redis:7.2', 'bitnamilegacy/redis:7.2'],
    [`bitnami/kafka:\${VERSION:-3.9}`, 'bitnamilegacy/kafka:3.9'],
    [`bitnami/kafka:\${VERSION}`, 'bitnamilegacy/kafka:4.0.0'],
  ])('%s is told once, with %s', (image, proposal) => {
    expect(about({ a: { image } }).map(each => [each.ruleId, each.proposal])).toEqual([
      ['image-withdrawn', proposal],
    ]);
  });

  it.each<[string, ServiceText]>([
    ['another owner', { image: 'bitnamilegacy/kafka:3.9.0' }],
    ['another registry', { image: 'public.ecr.aws/bitnami/kafka:3.9.0' }],
    ['a mirror', { image: 'localhost:5000/bitnami/kafka:3.9.0' }],
    ['a mirror from a variable', { image: `\${REGISTRY}bitnami/kafka:3.9.0` }],
    ['a digest', { image: `bitnami/kafka@sha256:${'0'.repeat(64)}` }],
    ['an image that the project builds', { image: 'bitnami/kafka:3.9.0', build: '.' }],
    ['an image that is never pulled', { image: 'bitnami/kafka:3.9.0', pull_policy: 'never' }],
  ])('is not %s', (_, service) => expect(about({ a: service })).toEqual([]));

  it.each([
    ['bitnami/kafka:2-debian-10', 0],
    ['bitnami/zookeeper:3.7.0-debian-9-r12', 0],
    ['bitnami/kafka:3.4.1-debian-11-r49', 1],
    ['bitnami/kafka:3.9.0-debian-12-r10', 1],
  ])('%s is looked for in the archive only when it was moved there', (image, proposals) => {
    const found = about({ a: { image } });
    expect(found.map(({ ruleId }) => ruleId)).toEqual(['image-withdrawn']);
    expect(found.flatMap(({ proposal }) => proposal ?? [])).toHaveLength(proposals);
    expect(found[0]?.hint.includes('has no images of this system')).toBe(proposals === 0);
  });

  it('may still be made without a version', () => {
    expect(about({ a: { image: 'bitnami/redis:latest' } }).map(({ ruleId }) => ruleId)).toEqual([
      'image-not-pinned',
    ]);
  });

  it('is replaced by one that reads the same variables, with ZooKeeper too', () => {
    const environment = { KAFKA_CFG_ZOOKEEPER_CONNECT: 'zk.example.org' };
    const [found, ...others] = about({ a: { image: 'bitnami/kafka', environment } });
    expect(others).toEqual([]);
    expect(found?.proposal).toBe('bitnamilegacy/kafka:3.9.0');
    expect(found?.hint).toMatch(/^Write bitnamilegacy\/kafka:3\.9\.0, the last version with ZooKeeper/);
    const [kraft] = about({
      a: { image: 'bitnami/kafka', environment: { KAFKA_CFG_PROCESS_ROLES: 'broker' } },
    });
    expect(kraft?.hint).not.toMatch(/ZooKeeper/);
  });
});

describe('an image without a version', () => {
  it('is told once for all services that have it', () => {
    const image = 'example.org/a/b:latest';
    const found = about({ a: { image }, b: { image }, c: { image }, d: { image: 'example.org/a/b:1' } });
    expect(found.map(({ message, also }) => [message, also?.length])).toEqual([
      ['The tag "latest" is another image from one day to the next.', 2],
    ]);
  });

  it.each([
    'redis:alpine',
    'redis:alpine3.20',
    'docker.io/library/redis:bookworm',
    'nginx:stable-alpine-slim',
    'node:lts',
    'postgres:latest-alpine',
    'python:slim-bookworm',
    'gradle:jdk17-alpine',
    'flink:scala_2.12-java11',
    'debian:stable-slim',
    'example.org/team/app:stable',
  ])('has a tag that moves: %s', image =>
    expect(about({ a: { image } }).map(({ ruleId }) => ruleId)).toEqual(['image-not-pinned']),
  );

  it.each([
    'redis:7-alpine',
    'postgres:16',
    'couchbase:community-7.2.0',
    'eclipse-temurin:17-jre',
    'debian:bookworm-slim',
    'ubuntu:jammy',
    'traefik:saintnectaire',
    'example.org/team/app:alpine3',
    'example.org/team/app:stable-1.2',
    'example.org/team/app:ab12cd3',
    `redis:alpine@sha256:${'0'.repeat(64)}`,
  ])('has a version: %s', image => expect(about({ a: { image } })).toEqual([]));

  it.each<[string, string[]]>([
    ['confluentinc/cp-zookeeper:8.0.0', ['no-zookeeper-mode']],
    ['confluentinc/cp-zookeeper:8.4.x-latest', ['no-zookeeper-mode']],
    ['registry.example.org/confluentinc/cp-zookeeper:8.1.x-latest-ubi8', ['no-zookeeper-mode']],
    ['confluentinc/cp-zookeeper:7.9.x-latest', ['image-not-pinned']],
    ['confluentinc/cp-zookeeper:latest', ['image-not-pinned']],
    ['confluentinc/cp-zookeeper:7.9.2', []],
  ])('ended before, or not: %s', (image, expected) =>
    expect(about({ a: { image } }).map(({ ruleId }) => ruleId)).toEqual(expected),
  );

  it('is proposed with the system that it has', () => {
    expect(about({ a: { image: 'redis:alpine' } })[0]?.proposal).toBe('redis:VERSION-alpine');
  });

  it('is none when another service builds it', () => {
    expect(about({ a: { build: '.', image: 'shop' }, b: { image: 'shop' } })).toEqual([]);
  });

  it('that has no ZooKeeper is told once for all brokers', () => {
    const kafka = {
      image: 'confluentinc/cp-kafka',
      environment: { KAFKA_ZOOKEEPER_CONNECT: 'zk.example.org' },
    };
    const found = about({ a: kafka, b: structuredClone(kafka) });
    expect(found.map(({ ruleId }) => ruleId)).toEqual(['no-zookeeper-mode']);
    expect(found[0]?.also).toHaveLength(1);
  });

  it.each([
    'wurstmeister/kafka',
    'landoop/kafka-topics-ui:latest',
    'spotify/kafka',
    'confluentinc/cp-ksql-server',
    'bitnamilegacy/kafka:latest',
    'docker.io/bitnamilegacy/redis',
  ])('is none when the image is given up: %s', image => expect(about({ a: { image } })).toEqual([]));

  it.each(['pipeline-kafka', 'my-app:latest'])('is none when no registry can have it: %s', image =>
    expect(about({ a: { image } })).toEqual([]),
  );

  it.each([
    ['confluentinc/cp-kafka-connect', 'confluentinc/cp-kafka-connect:8.1.1'],
    ['confluentinc/cp-server:8.4.x-latest', 'confluentinc/cp-server:VERSION'],
    ['confluentinc/cp-enterprise-kafka:latest.arm64', undefined],
    ['redpandadata/console', 'redpandadata/console:VERSION'],
  ])('%s is proposed as %s', (image, proposal) =>
    expect(about({ a: { image } }).map(each => each.proposal)).toEqual([proposal]),
  );
});
