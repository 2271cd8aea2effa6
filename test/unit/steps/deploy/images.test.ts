import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ImageRegistry } from '../../../../src/config/registry-inputs.ts';
import type { ErrorCode } from '../../../../src/error-codes.ts';
import { imagesStep } from '../../../../src/steps/deploy/images.ts';
import type { Answer } from '../../support/scripted-host.ts';
import { readStack } from '../../support/stacks.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const project = { name: 'kafka', directory: '/home/ec2-user/kafka', composeFiles: ['docker-compose.yml'] };
const stack = readStack(readFileSync('stacks/zookeeper/docker-compose.yml', 'utf8'));
const step = imagesStep(project, stack);

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

describe('images of image-registry', () => {
  const ADDRESS = 'mirror.example/docker-hub';
  const services = {
    kafka: { image: `${ADDRESS}/confluentinc/cp-kafka:7.9.2` },
    other: { image: 'ghcr.io/team/other:1' },
  };
  const mirrored = readStack(JSON.stringify({ services }));
  const login = { username: 'puller', password: 'Q7xJ2vKp9' };

  /** Pulls from the registry, with the answers of the machine to each pull. */
  function pulling(registry: ImageRegistry, ...pulls: Answer[]) {
    const { context, host, log } = scriptedContext([
      [/^docker image inspect /, 1],
      [/ pull --quiet /, ...pulls],
    ]);
    const { apply } = imagesStep(project, mirrored, registry);
    return { host, log, apply: async () => apply?.(context) };
  }

  it('are pulled by themselves, with the login for them alone; the others as ever', async () => {
    const { apply, host, log } = pulling({ address: ADDRESS, login }, 0);
    await apply();
    expect(host.commands.map(({ argv, stdin }) => [argv[0], argv.at(-1), stdin])).toEqual([
      ['sh', 'kafka', login.password],
      ['/usr/local/bin/docker-compose', 'other', undefined],
    ]);
    expect(host.commands[0]?.argv.slice(3, 6)).toEqual(['sh', 'mirror.example', 'puller']);
    expect(`${log.text}${host.ran}`).not.toContain(login.password);
  });

  it('need no login of the action where the machine has one', async () => {
    const { apply, host } = pulling({ address: ADDRESS }, 0);
    await apply();
    expect(host.ran.map(words => words.replace(/^.* pull --quiet /, ''))).toEqual(['kafka', 'other']);
    expect(host.ran[0]).toMatch(/^sudo \/usr\/local\/bin\/docker-compose /);
  });

  const AT_LOGIN = 77;
  it.each<[string, ImageRegistry['login'], Answer, ErrorCode, RegExp, RegExp, number]>([
    [
      'a wrong password',
      login,
      {
        exitCode: AT_LOGIN,
        stderr:
          'Error response from daemon: login attempt to https://mirror.example/v2/ failed with status: 401 Unauthorized',
      },
      'registry-login-refused',
      /^registry-username and registry-password: mirror\.example refuses the login of "puller": login attempt to .* 401 Unauthorized$/,
      /docker login --username USER/,
      1,
    ],
    [
      'no login where one is needed',
      undefined,
      {
        exitCode: 1,
        stderr: 'Error response from daemon: Head "https://mirror.example/v2/x": no basic auth credentials',
      },
      'image-pull-failed',
      /^image-registry: mirror\.example wants a login: Head .* no basic auth credentials$/,
      /registry-username and registry-password/,
      1,
    ],
    [
      'a user who may not read',
      login,
      { exitCode: 1, stderr: 'denied: User: x is not authorized to perform: ecr:BatchGetImage' },
      'image-pull-failed',
      /^image-registry: mirror\.example lets "puller" in, but not read an image: denied/,
      /ecr:BatchGetImage/,
      1,
    ],
    [
      'an image that is not there',
      login,
      {
        exitCode: 1,
        stderr:
          'Error response from daemon: manifest for mirror.example/docker-hub/x:1 not found: manifest unknown',
      },
      'image-not-found',
      /^image-registry: an image is not there: manifest for mirror\.example\/docker-hub\/x:1 not found/,
      /it is "mirror\.example\/docker-hub"/,
      1,
    ],
    [
      'a registry that is down',
      login,
      {
        exitCode: AT_LOGIN,
        stderr:
          'Error response from daemon: Get "https://mirror.example/v2/": dial tcp 10.0.0.1:443: connect: connection refused',
      },
      'image-pull-failed',
      /^image-registry: mirror\.example does not answer: .*connection refused$/,
      /curl -sSi https:\/\/mirror\.example\/v2\//,
      3,
    ],
    [
      'a certificate of its own making',
      undefined,
      {
        exitCode: 1,
        stderr: 'Get "https://mirror.example/v2/": x509: certificate signed by unknown authority',
      },
      'image-pull-failed',
      /^image-registry: Docker does not trust the certificate of mirror\.example: .*x509/,
      /\/etc\/docker\/certs\.d\/mirror\.example\/ca\.crt/,
      1,
    ],
    [
      'a registry without TLS',
      undefined,
      {
        exitCode: 1,
        stderr: 'Get "https://mirror.example/v2/": http: server gave HTTP response to HTTPS client',
      },
      'image-pull-failed',
      /^image-registry: mirror\.example speaks http, and Docker wants https/,
      /insecure-registries/,
      1,
    ],
    [
      'its rate limit',
      login,
      { exitCode: 1, stderr: 'toomanyrequests: You have reached your pull rate limit' },
      'image-rate-limited',
      /^the image registry refuses the pull for now/,
      /image-registry: docker\.io/,
      1,
    ],
  ])('fail over %s with the input named', async (_, own, answer, code, words, hint, asked) => {
    const { apply, host } = pulling({ address: ADDRESS, login: own }, answer);
    const error = await actionErrorOf(apply);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.hint).toMatch(hint);
    expect(host.ran).toHaveLength(asked);
  });
});
