import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';

const ZOOKEEPER = 'KAFKA_ZOOKEEPER_CONNECT: z.example.org:2181';
const service = (name: string, image: string, lines: readonly string[], more = '') =>
  `  ${name}:\n    image: ${image}\n${more}    environment:\n${lines.map(line => `      ${line}\n`).join('')}`;
const found = (...services: string[]) => {
  const text = `services:\n${services.join('')}`;
  return lintCompose([{ path: 'compose.yml', text }])
    .filter(({ ruleId }) => ['variable-of-another-image', 'unknown-setting'].includes(ruleId))
    .map(({ ruleId, place, also = [], proposal }) => [
      ruleId,
      [place, ...also].map(({ line }) => line).join(),
      proposal,
    ]);
};

const TWO = ["KAFKA_CFG_NUM_PARTITIONS: '3'", "KAFKA_CFG_MIN_INSYNC_REPLICAS: '1'"];
const OTHER = 'variable-of-another-image';

describe('settings with the prefix of Bitnami', () => {
  it.each<[string, string[], unknown[]]>([
    [
      'in two images of others are one mistake',
      [
        service('a', 'confluentinc/cp-kafka:7.9.2', [ZOOKEEPER, ...TWO]),
        service('b', 'apache/kafka:4.1.1', ["KAFKA_CFG_NUM_PARTITIONS: '3'"]),
      ],
      [[OTHER, '6,7,11', 'KAFKA_NUM_PARTITIONS\nKAFKA_MIN_INSYNC_REPLICAS']],
    ],
    [
      'in an image whose older settings are on no list',
      [service('a', 'confluentinc/cp-kafka:5.5.0', [ZOOKEEPER, "KAFKA_CFG_NUM_PARTITIONS: '3'"])],
      [[OTHER, '6', 'KAFKA_NUM_PARTITIONS']],
    ],
    [
      'beside the right name are there for either image',
      [service('a', 'apache/kafka:4.1.1', ["KAFKA_CFG_NUM_PARTITIONS: '3'", "KAFKA_NUM_PARTITIONS: '3'"])],
      [],
    ],
    [
      'are not what the right name says otherwise',
      [service('a', 'apache/kafka:4.1.1', ["KAFKA_CFG_NUM_PARTITIONS: '3'", "KAFKA_NUM_PARTITIONS: '1'"])],
      [[OTHER, '5', 'KAFKA_NUM_PARTITIONS']],
    ],
    ['are right in its own', [service('a', 'bitnamilegacy/kafka:3.9.0', TWO)], []],
    [
      'may be right in an image that is built',
      [service('a', 'apache/kafka:4.1.1', TWO, '    build: .\n')],
      [],
    ],
    ['may be read by a command', [service('a', 'apache/kafka:4.1.1', TWO, '    command: /start.sh\n')], []],
    ['may be right in an image that nobody knows', [service('a', 'example.org/kafka:1', TWO)], []],
  ])('%s', (_, services, expected) => expect(found(...services)).toEqual(expected));
});
