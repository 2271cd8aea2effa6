import { describe, expect, it } from 'vitest';
import { packageStep } from '../../../../src/steps/deploy/yum.ts';
import type { Step } from '../../../../src/steps/step.ts';
import type { Answer } from '../../support/scripted-host.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const docker = packageStep({
  name: 'docker-package',
  title: 'Docker',
  guide: '',
  needs: [],
  packageName: 'docker',
});
const apply = (step: Step, context: Parameters<Step['check']>[0]) =>
  step.apply ? step.apply(context) : expect.unreachable('it can be applied');

describe('a package', () => {
  it('is reported with its version when it is installed', async () => {
    const { context } = scriptedContext([['rpm -q docker', { stdout: 'docker-25.0.8-1.amzn2023.x86_64\n' }]]);
    expect(await docker.check(context)).toEqual({
      satisfied: true,
      detail: 'docker-25.0.8-1.amzn2023.x86_64',
    });
  });

  it('is installed as root when it is not there', async () => {
    const { context, host, log } = scriptedContext([
      ['rpm -q docker', { exitCode: 1, stdout: 'package docker is not installed\n' }],
      [/^yum .*install -y docker$/, { stdout: 'Complete!\n' }],
    ]);
    expect(await docker.check(context)).toEqual({
      satisfied: false,
      detail: 'package docker is not installed',
    });
    await apply(docker, context);
    expect(host.ran).toEqual([
      'rpm -q docker',
      'sudo yum --setopt=exit_on_lock=1 --setopt=timeout=10 --setopt=retries=2 install -y docker',
    ]);
    expect(log.lines).toEqual(['info yum install -y docker', 'info   Complete!']);
  });

  it('fails with the last lines of yum when it cannot be installed', async () => {
    const stderr = 'Error: Transaction failed\n';
    const { context, host } = scriptedContext([[/^yum/, { exitCode: 1, stdout: 'Looking\n', stderr }]]);
    const error = await actionErrorOf(() => apply(docker, context));
    expect(error).toMatchObject({
      code: 'package-manager-failed',
      message: 'installing docker failed: Transaction failed',
      details: ['Looking', 'Error: Transaction failed'],
    });
    expect(host.ran).toHaveLength(1);
  });

  const LOCKED: Answer[] = [
    {
      exitCode: 1,
      stderr: "error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource unavailable)",
    },
    { exitCode: 1, stderr: 'RPM: error: rpmdb: BDB0052 could not get lock' },
    { exitCode: 200, stdout: 'metadata already locked by 1234\n  The application with PID 1234 is: dnf\n' },
  ];
  const HOLDER = [/^sh -c \npid=/, { stdout: '1234\t/usr/bin/python3 /usr/bin/dnf update \n' }] as const;

  it.each(LOCKED)('waits while another process holds the lock: %j', async answer => {
    const { context, host, log } = scriptedContext([HOLDER, [/^yum/, answer, answer, 0]]);
    await apply(docker, context);
    expect(host.count(/^sudo yum/)).toBe(3);
    expect(context.clock.now()).toBe(10_000);
    expect(log.text).toContain(
      'process 1234 (/usr/bin/python3 /usr/bin/dnf update) holds the lock of the package database; trying again in 5 s',
    );
  });

  it('does not wait for the lock for ever', async () => {
    const { context } = scriptedContext([HOLDER, [/^yum/, ...LOCKED.slice(0, 1)]]);
    const error = await actionErrorOf(() => apply(docker, context));
    expect(error.code).toBe('package-manager-busy');
    expect(context.clock.now()).toBeGreaterThan(300_000);
    expect(context.clock.now()).toBeLessThan(320_000);
  });
});
