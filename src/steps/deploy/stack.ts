import type { PublishedPort } from '../../compose/deployment/machine-view.ts';
import type { Stack } from '../../compose/deployment/stack.ts';
import type { Context } from '../../context.ts';
import { ActionError, lastLines, reasonOf } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import {
  type ComposeProject,
  type Container,
  composeCommand,
  containersFailed,
  hasFailed,
  isRunning,
  isUnhealthy,
  listContainers,
  RESTART_PATIENCE_MS,
  wantedHashes,
} from '../../machine/compose-project.ts';
import { refuseTakenPorts } from '../../machine/listening-ports.ts';
import { retry } from '../../waiting.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { describeReplacement } from './stack-replacement.ts';

const UP_PAUSE_MS = 3_000;

/** `docker-compose up -d`, after `docker-compose down` when the containers were made from another file. Volumes are kept. */
export function stackStep(project: ComposeProject, stack: Stack): Step {
  return {
    name: 'stack',
    title: `Containers of ${project.name} up`,
    guide: '4/4.0-1',
    needs: ['images'],
    reads: ['compose-file'],
    async check({ host }) {
      const { differences } = await compare(host, project);
      return differences.length > 0
        ? notYet(differences.join(', '))
        : satisfied(`${stack.services.length} containers run`);
    },
    async foresee({ host }) {
      const { containers, outdated } = await compare(host, project);
      await refuseTakenPorts(host, portsToCome(stack, containers));
      return outdated.length > 0 ? describeReplacement(host, project, stack, containers) : [];
    },
    async apply(context) {
      const { host, log } = context;
      const { containers, outdated } = await compare(host, project);
      if (outdated.length > 0) {
        log.info('what runs was made from another compose file and is taken down first:');
        for (const line of await describeReplacement(host, project, stack, containers)) log.info(`  ${line}`);
        await compose(context, project, ['down', '--remove-orphans']);
      }
      const kept = outdated.length > 0 ? [] : containers;
      const sick = kept.filter(isUnhealthy);
      if (sick.length > 0)
        await compose(context, project, ['restart', ...sick.map(container => container.service)]);
      await refuseTakenPorts(host, portsToCome(stack, kept));
      await up(context, project);
    },
  };
}

/** The ports of services that do not run yet. */
function portsToCome({ publishedPorts }: Stack, containers: readonly Container[]): PublishedPort[] {
  const running = containers.filter(({ state }) => state === 'running').map(({ service }) => service);
  return publishedPorts.filter(({ service }) => !running.includes(service));
}

interface Comparison {
  readonly containers: readonly Container[];
  /** Containers made from another configuration, or of a service that is no more. */
  readonly outdated: readonly Container[];
  /** Why the project is not as the file says, one sentence for each difference. */
  readonly differences: readonly string[];
}

async function compare(host: Host, project: ComposeProject): Promise<Comparison> {
  const [wanted, containers] = await Promise.all([
    wantedHashes(host, project),
    listContainers(host, project),
  ]);
  const outdated = containers.filter(({ service, configHash }) => wanted.get(service) !== configHash);
  const services = new Set(containers.map(({ service }) => service));
  const missing = [...wanted.keys()].filter(service => !services.has(service));
  const down = containers.filter(container => !outdated.includes(container) && !isRunning(container));
  return {
    containers,
    outdated,
    differences: [
      ...outdated.map(({ service }) => `${service} was made from another configuration`),
      ...missing.map(service => `${service} is not there`),
      ...down.map(({ service, status }) => `${service} is not up (${status})`),
    ],
  };
}

/**
 * `docker-compose up -d`, which fails as soon as a container stops that another one waits for. A broker that was killed
 * stops a few times before it stays: ZooKeeper refuses it (NodeExists) until its old session is over. So it gets time.
 */
async function up(context: Context, project: ComposeProject): Promise<void> {
  await retry(context, () => compose(context, project, ['up', '--detach']), {
    pauseMs: UP_PAUSE_MS,
    giveUp: ({ error, waitedMs }) =>
      isContainerFailure(error) && waitedMs <= RESTART_PATIENCE_MS ? undefined : error,
    onRetry: ({ error }) =>
      context.log.info(`${reasonOf(error)}; it is restarted, looking again in ${UP_PAUSE_MS / 1000} s`),
  });
}

const isContainerFailure = (error: unknown) =>
  error instanceof ActionError && error.code === 'container-failed';

async function compose(context: Context, project: ComposeProject, args: readonly string[]): Promise<void> {
  const { host, log } = context;
  log.info(`docker-compose ${args.join(' ')}`);
  const command = composeCommand(
    project,
    ['--progress', 'plain', ...args],
    onceEach(line => log.info(`  ${line}`)),
  );
  const result = await host.run(command);
  if (result.exitCode === 0) return;
  const output = `${result.stdout}\n${result.stderr}`;
  const taken = TAKEN.exec(output)?.[1];
  if (taken) {
    throw new ActionError('port-in-use', `${taken} is already taken on the machine`, {
      details: lastLines(output, 5),
    });
  }
  const failed = (await listContainers(host, project)).filter(
    container => hasFailed(container) || container.state === 'restarting',
  );
  if (failed.length > 0) throw await containersFailed(host, failed);
  throw new ActionError('stack-failed', `docker-compose ${args[0]} ended with exit code ${result.exitCode}`, {
    details: lastLines(output),
  });
}

/** How the Docker Engine, in its several versions, says that a port is taken. */
const TAKEN =
  /(?:Bind for|listen tcp4?|bind host port(?: for)?) (\d[\d.]*:\d+|\[[^\]]*\]:\d+).*(?:port is already allocated|address already in use)/i;

/** Docker Compose says most things twice. */
function onceEach(show: (line: string) => void): (line: string) => void {
  const seen = new Set<string>();
  return line => {
    const text = line.trim();
    if (text === '' || seen.has(text)) return;
    seen.add(text);
    show(text);
  };
}
