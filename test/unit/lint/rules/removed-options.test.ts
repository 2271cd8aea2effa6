import { describe, expect, it } from 'vitest';
import { findingsOf, zookeeperBroker } from '../../support/compose-projects.ts';

/** A tool that is told of ZooKeeper, beside a broker that has the same image. */
const project = (tag: string) => ({
  zookeeper: { image: 'confluentinc/cp-zookeeper:7.9.2', environment: { ZOOKEEPER_CLIENT_PORT: 2181 } },
  kafka: zookeeperBroker(
    { KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181' },
    { image: `confluentinc/cp-kafka${tag}` },
  ),
  users: {
    image: `confluentinc/cp-kafka${tag}`,
    command: 'kafka-configs --zookeeper zookeeper:2181 --alter --entity-type users --entity-name a',
  },
});

describe('an option that a tool no longer has', () => {
  it.each<[string, string, boolean]>([
    ['in a version without it', ':8.1.1', true],
    ['not in the version that the project is put back to', '', false],
  ])('is told %s', (_, tag, isTold) => {
    const found = findingsOf(project(tag)).filter(finding => finding.startsWith('command-option-removed'));
    expect(found).toHaveLength(isTold ? 1 : 0);
  });
});
