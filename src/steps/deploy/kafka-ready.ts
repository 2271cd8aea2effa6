import type { Cluster } from '../../compose/deployment/cluster.ts';
import type { Context } from '../../context.ts';
import { ActionError } from '../../errors.ts';
import { waitForAgreement } from '../../kafka/agreement.ts';
import { waitUntilReady } from '../../kafka/readiness.ts';
import { SchemaRegistry } from '../../kafka/registry/schema-registry.ts';
import {
  type ComposeProject,
  type Container,
  containerLog,
  containersFailed,
  hasFailed,
  listContainers,
  RESTART_PATIENCE_MS,
} from '../../machine/compose-project.ts';
import { type Step, type StepName, satisfied } from '../step.ts';

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
    reads: needs,
    async check(context) {
      const { host, kafka, clock, log, signal } = context;
      const { schemaRegistryUrl, bootstrapServers } = cluster;
      const stillHopeful = containerWatch(context, project);
      const deadline = clock.now() + timeoutMs;
      try {
        const detail = await waitUntilReady({
          kafkaAt: servers => kafka.of(servers),
          bootstrapServers,
          group,
          ...(schemaRegistryUrl
            ? { askRegistry: () => new SchemaRegistry(host, schemaRegistryUrl).subjects() }
            : {}),
          stillHopeful,
          ...{ timeoutMs, clock, log, signal },
        });
        await waitForAgreement({
          onlyAt: address => kafka.onlyTo(address),
          kafka: kafka.of(bootstrapServers),
          bootstrapServers,
          stillHopeful,
          timeoutMs: Math.max(0, deadline - clock.now()),
          ...{ clock, log, signal },
        });
        return satisfied(detail);
      } catch (error) {
        throw await withContainerLogs(error, context, project);
      }
    },
  };
}

/** Waiting is pointless once a container has stopped for good, or keeps being restarted. */
function containerWatch({ host, clock }: Context, project: ComposeProject | undefined): () => Promise<void> {
  if (!project) return async () => {};
  const restartingSince = new Map<string, number>();
  const isLooping = ({ name, state }: Container) => {
    if (state !== 'restarting') return false;
    const since = restartingSince.get(name) ?? clock.now();
    restartingSince.set(name, since);
    return clock.now() - since > RESTART_PATIENCE_MS;
  };
  return async () => {
    const containers = await listContainers(host, project);
    const failed = containers.filter(container => hasFailed(container) || isLooping(container));
    if (failed.length > 0) throw await containersFailed(host, failed);
  };
}

async function withContainerLogs(
  error: unknown,
  { host, signal }: Context,
  project: ComposeProject | undefined,
): Promise<unknown> {
  if (!project || signal.aborted || !(error instanceof ActionError) || !error.code.endsWith('-not-ready'))
    return error;
  const containers = await listContainers(host, project);
  const logs = await Promise.all(containers.map(container => containerLog(host, container, 10)));
  return error.with({ details: logs.flat() });
}
