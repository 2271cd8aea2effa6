import { ActionError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import type { Step, StepName } from '../step.ts';
import { packageStep } from './yum.ts';

/** `yum install -y docker`: Amazon Linux's own package. */
export const dockerPackageStep = (needs: readonly StepName[]): Step =>
  packageStep({
    name: 'docker-package',
    title: 'Docker installed',
    guide: '2/4.2',
    needs,
    packageName: 'docker',
    orElse: otherDocker,
  });

/** Prints what `docker` says of itself, which package it is of, and where dockerd is. */
const LOOK = `
docker=$(command -v docker) || exit 0
echo "path=$docker"
echo "says=$("$docker" --version 2>&1 | tr '\\n' ' ')"
owner=$(rpm -qf "$(readlink -f "$docker")" 2>/dev/null) && echo "package=$owner"
dockerd=$(command -v dockerd) || exit 0
owner=$(rpm -qf "$dockerd" 2>/dev/null) || owner=$dockerd
echo "engine=$owner"`;

/**
 * A Docker Engine of another package (docker-ce, moby) does as well, and Amazon's would be in its way.
 * @throws ActionError `docker-foreign` for a program that only takes Docker's name
 */
async function otherDocker(host: Host): Promise<string | undefined> {
  const { stdout } = await host.run({ argv: ['sh', '-c', LOOK], sudo: true, isLook: true });
  const fact = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(stdout)?.[1]?.trim();
  const engine = fact('engine');
  const says = fact('says') ?? '';
  const owner = fact('package') ?? '';
  if (/podman/i.test(`${says} ${owner}`)) {
    const remove = owner === '' ? `sudo rm ${fact('path')}` : `sudo yum remove -y ${owner}`;
    throw new ActionError(
      'docker-foreign',
      `the command docker is Podman's (${[owner, says].filter(Boolean).join(': ')}): the guide, Docker Compose and the service need the Docker Engine`,
      { hint: `Remove it, and the action installs Docker: ${remove}` },
    );
  }
  return engine === undefined ? undefined : `${engine}, in place of Amazon's package docker`;
}
