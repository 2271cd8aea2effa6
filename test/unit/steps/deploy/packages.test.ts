import { describe, expect, it } from 'vitest';
import { dockerServiceStep, packageStep, systemUpdateStep } from '../../../../src/steps/deploy/packages.ts';
import type { Step } from '../../../../src/steps/step.ts';
import type { Answer, Script } from '../../support/scripted-host.ts';
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
  it('that is installed is told by its version', async () => {
    const { context } = scriptedContext([['rpm -q docker', { stdout: 'docker-25.0.8-1.amzn2023.x86_64\n' }]]);
    expect(await docker.check(context)).toEqual({
      satisfied: true,
      detail: 'docker-25.0.8-1.amzn2023.x86_64',
    });
  });

  it('that is not is installed as root', async () => {
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

  it('that cannot be installed fails with the last lines of yum', async () => {
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

describe('the update of the system', () => {
  const LIST = '\nkernel.x86_64    6.1.150   amazonlinux\nopenssl.x86_64  3.2.2  amazonlinux\n';

  it('is not needed when yum knows of none', async () => {
    const { context } = scriptedContext([['yum -q check-update', 0]]);
    expect(await systemUpdateStep().check(context)).toMatchObject({ satisfied: true });
  });

  it('is done when yum knows of some, and what yum holds back then does not count', async () => {
    const { context, host } = scriptedContext([
      ['yum -q check-update', { exitCode: 100, stdout: LIST }],
      ['yum update -y', 0],
    ]);
    const step = systemUpdateStep();
    expect(await step.check(context)).toEqual({ satisfied: false, detail: 'packages to update: 2' });
    await apply(step, context);
    expect(await step.check(context)).toEqual({ satisfied: true, detail: 'updated, 2 held back by yum' });
    expect(host.count(/^sudo yum update -y$/)).toBe(1);
  });

  it('that fails still counts as not done', async () => {
    const { context } = scriptedContext([
      ['yum -q check-update', { exitCode: 100, stdout: LIST }],
      ['yum update -y', 1],
    ]);
    const step = systemUpdateStep();
    expect((await actionErrorOf(() => apply(step, context))).code).toBe('package-manager-failed');
    expect(await step.check(context)).toMatchObject({ satisfied: false });
  });

  it('cannot be judged when the repository cannot be read', async () => {
    const { context } = scriptedContext([
      ['yum -q check-update', { exitCode: 1, stderr: 'Could not resolve host' }],
    ]);
    const error = await actionErrorOf(() => systemUpdateStep().check(context));
    expect(error).toMatchObject({ code: 'package-manager-failed', details: ['Could not resolve host'] });
  });
});

describe('the Docker service', () => {
  const service = (active: Answer, enabled: Answer, ps: Answer): Script => [
    ['systemctl is-active docker', active],
    ['systemctl is-enabled docker', enabled],
    ['docker ps', ps],
    [/^docker version/, { stdout: '25.0.8\n' }],
    ['systemctl enable --now docker', 0],
    [/^journalctl -u docker/, { stdout: 'dockerd: no space left on device\n' }],
  ];

  it.each<[string, Script, object]>([
    [
      'runs',
      service(0, 0, 0),
      { satisfied: true, detail: 'Docker Engine 25.0.8', versions: { 'Docker Engine': '25.0.8' } },
    ],
    [
      'is stopped',
      service({ exitCode: 3, stdout: 'inactive\n' }, 0, 0),
      { satisfied: false, detail: 'the service is inactive' },
    ],
    ['is not there', service(4, 4, 0), { satisfied: false, detail: 'the service is not there' }],
    [
      'is not enabled',
      service(0, 1, 0),
      { satisfied: false, detail: 'the service would not start at the next boot' },
    ],
    ['does not answer', service(0, 0, 1), { satisfied: false, detail: 'docker ps does not answer' }],
  ])('%s', async (_, script, expected) => {
    expect(await dockerServiceStep().check(scriptedContext(script).context)).toEqual(expected);
  });

  it('is started and enabled at once', async () => {
    const { context, host } = scriptedContext(service(3, 1, 0));
    await apply(dockerServiceStep(), context);
    expect(host.ran).toEqual(['sudo systemctl enable --now docker', 'sudo docker ps']);
  });

  it('that does not start fails with the last lines of its journal', async () => {
    const { context } = scriptedContext(
      service(3, 1, { exitCode: 1, stderr: 'Cannot connect to the Docker daemon' }),
    );
    const error = await actionErrorOf(() => apply(dockerServiceStep(), context));
    expect(error.code).toBe('docker-not-running');
    expect(error.details).toEqual([
      'Cannot connect to the Docker daemon',
      'dockerd: no space left on device',
    ]);
  });
});
