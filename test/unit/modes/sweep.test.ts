import { describe, expect, it } from 'vitest';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { ActionError } from '../../../src/errors.ts';
import { sweep } from '../../../src/modes/sweep.ts';
import { outputsOf } from '../../../src/report/outputs.ts';
import { verdictOf } from '../../../src/report/verdict.ts';
import type { Script } from '../support/scripted-host.ts';
import { runOn } from '../support/sessions.ts';

const DAY_S = 86_400;
const NOW_S = 100 * DAY_S;
const daysAgo = (days: number) => NOW_S - days * DAY_S;

const record = (environment: string | undefined, base = 'docker_exp') => {
  const project = environment === undefined ? base : `${base}-${environment}`;
  return {
    ...{ version: 1, project, directory: `/home/u/${project}`, files: ['docker-compose.yml'] },
    ...{ environment, portShift: 100, ports: [8181] },
  };
};
/** Each project has a container until it is removed. */
const MACHINE: Script = [
  [/^date \+%s$/, { stdout: `${NOW_S}\n` }],
  [/^docker (stop|rm|inspect) /, 0],
  [/^docker (ps|network ls|volume ls) /, 0],
  [/^sh -c \n(enter\(\)|label=)/, 0],
  [/^(ls -A|test -e) /, 1],
];
const withContainersOf = (project: string): Script => {
  const there = { stdout: `${project}-kafka-1\tkafka\t\n` };
  const planned = new RegExp(`^docker ps --all .*project=${project}$`);
  return [[planned, there, there, 0], ...MACHINE];
};

function sweeping(inputs: RawInputs, setting: Parameters<typeof runOn>[1] = {}) {
  const asked = { mode: 'down', environment: '*', 'unused-for': '7d', ...inputs };
  const run = runOn(asked, { script: MACHINE, startedAtMs: NOW_S * 1000, ...setting });
  const { config, dependencies } = run;
  if (!config.sweep) throw new Error('no sweep is asked for');
  return { ...run, report: sweep(config, config.sweep, dependencies) };
}
const withDirectory = <T extends object>(note: T, directory: string) => ({ ...note, directory });
const removals = (host: { readonly ran: readonly string[] }) =>
  host.ran.filter(words => /docker (rm|stop|network rm|volume rm)/.test(words));

