import type { Member } from '../../compose/deployment/cluster.ts';
import type { PublishedPort } from '../../compose/deployment/machine-view.ts';
import type { Stack } from '../../compose/deployment/stack.ts';
import type { Context } from '../../context.ts';
import { ActionError, reasonOf } from '../../errors.ts';
import { mustRun } from '../../host/must-run.ts';
import { anonymousVolumesOf, removeEmpty } from '../../machine/anonymous-volumes.ts';
import { type ComposeProject, type Container, isUnhealthy } from '../../machine/compose-project.ts';
import { ContainerWatch } from '../../machine/container-watch.ts';
import { refuseTakenPorts } from '../../machine/listening-ports.ts';
import { isOpenToNeighbours, keepNeighboursOut } from '../../machine/neighbour-guard.ts';
import { enginePlaces, saysNoSpace } from '../../machine/troubles/full-disk.ts';
import { retry } from '../../waiting.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { runCompose } from './run-compose.ts';
import { type Comparison, compare } from './stack-comparison.ts';
import { describeReplacement } from './stack-replacement.ts';

const UP_PAUSE_MS = 3_000;
/** A container that stopped is worth another try; one that ZooKeeper still takes for its last life, for the length of a session. */
const UP_PATIENCE_MS = { usual: 10_000, session: 40_000 };

/**
 * `docker-compose up -d`, after `docker-compose down` when the containers were made from another file. Volumes are kept.
 * @param waitsForItsTurn whether the containers that were made from another file stay as they are: somebody else starts them anew
 */
export function stackStep(
  project: ComposeProject,
  stack: Stack,
  members: readonly Member[],
  waitsForItsTurn: (compared: Comparison) => boolean = () => false,
): Step {
  return {
    name: 'stack',
    title: `Containers of ${project.name} up`,
    guide: '4/4.0-1',
    needs: ['images'],
    writes: enginePlaces(project.name),
    // Docker Compose is asked, as root: in a plan not before it is known to be the published one.
    reads: ['compose-file', 'compose-binary'],
    async check({ host, log }) {
      const [compared, isOpen] = await Promise.all([
        compare(host, project),
        isOpenToNeighbours(host, project.name),
      ]);
      const { differences, foreign } = compared;
      const waits = waitsForItsTurn(compared);
      for (const other of foreign) log.warning(describeForeign(other, project));
      if (differences.length > 0 && !waits) return notYet(differences.join(', '));
      if (isOpen) return notYet("neighbours on the machine's network reach the containers");
      return waits
        ? satisfied(`it runs, and is changed in its turn: ${differences.join(', ')}`)
        : satisfied(
            stack.services.length === 1 ? '1 container runs' : `${stack.services.length} containers run`,
          );
    },
    async foresee({ host }) {
      const compared = await compare(host, project);
      if (waitsForItsTurn(compared)) return [];
      const { containers, outdated } = compared;
      await refuseTakenPorts(host, portsToCome(stack, containers));
      return outdated.length > 0 ? describeReplacement(host, project, stack, containers) : [];
    },
    async apply(context) {
      const { host, log } = context;
      const compared = await compare(host, project);
      if (waitsForItsTurn(compared)) return keepNeighboursOut(host, project.name);
      const { containers, outdated } = compared;
      // Neither `up` nor `restart` wakes a paused container, and `down` may wait for it in vain.
      const paused = containers.filter(({ state }) => state === 'paused');
      if (paused.length > 0) {
        const names = paused.map(({ name }) => name);
        log.info(`docker unpause ${names.join(' ')}`);
        await mustRun(host, { argv: ['docker', 'unpause', ...names], sudo: true });
      }
      if (outdated.length > 0) {
        log.info('what runs was made from another compose file and is taken down first:');
        for (const line of await describeReplacement(host, project, stack, containers)) log.info(`  ${line}`);
        const volumes = await anonymousVolumesOf(
          host,
          containers.map(({ name }) => name),
        );
        await takeDown(context, project, compared);
        await removeEmpty(host, volumes);
      }
      const kept = outdated.length > 0 ? [] : containers;
      const sick = kept.filter(isUnhealthy);
      if (sick.length > 0)
        await runCompose(context, project, ['restart', ...sick.map(container => container.service)]);
      await refuseTakenPorts(host, portsToCome(stack, kept));
      await up(context, project, members);
      await keepNeighboursOut(host, project.name);
    },
  };
}

