import fc from 'fast-check';
import { stringify } from 'yaml';
import { anything, project, service } from '../support/arbitrary-projects.ts';
import { judge } from '../support/judge.ts';
import { type Target, target } from './target.ts';

const WORDS = [
  ...[
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
  ],
  ...['\r\n', ...'a[]{},"\'#%~0$\t\n\uFEFF\u2028'],
];

/** Compose files, whoever wrote them: each is judged and mended. */
export const COMPOSE_FILES: readonly Target[] = [
  target({
    name: 'a compose file of any bytes',
    input: fc.uint8Array({ maxLength: 400 }).map(bytes => new TextDecoder().decode(bytes)),
    take: judge,
    runs: 200,
  }),
  target({
    name: 'a compose file made of what YAML is made of',
    input: fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map(parts => parts.join('')),
    take: judge,
    runs: 1_000,
  }),
  target({
    name: 'a compose file with any types everywhere',
    input: project.map(value => stringify(value, { uniqueKeys: false, merge: false })),
    take: judge,
    runs: 200,
  }),
  target({
    name: 'a compose file with flow style, aliases and merge keys anywhere',
    input: fc.tuple(anything, service, service).map(([anchor, a, b]) => {
      const part = (each: unknown) => JSON.stringify(each) ?? 'null';
      return `x-a: &a ${part(anchor)}\nservices:\n  a: &b ${part(a)}\n  b: {<<: [*a, *b], environment: *a, ports: *a}\n  c: ${part(b)}\n  d: *b\n`;
    }),
    take: judge,
    runs: 150,
  }),
];
