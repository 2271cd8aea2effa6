import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import composeSpec from '../../../../src/compose/reader/compose-spec.json' with { type: 'json' };
import { type JsonSchema, KEYWORDS, schemaErrors } from '../../../../src/compose/reader/json-schema.ts';
import { anything, project } from '../../support/arbitrary-projects.ts';

/** Keywords that say nothing of a value, or what Compose says nothing of either. */
const SILENT = ['$schema', '$id', 'title', 'description', 'deprecated', 'default', 'format'];

const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
const specification = ajv.compile(composeSpec);

/** The path, the keyword and what it is about, as both say it. */
function byAjv(validate: typeof specification, value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, keyword, params }) => {
    const { type = [], additionalProperty = [], missingProperty = [], allowedValues = [] } = params;
    return line(instancePath, keyword, [type, additionalProperty, missingProperty, allowedValues].flat());
  });
}

const byOurs = (schema: JsonSchema, value: unknown) =>
  schemaErrors(schema, value).map(({ path, keyword, about }) => line(path, keyword, about));

const line = (path: string, keyword: string, about: readonly unknown[]) =>
  `${path} ${keyword} ${[...about].map(String).sort()}`;

describe('the schema', () => {
  it('finds what ajv finds in files of every kind', () => {
    const files = fc
      .oneof(project, anything, fc.record({ services: fc.dictionary(fc.constant('a'), anything) }))
      .map(value => JSON.parse(JSON.stringify(value)));
    fc.assert(
      fc.property(files, value => {
        // What ajv compares items with takes these for methods.
        fc.pre(!/"(valueOf|toString|constructor)"/.test(JSON.stringify(value)));
        const [ours, theirs] = [byOurs(composeSpec, value), byAjv(specification, value)].map(said =>
          // Of items of a wrong type ajv does not say that they are equal.
          said.filter(each => !each.includes(' uniqueItems ')).sort(),
        );
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 1_000, seed: 14 },
    );
  });

  it.each<[JsonSchema, unknown]>([
    [{ type: ['string', 'null'] }, 1],
    [{ type: 'integer', minimum: 2, maximum: 3 }, 1],
    [{ type: 'integer', minimum: 2, maximum: 3 }, 4],
    [{ type: 'integer' }, 1.5],
    [{ type: 'number' }, '1'],
    [{ enum: ['a', 'b'] }, 'c'],
    [{ type: 'string', pattern: '^a+$' }, 'ab'],
    [{ required: ['a', 'b'] }, { a: 1 }],
    [
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
    [{ uniqueItems: true }, ['1', 1, true, 'true']],
    [{ uniqueItems: true }, [[1], [1]]],
    [
      { additionalProperties: false, patternProperties: { '^x-': {} } },
      { 'x-a': 1, 'y/~': 2 },
    ],
    [{ additionalProperties: { type: 'string' } }, { a: 1 }],
    [{ items: { type: 'string' } }, [1, 'a']],
    [{ oneOf: [{ type: 'string' }, { type: 'number' }] }, true],
    [{ oneOf: [{ type: 'string' }, { pattern: 'a' }] }, 'a'],
    [{ $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }, 1],
  ])('says of %j what ajv says of %j', (schema, value) => {
    expect(byOurs(schema, value).sort()).toEqual(byAjv(ajv.compile(schema), value).sort());
    expect(byOurs(schema, value).length > 0).toBe(byAjv(ajv.compile(schema), value).length > 0);
  });

  it('of the Compose specification has no keyword that is not read', () => {
    const read = [...KEYWORDS, ...SILENT, '$defs'];
    expect([...keywordsIn(composeSpec)].filter(keyword => !read.includes(keyword))).toEqual([]);
  });
});

/** Keywords of a schema and of those in it; what stands by name in it are schemas, and no keywords. */
function keywordsIn(schema: unknown): Set<string> {
  if (typeof schema !== 'object' || schema === null) return new Set();
  const inner = Object.entries(schema).flatMap(([keyword, value]) => {
    if (['properties', 'patternProperties', '$defs', 'oneOf'].includes(keyword)) return Object.values(value);
    return ['items', 'additionalProperties'].includes(keyword) ? [value] : [];
  });
  return new Set([...Object.keys(schema), ...inner.flatMap(each => [...keywordsIn(each)])]);
}
