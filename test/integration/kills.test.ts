import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interrupted, stateOf, traces } from './support/interruptions.ts';
import { asRoot, deployTo, type Machine, ROOT, startMachine, stopMachine } from './support/lab.ts';

interface ReportFile {
  readonly steps: readonly { readonly name: string; readonly title: string; readonly status: string }[];
}

const reportOf = (outputs: Readonly<Record<string, string>>) =>
  JSON.parse(readFileSync(outputs.report ?? '', 'utf8')) as ReportFile;

/** The title in `✔ TITLE: changed in 1.0 s (…)`, the line that closes a step. */
const closedStep = (line: string) => /^✔ (.+?): (?:changed|unchanged|passed) in /.exec(line)?.[1];

describe('a run that is killed at every step boundary, one after another', () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await startMachine('test-killed');
  });
  afterAll(() => stopMachine('test-killed'));

  test('goes on each time, and ends in the same state as an undisturbed run', async () => {
    const killedAt: string[] = [];
    const isNew = (line: string) => {
      const title = closedStep(line);
      if (title === undefined || killedAt.includes(title)) return false;
      killedAt.push(title);
      return true;
    };
    let last: Awaited<ReturnType<typeof interrupted>>;
    do {
      last = await interrupted(machine, { signal: 'SIGKILL', after: isNew });
      expect(last.outputs['error-code'] ?? '', last.log).toBe('');
    } while (last.tookMs !== undefined);
    expect(last.exitCode, last.log).toBe(0);
    const { steps } = reportOf(last.outputs);
    expect(killedAt.toSorted()).toEqual(steps.map(({ title }) => title).toSorted());
    expect(last.outputs.changed).toBe('');
    expect(steps.filter(({ status }) => !['unchanged', 'passed'].includes(status))).toEqual([]);
    expect(await traces(machine)).toEqual({ processes: '', lock: 'guard', temporary: '' });

    const file = join(ROOT, 'stacks', 'zookeeper', 'docker-compose.yml');
    const deployed = await asRoot(machine, 'cat /home/ec2-user/docker_exp/docker-compose.yml');
    expect(deployed).toBe(readFileSync(file, 'utf8').trim());
    const disturbed = await stateOf(machine);
    await asRoot(
      machine,
      'docker ps -aq | xargs docker rm -fv >/dev/null; docker network prune -f >/dev/null; docker volume prune -f >/dev/null; rm -rf /home/ec2-user/docker_exp',
    );
    const undisturbed = await deployTo(machine);
    expect(undisturbed.exitCode, undisturbed.log).toBe(0);
    expect(await stateOf(machine)).toBe(disturbed);
  });
});
