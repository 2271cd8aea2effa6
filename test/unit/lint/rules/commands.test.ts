import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import { projectText, type ServiceText } from '../../support/compose-projects.ts';
import { confluentZooKeeper } from '../../support/health-checks.ts';

const REFUSED = 'ZooKeeper answers "ruok is not executed because it is not in the whitelist"';
const ASK = 'echo ruok | nc localhost 2181 | grep imok';

describe('a health check that cannot pass', () => {
  const project = (condition: string) =>
    projectText({
      zookeeper: { ...confluentZooKeeper(), healthcheck: { test: ['CMD-SHELL', ASK] } },
      app: { image: 'busybox:1.37', depends_on: { zookeeper: { condition } } },
    });
  const findings = (text: string) =>
    lintCompose([{ path: 'compose.yml', text }])
      .filter(({ ruleId }) => ruleId === 'healthcheck-fails')
      .map(({ severity, place, message }) => [severity, text.slice(place.start, place.end), message]);

  it('is an error where somebody waits for it', () =>
    expect(findings(project('service_healthy'))).toEqual([
      ['error', 'ruok', `The health check of "zookeeper" never passes, so "app" never starts: ${REFUSED}.`],
    ]));
  it('is a warning where nobody does', () =>
    expect(findings(project('service_started'))).toEqual([
      ['warning', 'ruok', `The health check of "zookeeper" never passes: ${REFUSED}.`],
    ]));
});

describe('commands', () => {
  const missing = (image: string, more: ServiceText, broker?: Record<string, string>) => {
    const others: Record<string, ServiceText> = broker ? { k: { image, environment: broker } } : {};
    const text = projectText({ topics: { image, ...more }, ...others });
    return lintCompose([{ path: 'compose.yml', text }])
      .filter(({ ruleId }) => ruleId === 'command-program-missing')
      .map(({ message, hint }) => `${/no (\S+):/.exec(message)?.[1]} - ${hint}`);
  };
  const small = 'confluentinc/cp-kafka:8.1.1';
  const ub = 'cub - Write ub, which has the same commands.';
  it.each<[string, string, ServiceText, string[]]>([
    [
      'a script',
      small,
      { command: 'bash -c "cub kafka-ready -b k:9092 1 20 && /etc/confluent/docker/run"' },
      [ub],
    ],
    ['an entrypoint', small, { entrypoint: ['cub', 'kafka-ready'] }, [ub]],
    [
      'an entrypoint with its command',
      small,
      { entrypoint: ['bash', '-c'], command: ['cub kafka-ready -b k:9092 1 20'] },
      [ub],
    ],
    [
      'a loop',
      small,
      { command: ['sh', '-c', 'until cub kafka-ready -b k:9092 1 20; do sleep 1; done'] },
      [ub],
    ],
    ['the registry', 'confluentinc/cp-schema-registry:latest', { command: 'cub kafka-ready' }, [ub]],
    ['Connect', 'confluentinc/cp-kafka-connect:8.1.0', { command: 'cub connect-ready' }, [ub]],
    [
      'a task of cub that ub does not have',
      small,
      { command: ['cub', 'zk-ready', 'zk:2181', '60'] },
      ['cub - Name version 7.9.2 of the image, which has it: ub has no zk-ready.'],
    ],
    ['version 8.0, which has it', 'confluentinc/cp-kafka:8.0.2', { command: 'cub kafka-ready' }, []],
    ['version 7, which has it', 'confluentinc/cp-kafka:7.9.2', { command: 'cub kafka-ready' }, []],
    ['another image of Confluent', 'confluentinc/cp-ksqldb-server:8.1.1', { command: 'cub kafka-ready' }, []],
    ['ub', small, { command: 'bash -c "ub kafka-ready -b k:9092 1 20"' }, []],
    ['a word of another program', small, { command: 'echo cub' }, []],
    ['something else behind it', small, { command: 'sh -c "cub kafka-ready || ub kafka-ready"' }, []],
    ['a question', small, { command: 'sh -c "if nc -z k 9092; then echo up; fi"' }, []],
    ['a program it installs', small, { command: 'sh -c "microdnf install -y nc && nc -z k 9092"' }, []],
    ['an image that is built', small, { build: '.', command: 'cub kafka-ready' }, []],
    [
      'tools of Apache',
      'apache/kafka:4.1.1',
      { command: 'sh -c "kafka-topics.sh --create"' },
      ['kafka-topics.sh - Write /opt/kafka/bin/kafka-topics.sh.'],
    ],
    [
      'tools of Apache after cd',
      'apache/kafka:4.1.1',
      { command: 'sh -c "cd /opt/kafka/bin && ./kafka-topics.sh --create"' },
      [],
    ],
    [
      'tools of Confluent',
      'confluentinc/cp-kafka:7.9.2',
      { command: ['/opt/kafka/bin/kafka-topics.sh', '--list'] },
      ['/opt/kafka/bin/kafka-topics.sh - Write kafka-topics.'],
    ],
    ['the shell of MongoDB', 'mongo:6', { command: 'mongo --eval 1' }, ['mongo - Write mongosh.']],
    ['the shell of the newest MongoDB', 'mongo', { command: 'mongo --eval 1' }, ['mongo - Write mongosh.']],
    ['the shell of MongoDB before 6', 'mongo:5.0', { command: 'mongo --eval 1' }, []],
    ['the new shell of MongoDB', 'mongo:7', { command: 'mongosh --eval 1' }, []],
    [
      'a text of several lines',
      'bitnamilegacy/kafka:3.9.0',
      { command: ['sh', '-c', '# first\nkafka-topics --list\n'] },
      ['kafka-topics - Write kafka-topics.sh.'],
    ],
  ])('%s', (_, name, more, expected) => expect(missing(name, more)).toEqual(expected));

  it('are there in the version that the project needs anyway', () => {
    const project = (broker: Record<string, string>) =>
      missing('confluentinc/cp-kafka', { command: 'cub kafka-ready -b k:9092 1 20' }, broker);
    const advertised = { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://k:9092' };
    expect(project({ ...advertised, KAFKA_ZOOKEEPER_CONNECT: 'z.example.org:2181' })).toEqual([]);
    expect(project({ ...advertised, KAFKA_PROCESS_ROLES: 'broker' })).toEqual([ub]);
  });
});
