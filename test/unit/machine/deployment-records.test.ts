import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../../src/context.ts';
import {
  choosePortShift,
  type DeploymentRecord,
  readRecords,
  recordRemovalStep,
  recordStep,
  touchRecord,
} from '../../../src/machine/deployment-records.ts';
import { InstantClock } from '../support/clocks.ts';
import { thisComputer } from '../support/local-host.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { noKafka } from '../support/step-context.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const host = thisComputer();
const context: Context = {
  ...{
    host,
    kafka: noKafka,
    log: new RecordingLog(),
    clock: new InstantClock(),
    signal: new AbortController().signal,
  },
};
const RECORD: DeploymentRecord = {
  version: 1,
  project: 'docker_exp-pr-1',
  directory: '/home/ec2-user/docker_exp-pr-1',
  files: ['docker-compose.yml', '.env', 'more/limits.yml', 'kafka_env'],
  environment: 'pr-1',
  portShift: 100,
  ports: [2281, 8181],
};
const RUN = 'https://github.com/org/repo/actions/runs/7';
const folderOf = (home: string) => join(home, '.kafka-al2023', 'deployments');
const pathOf = (home: string) => join(folderOf(home), 'docker_exp-pr-1.json');

describe('the note of a deployment', () => {
  it('is written, and then as it should be', async () => {
    const home = temporaryFolder();
    const step = recordStep(home, RECORD, RUN);
    expect(await step.check(context)).toEqual({ satisfied: false, detail: `${pathOf(home)} is not there` });
    await step.apply?.(context);
    expect(await step.check(context)).toEqual({ satisfied: true, detail: `${pathOf(home)} as it should be` });
    expect(JSON.parse(readFileSync(pathOf(home), 'utf8'))).toEqual({ ...RECORD, run: RUN });
    expect(readdirSync(folderOf(home))).toEqual(['docker_exp-pr-1.json']);
  });

  it('stays when only the run is another one, or none', async () => {
    const home = temporaryFolder();
    await recordStep(home, RECORD, RUN).apply?.(context);
    for (const run of ['https://github.com/org/repo/actions/runs/8', undefined])
      expect(await recordStep(home, RECORD, run).check(context)).toMatchObject({ satisfied: true });
  });

  it.each<[string, Partial<DeploymentRecord>]>([
    ['directory', { directory: '/home/ec2-user/other' }],
    ['files', { files: ['docker-compose.yml'] }],
    ['ports', { portShift: 200, ports: [2381, 8281] }],
    ['environment', { environment: 'pr-2' }],
  ])('is another one when its %s differ', async (_, more) => {
    const home = temporaryFolder();
    await recordStep(home, { ...RECORD, ...more }, RUN).apply?.(context);
    expect(await recordStep(home, RECORD, RUN).check(context)).toEqual({
      satisfied: false,
      detail: `${pathOf(home)} is of another deployment`,
    });
  });

  it('takes the place of a file that was cut off', async () => {
    const home = temporaryFolder();
    mkdirSync(folderOf(home), { recursive: true });
    writeFileSync(pathOf(home), JSON.stringify(RECORD).slice(0, 40));
    const step = recordStep(home, RECORD, undefined);
    expect(await step.check(context)).toMatchObject({ satisfied: false });
    await step.apply?.(context);
    expect(await step.check(context)).toMatchObject({ satisfied: true });
  });

  it('is taken away, and it does not matter when it is gone already', async () => {
    const home = temporaryFolder();
    const step = recordRemovalStep(home, RECORD.project, ['volumes']);
    expect(await step.check(context)).toEqual({ satisfied: true, detail: 'it is not there' });
    await recordStep(home, RECORD, RUN).apply?.(context);
    expect(await step.check(context)).toEqual({ satisfied: false, detail: `${pathOf(home)} is there` });
    await step.apply?.(context);
    expect(existsSync(pathOf(home))).toBe(false);
    await step.apply?.(context);
    expect(step.needs).toEqual(['volumes']);
  });
});

describe('the notes on a machine', () => {
  it('are none where nothing was ever deployed', async () => {
    expect(await readRecords(host, join(temporaryFolder(), 'nobody'))).toEqual([]);
  });

  it('are read with the time at which each was last used', async () => {
    const home = temporaryFolder();
    await recordStep(home, RECORD, RUN).apply?.(context);
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
    await recordStep(home, RECORD, RUN).apply?.(context);
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
    await recordStep(home, RECORD, undefined).apply?.(context);
    // Before and after it in the order of names.
    for (const name of ['a.json', 'z.json']) writeFileSync(join(folderOf(home), name), broken);
    writeFileSync(join(folderOf(home), 'b.txt'), text({ project: 'b' }));
    mkdirSync(join(folderOf(home), 'c.json'));
    expect((await readRecords(host, home)).map(({ project }) => project)).toEqual([RECORD.project]);
  });
});

describe('the ports of an environment', () => {
  const PORTS = [2181, 19092, 8081];
  const other = (shift: number): DeploymentRecord => ({
    ...{ ...RECORD, project: `p-${shift}`, portShift: shift },
    ports: PORTS.map(port => port + shift),
  });
  const choose = (records: readonly DeploymentRecord[], listening: readonly string[] = []) => {
    const lines = listening.map(local => `LISTEN 0      4096   ${local} 0.0.0.0:*\n`);
    const machine = new ScriptedHost([[/^ss /, { stdout: lines.join('') }]]);
    return { machine, shift: choosePortShift(machine, 'p-own', PORTS, records) };
  };

  it('are the first block above those of the deployment without an environment', async () => {
    expect(await choose([]).shift).toBe(100);
    expect(await choose([other(0)]).shift).toBe(100);
  });

  it('are those it had before, whoever listens there now: most likely itself', async () => {
    const { machine, shift } = choose([{ ...other(300), project: 'p-own' }, other(100)], ['127.0.0.1:8381']);
    expect(await shift).toBe(300);
    expect(machine.ran).toEqual([]);
  });

  it('are others when somebody else has noted one of them meanwhile', async () => {
    expect(
      await choose([
        { ...other(100), project: 'p-own' },
        { ...other(0), ports: [8181] },
      ]).shift,
    ).toBe(200);
  });

  it('are not those of a deployment without an environment, which has none of its own', async () => {
    expect(await choose([{ ...other(0), project: 'p-own' }]).shift).toBe(100);
  });

  it('are none that another environment has noted, also when it does not run', async () => {
    expect(await choose([other(100), other(300)]).shift).toBe(200);
    expect(await choose([other(100), other(200)]).shift).toBe(300);
  });

  it.each(['0.0.0.0:8181', '127.0.0.1:8181', '[::]:8181', '*:8181', '127.0.0.1%lo:8181'])(
    'are none at which somebody listens: %s',
    async local => {
      expect(await choose([], [local]).shift).toBe(200);
      expect(await choose([], [local.replace('8181', '18181'), local.replace('8181', '8182')]).shift).toBe(
        100,
      );
    },
  );

  it('are in no block of which one port is taken', async () => {
    expect(await choose([{ ...other(0), ports: [19192] }], ['*:2381']).shift).toBe(300);
  });

  it('run out', async () => {
    const all = Array.from({ length: 50 }, (_, index) => other(100 * (index + 1)));
    expect(await choose(all.slice(0, 49)).shift).toBe(5_000);
    expect(await actionErrorOf(() => choose(all).shift)).toMatchObject({
      code: 'port-in-use',
      hint: expect.stringContaining('Take down environments'),
    });
  });
});
