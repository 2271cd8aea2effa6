import { describe, expect, it } from 'vitest';
import { isImageName } from '../../../../src/compose/kafka/images.ts';
import { fixCompose } from '../../../../src/lint/fixes/fix.ts';
import { lintCompose, lintProject } from '../../../../src/lint/lint.ts';

const found = (text: string, rule: string) =>
  lintCompose([{ path: 'compose.yml', text }])
    .filter(({ ruleId }) => ruleId === rule)
    .map(({ severity, place, also = [] }) => `${severity} ${[place, ...also].map(({ line }) => line)}`);
const services = (...lines: string[]) => `services:\n${lines.map(line => `  ${line}\n`).join('')}`;

describe('a name of an image', () => {
  it.each([
    'redis',
    'redis:7-alpine',
    'example.org:5000/team/one__two:Tag_1.0',
    'localhost/a-b.c',
    'Example/a:1',
    '[::1]:5000/a',
    `a@sha256:${'0'.repeat(64)}`,
    'a:1@sha256:0123456789abcdef0123456789abcdef',
  ])('can be %s', text => expect(isImageName(text)).toBe(true));

  it.each([
    'redis:',
    ':7',
    '/redis',
    'a//b',
    '-a',
    'a:-alpine',
    'Redis',
    'a/B',
    'a:1:2',
    'a@',
    'a b',
    'a:1/',
  ])('cannot be %j', text => expect(isImageName(text)).toBe(false));
});

describe('an unset variable', () => {
  const said = (...lines: string[]) =>
    lintCompose([{ path: 'compose.yml', text: services(...lines) }])
      .filter(({ ruleId }) => ruleId === 'variable-unset')
      .map(({ message, place, also = [] }) => [
        [place, ...also].map(({ line }) => line).join(),
        /"(.*)" is left, which is no name of an image/.exec(message)?.[1],
      ]);

  it.each<[string, string[], (string | undefined)[][]]>([
    ['leaves an empty tag', [`a: { image: "x/a:\${TAG}" }`], [['2', 'x/a:']]],
    ['leaves no owner', [`a: { image: "\${OWNER}/a:1" }`], [['2', '/a:1']]],
    ['leaves half a tag', [`a: { image: "a:\${VERSION}-alpine" }`], [['2', 'a:-alpine']]],
    [
      'is told once, for images and all else',
      ['a: { hostname: $TAG, image: "x:1" }', `b: { image: "x/b:$TAG" }`, `c: { image: "x/c:$TAG" }`],
      [['2,3,4', 'x/b:']],
    ],
    [
      'is a cause of its own each',
      [`a: { image: "\${R}/a:\${TAG}" }`, `b: { image: "x/b:\${TAG}" }`],
      [
        ['2', '/a:'],
        ['2,3', '/a:'],
      ],
    ],
    ['leaves another image', [`a: { image: "a\${SUFFIX}:1" }`], [['2', undefined]]],
    ['has a default', [`a: { image: "a:\${TAG:-1}" }`], []],
    ['is what only the machine knows', [`a: { image: "a:\${GITHUB_SHA}" }`], []],
    ['is of a service that is off', [`a: { image: "a:\${TAG}", profiles: [p] }`], [['2', undefined]]],
    ['stands elsewhere', [`a: { image: "a:1", hostname: "$NAME", labels: ["$NAME"] }`], [['2,2', undefined]]],
  ])('%s', (_, lines, expected) => expect(said(...lines)).toEqual(expected));
});

describe('a comment about one place of a cause', () => {
  const ignored = (rule: string) => `# kafka-lint: ignore ${rule} it is so`;

  it.each<[string, string, string[]]>([
    ['variable-unset', 'image: "x/a:$TAG"', ['warning 3,9']],
    ['image-not-pinned', 'image: "x/a:latest"', ['warning 3,9']],
    ['image-withdrawn', 'image: "bitnami/kafka:3.9.0"', ['error 3,9']],
    [
      'no-zookeeper-mode',
      'image: confluentinc/cp-kafka:8.1.1\n    environment: { KAFKA_ZOOKEEPER_CONNECT: "zk.example.org:2181" }',
      ['error 3,11'],
    ],
  ])('leaves the others: %s', (rule, service, expected) => {
    const [first = '', ...more] = service.split('\n');
    const rest = more.map(line => `\n${line}`).join('');
    const text = `services:\n  a:\n    ${service}\n  b:\n    ${ignored(rule)}\n    ${first}${rest}\n  c:\n\n    ${service}\n`;
    expect(found(text, rule)).toEqual(expected);
    expect(lintProject([{ path: 'compose.yml', text }]).ignored).toBe(1);
  });

  it('leaves the others: unknown-setting', () => {
    const service = (end: string) =>
      `    image: confluentinc/cp-kafka:8.1.1\n    environment:\n      KAFKA_SERVERS: x${end}\n`;
    const text = `services:\n  a:\n${service('')}  b:\n${service(` ${ignored('unknown-setting')}`)}  c:\n${service('')}`;
    expect(found(text, 'unknown-setting')).toEqual(['warning 5,13']);
  });

  it('keeps a fix from being made in part', () => {
    const broker = (name: string, end: string) =>
      `  ${name}:\n    image: confluentinc/cp-kafka${end}\n    environment: { KAFKA_ZOOKEEPER_CONNECT: "zk.example.org:2181" }\n`;
    const fixed = (end: string) => {
      const text = `services:\n${broker('a', '')}${broker('b', end)}`;
      const { files, remaining } = fixCompose([{ path: 'compose.yml', text }]);
      return [
        files[0]?.text === text,
        remaining.filter(({ ruleId }) => ruleId === 'no-zookeeper-mode').length,
      ];
    };
    expect(fixed('')).toEqual([false, 0]);
    expect(fixed(` ${ignored('no-zookeeper-mode')}`)).toEqual([true, 1]);
  });
});