/** `down`, which leaves the containers of others. */
async function takeDown(context: Context, project: ComposeProject, compared: Comparison): Promise<void> {
  if (compared.foreign.length === 0) return runCompose(context, project, ['down', '--remove-orphans']);
  await runCompose(context, project, ['down']);
  await removeOrphans(context, compared);
}

async function removeOrphans({ host }: Context, { orphans }: Comparison): Promise<void> {
  if (orphans.length === 0) return;
  const names = orphans.map(({ name }) => name);
  await mustRun(host, { argv: ['docker', 'rm', '--force', ...names], sudo: true });
}

/** Starts anew what was made from another file, and nothing else: `docker-compose up -d` without `down` before it. */
export async function changeInPlace(
  context: Context,
  project: ComposeProject,
  members: readonly Member[],
): Promise<void> {
  await removeOrphans(context, await compare(context.host, project));
  await up(context, project, members);
}

const describeForeign = ({ name, service, composeFiles = [] }: Container, project: ComposeProject) =>
  `container ${name} (service ${service}) is of the same Docker Compose project ${project.name}, but was made from ${composeFiles.join(', ')}: it is left as it is. Give one of the two another project name.`;

/** States in which a container holds its ports, or may do so at any moment. */
const HOLDING: ReadonlySet<string> = new Set(['running', 'paused', 'restarting']);

/** The ports of services that do not run yet. */
function portsToCome({ publishedPorts }: Stack, containers: readonly Container[]): PublishedPort[] {
  const running = containers.filter(({ state }) => HOLDING.has(state)).map(({ service }) => service);
  return publishedPorts.filter(({ service }) => !running.includes(service));
}

/**
 * `docker-compose up -d`, which fails as soon as a container stops that another one waits for. A broker that was killed
 * stops a few times before it stays: ZooKeeper refuses it (NodeExists) until its old session is over. So it gets time.
 */
async function up(context: Context, project: ComposeProject, members: readonly Member[]): Promise<void> {
  const watch = new ContainerWatch(context, { project, members, isStarting: true });
  await retry(context, () => watchedUp(context, { project, members, watch }), {
    pauseMs: UP_PAUSE_MS,
    giveUp: ({ error, waitedMs }) =>
      isPassing(error) && !saysNoSpace(error) && waitedMs <= patienceWith(error) ? undefined : error,
    onRetry: ({ error }) =>
      context.log.info(`${reasonOf(error)}; it is restarted, looking again in ${UP_PAUSE_MS / 1000} s`),
  });
}

const isPassing = (error: unknown) =>
  error instanceof ActionError && error.code === 'container-failed' && error.retriable;

const patienceWith = (error: unknown) =>
  /NodeExists/.test(reasonOf(error)) ? UP_PATIENCE_MS.session : UP_PATIENCE_MS.usual;

/** Docker Compose waits for the health of a container that ends again and again as long as it may: the watch does not. */
async function watchedUp(
  context: Context,
  { project, members, watch }: { project: ComposeProject; members: readonly Member[]; watch: ContainerWatch },
): Promise<void> {
  let isRunning = true;
  const run = async () => {
    await runCompose(context, project, ['up', '--detach'], members).finally(() => {
      isRunning = false;
    });
  };
  try {
    await watch.during(run);
  } catch (error) {
    // In brackets, so that the pattern does not match the command that looks for it.
    const pattern = `[d]ocker-compose .*--project-name ${project.name} .* up --detach`;
    if (isRunning && !context.signal.aborted)
      await context.host.run({ argv: ['pkill', '--full', '--', pattern], sudo: true });
    throw error;
  }
}
