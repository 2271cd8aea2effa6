import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SETUP = join(ROOT, 'test', 'integration', 'support', 'first-failure.ts');

interface Report {
  readonly testResults: {
    readonly name: string;
    readonly assertionResults: { readonly title: string; readonly status: string }[];
  }[];
}

/** Three tests, of which the second fails. */
const tests = (first: string) => `
  import { expect, test } from 'vitest';
  ${first}
  test('one', () => {});
  test('two', () => expect(1).toBe(2));
  test('three', () => {});
`;

describe('integration tests after a failure', () => {
  const folder = temporaryFolder();
  const report = join(folder, 'report.json');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(
    join(folder, 'config.ts'),
    `export default { test: { include: ['*.test.ts'], fileParallelism: false, setupFiles: ${JSON.stringify(SETUP)} } };`,
  );
  for (const name of ['dependent', 'another']) writeFileSync(join(folder, `${name}.test.ts`), tests(''));
  writeFileSync(
    join(folder, 'independent.test.ts'),
    tests(`import { runAfterFailures } from ${JSON.stringify(SETUP)};\nrunAfterFailures();`),
  );
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const options = [
    '--config',
    'config.ts',
    '--reporter=verbose',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', folder, ...options],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, NO_COLOR: '1' },
    },
  );
  const log = `${stdout}${stderr}`;
  const outcomes = (file: string) => {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    const { assertionResults = [] } = testResults.find(({ name }) => name.endsWith(`/${file}`)) ?? {};
    return Object.fromEntries(assertionResults.map(({ title, status }) => [title, status]));
  };

  it('are skipped where they need the ones before, with the name of the one that failed', () => {
    expect(status, log).toBe(1);
    expect(outcomes('dependent.test.ts')).toEqual({ one: 'passed', two: 'failed', three: 'skipped' });
    expect(log).toContain('"two" failed: the later tests of dependent.test.ts are not run');
    expect(log).toContain('not run: "two" failed before');
  });

  it('run in another file', () => {
    expect(outcomes('another.test.ts')).toMatchObject({ one: 'passed' });
  });

  it('run where the file says that they are independent', () => {
    expect(outcomes('independent.test.ts')).toEqual({ one: 'passed', two: 'failed', three: 'passed' });
    expect(log).not.toContain('independent.test.ts are not run');
  });

  it('are counted as skipped', () => {
    const count = join(ROOT, 'script', 'count-tests.ts');
    expect(execFileSync(process.execPath, [count, report], { encoding: 'utf8' })).toBe('4 3 2\n');
  });
});
