import type { PublishedPort, Stack } from '../compose/stack.ts';
import { ActionError, lastLines } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';
import {
  type ComposeProject,
  type Container,
  composeCommand,
  containersFailed,
  hasFailed,
  isRunning,
  isUnhealthy,
  listContainers,
  wantedHashes,
} from './compose-project.ts';
import { notYet, type Step, type StepContext, satisfied } from './step.ts';

const PULL_ATTEMPTS = 3;
const PULL_PAUSE_MS = 3_000;

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
      if (result.exitCode === 0) return satisfied(images.join(', '));
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

/** `docker-compose up -d`; before it `docker-compose down` when what runs was made from another file. Volumes are kept. */
export function stackStep(project: ComposeProject, stack: Stack): Step {
  return {
    name: 'stack',
    title: `Containers of ${project.name} up`,
    guide: '4/4.0-1',
    needs: ['images'],
    async check({ host }) {
      const { differences } = await compare(host, project);
      return differences.length > 0
        ? notYet(differences.join(', '))
        : satisfied(`${stack.services.length} containers run`);
    },
    async apply(context) {
      const { host, log } = context;
      const { containers, outdated } = await compare(host, project);
      if (outdated.length > 0) {
        log.info('docker-compose down (the volumes, and the data in them, stay)');
        await compose(context, project, ['down', '--remove-orphans']);
      }
      const kept = outdated.length > 0 ? [] : containers;
      const sick = kept.filter(isUnhealthy);
      if (sick.length > 0)
        await compose(context, project, ['restart', ...sick.map(container => container.service)]);
      const running = new Set(
        kept.filter(container => container.state === 'running').map(({ service }) => service),
      );
      await refuseTakenPorts(
        host,
        stack.publishedPorts.filter(({ service }) => !running.has(service)),
      );
      await compose(context, project, ['up', '--detach']);
    },
  };
}

interface Comparison {
  readonly containers: readonly Container[];
  /** Containers made from another configuration, or of a service that is no more. */
  readonly outdated: readonly Container[];
  /** Why the project is not as the file says, a sentence each. */
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

async function compose(
  context: StepContext,
  project: ComposeProject,
  args: readonly string[],
): Promise<void> {
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
  const taken =
    /(?:Bind for|listen tcp4?) (\S+?):? .*(?:port is already allocated|address already in use)/i.exec(
      output,
    )?.[1];
  if (taken)
    throw new ActionError('port-in-use', `${taken} is already taken on the machine`, {
      details: lastLines(output, 5),
    });
  const failed = (await listContainers(host, project)).filter(
    container => hasFailed(container) || container.state === 'restarting',
  );
  if (failed.length > 0) throw await containersFailed(host, failed);
  throw new ActionError('stack-failed', `docker-compose ${args[0]} ended with exit code ${result.exitCode}`, {
    details: lastLines(output),
  });
}

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

/** @throws ActionError `port-in-use` that names the ports and who holds them */
async function refuseTakenPorts(host: Host, ports: readonly PublishedPort[]): Promise<void> {
  const { stdout } = await mustRun(host, {
    argv: ['ss', '--no-header', '--listening', '--tcp', '--numeric', '--processes'],
    sudo: true,
  });
  const taken = ports.flatMap(({ address, port, service }) => {
    const line = stdout.split('\n').find(entry => holds(entry, address, port));
    if (line === undefined) return [];
    const process = /users:\(\("([^"]+)",pid=(\d+)/.exec(line);
    return [
      `${port} (wanted by ${service}, held by ${process ? `${process[1]}, process ${process[2]}` : 'another process'})`,
    ];
  });
  if (taken.length === 0) return;
  throw new ActionError('port-in-use', `already taken on the machine: port ${taken.join(', port ')}`);
}

/** Whether a line of ss(8) is a listener that stands in the way of this address and port. */
function holds(line: string, address: string, port: number): boolean {
  const local = line.split(/\s+/)[3] ?? '';
  const separator = local.lastIndexOf(':');
  const listening = local.slice(0, separator).replace(/%.*$/, '');
  if (local.slice(separator + 1) !== `${port}`) return false;
  return [address, '0.0.0.0', '*', '[::]'].includes(listening) || address === '0.0.0.0';
}
