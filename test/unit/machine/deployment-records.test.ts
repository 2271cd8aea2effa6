import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecords, touchRecord, warnOfPassedOver } from '../../../src/machine/deployment-records.ts';
import { deploymentRecordStep } from '../../../src/steps/deploy/deployment-record.ts';
import { folderOf, hereContext, pathOf, RECORD, RUN, recordIn } from '../support/deployment-records.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

/** A home folder with a note in it, and this computer as its machine. */
async function noted(run: string | undefined = RUN) {
  const home = temporaryFolder();
  const context = hereContext(home);
  const { host } = context;
  await deploymentRecordStep(home, recordIn(home), run).apply?.(context);
  const text = (more: object) => JSON.stringify({ ...recordIn(home), ...more });
  const put = (name: string, content: string | Buffer) => writeFileSync(join(folderOf(home), name), content);
  return { home, host, text, put, read: () => readRecords(host, home) };
}

describe('the notes on a machine', () => {
  it('are none where nothing was ever deployed', async () => {
    const home = join(temporaryFolder(), 'nobody');
    const none = { records: [], passedOver: [] };
    expect(await readRecords(hereContext(home).host, home)).toEqual(none);
    mkdirSync(home);
    expect(await readRecords(hereContext(home).host, home)).toEqual(none);
  });

  it('are read with the time at which each was last used', async () => {
    const { home, host, read } = await noted();
    utimesSync(pathOf(home), 1_700_000_000, 1_700_000_000);
    expect(await read()).toEqual({
      records: [{ ...recordIn(home), run: RUN, usedAt: '2023-11-14T22:13:20.000Z' }],
      passedOver: [],
    });
    await touchRecord(host, home, RECORD.project);
    const [used] = (await read()).records;
    expect(Date.parse(used?.usedAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it.each(['1900-01-01', '@9999999999999', '@67768036191676799'])(
    'may have a time that is no date: %s',
    async time => {
      const { home, read } = await noted();
      execFileSync('touch', ['-d', time, pathOf(home)]);
      const { records } = await read();
      expect(records).toHaveLength(1);
      expect(records[0]?.usedAt ?? '2000').toMatch(/^\d{4}/);
    },
  );

  it('are not made by a deployment that has none', async () => {
    const { home, host } = await noted();
    await touchRecord(host, home, 'other');
    expect(readdirSync(folderOf(home))).toEqual(['docker_exp-pr-1.json']);
  });

  it.each<[string, string | Buffer]>([
    ['empty', ''],
    ['no JSON', 'hello'],
    ['null', 'null\n'],
    ['a list', '[1]\n'],
    ['a number that is no number', 'NaN'],
    ['not UTF-8', Buffer.from([0xff, 0xfe, 0x80, 0x0a, 0xc3])],
    ['made of control characters', Buffer.from([0, 1, 27, 91, 50, 74, 7])],
    ['nested deeply', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['of ten megabytes', `{"version":1,"x":"${'x'.repeat(10_000_000)}"}`],
    ['of ten megabytes of lines', '\n'.repeat(10_000_000)],
    ['of the prototype', '{"__proto__":{"version":1},"constructor":{}}'],
  ])('do not hinder each other: one is %s', async (_, broken) => {
    const { put, read } = await noted();
    // Before and after it in the order of names.
    for (const name of ['a.json', 'z.json']) put(name, broken);
    const { records, passedOver } = await read();
    expect(records.map(({ project }) => project)).toEqual([RECORD.project]);
    expect(passedOver).toHaveLength(2);
    expect(passedOver[0]).toContain('/.kafka-al2023/deployments/a.json ');
  });

  it('are nothing but files: no folder, no pipe, no link, and nothing by another name', async () => {
    const { home, text, put, read } = await noted();
    put('b.txt', text({ project: 'b' }));
    put('copy.json', text({}));
    put('a b.json', text({ project: 'ab' }));
    put('..json', text({ project: '.' }));
    mkdirSync(join(folderOf(home), 'c.json'));
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(folderOf(home), 'd.json')]);
    symlinkSync('/etc/passwd', join(folderOf(home), 'e.json'));
    symlinkSync(pathOf(home), join(folderOf(home), 'f.json'));
    symlinkSync('/nowhere', join(folderOf(home), 'g.json'));
    const { records, passedOver } = await read();
    expect(records.map(({ project }) => project)).toEqual([RECORD.project]);
    expect(passedOver.map(each => each.replace(/^.*\/deployments\//, ''))).toEqual([
      'a?b.json is no record of a deployment in the home folder by that name',
      'c.json is no file',
      'copy.json is no record of a deployment in the home folder by that name',
      'd.json is no file',
      'e.json is a symbolic link',
      'f.json is a symbolic link',
      'g.json is a symbolic link',
    ]);
  });

  it('are not read by the hundreds', async () => {
    const { put, read } = await noted();
    for (let number = 0; number < 210; number++) put(`z${number}.json`, '{}');
    const { records, passedOver } = await read();
    expect(records).toHaveLength(1);
    expect(passedOver).toHaveLength(200);
    expect(passedOver.at(-1)).toMatch(/more than 200 records/);
  });

  it.each(['.kafka-al2023', '.kafka-al2023/deployments'])('are not read through a link: %s', async link => {
    const { home: other } = await noted();
    const home = temporaryFolder();
    if (link.includes('/')) mkdirSync(join(home, '.kafka-al2023'));
    symlinkSync(join(other, link), join(home, link));
    const error = await actionErrorOf(() => readRecords(hereContext(home).host, home));
    expect(error).toMatchObject({ code: 'folder-unusable' });
    expect(error.message).toContain(`${join(home, link)} is a symbolic link`);
  });

  it('that were passed over are told by name, with what to do; of many only some', async () => {
    const log = new RecordingLog();
    warnOfPassedOver(log, { records: [], passedOver: [] });
    expect(log.lines).toEqual([]);
    const passedOver = Array.from({ length: 12 }, (_, index) => `/h/${index}.json is no file`);
    warnOfPassedOver(log, { records: [], passedOver });
    expect(log.warnings).toHaveLength(1);
    expect(log.text).toMatch(
      /\/h\/0\.json is no file; .*\/h\/9\.json is no file; and 2 more\. .*remove it \(rm\)/,
    );
  });
});
