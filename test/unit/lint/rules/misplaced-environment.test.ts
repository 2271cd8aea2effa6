import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';

const RULES = [
  'compose-schema',
  'image-setting-missing',
  'kraft-setting-missing',
  'advertised-listener-missing',
];
const found = (...lines: string[]) =>
  lintCompose([{ path: 'compose.yml', text: `services:\n${lines.map(line => `${line}\n`).join('')}` }])
    .filter(({ ruleId }) => RULES.includes(ruleId))
    .map(({ ruleId, place, hint }) => `${ruleId} ${place.line}${/: indent it/.test(hint) ? ' indent' : ''}`);

const ZOOKEEPER = ['  z:', '    image: bitnamilegacy/zookeeper:3.9.3'];
const KAFKA = ['  k:', '    image: confluentinc/cp-kafka:7.9.2'];
const A_LIST = ['  environment:', '  - A=yes'];
const A_MAP = ['  environment:', '    KAFKA_NODE_ID: 1'];

describe('variables that stand among the services', () => {
  it.each<[string, string[], string[]]>([
    ['as a list may be what is missing', [...ZOOKEEPER, ...A_LIST], ['compose-schema 5 indent']],
    ['as a mapping may be what is missing', [...KAFKA, ...A_MAP], ['compose-schema 5 indent']],
    [
      'are not those of a service that has some',
      [...ZOOKEEPER, '    environment: { B: 1 }', ...A_LIST],
      ['image-setting-missing 4', 'compose-schema 6 indent'],
    ],
    ['are missing where they stand nowhere', ZOOKEEPER, ['image-setting-missing 2']],
    [
      'are no other key',
      [...ZOOKEEPER, '  ports:', "  - '2181'"],
      ['image-setting-missing 2', 'compose-schema 5 indent'],
    ],
    [
      'are not a service with such a name',
      [...ZOOKEEPER, '  build:', '    image: a', '    portz: []'],
      ['image-setting-missing 2', 'compose-schema 6'],
    ],
  ])('%s', (_, lines, expected) => expect(found(...lines)).toEqual(expected));
});
