import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import { projectText, zookeeperBroker } from '../../support/compose-projects.ts';
import { imageService, verdictOf } from '../../support/health-checks.ts';

const TOPICS = 'kafka-topics --create --topic t --zookeeper zk.example.org:2181';
const said = (image: string, command: unknown, more: object = {}) =>
  lintCompose([{ path: 'compose.yml', text: projectText({ a: { image, command, ...more } }) }])
    .filter(({ ruleId }) => ruleId === 'command-option-removed')
    .map(({ message }) => /(\S+) has no (\S+), which Kafka (\d)/.exec(message)?.slice(1).join(' '));

describe('an option that is gone', () => {
  it.each<[string, unknown, string]>([
    ['confluentinc/cp-kafka:7.0.0', TOPICS, 'kafka-topics --zookeeper 3'],
    ['confluentinc/cp-kafka:latest', ['bash', '-c', `sleep 5; ${TOPICS}`], 'kafka-topics --zookeeper 3'],
    [
      'apache/kafka:3.9.0',
      `/opt/kafka/bin/${TOPICS.replace('topics', 'topics.sh')}`,
      '/opt/kafka/bin/kafka-topics.sh --zookeeper 3',
    ],
    ['confluentinc/cp-schema-registry:7.9.2', TOPICS.replace(' zk', '=zk'), 'kafka-topics --zookeeper 3'],
    [
      'confluentinc/cp-kafka:8.0.0',
      'kafka-configs --zookeeper zk:2181 --alter',
      'kafka-configs --zookeeper 4',
    ],
    [
      'bitnamilegacy/kafka:4.0.0',
      'kafka-acls.sh --authorizer-properties x=y --list',
      'kafka-acls.sh --authorizer-properties 4',
    ],
    [
      'wurstmeister/kafka:2.13-2.8.1',
      'kafka-console-consumer.sh --zookeeper zk:2181',
      'kafka-console-consumer.sh --zookeeper 2',
    ],
  ])('is told: %s %j', (image, command, expected) => expect(said(image, command)).toEqual([expected]));

  it.each<[string, unknown, object?]>([
    ['confluentinc/cp-kafka:6.2.0', TOPICS],
    ['confluentinc/cp-kafka:7.9.2', 'kafka-configs --zookeeper zk:2181 --alter'],
    ['confluentinc/cp-enterprise-kafka:latest', 'kafka-configs --zookeeper zk:2181 --alter'],
    ['wurstmeister/kafka', TOPICS.replace('topics', 'topics.sh')],
    [
      'confluentinc/cp-kafka:7.9.2',
      TOPICS.replace('zookeeper zk.example.org:2181', 'bootstrap-server k:9092'),
    ],
    ['confluentinc/cp-kafka:7.9.2', `bash -c "${TOPICS} || true"`],
    ['confluentinc/cp-kafka:7.9.2', TOPICS, { build: '.' }],
    ['confluentinc/cp-kafka:7.9.2', 'my-tool --zookeeper zk:2181'],
    ['example.org/kafka:7.9.2', TOPICS],
  ])('is there, or not known: %s %j', (image, command, more = {}) =>
    expect(said(image, command, more)).toEqual([]),
  );

  it('makes a health check fail', () => {
    const check = 'kafka-topics --list --zookeeper zk:2181';
    expect(verdictOf(zookeeperBroker(), check)).toBe('in this image kafka-topics has no --zookeeper');
    expect(verdictOf(zookeeperBroker(), `${check} || echo down`)).toBe('unknown');
    expect(verdictOf(imageService('confluentinc/cp-kafka:6.2.0'), check)).toBe('unknown');
  });
});
