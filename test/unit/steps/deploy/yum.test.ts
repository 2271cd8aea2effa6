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
      ['yum install -y docker', { stdout: 'Complete!\n' }],
    ]);
    expect(await docker.check(context)).toEqual({
      satisfied: false,
      detail: 'package docker is not installed',
    });
    await apply(docker, context);
    expect(host.ran).toEqual(['rpm -q docker', 'sudo yum install -y docker']);
    expect(log.lines).toEqual(['info yum install -y docker', 'info   Complete!']);
  });

  it('fails with the last lines of yum when it cannot be installed', async () => {
    const stderr = 'Error: Failed to download metadata for repo amazonlinux\n';
    const { context, host } = scriptedContext([[/^yum/, { exitCode: 1, stdout: 'Looking\n', stderr }]]);
    const error = await actionErrorOf(() => apply(docker, context));
    expect(error).toMatchObject({
      code: 'package-manager-failed',
      message: 'installing docker failed: yum ended with exit code 1',
      details: ['Looking', 'Error: Failed to download metadata for repo amazonlinux'],
    });
    expect(host.ran).toHaveLength(1);
  });

  const LOCKED: Answer[] = [
    {
      exitCode: 1,
      stderr: "error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource unavailable)",
    },
    { exitCode: 1, stderr: 'RPM: error: rpmdb: BDB0052 could not get lock' },
    { exitCode: 1, stdout: 'Waiting for process with pid 1234 to finish.' },
  ];

  it.each(LOCKED)('waits while another process holds the lock: %j', async answer => {
    const { context, host } = scriptedContext([[/^yum/, answer, answer, 0]]);
    await apply(docker, context);
    expect(host.ran).toHaveLength(3);
    expect(context.clock.now()).toBe(10_000);
  });

  it('does not wait for the lock for ever', async () => {
    const { context } = scriptedContext([[/^yum/, ...LOCKED.slice(0, 1)]]);
    const error = await actionErrorOf(() => apply(docker, context));
    expect(error.code).toBe('package-manager-busy');
    expect(context.clock.now()).toBeGreaterThan(300_000);
    expect(context.clock.now()).toBeLessThan(320_000);
  });
});
