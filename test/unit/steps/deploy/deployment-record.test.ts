import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DeploymentRecord } from '../../../../src/machine/parse-record.ts';
import { deploymentRecordStep } from '../../../../src/steps/deploy/deployment-record.ts';
import { recordRemovalStep } from '../../../../src/steps/down/deployment-record.ts';
import { folderOf, hereContext, pathOf, RECORD, RUN, recordIn } from '../../support/deployment-records.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

describe('the note of a deployment', () => {
  it('is written, and then as it should be', async () => {
    const home = temporaryFolder();
    const context = hereContext(home);
    const record = recordIn(home);
    const step = deploymentRecordStep(home, record, RUN);
    expect(await step.check(context)).toEqual({ satisfied: false, detail: `${pathOf(home)} is not there` });
    await step.apply?.(context);
    expect(await step.check(context)).toEqual({ satisfied: true, detail: `${pathOf(home)} as it should be` });
    expect(JSON.parse(readFileSync(pathOf(home), 'utf8'))).toEqual({ ...record, run: RUN });
    expect(readdirSync(folderOf(home))).toEqual(['docker_exp-pr-1.json']);
  });

  it('stays when only the run is another one, or none', async () => {
    const home = temporaryFolder();
    const context = hereContext(home);
    const record = recordIn(home);
    await deploymentRecordStep(home, record, RUN).apply?.(context);
    for (const run of ['https://github.com/org/repo/actions/runs/8', undefined])
      expect(await deploymentRecordStep(home, record, run).check(context)).toMatchObject({ satisfied: true });
  });

  it.each<[string, (home: string) => Partial<DeploymentRecord>]>([
    ['directory', home => ({ directory: `${home}/other` })],
    ['files', () => ({ files: ['docker-compose.yml'] })],
    ['ports', () => ({ portShift: 200, ports: [2381, 8281] })],
    ['environment', () => ({ environment: 'pr-2' })],
  ])('is another one when its %s differ', async (_, more) => {
    const home = temporaryFolder();
    const context = hereContext(home);
    const record = recordIn(home);
    await deploymentRecordStep(home, { ...record, ...more(home) }, RUN).apply?.(context);
    expect(await deploymentRecordStep(home, record, RUN).check(context)).toEqual({
      satisfied: false,
      detail: `${pathOf(home)} is of another deployment`,
    });
  });

  it.each([
    ['is written otherwise', 'Docker_exp-pr.-1', true],
    ['lies elsewhere', 'more/docker_exp-pr-1', true],
    ['has a name of its own', 'other', false],
    ['is the same', 'docker_exp-pr-1', false],
  ])('is refused when the project is that of a directory which %s', async (_, directory, isRefused) => {
    const home = temporaryFolder();
    const context = hereContext(home);
    const other = { ...recordIn(home), directory: `${home}/${directory}` };
    await deploymentRecordStep(home, other, RUN).apply?.(context);
    const step = deploymentRecordStep(home, recordIn(home), RUN);
    // A directory that is gone is in nobody's way.
    expect(await step.check(context)).toMatchObject({ satisfied: directory === 'docker_exp-pr-1' });
    mkdirSync(other.directory, { recursive: true });
    writeFileSync(`${other.directory}/docker-compose.yml`, '');
    if (!isRefused) return void (await step.check(context));
    const error = await actionErrorOf(() => step.check(context));
    expect(error).toMatchObject({ code: 'project-taken', hint: expect.stringContaining('project-name') });
    expect(error.message).toContain(`${home}/docker_exp-pr-1 and ${other.directory} are both`);
  });

  it('takes the place of a file that was cut off', async () => {
    const home = temporaryFolder();
    const context = hereContext(home);
    const record = recordIn(home);
    mkdirSync(folderOf(home), { recursive: true });
    writeFileSync(pathOf(home), JSON.stringify(record).slice(0, 40));
    const step = deploymentRecordStep(home, record, undefined);
    expect(await step.check(context)).toMatchObject({ satisfied: false });
    await step.apply?.(context);
    expect(await step.check(context)).toMatchObject({ satisfied: true });
  });

  it('is taken away, and it does not matter when it is gone already', async () => {
    const home = temporaryFolder();
    const context = hereContext(home);
    const record = recordIn(home);
    const step = recordRemovalStep(home, RECORD.project, ['volumes']);
    expect(await step.check(context)).toEqual({ satisfied: true, detail: 'it is not there' });
    await deploymentRecordStep(home, record, RUN).apply?.(context);
    expect(await step.check(context)).toEqual({ satisfied: false, detail: `${pathOf(home)} is there` });
    await step.apply?.(context);
    expect(existsSync(pathOf(home))).toBe(false);
    await step.apply?.(context);
    expect(step.needs).toEqual(['volumes']);
  });
});
