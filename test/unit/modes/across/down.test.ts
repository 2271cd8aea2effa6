import { describe, expect, it } from 'vitest';
import { type Config, parseConfig } from '../../../../src/config/config.ts';
import { ActionError } from '../../../../src/errors.ts';
import type { Connection } from '../../../../src/host/connection.ts';
import { across } from '../../../../src/modes/across/across.ts';
import type { DeployAcrossDependencies } from '../../../../src/modes/across/deploy.ts';
import { leaveMachine } from '../../../../src/modes/teardown.ts';
import { ManualClock } from '../../support/clocks.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { type Script, ScriptedHost } from '../../support/scripted-host.ts';
import { INSPECTION, inspectionOf } from '../../support/sessions.ts';
import { makeKey } from '../../support/ssh-keys.ts';

const { privateKey: key } = makeKey('ed25519');
const NAMES = ['a', 'b', 'c'];
const BASE: Script = [
  [INSPECTION, inspectionOf()],
  [/\bsh (take|keep|release) /, { stdout: 'state=free\ntoken=ab12\n' }],
  [/^sh -c if \/usr\/bin\/sudo -n /, { stdout: '' }],
  [/\/\.kafka-al2023\/deployments$/, { stdout: '' }],
];
const EMPTY: Script = [
  [/^docker (ps|network ls|volume ls) /, 0],
  [/^sh -c \n(enter\(\)|label=)/, 0],
  [/^(ls -A|test -e) /, 1],
];
const ONE: Script = [
  [/^docker ps --all /, { stdout: 'k-1\tkafka\t\n' }, { stdout: 'k-1\tkafka\t\n' }, 0],
  [/^docker (stop|rm|inspect) /, 0],
  ...EMPTY,
];
const DEAD: Script = [
  [/^docker ps --all /, { exitCode: 1, stderr: 'Cannot connect to the Docker daemon\n' }],
  ...EMPTY,
];

/** Three machines with these scripts. @param away why nobody comes to those of these names */
function on(
  scripts: Readonly<Record<string, Script>>,
  more: Partial<Config> = {},
  away: Readonly<Record<string, ActionError>> = {},
) {
  const log = new RecordingLog();
  const hosts = new Map(NAMES.map(name => [name, new ScriptedHost([...BASE, ...(scripts[name] ?? EMPTY)])]));
  const dependencies = {
    ...{ log, clock: new ManualClock(), env: {}, runId: 'ab12', startedAt: new Date(0) },
    cancelled: new AbortController().signal,
    openHost: async ({ connection }: { connection: Connection }) => {
      const name = connection.kind === 'ssh' ? connection.target.host : '';
      if (away[name]) throw away[name];
      return hosts.get(name);
    },
    kafkaClients: () => ({ loggingTo: () => ({}) }),
  } as unknown as DeployAcrossDependencies;
  const parsed = parseConfig({ host: 'a,b,c', mode: 'down', key }, () => key);
  const config = { ...parsed, ...more };
  const removed = () => NAMES.filter(name => (hosts.get(name)?.count(/^sudo docker rm /) ?? 0) > 0);
  return { log, hosts, config, dependencies, removed };
}
const down = ({ config, dependencies }: ReturnType<typeof on>) =>
  config.machines ? across(config, config.machines, dependencies) : expect.unreachable('it is one machine');

describe('mode down over several machines', () => {
  it('takes the node of each down, in one list of steps', async () => {
    const run = on({ a: ONE, b: ONE, c: ONE });
    const report = await down(run);
    expect(report).toMatchObject({ mode: 'down', result: 'passed' });
    expect(run.removed()).toEqual(NAMES);
    expect(report.steps.map(({ name, machine, status }) => `${name}@${machine} ${status}`)).toEqual([
      ...NAMES.map(name => `containers@${name} changed`),
      ...NAMES.map(name => `networks@${name} unchanged`),
    ]);
  });

  it('is content where nothing is', async () => {
    const run = on({ b: ONE });
    expect(await down(run)).toMatchObject({ result: 'passed' });
    expect(run.removed()).toEqual(['b']);
  });

  it('names the machine where it fails, and what ran on the others is done', async () => {
    const run = on({ a: ONE, b: DEAD, c: ONE });
    const { failure } = await down(run);
    expect(failure).toMatchObject({ step: 'containers', machine: 'b', code: 'docker-not-running' });
    expect(failure?.message).toMatch(/^b: Docker does not say/);
    expect(run.removed()).toEqual(['a', 'c']);
  });
});

describe('mode down where a machine does not answer', () => {
  const silent = (why = 'no answer') => new ActionError('ssh-unreachable', why);

  it('takes the others down, and names the one that is left', async () => {
    const run = on({ a: ONE, b: ONE, c: ONE }, {}, { b: silent() });
    const report = await down(run);
    expect(run.removed()).toEqual(['a', 'c']);
    expect(report).toMatchObject({
      result: 'failed',
      failure: { step: 'connect', code: 'ssh-unreachable', message: 'b: no answer; taken down: a, c' },
    });
  });

  it('tells of it beside what failed on another one', async () => {
    const run = on({ a: ONE, b: ONE, c: DEAD }, {}, { b: silent() });
    const { failure } = await down(run);
    expect(run.removed()).toEqual(['a']);
    expect(failure).toMatchObject({ step: 'containers', code: 'docker-not-running' });
    expect(failure?.details).toContain('b: no answer');
  });

  it('fails with the first when none of them answers', async () => {
    const run = on({}, {}, { a: silent('gone'), b: silent(), c: silent() });
    const { failure } = await down(run);
    expect(failure).toMatchObject({ message: 'a: gone', details: ['b: no answer', 'c: no answer'] });
  });

  it('touches nothing where a machine answers and does not let us in: the inputs are wrong', async () => {
    const run = on({ a: ONE, b: ONE, c: ONE }, {}, { b: new ActionError('ssh-auth-refused', 'wrong key') });
    expect((await down(run)).failure).toMatchObject({ code: 'ssh-auth-refused', message: 'b: wrong key' });
    expect(run.removed()).toEqual([]);
  });
});

describe('the end of a job over several machines', () => {
  it('takes all of them down', async () => {
    const run = on({ a: ONE, b: ONE, c: ONE }, { teardown: 'always' });
    const leftovers = { runId: 'ab12', isDeploying: true, result: 'passed' };
    const report = await leaveMachine(run.config, run.dependencies, leftovers, 'success');
    expect(report).toMatchObject({ mode: 'down', result: 'passed' });
    expect(run.removed()).toEqual(NAMES);
  });

  it('gives back what a killed run holds on each', async () => {
    const run = on({});
    const leftovers = { runId: 'dead', isDeploying: true, result: '' };
    await leaveMachine(run.config, run.dependencies, leftovers, 'success');
    expect(NAMES.map(name => run.hosts.get(name)?.count(/\bsh release dead /))).toEqual([1, 1, 1]);
  });
});
