import fc from 'fast-check';
import { describe, it } from 'vitest';
import { stringify } from 'yaml';
import { anything, project, service } from '../support/arbitrary-projects.ts';
import { judge } from '../support/judge.ts';

/** FUZZ_FACTOR=50 searches fifty times as long, with as long a timeout. */
const FACTOR = Number(process.env.FUZZ_FACTOR ?? 1);
const TIMEOUT_MS = 60_000 * FACTOR;

describe('the reader and the linter', () => {
  it(
    'take any bytes',
    () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), bytes => judge(new TextDecoder().decode(bytes))),
        { numRuns: 200 * FACTOR },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'take any text made of what YAML is made of',
    () => {
      const words = [
        ': ',
        '- ',
        '  ',
        '&a ',
        '*a',
        '<<: ',
        '|\n',
        '>\n',
        '!x ',
        '!!int ',
        '? ',
        '---\n',
        '...\n',
        '${',
        'services',
        '\r\n',
      ];
      const pieces = [...words, ...'a[]{},"\'#%~0$\t\n\uFEFF\u2028'];
      const yaml = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map(parts => parts.join(''));
      fc.assert(fc.property(yaml, judge), { numRuns: 1000 * FACTOR });
    },
    TIMEOUT_MS,
  );

  it(
    'take any types everywhere',
    () => {
      fc.assert(
        fc.property(project, value => judge(stringify(value, { uniqueKeys: false, merge: false }))),
        { numRuns: 200 * FACTOR },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'take flow style, aliases and merge keys anywhere',
    () => {
      const value = fc.tuple(anything, service, service).map(([anchor, a, b]) => {
        const part = (each: unknown) => JSON.stringify(each) ?? 'null';
        return `x-a: &a ${part(anchor)}\nservices:\n  a: &b ${part(a)}\n  b: {<<: [*a, *b], environment: *a, ports: *a}\n  c: ${part(b)}\n  d: *b\n`;
      });
      fc.assert(fc.property(value, judge), { numRuns: 150 * FACTOR });
    },
    TIMEOUT_MS,
  );
});
