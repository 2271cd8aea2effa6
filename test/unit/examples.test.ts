import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as { inputs: object; outputs: object };

interface Step {
  readonly uses?: string;
  readonly id?: string;
  readonly with?: object;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

/** What actionlint cannot know of an action in another repository. */
describe.each(globSync('examples/*.yml', { cwd: ROOT }))('%s', path => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const steps = Object.values((parse(text) as Workflow).jobs).flatMap(job => job.steps);
  const ours = steps.filter(({ uses }) => uses === 'org/kafka-al2023-action@v1');

  test('gives inputs that action.yml declares', () => {
    expect(ours).not.toEqual([]);
    for (const { with: inputs = {} } of ours)
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)));
  });

  test('reads outputs that action.yml declares', () => {
    const ids = ours.flatMap(({ id }) => id ?? []);
    const read = [...text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)];
    // The annotations of a linter are its result: nothing reads an output there.
    expect(read.length > 0).toBe(basename(path) !== 'lint.yml');
    for (const [, id, output] of read) {
      expect(ids).toContain(id);
      expect(Object.keys(action.outputs)).toContain(output);
    }
  });

  test('is listed in the README', () => {
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`](examples/${basename(path)})`);
  });
});
