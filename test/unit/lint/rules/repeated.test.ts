import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';

const found = (text: string) =>
  lintCompose([{ path: 'compose.yml', text }]).map(
    ({ ruleId, place, also = [] }) => `${ruleId} ${[place, ...also].map(({ line }) => line)}`,
  );
const broker = (...items: string[]) =>
  `services:\n  a:\n    image: confluentinc/cp-kafka:7.9.2\n    environment:\n${items
    .map(item => `      - ${item}\n`)
    .join('')}`;
const ZOOKEEPER = 'KAFKA_ZOOKEEPER_CONNECT=zk.example.org:2181';
const WRONG = 'KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://0.0.0.0:9092';
const RIGHT = 'KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://a:9092';

describe('of two equal names', () => {
  it('the last in a list counts, and is judged', () => {
    expect(found(broker(WRONG, ZOOKEEPER, RIGHT))).toEqual(['variable-twice 5']);
    expect(found(broker(RIGHT, RIGHT, ZOOKEEPER, WRONG))).toEqual([
      'variable-twice 5,6',
      'advertised-wildcard 8',
    ]);
  });

  it('one alone is none, nor is the same name in two services', () => {
    const one = broker(ZOOKEEPER, RIGHT);
    expect(found(one)).toEqual([]);
    expect(
      found(one + one.slice('services:\n'.length).replace('  a:', '  b:').replace('//a', '//b')),
    ).toEqual([]);
  });

  it('the last in a mapping is judged, and the mistake told once', () => {
    const text = (...ports: string[]) =>
      `services:\n  a:\n    image: x:1\n${ports.map(port => `    ports: ["${port}"]\n`).join('')}`;
    expect(found(text('99999:80', '8080:80', '8081:80'))).toEqual(['yaml-syntax 5,6']);
    expect(found(text('8080:80', '99999:80'))).toEqual(['yaml-syntax 5', 'compose-schema 5']);
  });
});
