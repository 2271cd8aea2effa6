import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaFaults } from '../../../../src/compose/reader/schema.ts';
import { readSource } from '../../../../src/compose/reader/source.ts';

const faultsIn = (yaml: string) =>
  readSource('f', yaml, () => undefined)
    .roots.flatMap(root => schemaFaults(root))
    .map(({ message, place }) => [yaml.slice(place.start, place.end), message]);

describe('the Compose specification', () => {
  it.each<[string, [string, string][]]>([
    ['services: {a: {image: x, x-any: [1], ports: [80, "1:1"]}}', []],
    [
      'services: {a: {imagee: x}}',
      [['imagee', '"imagee" is not a key that "services.a" may have; did you mean "image"?']],
    ],
    ['foo: 1', [['foo', '"foo" is not a key that the top of a compose file may have.']]],
    ['services: {a: {environment: 3}}', [['3', '"services.a.environment" must be a mapping or a list.']]],
    [
      'services: {a: {environment: {A: [1]}}}',
      [['[1]', '"services.a.environment.A" must be a text or a number or true or false or empty.']],
    ],
    [
      'services: {a: {ports: [{targett: 3}]}}',
      [['targett', '"targett" is not a key that "services.a.ports[0]" may have; did you mean "target"?']],
    ],
    [
      'services: {a: {depends_on: {b: {condition: foo}}}}',
      [
        [
          'foo',
          '"services.a.depends_on.b.condition" must be one of service_started, service_healthy, service_completed_successfully.',
        ],
      ],
    ],
    ['services: {a: }', [['a', '"services.a" must be a mapping.']]],
    ['- a', [['- a', 'The file must be a mapping.']]],
    ['version: 3', [['3', '"version" must be a text.']]],
    [
      'services: {a: {container_name: x}}',
      [['x', '"services.a.container_name" must match pattern "[a-zA-Z0-9][a-zA-Z0-9_.-]+".']],
    ],
    [
      `services: {a: {container_name: "\${X}"}}`,
      [
        [
          `"\${X}"`,
          '"services.a.container_name" must match pattern "[a-zA-Z0-9][a-zA-Z0-9_.-]+", for X is not set.',
        ],
      ],
    ],
    [`services: {a: {container_name: "\${CI}"}}`, []],
    ['services: {a: {ports: ["1:1", "1:1"], cap_add: [A, A], networks: {n: {aliases: [b, b]}}}}', []],
    [
      'services: {a: {depends_on: [b, b]}}',
      [['[b, b]', '"services.a.depends_on" must not have the same item twice.']],
    ],
    ['services: {a: {depends_on: {b: {condition: service_started, required: "no"}}}}', []],
    ['{include: , services: {a: {image: x}}}', []],
    [
      'services: {a: {image: x, ports: [{__proto__: 1}, {valueOf: 1}]}}',
      [
        ['__proto__', '"__proto__" is not a key that "services.a.ports[0]" may have.'],
        ['valueOf', '"valueOf" is not a key that "services.a.ports[1]" may have.'],
      ],
    ],
    [
      'services: {a: {image: x, "b/c~d": 1}}',
      [['"b/c~d"', '"b/c~d" is not a key that "services.a" may have.']],
    ],
    ['services: {a: {image: !reset [], ports: [!reset {}]}}', []],
  ])('%s', (yaml, expected) => expect(faultsIn(yaml)).toEqual(expected));

  it('is told at most twenty times', () => {
    expect(faultsIn(`services: {a: {${Array.from({ length: 30 }, (_, n) => `key${n}: 1`)}}}`)).toHaveLength(
      20,
    );
  });

  it('lets an override leave a value as it is', () => {
    const [root] = readSource('f', 'services: {a: {image: }}', () => undefined).roots;
    expect(root && [schemaFaults(root).length, schemaFaults(root, true).length]).toEqual([1, 0]);
  });

  it('is the Compose Specification', () => {
    expect(JSON.parse(readFileSync('src/compose/reader/compose-spec.json', 'utf8')).title).toBe(
      'Compose Specification',
    );
  });
});
