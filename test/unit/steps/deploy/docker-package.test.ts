import { describe, expect, it } from 'vitest';
import { dockerPackageStep } from '../../../../src/steps/deploy/docker-package.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const step = dockerPackageStep(['machine']);
const on = (found: string) =>
  scriptedContext([
    ['rpm -q docker', 1],
    [/^sh -c \ndocker=/, { stdout: found }],
  ]).context;

describe("Amazon's package of Docker", () => {
  it('is not wanted where another one has put the engine there', async () => {
    const found =
      'says=Docker version 27.3.1\npackage=docker-ce-cli-27.3.1-1.x86_64\nengine=docker-ce-27.3.1-1.x86_64\n';
    expect(await step.check(on(found))).toEqual({
      satisfied: true,
      detail: "docker-ce-27.3.1-1.x86_64, in place of Amazon's package docker",
    });
  });

  it.each(['', 'says=Docker version 27.3.1\npackage=docker-ce-cli-27.3.1-1.x86_64\n'])(
    'is wanted where there is no engine: %j',
    async found => {
      expect(await step.check(on(found))).toMatchObject({ satisfied: false });
    },
  );

  it.each<[string, string]>([
    [
      'path=/usr/bin/docker\nsays=podman version 4.9.4\npackage=podman-docker-4.9.4-1.noarch\n',
      'sudo yum remove -y podman-docker-4.9.4-1.noarch',
    ],
    [
      'path=/usr/bin/docker\nsays=Emulate Docker CLI using podman. podman version 4.9.4\n',
      'sudo rm /usr/bin/docker',
    ],
  ])("is not put over Podman's: %j", async (found, command) => {
    const error = await actionErrorOf(() => step.check(on(found)));
    expect(error).toMatchObject({
      code: 'docker-foreign',
      hint: expect.stringContaining(command),
    });
  });
});
