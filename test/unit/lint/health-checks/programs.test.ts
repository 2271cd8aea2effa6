import { describe, expect, it } from 'vitest';
import { kraftNode, type ServiceText, zookeeperBroker } from '../../support/compose-projects.ts';
import { type CheckTest, imageService, verdictOf } from '../../support/health-checks.ts';

describe('programs', () => {
  const list = (tool: string) => ['CMD', tool, '--bootstrap-server', 'localhost:9092', '--list'];
  it.each<[string, ServiceText, CheckTest, string]>([
    [
      'apache/kafka',
      imageService('apache/kafka:4.1.1'),
      list('kafka-topics.sh'),
      'the image has no kafka-topics.sh',
    ],
    [
      'apache/kafka without the ending',
      imageService('apache/kafka:4.1.1'),
      list('/opt/kafka/bin/kafka-topics'),
      'the image has no /opt/kafka/bin/kafka-topics',
    ],
    [
      'apache/kafka with the path',
      imageService('apache/kafka:4.1.1'),
      list('/opt/kafka/bin/kafka-topics.sh'),
      'unknown',
    ],
    [
      'the path set',
      imageService('apache/kafka:4.1.1', { PATH: '/opt/kafka/bin' }),
      list('kafka-topics.sh'),
      'unknown',
    ],
    [
      'a tool from outside',
      { ...imageService('apache/kafka:4.1.1'), volumes: ['./bin:/usr/local/bin'] },
      list('kafka-topics.sh'),
      'unknown',
    ],
    [
      'compiled',
      imageService('apache/kafka-native:4.1.1'),
      list('/opt/kafka/bin/kafka-topics.sh'),
      'the image has no /opt/kafka/bin/kafka-topics.sh',
    ],
    ['Confluent', zookeeperBroker(), list('kafka-topics.sh'), 'the image has no kafka-topics.sh'],
    ['Confluent with the name of its own', zookeeperBroker(), list('kafka-topics'), 'yes'],
    [
      'Bitnami',
      imageService('bitnamilegacy/kafka:3.9.0'),
      list('kafka-topics'),
      'the image has no kafka-topics',
    ],
    [
      'Bitnami with the ending',
      imageService('bitnamilegacy/kafka:3.9.0'),
      list('kafka-topics.sh'),
      'unknown',
    ],
    [
      'the old shell of MongoDB',
      imageService('mongo:7'),
      `echo 'db.runCommand("ping").ok' | mongo localhost:27017/test --quiet`,
      'the image has no mongo',
    ],
    ['nc in version 8.1', kraftNode(), 'nc -z localhost 9092', 'the image has no nc'],
    [
      'nc in version 8.1, through a pipe',
      kraftNode(),
      'echo a | nc localhost 9092 | grep b',
      'the image has no nc',
    ],
    ['nc in version 8.1, whose output is not looked at', kraftNode(), 'nc localhost 9092 | cat', 'unknown'],
    [
      'nc in version 8.0',
      kraftNode({}, { image: 'confluentinc/cp-kafka:8.0.1' }),
      'nc -z localhost 9092',
      'unknown',
    ],
    ['nc in version 7', zookeeperBroker(), 'nc -z localhost 9092', 'yes'],
    ['cub in version 8.1', kraftNode(), 'cub kafka-ready -b localhost:9092 1 5', 'the image has no cub'],
    ['cub in version 7', zookeeperBroker(), 'cub kafka-ready -b localhost:9092 1 5', 'unknown'],
    ['an image that is not known', imageService('example.org/kafka:1'), list('kafka-topics'), 'unknown'],
    [
      'a command in one item',
      zookeeperBroker(),
      ['CMD', 'nc -z localhost 9092'],
      'after CMD each word is an item of its own, and no program is called "nc -z localhost 9092"',
    ],
    [
      'bash in the shell of Alpine',
      imageService('apache/kafka:4.1.1'),
      'exec 3<>/dev/tcp/localhost/9092',
      'the sh of this image knows no /dev/tcp',
    ],
    [
      'bash by name',
      imageService('apache/kafka:4.1.1'),
      ['CMD', 'bash', '-c', 'exec 3<>/dev/tcp/localhost/9092'],
      'unknown',
    ],
    [
      'an agent',
      zookeeperBroker({ KAFKA_OPTS: '-javaagent:/jmx_prometheus_javaagent.jar=7071:/a.yml' }),
      list('kafka-topics'),
      'the tool takes KAFKA_OPTS too, and its agent finds its port taken',
    ],
    [
      'an agent left out',
      zookeeperBroker({ KAFKA_OPTS: '-javaagent:/jmx_prometheus_javaagent.jar=7071:/a.yml' }),
      'KAFKA_OPTS= kafka-topics --bootstrap-server localhost:9092 --list',
      'yes',
    ],
  ])('%s', (_, service, test, expected) => expect(verdictOf(service, test)).toBe(expected));
});
