import type { Cluster } from '../compose/deployment/cluster.ts';
import type { Context } from '../context.ts';
import type { ErrorCode } from '../error-codes.ts';
import type { ActionError, ErrorFacts } from '../errors.ts';
import { quote } from '../host/quote.ts';
import { silentBrokers } from '../kafka/cluster-check.ts';
import { type ComposeProject, composeByHand } from '../machine/compose-project.ts';
import { troubleOf } from '../machine/container-troubles.ts';
import { type ContainerState, lookAt } from '../machine/machine-look.ts';

interface Watched {
  /** None for a cluster that is known by its addresses alone. */
  readonly project: ComposeProject | undefined;
  readonly cluster: Cluster;
}

/**
 * Of a program that hangs the container runs, and may even be healthy: no later run starts it anew. The hint says how, with
 * everything filled in.
 * @returns the error with that hint when such a container is behind it; otherwise the error itself
 */
export async function withRestartHint(
  error: ActionError,
  context: Context,
  { project, cluster }: Watched,
): Promise<ActionError> {
  if (!project || context.signal.aborted) return error;
  const facts = await silenceBehind(error, context, cluster);
  const services = servicesOf(error, facts, cluster);
  if (services.length === 0) return error;
  const containers = await containersOf(services, context, project);
  const told = error.with({ facts: { ...error.facts, ...facts } });
  const hint = hintFor(containers, project, error);
  return hint === undefined ? told : told.with({ hint });
}

/** An error that does not say which brokers are silent: they are asked. */
async function silenceBehind(
  { code, facts }: ActionError,
  context: Context,
  { bootstrapServers }: Cluster,
): Promise<ErrorFacts> {
  if (facts.silentBrokers || code !== 'kafka-not-ready') return facts;
  const silence = await silentBrokers(context, bootstrapServers).catch(() => undefined);
  return silence?.facts ?? {};
}

function servicesOf(
  { code }: ActionError,
  { silentBrokers: silent = [] }: ErrorFacts,
  cluster: Cluster,
): string[] {
  const brokers = cluster.brokers.filter(({ address }) => silent.includes(address));
  const registries =
    code === 'schema-registry-not-ready'
      ? cluster.members.filter(({ role }) => role === 'schema-registry')
      : [];
  return [...brokers, ...registries].map(({ service }) => service);
}

/** As the Docker Engine knows them now, in the order of the services. */
async function containersOf(
  services: readonly string[],
  { host }: Context,
  project: ComposeProject,
): Promise<ContainerState[]> {
  const look = await lookAt(host, project).catch(() => undefined);
  return services.flatMap(service => look?.containers.filter(each => each.service === service) ?? []);
}

/** @returns undefined when the containers say nothing that the code's own hint does not */
function hintFor(
  containers: readonly ContainerState[],
  project: ComposeProject,
  { code }: ActionError,
): string | undefined {
  const troubles = containers.flatMap(container => troubleOf(container) ?? []);
  const healthy = containers.filter(
    each => each.state === 'running' && !troubles.some(({ container }) => container === each),
  );
  const sentences = [
    ...troubles.flatMap(({ container: { service }, what, remedy }) =>
      remedy === undefined ? [] : [`${service} ${what}. On the machine: ${remedy}`],
    ),
    ...(healthy.length > 0
      ? [
          restartHint(
            healthy.map(({ service }) => service),
            project,
            code,
          ),
        ]
      : []),
  ];
  return sentences.length === 0 ? undefined : sentences.join('\n');
}

function restartHint(services: readonly string[], project: ComposeProject, code: ErrorCode): string {
  const [isOne, names] = [services.length === 1, services.join(', ')];
  const command = `cd ${quote([project.directory])} && ${quote([...composeByHand(project), 'restart', ...services])}`;
  const slow =
    code === 'kafka-not-ready' ? ' On a small machine it may only be slow: raise smoke-timeout.' : '';
  return `${names} ${isOne ? 'runs and does' : 'run and do'} not answer, and a second run leaves a container that runs as it is.${slow} To start ${isOne ? 'it' : 'them'} anew, on the machine: ${command}`;
}
