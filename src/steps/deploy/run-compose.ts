import type { Member } from '../../compose/deployment/cluster.ts';
import type { Context } from '../../context.ts';
import { ActionError, lastLines } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { type ComposeProject, composeCommand } from '../../machine/compose-project.ts';
import { containerFailure, tell } from '../../machine/container-failure.ts';
import { troubleOf, troubleToldBy } from '../../machine/container-troubles.ts';
import { portTaken } from '../../machine/listening-ports.ts';
import { lookAt } from '../../machine/machine-look.ts';
import { engineFailure, lastReason } from './engine-failure.ts';

/**
 * Runs Docker Compose on a project; what it says goes into the log, each line once.
 * @param args after the options that name the project
 * @param members of the cluster, whose containers are looked at when it fails
 * @throws ActionError with the cause: a taken port, the Docker Engine, a container, or `stack-failed`
 */
export async function runCompose(
  context: Context,
  project: ComposeProject,
  args: readonly string[],
  members: readonly Member[] = [],
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
  const taken = TAKEN.exec(output)?.[1];
  if (taken) throw await portTaken(host, taken, lastLines(output, 5));
  const engine = engineFailure(output);
  if (engine) throw engine;
  const failure = await failureOfContainers(host, project, members, output);
  if (failure) throw failure.with({ retriable: true });
  const reason = lastReason(output) ?? `it ended with exit code ${result.exitCode}`;
  throw new ActionError('stack-failed', `docker-compose ${args[0]} failed: ${reason}`, {
    details: lastLines(output),
  });
}

/** @returns the error that names the containers which are not up, if any are not */
async function failureOfContainers(
  host: Host,
  project: ComposeProject,
  members: readonly Member[],
  output: string,
): Promise<ActionError | undefined> {
  const { containers } = await lookAt(host, project);
  const troubles = containers.flatMap(
    container => troubleOf(container) ?? troubleToldBy(output, container) ?? [],
  );
  if (troubles.length === 0) return undefined;
  return containerFailure(host, await tell(host, troubles), { containers, members });
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
