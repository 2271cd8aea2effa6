import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { imagesStep } from '../../../../src/steps/deploy/images.ts';
import type { Answer } from '../../support/scripted-host.ts';
import { readStack } from '../../support/stacks.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const stack = readStack(readFileSync('stacks/zookeeper/docker-compose.yml', 'utf8'));
const step = imagesStep(
  { name: 'kafka', directory: '/home/ec2-user/kafka', composeFiles: ['docker-compose.yml'] },
  stack,
);

function images(inspect: Answer, ...pulls: Answer[]) {
  const { context, host, log } = scriptedContext([
    [/^docker image inspect /, inspect],
    [/ pull --quiet$/, ...pulls],
  ]);
  return { context, host, log, check: () => step.check(context), apply: async () => step.apply?.(context) };
}

describe('the images', () => {
  it('are asked for by their names, and are there', async () => {
    const { check, host } = images(0);
    expect(await check()).toEqual({
      satisfied: true,
      detail: stack.images.join(', '),
      versions: {
        'confluentinc/cp-zookeeper': '7.9.2',
        'confluentinc/cp-kafka': '7.9.2',
        'confluentinc/cp-schema-registry': '7.9.2',
      },
    });
    expect(host.ran[0]).toMatch(new RegExp(`^sudo docker image inspect .* ${stack.images.join(' ')}$`));
  });

  it('may come from another registry, without a tag, or by a digest', async () => {
    const services = {
      a: { image: 'registry:5000/team/kafka' },
      b: { image: 'registry:5000/team/kafka-ui:1.2' },
      c: { image: 'confluentinc/cp-kafka@sha256:ab12' },
      d: { image: 'registry:5000/zookeeper:3.9@sha256:cd34' },
    };
    const { context } = scriptedContext([[/^docker image inspect /, 0]]);
    const own = imagesStep(
      { name: 'kafka', directory: '/k', composeFiles: ['docker-compose.yml'] },
      readStack(JSON.stringify({ services })),
    );
    expect((await own.check(context)).versions).toEqual({
      'registry:5000/team/kafka': 'latest',
      'registry:5000/team/kafka-ui': '1.2',
      'confluentinc/cp-kafka': 'sha256:ab12',
      'registry:5000/zookeeper': '3.9',
    });
  });

  it('are counted when they are missing', async () => {
    const { check } = images({ exitCode: 1, stdout: 'sha256:abc\n', stderr: 'Error: No such image' });
    expect(await check()).toEqual({ satisfied: false, detail: '2 of 3 images are missing' });
  });

  it('are pulled by Docker Compose', async () => {
    const { apply, host } = images(1, 0);
    await apply();
    expect(host.ran).toEqual([
      'sudo /usr/local/bin/docker-compose --ansi never --project-name kafka --file /home/ec2-user/kafka/docker-compose.yml --progress plain pull --quiet',
    ]);
  });

  it.each([
    'manifest for confluentinc/cp-kafka:0.0.0 not found: manifest unknown: manifest unknown',
    'Error response from daemon: manifest unknown',
    'pull access denied for no/such, repository does not exist or may require docker login',
    'failed to resolve reference "docker.io/no/such:1": docker.io/no/such:1: not found',
  ])('are not asked for again when they do not exist: %s', async stderr => {
    const { apply, host } = images(1, { exitCode: 1, stderr });
    const error = await actionErrorOf(apply);
    expect(error.code).toBe('image-not-found');
    expect(error.message).toContain(stderr.split('\n')[0]);
    expect(host.ran).toHaveLength(1);
  });

  it.each([
    'Get "https://registry.example/v2/": net/http: TLS handshake timeout',
    'dial tcp: lookup registry.example: no such host',
  ])('are tried three times, with longer pauses, when they do not come: %s', async stderr => {
    const { apply, host, context } = images(1, { exitCode: 1, stderr });
    expect(await actionErrorOf(apply)).toMatchObject({ code: 'image-pull-failed', details: [stderr] });
    expect(host.ran).toHaveLength(3);
    expect(context.clock.now()).toBe(3_000 + 6_000);
  });

  it.each<[string, string, RegExp, RegExp]>([
    [
      'a credential helper that is not installed',
      'error getting credentials - err: exec: "docker-credential-ecr-login": executable file not found in $PATH, out: ``',
      /docker-credential-ecr-login for the registry's password, which is not installed/,
      /\/root\/\.docker\/config\.json/,
    ],
    [
      'a credential helper that fails',
      'error getting credentials - err: exit status 1, out: `docker-credential-pass: not initialized`',
      /docker-credential-pass for the registry's password, which failed/,
      /cred/,
    ],
    [
      'a login that is missing',
      'Error response from daemon: Head "https://r/v2/x": unauthorized',
      /wants a login/,
      /docker login/,
    ],
    [
      'a certificate that nobody trusts',
      'Get "https://r/v2/": x509: certificate signed by unknown authority',
      /certificate of the image registry is refused/,
      /update-ca-trust/,
    ],
  ])('are not asked for again over %s', async (_, stderr, words, hint) => {
    const { apply, host } = images(1, { exitCode: 1, stderr });
    const error = await actionErrorOf(apply);
    expect(error.code).toBe('image-pull-failed');
    expect(error.message).toMatch(words);
    expect(error.hint).toMatch(hint);
    expect(host.ran).toHaveLength(1);
  });

  it.each([
    ['of hours, and not asked for again', 'toomanyrequests: You have reached your pull rate limit', 1],
    ['of seconds, and asked for again', 'toomanyrequests: Rate exceeded', 3],
  ])('are refused by a rate limit %s', async (_, stderr, asked) => {
    const { apply, host } = images(1, { exitCode: 1, stderr });
    const error = await actionErrorOf(apply);
    expect(error.code).toBe('image-rate-limited');
    expect(error.message).toContain(`its rate limit is used up: ${stderr}`);
    expect(error.hint).toContain('six hours');
    expect(host.ran).toHaveLength(asked);
  });

  it('are shown with the digests of their contents, where a registry has given one', async () => {
    const [zookeeper, kafka, registry] = stack.images;
    const { check } = images({
      stdout:
        'sha256:1 confluentinc/cp-zookeeper@sha256:aa11\nsha256:2 confluentinc/cp-kafka@sha256:bb22\nsha256:3 \n',
    });
    expect((await check()).detail).toBe(`${zookeeper}@sha256:aa11, ${kafka}@sha256:bb22, ${registry}`);
  });

  it('may come at the second try', async () => {
    const { apply, host } = images(1, { exitCode: 1, stderr: 'connection reset by peer' }, 0);
    await apply();
    expect(host.ran).toHaveLength(2);
  });
});
