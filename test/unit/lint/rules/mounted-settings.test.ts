import { describe, expect, it } from 'vitest';
import { findingsOf, zookeeperBroker } from '../../support/compose-projects.ts';

/** A broker without a setting that it needs, unless what is mounted brings it. */
const found = (target: string) =>
  findingsOf({
    kafka: zookeeperBroker(
      { KAFKA_ZOOKEEPER_CONNECT: 'zk.example.org' },
      { ports: ['9092:9092'], volumes: [`./a:${target}`] },
    ),
  }).some(finding => finding.startsWith('open-port'));

describe('a broker is known by its variables', () => {
  it.each([
    '/etc/kafka/configs',
    '/etc/kafka/secrets',
    '/etc/kafka/secrets/',
    '/etc/kafka/kafka_server_jaas.conf',
    '/etc/kafka/ssl/broker.jks',
    '/etc/kafka/log4j.properties',
    '/etc/kafka-connect/jars',
    '/opt/kafka/config/certs',
    '/opt/kafka/libs',
    '/var/lib/kafka/data',
  ])('beside %s', target => expect(found(target)).toBe(true));

  it.each([
    '/etc/kafka',
    '/etc/kafka/',
    '/etc/kafka/kafka.properties',
    '/etc/kafka/docker/configure',
    '/etc/kafka/kraft/server.properties',
    '/etc/confluent/docker',
    '/opt/kafka/config',
    '/opt/kafka/config/server.properties',
    '/mnt/shared/config',
  ])('but not with %s, which may say anything', target => expect(found(target)).toBe(false));
});
