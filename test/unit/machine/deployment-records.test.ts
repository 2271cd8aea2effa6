import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecords, touchRecord } from '../../../src/machine/deployment-records.ts';
import { deploymentRecordStep } from '../../../src/steps/deploy/deployment-record.ts';
import { folderOf, hereContext, pathOf, RECORD, RUN } from '../support/deployment-records.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const context = hereContext();
const { host } = context;

describe('the notes on a machine', () => {
  it('are none where nothing was ever deployed', async () => {
    expect(await readRecords(host, join(temporaryFolder(), 'nobody'))).toEqual([]);
  });

  it('are read with the time at which each was last used', async () => {
    const home = temporaryFolder();
    await deploymentRecordStep(home, RECORD, RUN).apply?.(context);
    utimesSync(pathOf(home), 1_700_000_000, 1_700_000_000);
    expect(await readRecords(host, home)).toEqual([
      { ...RECORD, run: RUN, usedAt: '2023-11-14T22:13:20.000Z' },
    ]);
    await touchRecord(host, home, RECORD.project);
    const [used] = await readRecords(host, home);
    expect(Date.parse(used?.usedAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('are not made by a deployment that has none', async () => {
    const home = temporaryFolder();
    await deploymentRecordStep(home, RECORD, RUN).apply?.(context);
    await touchRecord(host, home, 'other');
    expect(readdirSync(folderOf(home))).toEqual(['docker_exp-pr-1.json']);
  });

  const text = (more: object) => JSON.stringify({ ...RECORD, ...more });
  it.each<[string, string]>([
    ['empty', ''],
    ['no JSON', 'hello'],
    ['cut off, without a line break', text({}).slice(0, 60)],
    ['null', 'null\n'],
    ['a list', '[1]\n'],
    ['of another version', text({ version: 2 })],
    ['without a project', text({ project: undefined })],
    ['without a directory', text({ directory: undefined })],
    ['of a directory that is relative', text({ directory: 'docker_exp' })],
    ['of the root directory', text({ directory: '/' })],
    ['with a file elsewhere', text({ files: ['../../etc/passwd'] })],
    ['with a file by its absolute path', text({ files: ['/etc/passwd'] })],
    ['with a file without a name', text({ files: [''] })],
    ['without files', text({ files: undefined })],
    ['without ports', text({ ports: undefined })],
    ['with a port that is no number', text({ ports: ['2281'] })],
    ['without a shift', text({ portShift: undefined })],
    ['of an environment that is no name', text({ environment: 7 })],
  ])('do not hinder each other: one is %s', async (_, broken) => {
    const home = temporaryFolder();
    await deploymentRecordStep(home, RECORD, undefined).apply?.(context);
    // Before and after it in the order of names.
    for (const name of ['a.json', 'z.json']) writeFileSync(join(folderOf(home), name), broken);
    writeFileSync(join(folderOf(home), 'b.txt'), text({ project: 'b' }));
    mkdirSync(join(folderOf(home), 'c.json'));
    expect((await readRecords(host, home)).map(({ project }) => project)).toEqual([RECORD.project]);
  });
});
