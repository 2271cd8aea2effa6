import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readKafka } from '../../../../src/compose/kafka/kafka-model.ts';
import { loadCompose } from '../../../../src/compose/reader/load.ts';

/** What a broker of wurstmeister/kafka advertises and listens on, as HOST:PORT. */
function read(environment: Record<string, string>, more: object = {}): [string[]?, string[]?] {
  const kafka = { image: 'wurstmeister/kafka:2.12-2.5.0', ...more, environment };
  const { model } = loadCompose([{ path: 'compose.yml', text: stringify({ services: { kafka } }) }]);
  const [node] = readKafka(model).nodes;
  const shown = (list = node?.listeners) => list?.map(({ host, port }) => `${host}:${port}`);
  return node?.advertised ? [shown(node.advertised), shown()] : [];
}

describe('listeners as Kafka had them before 3.0', () => {
  const zookeeper = { KAFKA_ZOOKEEPER_CONNECT: 'zk:2181' };
  const socket = { volumes: ['/var/run/docker.sock:/var/run/docker.sock'] };
  it.each<[string, Record<string, string>, object, [string[]?, string[]?]]>([
    ['have one port', { KAFKA_ADVERTISED_HOST_NAME: 'kafka' }, {}, [['kafka:9092'], [':9092']]],
    [
      'have a port of their own',
      { KAFKA_ADVERTISED_HOST_NAME: 'kafka', KAFKA_PORT: '9094' },
      {},
      [['kafka:9094'], [':9094']],
    ],
    [
      'advertise another port',
      { KAFKA_ADVERTISED_HOST_NAME: '10.0.0.1', KAFKA_ADVERTISED_PORT: '19092' },
      {},
      [['10.0.0.1:19092'], [':9092']],
    ],
    [
      'ask Docker for the port',
      { KAFKA_ADVERTISED_HOST_NAME: '10.0.0.1' },
      { ...socket, ports: ['29092:9092'] },
      [['10.0.0.1:29092'], [':9092']],
    ],
    [
      'are not known when Docker picks the port',
      { KAFKA_ADVERTISED_HOST_NAME: '10.0.0.1' },
      { ...socket, ports: ['9092'] },
      [],
    ],
    [
      'are not known when a command tells the name',
      { KAFKA_ADVERTISED_HOST_NAME: '_{HOSTNAME_COMMAND}' },
      {},
      [],
    ],
    ['are not known from a variable', { KAFKA_ADVERTISED_HOST_NAME: '$HOST' }, {}, []],
    [
      'give way to the newer settings',
      {
        KAFKA_ADVERTISED_HOST_NAME: 'old',
        KAFKA_LISTENERS: 'A://:1',
        KAFKA_ADVERTISED_LISTENERS: 'A://new:1',
      },
      {},
      [['new:1'], [':1']],
    ],
  ])('%s', (_, environment, more, expected) =>
    expect(read({ ...zookeeper, ...environment }, more)).toEqual(expected),
  );
});
