import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../src/lint/lint.ts';
import { judge } from '../support/judge.ts';

const TIMEOUT_MS = 120_000;

/** Of the processor, not of the clock: other work on the machine does not count. */
function secondsOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e6;
}

describe('hostile files', () => {
  it.each<[string, string]>([
    [
      'aliases of aliases',
      `a: &a [${Array(9).fill('x')}]\n${[...'bcdefghij'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`)}]`).join('\n')}`,
    ],
    [
      'merges of merges',
      `a: &a {k: 1}\n${[...'bcdefghijklmnop'].map((name, index) => `${name}: &${name} {<<: [*${'abcdefghijklmno'[index]}, *${'abcdefghijklmno'[index]}], ${name}: 1}`).join('\n')}`,
    ],
    ['an alias inside what it names', 'services: &a {b: [*a]}'],
    ['a merge of what is being made', 'services: &a\n  <<: *a\n'],
    ['brackets without end', '['.repeat(20_000)],
    ['braces without end', '{a: '.repeat(8_000)],
    ['sequences in sequences', '- '.repeat(20_000)],
    ['levels by indentation', Array.from({ length: 600 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
    ['commas', `[${','.repeat(15_000)}]`],
    ['five thousand keys', Array.from({ length: 5_000 }, (_, key) => `key${key}:`).join('\n')],
    ['a file too long', `# ${'x'.repeat(300_000)}`],
    ['variables in variables', `a: ${'${A:-'.repeat(5000)}${'}'.repeat(5000)}`],
    [
      'an extends chain',
      `services:\n${Array.from({ length: 1000 }, (_, n) => `  s${n}: {extends: s${n + 1}, image: a}\n`).join('')}`,
    ],
    ['an extends ring', 'services:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: a}\n'],
    [
      'a thousand ports',
      `services:\n  a:\n    image: apache/kafka\n    ports:\n${Array.from({ length: 500 }, (_, n) => `      - {valueOf: ${n}}\n      - ${n}-65535:${n}-65535\n`).join('')}`,
    ],
    [
      'a port of many digits',
      `services: {a: {image: x, ports: ["${'1:'.repeat(1000)}${'1'.repeat(100_000)}"]}}`,
    ],
    ['a size of much white space', `services: {a: {image: x, mem_limit: "1${' '.repeat(100_000)}x"}}`],
    [
      'thousands of listeners',
      `services: {a: {image: "confluentinc/cp-kafka:7.9.2", environment: {KAFKA_ADVERTISED_LISTENERS: "${'A://localhost:1,'.repeat(5000)}"}}}`,
    ],
    ['comments that switch rules off', '# kafka-lint: ignore a, b\n'.repeat(9_000)],
    ['a comment behind brackets without end', `${'['.repeat(20_000)} # kafka-lint: ignore a`],
    [
      'a comment of much white space',
      `a: b # kafka-lint: ignore a${' '.repeat(100_000)},${' a'.repeat(9_000)}`,
    ],
    [
      'thousands of ports of one listener',
      `services:\n  a:\n    image: confluentinc/cp-kafka:7.9.2\n    environment: {KAFKA_ZOOKEEPER_CONNECT: z.example.org, KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://localhost:9092"}\n    ports:\n${Array.from({ length: 3000 }, (_, n) => `      - ${n + 1}:9092\n`).join('')}`,
    ],
    ['bytes of another encoding', '\uFFFD\u0000\uFFFD'],
    ['half a surrogate pair', 'services: {a: {image: "\uD800"}}'],
    ['nothing', ''],
    ['several documents', 'services: {a: {image: x}}\n---\nservices: {b: {image: y}}\n---\n'],
  ])(
    'end soon on %s',
    (_, hostile) => {
      expect(secondsOf(() => judge(hostile))).toBeLessThan(10);
    },
    TIMEOUT_MS,
  );

  it.each<[string, string]>([
    ['quotes that are not closed', 'A="x\n'.repeat(10_000)],
    ['much white space', `A${' '.repeat(60_000)}`],
    ['more than is read', 'A=1\n'.repeat(20_000)],
  ])(
    'end soon on an env file with %s',
    (_, text) => {
      const file = { path: 'f', text: 'services: {a: {image: "confluentinc/cp-kafka:8.1.1", env_file: e}}' };
      const seconds = secondsOf(() => {
        expect(lintCompose([file], { readFile: () => text })).not.toEqual([]);
      });
      expect(seconds).toBeLessThan(10);
    },
    TIMEOUT_MS,
  );

  it('give every hostile file a finding with a place', () => {
    const rules = ['[', 'services: {a: *a}', 'services: &a {b: *a}', 'x: 1', '- 1', '"'].map(hostile => {
      const [first] = lintCompose([{ path: 'f', text: hostile }]);
      return [first?.ruleId, first?.place.line];
    });
    expect(rules).toEqual([
      ['yaml-syntax', 1],
      ['yaml-syntax', 1],
      ['yaml-limit', 1],
      ['compose-schema', 1],
      ['compose-schema', 1],
      ['yaml-syntax', 1],
    ]);
  });
});
