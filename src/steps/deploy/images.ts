import { servicesFrom } from '../../compose/deployment/image-registry.ts';
import type { Stack } from '../../compose/deployment/stack.ts';
import { imageParts } from '../../compose/reader/image-name.ts';
import type { ImageRegistry } from '../../config/registry-inputs.ts';
import type { Context } from '../../context.ts';
import { ActionError, reasonOf } from '../../errors.ts';
import { type ComposeProject, composeCommand } from '../../machine/compose-project.ts';
import { enginePlaces } from '../../machine/troubles/full-disk.ts';
import { retry } from '../../waiting.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { pullFailed } from './pull-failure.ts';
import { registryFailure } from './registry-failure.ts';
import { LOGIN_FAILED, loggedIn } from './registry-login.ts';

const PULL_ATTEMPTS = 3;
const PULL_PAUSE_MS = 3_000;

/** An image as the report lists versions: its name, and the tag or digest that it is pinned to. */
function versionOf(image: string): [string, string] {
  const { name, tag, digest } = imageParts(image);
  return [name, tag ?? digest ?? 'latest'];
}

/** The first digest under which a registry knows an image, for each; none for an image that was built on the machine. */
const DIGESTS = '{{range $at, $digest := .RepoDigests}}{{if not $at}}{{$digest}}{{end}}{{end}}';

/** An image with the digest of its content, which its tag may not have tomorrow. */
function withDigest(image: string, repoDigest = ''): string {
  const { digest } = imageParts(repoDigest);
  return digest === undefined || imageParts(image).digest !== undefined ? image : `${image}@${digest}`;
}

/**
 * `docker-compose pull`, apart from `up`, so that a registry's failure is not taken for a container's.
 * @param registry where the stack has images of Docker Hub from; none for Docker Hub itself
 */
export function imagesStep(project: ComposeProject, stack: Stack, registry?: ImageRegistry): Step {
  const { images } = stack;
  return {
    name: 'images',
    title: 'Images pulled',
    guide: '4/4.1',
    needs: ['docker-service', 'compose-binary', 'compose-file'],
    writes: enginePlaces(),
    async check({ host }) {
      const format = ['--format', `{{.Id}} ${DIGESTS}`];
      const result = await host.run({
        argv: ['docker', 'image', 'inspect', ...format, ...images],
        sudo: true,
        isLook: true,
      });
      const found = result.stdout.split('\n').filter(line => line !== '');
      const count = found.length;
      if (result.exitCode === 0) {
        const pinned = images.map((image, index) => withDigest(image, found[index]?.split(' ')[1]));
        return satisfied(pinned.join(', '), Object.fromEntries(images.map(versionOf)));
      }
      return notYet(`${images.length - count} of ${images.length} images are missing`);
    },
    async apply(context) {
      for (const part of pullsOf(stack, registry)) await pullPatiently(context, project, part);
    },
  };
}

/** What is pulled at once. */
interface Pull {
  /** All of the project when none is named. */
  readonly services: readonly string[];
  /** They come from there. */
  readonly registry?: ImageRegistry;
}

/** Services with an image of `image-registry` by themselves: the login is for these alone, and what fails is told apart. */
function pullsOf({ serviceImages }: Stack, registry: ImageRegistry | undefined): Pull[] {
  if (!registry) return [{ services: [] }];
  const own = servicesFrom(registry.address, serviceImages);
  const others = [...serviceImages.keys()].filter(service => !own.includes(service));
  return [{ services: own, registry }, { services: others }].filter(({ services }) => services.length > 0);
}

function pullPatiently(context: Context, project: ComposeProject, part: Pull): Promise<void> {
  return retry(context, () => pull(context, project, part), {
    pauseMs: attempt => PULL_PAUSE_MS * attempt,
    giveUp: ({ error, attempt }) => (isPassing(error) && attempt < PULL_ATTEMPTS ? undefined : error),
    onRetry: ({ error, attempt }) =>
      context.log.info(`${reasonOf(error)}; trying again (${attempt} of ${PULL_ATTEMPTS - 1})`),
  });
}

/** A registry may answer a moment later; what nobody changes meanwhile stays as it is. */
const isPassing = (error: unknown) => error instanceof ActionError && error.retriable;

async function pull(
  { host, log }: Context,
  project: ComposeProject,
  { services, registry }: Pull,
): Promise<void> {
  const command = composeCommand(project, ['--progress', 'plain', 'pull', '--quiet', ...services]);
  const login = registry?.login;
  if (login) log.info(`docker login ${registry.address} as ${login.username}, as long as this pull takes`);
  log.info(['docker-compose pull', ...services].join(' '));
  const { exitCode, stdout, stderr } = await host.run(
    registry && login ? loggedIn(command, registry.address, login) : command,
  );
  if (exitCode === 0) return;
  const output = `${stdout}\n${stderr}`;
  const atLogin = exitCode === LOGIN_FAILED && login !== undefined;
  throw (registry && registryFailure(registry, { output, atLogin })) ?? pullFailed(output);
}
