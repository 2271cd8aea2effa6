import type { Cluster } from '../../compose/deployment/cluster.ts';
import type { Context } from '../../context.ts';
import type { ErrorCode } from '../../error-codes.ts';
import { ActionError } from '../../errors.ts';
import { waitForAgreement } from '../../kafka/agreement.ts';
import { waitUntilReady } from '../../kafka/readiness.ts';
import { SchemaRegistry } from '../../kafka/registry/schema-registry.ts';
import { type ComposeProject, containerLog, listContainers } from '../../machine/compose-project.ts';
import { ContainerWatch } from '../../machine/container-watch.ts';
import { explainForwardingBan } from '../../machine/forwarding-ban.ts';
import { enginePlaces } from '../../machine/troubles/full-disk.ts';
import { withRestartHint } from '../silent-services.ts';
import { type Step, type StepName, satisfied } from '../step.ts';

/** Failures that the last lines of the containers may explain. */
const NOT_READY: ReadonlySet<ErrorCode> = new Set(['kafka-not-ready', 'schema-registry-not-ready']);

interface KafkaReadyOptions {
  /** Its containers are watched while Kafka is waited for; none for a cluster that is known by its addresses alone. */
  readonly project: ComposeProject | undefined;
  readonly cluster: Cluster;
  readonly group: string;
  readonly timeoutMs: number;
  readonly needs: readonly StepName[];
}

/** Containers that run are not yet a cluster: this waits until Kafka itself and the schema registry answer. */
export function kafkaReadyStep({ project, cluster, group, timeoutMs, needs }: KafkaReadyOptions): Step {
  return {
    name: 'kafka-ready',
    title: 'Kafka ready: brokers registered, coordinator and schema registry answer',
    needs,
    writes: enginePlaces(project?.name),
    reads: needs,
    isAskedMeanwhile: true,
    async check(context) {
      const wait = (inner: Context) => waitForCluster(inner, cluster, group, timeoutMs);
      try {
        if (!project) return satisfied(await wait(context));
        const watch = new ContainerWatch(context, { project, members: cluster.members });
        return satisfied(await watch.during(wait));
      } catch (error) {
        context.signal.throwIfAborted();
        const explained = await explainForwardingBan(context.host, error);
        if (!(explained instanceof ActionError)) throw explained;
        const told = await withContainerLogs(explained, context, project);
        throw await withRestartHint(told, context, { project, cluster });
      }
    },
  };
}

/** @returns what answers, for the log */
async function waitForCluster(
  context: Context,
  { schemaRegistryUrl, bootstrapServers }: Cluster,
  group: string,
  timeoutMs: number,
): Promise<string> {
  const { host, kafka, clock } = context;
  const deadline = clock.now() + timeoutMs;
  return waitUntilReady(context, {
    bootstrapServers,
    group,
    askRegistry: schemaRegistryUrl
      ? () => new SchemaRegistry(host, schemaRegistryUrl, kafka.security?.registry).subjects()
      : undefined,
    agree: inner =>
      waitForAgreement(inner, { bootstrapServers, timeoutMs: Math.max(0, deadline - clock.now()) }),
    timeoutMs,
  });
}

async function withContainerLogs(
  error: ActionError,
  { host, signal }: Context,
  project: ComposeProject | undefined,
): Promise<ActionError> {
  if (!project || signal.aborted || !NOT_READY.has(error.code)) return error;
  const containers = await listContainers(host, project);
  const logs = await Promise.all(containers.map(container => containerLog(host, container, 10)));
  return error.with({ details: logs.flat() });
}
