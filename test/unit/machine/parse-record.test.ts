import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecords } from '../../../src/machine/deployment-records.ts';
import { type DeploymentRecord, parseRecord } from '../../../src/machine/parse-record.ts';

const HOME = '/home/u';
const PLACE = { home: HOME, project: 'kafka' };
const RECORD: DeploymentRecord = {
  ...{ version: 1, project: 'kafka', directory: '/home/u/kafka', files: ['a/b.yml', '.env', 'kafka_env'] },
  ...{ services: ['broker'], environment: 'pr-1', portShift: 100, ports: [9192] },
};
const parse = (more: object) => parseRecord(JSON.stringify({ ...RECORD, ...more }), PLACE);

describe('the text of a record', () => {
  it('is read as it was written, without what is not known', () => {
    expect(parse({})).toEqual(RECORD);
    expect(parse({ more: 1, __proto__: { x: 1 } })).toEqual(RECORD);
    expect(parse({ run: 'https://github.com/o/r/actions/runs/7' })?.run).toMatch(/runs\/7$/);
    expect(parse({ directory: '/home/u/a/b.c/kafka-1' })).toBeDefined();
  });

  it.each<[string, object]>([
    ['another version', { version: 2 }],
    ['a version that is a text', { version: '1' }],
    ['no project', { project: undefined }],
    ['another project', { project: 'other' }],
    ['no directory', { directory: undefined }],
    ['a relative directory', { directory: 'kafka' }],
    ['the root directory', { directory: '/' }],
    ['the home folder itself', { directory: HOME }],
    ['the home folder itself, with a slash', { directory: `${HOME}/` }],
    ['a directory of the system', { directory: '/etc' }],
    ['a directory in another home', { directory: '/home/u2/kafka' }],
    ['a directory that only begins as the home', { directory: '/home/uvw/kafka' }],
    ['a directory that leads out of the home', { directory: '/home/u/kafka/../../v' }],
    ['a hidden directory', { directory: '/home/u/.ssh' }],
    ['a directory that is a list', { directory: ['/home/u/kafka'] }],
    ['a directory with a line break', { directory: '/home/u/a\nb' }],
    ['a file elsewhere', { files: ['../../etc/passwd'] }],
    ['a file by its absolute path', { files: ['/etc/passwd'] }],
    ['a file without a name', { files: [''] }],
    ['the directory itself as a file', { files: ['.'] }],
    ['a file that leads out again', { files: ['a/../..'] }],
    ['a file with a slash at its end', { files: ['a/'] }],
    ['a file that is no text', { files: [7] }],
    ['a file with a control character', { files: ['a\u001b[2J'] }],
    ['no files', { files: undefined }],
    ['files that are a text', { files: 'kafka' }],
    ['files that look like a list', { files: { length: 1, 0: 'a' } }],
    ['too many files', { files: Array(10_001).fill('a') }],
    ['a file of a long name', { files: ['a'.repeat(5_000)] }],
    ['services that are numbers', { services: [1] }],
    ['services that are null', { services: null }],
    ['no ports', { ports: undefined }],
    ['a port that is no number', { ports: ['2281'] }],
    ['a port that there is not', { ports: [65_536] }],
    ['no shift', { portShift: undefined }],
    ['a shift that is no whole number', { portShift: 1.5 }],
    ['a shift below nothing', { portShift: -100 }],
    ['a shift beyond all ports', { portShift: 60_000 }],
    ['an environment that is no name', { environment: 7 }],
    ['an environment that is a command of the runner', { environment: '::error::x' }],
    ['a run that is no address', { run: 'javascript:alert(1)' }],
    ['a run with a line break', { run: 'https://a/\n::error::b' }],
    ['a run that is a number', { run: 1 }],
  ])('is none with %s', (_, more) => {
    expect(parse(more)).toBeUndefined();
  });

  it('is none in a home folder that is the root, unless it lies there', () => {
    expect(parseRecord(JSON.stringify(RECORD), { home: '/', project: 'kafka' })).toBeDefined();
    expect(parseRecord(JSON.stringify(RECORD), { home: '', project: 'other' })).toBeUndefined();
  });
});

/** Values of any shape, and records of which some fields are anything. */
const anything = fc.anything({ withNullPrototype: true, withBigInt: false, maxDepth: 3 });
const nearly = fc
  .dictionary(fc.constantFrom(...Object.keys(RECORD), 'run', '__proto__'), fc.jsonValue())
  .map(more => ({ ...RECORD, ...more }));
const texts = fc.oneof(
  fc.string(),
  fc.uint8Array().map(bytes => Buffer.from(bytes).toString()),
  fc.json(),
  nearly.map(value => JSON.stringify(value)),
  anything.map(value => JSON.stringify(value) ?? ''),
);

describe('records of any shape', () => {
  it('never end a run, and name nothing outside of their directory', () => {
    const property = fc.property(texts, text => {
      const record = parseRecord(text, PLACE);
      if (!record) return;
      expect(record.directory.startsWith(`${HOME}/`)).toBe(true);
      for (const path of [record.directory, ...record.files]) expect(path.split('/')).not.toContain('..');
      for (const file of record.files) expect(file.startsWith('/')).toBe(false);
      expect(record.project).toBe('kafka');
    });
    fc.assert(property, { numRuns: 2_000, seed: 13 });
  });

  it('are read from a list of any lines', () => {
    const time = fc.oneof(
      fc.integer().map(String),
      fc.constantFrom('link', 'kind', 'long', 'more', '', '9e99'),
    );
    const line = fc.tuple(time, fc.constantFrom('kafka.json', '', 'x'), texts).map(parts => parts.join(' '));
    const output = fc.oneof(
      fc.string(),
      fc.array(line).map(lines => lines.join('\n')),
    );
    const property = fc.property(output, text => {
      const { records, passedOver } = parseRecords(text, HOME);
      for (const { usedAt } of records) if (usedAt) expect(Date.parse(usedAt)).not.toBeNaN();
      expect(records.length + passedOver.length).toBeLessThanOrEqual(text.split('\n').length);
    });
    fc.assert(property, { numRuns: 1_000, seed: 13 });
  });
});
