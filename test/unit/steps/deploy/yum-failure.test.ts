import { describe, expect, it } from 'vitest';
import { yumFailure } from '../../../../src/steps/deploy/yum-failure.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';

const failed = (stderr: string, file = '') =>
  yumFailure(
    new ScriptedHost([[/^sh -c grep -lF /, { stdout: file }]]),
    { exitCode: 1, stdout: '', stderr },
    'installing docker',
  );
const repository = (id: string) => `Errors during downloading metadata for repository '${id}':
  - Status code: 404 for http://repo.example/repodata/repomd.xml (IP: 192.0.2.1)
Error: Failed to download metadata for repo '${id}': Cannot download repomd.xml: All mirrors were tried`;

describe('a yum that fails', () => {
  it('names a repository of somebody else, its file, and how to go on without it', async () => {
    const error = await failed(repository('third'), '/etc/yum.repos.d/t.repo\n');
    expect(error).toMatchObject({
      code: 'package-manager-failed',
      message:
        'installing docker failed: the package repository "third" cannot be read: Status code: 404 for http://repo.example/repodata/repomd.xml (IP: 192.0.2.1); it is not one of Amazon Linux (/etc/yum.repos.d/t.repo)',
    });
    expect(error.hint).toContain(
      "sudo sed -i '/^\\[third\\]/a skip_if_unavailable=1' /etc/yum.repos.d/t.repo",
    );
  });

  it("names Amazon's own repository, with what to look at", async () => {
    const error = await failed(repository('amazonlinux'));
    expect(error.message).toMatch(/"amazonlinux" cannot be read: Status code: 404[^;]*$/);
    expect(error.hint).toContain('sudo yum makecache');
  });

  it.each<[string, string, RegExp, RegExp]>([
    [
      'a package that is nowhere',
      'No match for argument: docker\nError: Unable to find a match: docker',
      /no repository of the machine has a package docker$/,
      /yum repolist/,
    ],
    [
      'a file of another package',
      'Error: Transaction test error:\n  file /usr/bin/docker from install of docker-25.0 conflicts with file from package docker-ce-cli-27.0-1.x86_64',
      /\/usr\/bin\/docker is of the package docker-ce-cli-27\.0-1\.x86_64 already/,
      /sudo yum remove -y docker-ce-cli-27/,
    ],
    [
      'a package in the way',
      'Error: \n Problem: problem with installed package podman-docker-4.9-1.noarch\n  - package podman-docker-4.9-1.noarch conflicts with docker provided by docker-25',
      /package podman-docker-4\.9-1\.noarch conflicts with docker/,
      /sudo yum remove -y podman-docker-4\.9-1\.noarch/,
    ],
    [
      'anything else',
      'RPM: error: db5 error\nError: Could not run transaction.\n',
      /failed: Could not run transaction\.$/,
      /yum's last lines/,
    ],
    ['nothing at all', '', /yum ended with exit code 1$/, /yum's last lines/],
  ])('says so of %s', async (_, output, words, hint) => {
    const error = await failed(output);
    expect(error.message).toMatch(words);
    expect(error.hint).toMatch(hint);
  });
});
