import { describe, expect, it } from 'vitest';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { ActionError } from '../../../src/errors.ts';
import { down } from '../../../src/modes/down.ts';
import type { Script } from '../support/scripted-host.ts';
import { runOn } from '../support/sessions.ts';
import { statusOf } from '../support/step-runs.ts';

const record = (environment: string) => ({
  version: 1,
  project: `docker_exp-${environment}`,
  directory: `/home/u/docker_exp-${environment}`,
  files: ['docker-compose.yml'],
  environment,
  portShift: 100,
  ports: [8181],
});
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

function take(inputs: RawInputs, setting: Parameters<typeof runOn>[1] = {}) {
  const run = runOn({ mode: 'down', ...inputs }, setting);
  return { ...run, report: () => down(run.config, run.dependencies) };
}

describe('mode down', () => {
  it('takes the containers of the project down, and says so', async () => {
    const { report, host, ran } = take({}, { script: ONE });
    const found = await report();
    expect(found).toMatchObject({
      mode: 'down',
      result: 'passed',
      host: 'a scripted machine',
      environments: [],
    });
    expect(statusOf(found.steps)).toEqual({ containers: 'changed', networks: 'unchanged' });
    expect(ran()).toContain('sudo docker rm --force k-1');
    expect(host.count(/project=docker_exp$/)).toBeGreaterThan(0);
  });

  it('passes when nothing is there', async () => {
    const { report } = take({ volumes: 'true' }, { script: EMPTY });
    const found = await report();
    expect(found).toMatchObject({ result: 'passed', environments: [] });
    expect(found.steps.map(({ status }) => status)).toEqual(found.steps.map(() => 'unchanged'));
    expect(found.steps.map(({ name }) => name)).not.toContain('directory');
  });

  it('goes by the note of an environment, and lists the others', async () => {
    const records = [record('pr-1'), record('pr-2')];
    const { report, host, log } = take({ environment: 'pr-1', volumes: 'true' }, { script: EMPTY, records });
    const found = await report();
    expect(found.steps.map(({ name }) => name)).toContain('directory');
    expect(host.count(/docker_exp-pr-1 docker-compose\.yml$/)).toBe(1);
    expect(host.count(/rm .*pr-2|project=docker_exp-pr-2/)).toBe(0);
    expect(found.environments?.map(({ environment }) => environment)).toEqual(['pr-1', 'pr-2']);
    expect(log.text).toContain('group Environments on the machine: 2');
  });

  it('passes over a note that is none, with a warning, and removes nothing that it names', async () => {
    const stranger = { ...record('pr-1'), directory: '/etc' };
    const records = [stranger, record('pr-2')];
    const { report, host, log } = take({ environment: 'pr-1', volumes: 'true' }, { script: EMPTY, records });
    const found = await report();
    expect(found.result).toBe('passed');
    expect(found.steps.map(({ name }) => name)).not.toContain('directory');
    expect(host.count(/ \/etc /)).toBe(0);
    expect(log.warnings).toEqual([
      expect.stringMatching(/deployments\/docker_exp-pr-1\.json is no record .* remove it \(rm\)/),
    ]);
    expect(found.environments?.map(({ environment }) => environment)).toEqual(['pr-2']);
  });

  it('takes nothing down of a directory that only has the same project', async () => {
    const records = [{ ...record('pr-1'), directory: '/home/u/Docker_exp-pr.-1' }];
    const there: Script = [[/^test -e \/home\/u\/Docker_exp-pr\.-1\//, 0], ...ONE];
    const inputs = { environment: 'pr-1', volumes: 'true' };
    const refused = take(inputs, { script: there, records });
    expect(await refused.report()).toMatchObject({ failure: { code: 'project-taken' }, steps: [] });
    expect(refused.host.count(/docker (rm|stop)/)).toBe(0);
    const gone: Script = [[/^test -e /, 1], ...EMPTY];
    const passed = take(inputs, { script: gone, records });
    expect(await passed.report()).toMatchObject({ result: 'passed' });
    expect(passed.log.warnings).toEqual([
      expect.stringMatching(/is of .*pr\.-1, and the inputs name .*pr-1: it is passed over/),
    ]);
  });

  it('is the mode in the report also when the post step takes a deployment down', async () => {
    const { report } = take({ mode: 'deploy', teardown: 'always' }, { script: EMPTY });
    expect(await report()).toMatchObject({ mode: 'down', result: 'passed' });
  });

  it('fails when something cannot be taken down', async () => {
    const script: Script = [[/^docker ps /, { exitCode: 1, stderr: 'no daemon' }], ...EMPTY];
    const found = await take({}, { script }).report();
    expect(found).toMatchObject({
      result: 'failed',
      failure: { step: 'containers', code: 'docker-not-running' },
    });
  });

  it('keeps its results when the machine no longer answers at the end', async () => {
    let asked = 0;
    const onCommand = (words: string) => {
      if (!/\/\.kafka-al2023\/deployments$/.test(words) || ++asked < 2) return;
      throw new ActionError('ssh-connection-lost', 'the SSH connection broke', { retriable: true });
    };
    const found = await take({}, { script: ONE, onCommand }).report();
    expect(asked).toBe(2);
    expect(found).toMatchObject({ result: 'passed' });
    expect(statusOf(found.steps)).toMatchObject({ containers: 'changed' });
    expect(found.environments).toBeUndefined();
  });

  it('asks the machine nothing more when it is cancelled', async () => {
    const cancelled = new ActionError('cancelled', 'the run was cancelled (SIGINT)');
    const { report, host, ran } = take(
      {},
      {
        script: ONE,
        records: [record('pr-1')],
        onCommand: (words, abort) => {
          if (words.startsWith('docker rm')) abort.abort(cancelled);
        },
      },
    );
    const found = await report();
    expect(found).toMatchObject({ result: 'failed', failure: { code: 'cancelled' } });
    expect(found.environments).toBeUndefined();
    expect(ran().at(-1)).toMatch(/^sudo docker (rm|ps) /);
    expect(host.count(/^sudo docker network/)).toBe(0);
  });
});
