import type { Stack } from '../../compose/deployment/stack.ts';
import { imageParts } from '../../compose/kafka/images.ts';
import { ActionError, lastLines } from '../../errors.ts';
import { type ComposeProject, composeCommand } from '../../machine/compose-project.ts';
import { notYet, type Step, satisfied } from '../step.ts';

const PULL_ATTEMPTS = 3;
const PULL_PAUSE_MS = 3_000;

/** An image as the report lists versions: its name, and the tag or digest that it is pinned to. */
function versionOf(image: string): [string, string] {
  const { name, tag, digest } = imageParts(image);
  return [name, tag ?? digest ?? 'latest'];
}

/** `docker-compose pull`, apart from `up`: a registry's failure is told from a container's. */
export function imagesStep(project: ComposeProject, { images }: Stack): Step {
  return {
    name: 'images',
    title: 'Images pulled',
    guide: '4/4.1',
    needs: ['docker-service', 'compose-binary', 'compose-file'],
    async check({ host }) {
      const format = ['--format', '{{.Id}}'];
      const result = await host.run({
        argv: ['docker', 'image', 'inspect', ...format, ...images],
        sudo: true,
      });
      if (result.exitCode === 0)
        return satisfied(images.join(', '), Object.fromEntries(images.map(versionOf)));
      const count = result.stdout.split('\n').filter(line => line !== '').length;
      return notYet(`${images.length - count} of ${images.length} images are missing`);
    },
    async apply(context) {
      const { host, log, clock, signal } = context;
      for (let attempt = 1; ; attempt++) {
        log.info('docker-compose pull');
        const command = composeCommand(project, ['--progress', 'plain', 'pull', '--quiet']);
        const result = await host.run(command);
        if (result.exitCode === 0) return;
        const error = pullFailed(`${result.stdout}\n${result.stderr}`);
        if (!error.retriable || attempt === PULL_ATTEMPTS) throw error;
        log.info(`${error.message}; trying again (${attempt} of ${PULL_ATTEMPTS - 1})`);
        await clock.sleep(PULL_PAUSE_MS * attempt, signal);
      }
    },
  };
}

function pullFailed(output: string): ActionError {
  const details = lastLines(output, 10);
  const reason = details.at(-1) ?? '';
  if (
    /manifest unknown|manifest for .* not found|pull access denied|repository does not exist|: not found/i.test(
      output,
    )
  ) {
    return new ActionError('image-not-found', `an image does not exist: ${reason}`, { details });
  }
  return new ActionError('image-pull-failed', `an image could not be pulled: ${reason}`, {
    details,
    retriable: true,
  });
}
