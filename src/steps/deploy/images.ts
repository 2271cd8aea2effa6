import type { Stack } from '../../compose/deployment/stack.ts';
import { imageParts } from '../../compose/kafka/images.ts';
import type { Context } from '../../context.ts';
import { ActionError, reasonOf } from '../../errors.ts';
import { type ComposeProject, composeCommand } from '../../machine/compose-project.ts';
import { enginePlaces } from '../../machine/troubles/full-disk.ts';
import { retry } from '../../waiting.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { pullFailed } from './pull-failure.ts';

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

/** `docker-compose pull`, apart from `up`, so that a registry's failure is not taken for a container's. */
export function imagesStep(project: ComposeProject, { images }: Stack): Step {
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
      });
      const found = result.stdout.split('\n').filter(line => line !== '');
      const count = found.length;
      if (result.exitCode === 0) {
        const pinned = images.map((image, index) => withDigest(image, found[index]?.split(' ')[1]));
        return satisfied(pinned.join(', '), Object.fromEntries(images.map(versionOf)));
      }
      return notYet(`${images.length - count} of ${images.length} images are missing`);
    },
    apply: context =>
      retry(context, () => pull(context, project), {
        pauseMs: attempt => PULL_PAUSE_MS * attempt,
        giveUp: ({ error, attempt }) => (isPassing(error) && attempt < PULL_ATTEMPTS ? undefined : error),
        onRetry: ({ error, attempt }) =>
          context.log.info(`${reasonOf(error)}; trying again (${attempt} of ${PULL_ATTEMPTS - 1})`),
      }),
  };
}

/** A registry may answer a moment later; what nobody changes meanwhile stays as it is. */
const isPassing = (error: unknown) => error instanceof ActionError && error.retriable;

async function pull({ host, log }: Context, project: ComposeProject): Promise<void> {
  log.info('docker-compose pull');
  const { exitCode, stdout, stderr } = await host.run(
    composeCommand(project, ['--progress', 'plain', 'pull', '--quiet']),
  );
  if (exitCode !== 0) throw pullFailed(`${stdout}\n${stderr}`);
}
