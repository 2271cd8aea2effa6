import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import { projectText, type ServiceText } from '../../support/compose-projects.ts';
import { imageService } from '../../support/health-checks.ts';

/** The variables that are said to have no effect, with what to write. */
const found = (service: ServiceText) => {
  const text = projectText({ a: service });
  return lintCompose([{ path: 'compose.yml', text }])
    .filter(({ ruleId }) => ruleId === 'variable-of-another-image')
    .map(({ place, hint }) => `${text.slice(place.start, place.end)} - ${hint}`);
};

describe('variables of another image', () => {
  const bitnami = (environment: Record<string, string>) =>
    imageService('bitnamilegacy/zookeeper:3.9', { ALLOW_ANONYMOUS_LOGIN: 'yes', ...environment });
  const confluent = (environment: Record<string, string>) =>
    imageService('confluentinc/cp-zookeeper:7.9.2', { ZOOKEEPER_CLIENT_PORT: '2181', ...environment });
  it.each<[string, ServiceText, string[]]>([
    [
      'Confluent in Bitnami',
      bitnami({ ZOOKEEPER_CLIENT_PORT: '2181' }),
      ['ZOOKEEPER_CLIENT_PORT - Write ZOO_PORT_NUMBER.'],
    ],
    ['both', bitnami({ ZOOKEEPER_CLIENT_PORT: '2181', ZOO_PORT_NUMBER: '2181' }), []],
    ['the official one in Bitnami', bitnami({ ZOO_MY_ID: '1' }), ['ZOO_MY_ID - Write ZOO_SERVER_ID.']],
    ['Bitnami', bitnami({ ZOO_SERVER_ID: '1', ZOO_TICK_TIME: '2000' }), []],
    [
      'Bitnami in Confluent',
      confluent({ ZOO_SERVER_ID: '1' }),
      ['ZOO_SERVER_ID - Write ZOOKEEPER_SERVER_ID.'],
    ],
    [
      'a list of words in Confluent',
      confluent({ ZOO_4LW_COMMANDS_WHITELIST: '*' }),
      ['ZOO_4LW_COMMANDS_WHITELIST - Set KAFKA_OPTS to -Dzookeeper.4lw.commands.whitelist=….'],
    ],
    ['Confluent', confluent({ ZOOKEEPER_TICK_TIME: '2000' }), []],
    [
      'Confluent in the official one',
      imageService('zookeeper:3.9', { ZOOKEEPER_CLIENT_PORT: '2182' }),
      [
        'ZOOKEEPER_CLIENT_PORT - The port stands in ZOO_SERVERS, behind the semicolon; without it, it is 2181.',
      ],
    ],
    [
      'Confluent in the official one before 3.5',
      imageService('zookeeper:3.4.13', { ZOOKEEPER_CLIENT_PORT: '2182' }),
      ['ZOOKEEPER_CLIENT_PORT - Write ZOO_PORT.'],
    ],
    [
      'an image that is not known',
      imageService('example.org/zookeeper:3.9', { ZOOKEEPER_CLIENT_PORT: '2182' }),
      [],
    ],
    ['an image that is built', { ...bitnami({ ZOO_MY_ID: '1' }), build: '.' }, []],
    [
      'an id of Confluent in Kafka of Bitnami',
      imageService('bitnamilegacy/kafka:3.9.0', { CLUSTER_ID: 'a' }),
      ['CLUSTER_ID - Write KAFKA_KRAFT_CLUSTER_ID.'],
    ],
    [
      'topics of wurstmeister in Kafka of Bitnami',
      imageService('bitnamilegacy/kafka:3.9.0', { KAFKA_CREATE_TOPICS: 'a:1:1' }),
      ['KAFKA_CREATE_TOPICS - Create the topics by a command.'],
    ],
    [
      'topics of wurstmeister',
      imageService('wurstmeister/kafka:2.13-2.8.1', { KAFKA_CREATE_TOPICS: 'a:1:1' }),
      [],
    ],
  ])('%s', (_, service, expected) => expect(found(service)).toEqual(expected));
});
