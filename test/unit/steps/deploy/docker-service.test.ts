import { describe, expect, it } from 'vitest';
import { dockerServiceStep } from '../../../../src/steps/deploy/docker-service.ts';
import type { Step } from '../../../../src/steps/step.ts';
import type { Answer, Script } from '../../support/scripted-host.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const apply = (step: Step, context: Parameters<Step['check']>[0]) =>
  step.apply ? step.apply(context) : expect.unreachable('it can be applied');

const STATE = `docker\tfailed\tloaded\t0\t
containerd\tactive\tloaded\t7\tS (sleeping)
journal
failed to start daemon: no space
docker.service: Failed with result 'exit-code'.
Failed to start docker.service - Docker Application Container Engine.
`;

describe('the Docker service', () => {
  const service = (active: Answer, enabled: Answer, ps: Answer): Script => [
    ['systemctl is-active docker', active],
    ['systemctl is-enabled docker', enabled],
    ['docker ps', ps],
    [/^docker version/, { stdout: '25.0.8\n' }],
    ['systemctl enable --now docker', 0],
    [/^sh -c \nfor unit in/, { stdout: STATE }],
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

  it('fails with the last lines of its journal when it does not start', async () => {
    const { context } = scriptedContext(
      service(3, 1, { exitCode: 1, stderr: 'Cannot connect to the Docker daemon' }),
    );
    const error = await actionErrorOf(() => apply(dockerServiceStep(), context));
    expect(error.code).toBe('docker-not-running');
    expect(error.message).toBe('the Docker service does not start: failed to start daemon: no space');
    expect(error.details[0]).toBe('Cannot connect to the Docker daemon');
    expect(error.details.join()).toContain('failed to start daemon');
  });
});