describe('a sweep', () => {
  it('takes down what nobody has used for so long, and first says what goes and what stays', async () => {
    const { report, host, log } = sweeping(
      { volumes: 'true' },
      {
        script: withContainersOf('docker_exp-pr-1'),
        records: [record('pr-1'), record('pr-2'), record(undefined)],
        usedAtS: [daysAgo(7), daysAgo(6.99), daysAgo(99)],
      },
    );
    const found = await report;
    expect(found).toMatchObject({ mode: 'down', result: 'passed' });
    expect(found.sweep?.environments).toMatchObject([
      { environment: 'pr-1', end: 'gone', why: 'last used 7 days ago' },
      { environment: 'pr-2', end: 'stays', why: 'last used 6 days ago' },
    ]);
    expect(removals(host)).toEqual(['sudo docker rm --force --volumes docker_exp-pr-1-kafka-1']);
    expect(host.count(/project=docker_exp(-pr-2)?$/)).toBe(0);
    const listed = log.lines.indexOf('info pr-1 goes: last used 7 days ago');
    expect(listed).toBeGreaterThan(0);
    expect(log.lines).toContain('info pr-2 stays: last used 6 days ago');
    expect(log.lines).toContain('info project docker_exp stays: it is no environment');
    expect(log.text.indexOf('pr-2 stays')).toBeLessThan(log.text.indexOf('docker rm'));
    expect(verdictOf(found)).toBe('Passed: 1 of 2 environments taken down (pr-1).');
    expect(outputsOf(found).changed).toBe('containers');
  });

  it('in a plan shows what would go, and removes nothing', async () => {
    const { report, host, ran } = sweeping(
      { mode: 'plan', 'unused-for': '12h' },
      {
        script: withContainersOf('docker_exp-pr-1'),
        records: [record('pr-1'), record('pr-2')],
        usedAtS: [daysAgo(0.6), daysAgo(0.4)],
      },
    );
    const found = await report;
    expect(found.sweep?.environments.map(({ end }) => end)).toEqual(['would-go', 'stays']);
    expect(found.steps.map(({ title, status }) => `${title}: ${status}`)).toEqual([
      'pr-1: Containers removed: planned',
      'pr-1: Networks removed: unchanged',
    ]);
    expect(removals(host)).toEqual([]);
    expect(ran().join('\n')).not.toMatch(/\b(rm|touch)\b/);
    expect(verdictOf(found)).toBe('Plan: 1 of 2 environments would be taken down (pr-1).');
    expect(outputsOf(found)).toMatchObject({ changed: '', planned: 'containers' });
  });

  it.each([
    ['of another directory', { records: [record('pr-1', 'shop')] }, /it is project shop-pr-1 in .*shop-pr-1/],
    [
      'with a note that is not of its name',
      { records: [{ ...record(undefined), environment: 'pr-1' }] },
      /^it is project docker_exp in /,
    ],
    ['without a time', { records: [record('pr-1')], usedAtS: [-1] }, /^nothing on the machine tells/],
    [
      'of a time to come',
      { records: [record('pr-1')], usedAtS: [daysAgo(-1)] },
      /still to come by the machine's clock/,
    ],
  ])('leaves an environment %s, and says why', async (_, setting, why) => {
    const { report, host } = sweeping({ volumes: 'true' }, setting);
    expect((await report).sweep?.environments).toMatchObject([
      { end: 'stays', why: expect.stringMatching(why) },
    ]);
    expect(removals(host)).toEqual([]);
  });

  it('leaves all of them when the clocks are apart', async () => {
    const { report, host } = sweeping({}, { records: [record('pr-1')], startedAtMs: daysAgo(30) * 1000 });
    expect((await report).sweep?.environments).toMatchObject([
      {
        end: 'stays',
        why: expect.stringMatching(/last used 100 days ago, but the clocks .* are 43200 min 0 s apart/),
      },
    ]);
    expect(removals(host)).toEqual([]);
  });

  it('leaves what a broken note names, and says so', async () => {
    const { report, host, log } = sweeping(
      { volumes: 'true' },
      { records: [withDirectory(record('pr-1'), '/etc')] },
    );
    const found = await report;
    expect(found.sweep?.environments).toEqual([]);
    expect(verdictOf(found)).toBe(
      'Passed: no environment is to be taken down, 0 environments on the machine.',
    );
    expect(log.warnings).toEqual([expect.stringMatching(/docker_exp-pr-1\.json is no record/)]);
    expect(removals(host)).toEqual([]);
  });

  it('changes nothing on a machine that another run holds, and says who', async () => {
    const held = 'state=held\ntoken=cd34\nwho=https://github.com/o/r/actions/runs/7\nmode=deploy\n';
    const { report, host, log } = sweeping(
      { 'lock-timeout': '0', volumes: 'true' },
      { records: [record('pr-1')], lock: held },
    );
    const found = await report;
    expect(found).toMatchObject({ result: 'passed', steps: [] });
    expect(found.sweep?.environments).toMatchObject([
      {
        end: 'stays',
        why: expect.stringMatching(/100 days ago, but the machine is still in use by .*runs\/7/),
      },
    ]);
    expect(log.warnings.slice(0, 1)).toEqual([
      expect.stringMatching(/^nothing is taken down: .*The next sweep does it\.$/),
    ]);
    expect(removals(host)).toEqual([]);
  });

  it('goes on with the others when one cannot be taken down', async () => {
    const there = { stdout: 'docker_exp-pr-1-kafka-1\tkafka\t\n' };
    const used = { stdout: 'network\tdocker_exp-pr-1_default\tother-1\tother\t\t\n' };
    const script: Script = [
      [/^docker ps --all .*project=docker_exp-pr-1$/, there],
      [/^sh -c \nlabel=.* docker_exp-pr-1 /s, used],
      ...withContainersOf('docker_exp-pr-2'),
    ];
    const { report, host } = sweeping({}, { script, records: [record('pr-1'), record('pr-2')] });
    const found = await report;
    expect(found.failure).toMatchObject({
      code: 'still-in-use',
      message: expect.stringMatching(
        /^environment pr-1: network docker_exp-pr-1_default is used by container other-1/,
      ),
    });
    expect(found.sweep?.environments.map(({ end }) => end)).toEqual(['failed', 'gone']);
    expect(removals(host).at(-1)).toBe('sudo docker rm --force docker_exp-pr-2-kafka-1');
  });

  it('begins with no further environment when it is cancelled', async () => {
    const cancelled = new ActionError('cancelled', 'the run was cancelled (SIGINT)');
    const { report, host } = sweeping(
      {},
      {
        script: withContainersOf('docker_exp-pr-1'),
        records: [record('pr-1'), record('pr-2')],
        onCommand: (words, abort) => {
          if (words.startsWith('docker stop')) abort.abort(cancelled);
        },
      },
    );
    const found = await report;
    expect(found).toMatchObject({ result: 'failed', failure: { code: 'cancelled' } });
    expect(found.sweep?.environments).toMatchObject([
      { end: 'failed' },
      { end: 'stays', why: 'the run ended before' },
    ]);
    expect(host.count(/project=docker_exp-pr-2$/)).toBe(0);
  });
});
