import { describe, expect, it } from 'vitest';
import type { ServiceText } from '../../support/compose-projects.ts';
import { type CheckTest, confluentZooKeeper, imageService, verdictOf } from '../../support/health-checks.ts';

const ASK = 'echo ruok | nc localhost 2181 | grep imok';
const REFUSED = 'ZooKeeper answers "ruok is not executed because it is not in the whitelist"';

describe('words of four letters', () => {
  it.each<[string, ServiceText, CheckTest, string]>([
    ['Confluent, version 7', confluentZooKeeper(), ASK, REFUSED],
    ['Confluent, newest', confluentZooKeeper({}, 'latest'), ASK, REFUSED],
    ['Confluent, version 5.3', confluentZooKeeper({}, '5.3.1'), ASK, 'yes'],
    ['Confluent, a tag of its own', confluentZooKeeper({}, 'ours'), ASK, 'unknown'],
    [
      'Confluent, allowed',
      confluentZooKeeper({ KAFKA_OPTS: '-Dzookeeper.4lw.commands.whitelist=ruok,srvr' }),
      ASK,
      'yes',
    ],
    [
      'Confluent, all allowed',
      confluentZooKeeper({ KAFKA_OPTS: '-Dzookeeper.4lw.commands.whitelist=*' }),
      ASK,
      'yes',
    ],
    [
      'Confluent, another one allowed',
      confluentZooKeeper({ KAFKA_OPTS: '-Dzookeeper.4lw.commands.whitelist=mntr' }),
      ASK,
      REFUSED,
    ],
    [
      'a variable that Confluent does not read',
      confluentZooKeeper({ ZOO_4LW_COMMANDS_WHITELIST: '*' }),
      ASK,
      REFUSED,
    ],
    ['the official image', imageService('zookeeper:3.9'), ASK, REFUSED],
    ['the official image, 3.4', imageService('zookeeper:3.4.13'), ASK, 'yes'],
    ['the official image, a beta of 3.5', imageService('zookeeper:3.5.2-alpha'), ASK, 'unknown'],
    [
      'the official image, allowed',
      imageService('zookeeper:3.9', { ZOO_4LW_COMMANDS_WHITELIST: '*' }),
      ASK,
      'yes',
    ],
    [
      'the official image with a file of its own',
      { ...imageService('zookeeper:3.9'), volumes: ['./zoo.cfg:/conf/zoo.cfg'] },
      ASK,
      'unknown',
    ],
    ['Bitnami', imageService('bitnamilegacy/zookeeper:3.9', { ALLOW_ANONYMOUS_LOGIN: 'yes' }), ASK, REFUSED],
    [
      'Bitnami, mntr',
      imageService('bitnami/zookeeper:3.9'),
      'echo mntr | nc localhost 2181 | grep zk_',
      'unknown',
    ],
    ['an old image', imageService('wurstmeister/zookeeper:3.4.6'), ASK, 'unknown'],
    ['variables that are not known', { ...confluentZooKeeper(), env_file: 'zoo.env' }, ASK, 'unknown'],
    ['an image that is built', { ...confluentZooKeeper(), build: '.' }, ASK, 'unknown'],
    ['with an end', confluentZooKeeper(), `${ASK} || exit 1`, REFUSED],
    ['with something instead', confluentZooKeeper(), `${ASK} || nc -z localhost 2181`, 'unknown'],
    ['with an end that is none', confluentZooKeeper(), `${ASK} || true`, 'unknown'],
    ['as a list', confluentZooKeeper(), ['CMD-SHELL', `${ASK} -q`.replace('imok -q', '-q imok')], REFUSED],
    ['in bash', confluentZooKeeper(), ['CMD', 'bash', '-c', ASK], REFUSED],
    ['compared', confluentZooKeeper(), '[ "$$(echo ruok | nc localhost 2181)" = "imok" ] || exit 1', REFUSED],
    [
      'compared with something else',
      confluentZooKeeper(),
      '[ "$$(echo ruok | nc localhost 2181)" != "" ]',
      'unknown',
    ],
    ['without a look at the answer', confluentZooKeeper(), 'echo ruok | nc localhost 2181', 'unknown'],
    [
      'a search that finds the refusal',
      confluentZooKeeper(),
      'echo ruok | nc localhost 2181 | grep ruok',
      'unknown',
    ],
    [
      'a word that is always answered',
      confluentZooKeeper(),
      'echo srvr | nc localhost 2181 | grep Mode',
      'yes',
    ],
    ['turned round', confluentZooKeeper(), 'echo ruok | nc localhost 2181 | grep -v imok', 'unknown'],
  ])('%s', (_, service, test, expected) => expect(verdictOf(service, test)).toBe(expected));
});
