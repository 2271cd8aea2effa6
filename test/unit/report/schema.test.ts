import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../src/error-codes.ts';
import type { Whereabouts } from '../../../src/kafka/round-trip/missing-records.ts';
import type { ClusterMember, Report } from '../../../src/report/report.ts';
import type { StepStatus } from '../../../src/steps/step.ts';
import { FAILED, PASSED } from '../support/reports.ts';
import { SAMPLES } from './sample-reports.ts';

interface Schema {
  readonly [keyword: string]: unknown;
  readonly description?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
}

const schema: Schema = JSON.parse(
  readFileSync(new URL('../../../docs/report.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
const definitions: Readonly<Record<string, Schema>> = schema.$defs ?? {};

/** As a reader of the JSON gets it. */
const published = (report: unknown): unknown => JSON.parse(JSON.stringify(report));
const problems = (report: unknown) => (validate(published(report)) ? [] : (validate.errors ?? []));

/** Every object in a value, with the schema that it is described by and where it is. */
function objectsIn(
  value: unknown,
  described: Schema,
  path = 'report',
): [string, Record<string, unknown>, Schema][] {
  const by = described.$ref ? (definitions[described.$ref.replace('#/$defs/', '')] ?? {}) : described;
  if (Array.isArray(value)) return value.flatMap(item => objectsIn(item, by.items ?? {}, `${path}[]`));
  if (typeof value !== 'object' || value === null || !by.properties) return [];
  const inside = Object.entries(value).flatMap(([name, part]) =>
    objectsIn(part, by.properties?.[name] ?? {}, `${path}.${name}`),
  );
  return [[path, value as Record<string, unknown>, by], ...inside];
}

/** Every schema of an object in the file. */
function objectSchemas(part: unknown, path = ''): [string, Schema][] {
  if (typeof part !== 'object' || part === null) return [];
  const inside = Object.entries(part).flatMap(([name, child]) => objectSchemas(child, `${path}/${name}`));
  const isObject = (part as Schema).type === 'object' && (part as Schema).properties !== undefined;
  return isObject ? [[path, part as Schema], ...inside] : inside;
}

const documents = Object.values(SAMPLES).map(published);
const objects = documents.flatMap(document =>
  objectsIn(document, schema).map(([path, object, by]) => ({ document, path, object, by })),
);

/** Whether a document is refused once one of its objects has been changed; it is as before afterwards. */
function isRefused(document: unknown, object: Record<string, unknown>, change: () => void): boolean {
  const before = { ...object };
  change();
  const isValid = validate(document);
  for (const name of Object.keys(object)) delete object[name];
  Object.assign(object, before);
  return !isValid;
}

describe('the schema of the report', () => {
  it.each(Object.entries(SAMPLES))('describes a run that %s', (_, report) => {
    expect(problems(report)).toEqual([]);
  });

  it('describes every property, and says which are there', () => {
    for (const [path, { properties = {}, additionalProperties, required }] of objectSchemas(schema)) {
      expect(additionalProperties, path).toBe(false);
      expect(required, path).toBeDefined();
      for (const [name, property] of Object.entries(properties)) {
        expect(property.description, `${path}/${name}`).toMatch(/^[A-Z].*\.$/);
        if (/Ms$/.test(name)) expect(property.description, `${path}/${name}`).toContain('milliseconds');
        if (/MiB$/.test(name)) expect(property.description, `${path}/${name}`).toContain('MiB');
      }
    }
  });

  it('refuses a property that it does not know, wherever it is', () => {
    expect(objects.length).toBeGreaterThan(100);
    for (const { document, path, object } of objects)
      expect(
        isRefused(document, object, () => Object.assign(object, { another: 1 })),
        path,
      ).toBe(true);
  });

  it('refuses a report without one that must be there', () => {
    for (const { document, path, object, by } of objects)
      for (const name of by.required ?? [])
        expect(
          isRefused(document, object, () => delete object[name]),
          `${path}.${name}`,
        ).toBe(true);
  });

  it('wants a failure where the run failed, and nowhere else', () => {
    const { failure, ...failed } = SAMPLES['failed at connect'] ?? expect.unreachable();
    expect(problems(failed)).not.toEqual([]);
    expect(problems({ ...PASSED, failure })).not.toEqual([]);
  });

  it.each([
    ['a code that is none', { ...SAMPLES['failed at connect'], failure: { ...FAILED.failure, code: 'bad' } }],
    ['a time without its zone', { ...PASSED, startedAt: '2025-01-02T03:04:05' }],
    ['a part of a message', { ...PASSED, hostClients: { ...PASSED.hostClients, produced: 1.5 } }],
    ['a number that is none', { ...PASSED, durationMs: Number.NaN }],
    ['another version', { ...PASSED, schemaVersion: 2 }],
  ])('refuses %s', (_, report) => {
    expect(problems(report)).not.toEqual([]);
  });
});

/** Properties by the schema that names them, as the samples have them: the samples are held to the type by tsc. */
function propertiesSeen(isThere: (object: Record<string, unknown>, name: string) => boolean): Set<string> {
  return new Set(
    objects.flatMap(({ object, by }) =>
      Object.keys(by.properties ?? {})
        .filter(name => isThere(object, name))
        .map(name => `${by.description} ${name}`),
    ),
  );
}

const namesIn = (filter: (schema: Schema, name: string) => boolean) =>
  objectSchemas(schema).flatMap(([, by]) =>
    Object.keys(by.properties ?? {})
      .filter(name => filter(by, name))
      .map(name => `${by.description} ${name}`),
  );

describe('schema and type', () => {
  it('know the same properties: each is in a sample', () => {
    const seen = propertiesSeen((object, name) => name in object);
    expect(namesIn(() => true).filter(name => !seen.has(name))).toEqual([]);
  });

  it('agree on those that may be absent: each is absent from a sample', () => {
    const absent = propertiesSeen((object, name) => !(name in object));
    expect(namesIn((by, name) => !by.required?.includes(name)).filter(name => !absent.has(name))).toEqual([]);
  });

  it('have the same names for errors, states and statuses', () => {
    // tsc refuses these when a name is missing, or one too many.
    const statuses: Record<StepStatus, true> = {
      changed: true,
      unchanged: true,
      passed: true,
      planned: true,
      failed: true,
      skipped: true,
    };
    const states: Record<ClusterMember['state'], true> = { up: true, down: true, unknown: true };
    const roles: Record<ClusterMember['role'], true> = {
      zookeeper: true,
      broker: true,
      'schema-registry': true,
      other: true,
    };
    const places: Record<Whereabouts, true> = { gone: true, unread: true, unknown: true };
    const results: Record<Report['result'], true> = { passed: true, failed: true };
    const namesOf = (definition: string, property: string) =>
      [...(definitions[definition]?.properties?.[property]?.enum ?? [])].sort();
    expect(namesOf('failure', 'code')).toEqual(Object.keys(ERRORS).sort());
    expect(namesOf('step', 'status')).toEqual(Object.keys(statuses).sort());
    expect(namesOf('clusterMember', 'state')).toEqual(Object.keys(states).sort());
    expect(namesOf('clusterMember', 'role')).toEqual(Object.keys(roles).sort());
    expect(namesOf('missingRecord', 'whereabouts')).toEqual(Object.keys(places).sort());
    expect([...(schema.properties?.result?.enum ?? [])].sort()).toEqual(Object.keys(results).sort());
  });
});
