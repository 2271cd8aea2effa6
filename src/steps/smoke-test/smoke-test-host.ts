import type { Context } from '../../context.ts';
import { ActionError } from '../../errors.ts';
import { Deadline } from '../../kafka/deadline.ts';
import { describeGroup, type GroupState } from '../../kafka/groups.ts';
import { runHostClients } from '../../kafka/round-trip/host-clients.ts';
import { searchMissing } from '../../kafka/round-trip/missing-records.ts';
import { asAdmin } from '../deploy/topic.ts';
import { type Step, satisfied } from '../step.ts';
import type { SmokeTestOptions } from './options.ts';

const SEARCH_TIMEOUT_MS = 20_000;

/** The guide's pair, producer.py and consumer.py, on the machine itself. */
export function hostClientsStep(options: SmokeTestOptions): Step {
  const { config, directory, cluster, hostAccess, runId, note } = options;
  return {
    name: 'smoke-test-host',
    title: 'Smoke test on the machine: producer.py and consumer.py',
    guide: '4/4.4',
    needs: ['topic', 'virtual-environment', 'clients'],
    async check(context) {
      const { clients, messages, messageIntervalMs, topic, group, timeoutMs } = config;
      const before = await groupOf(options, context);
      if (before && before.members.length > 0)
        context.log.info(`consumer group ${group} has members already: ${before.members.join(', ')}`);
      const clientsRunId = `${runId}/host`;
      const { failure, ...result } = await runHostClients(
        context,
        {
          topic,
          group,
          messages,
          messageIntervalMs,
          timeoutMs,
          directory,
          bootstrapServers: hostAccess?.bootstrapServers ?? cluster.bootstrapServers,
          settings: hostAccess?.settings,
          runId: clientsRunId,
        },
        missing =>
          searchMissing(context, missing, {
            kafka: context.kafka.of(cluster.bootstrapServers),
            topic,
            runId: clientsRunId,
            group: `${group}-${runId}-host-search`,
            deadline: new Deadline(SEARCH_TIMEOUT_MS, context),
          }),
      );
      if (failure?.code === 'codec-missing' && clients.includes('runner')) {
        context.log.warning(`${failure.message}. The runner's clients read every codec: they go on.`);
        return satisfied(
          `${result.produced} of ${messages} messages acknowledged; a codec to read them is missing`,
        );
      }
      note({ hostClients: result });
      if (failure) throw (await stuckGroup(failure, options, context)) ?? failure;
      return satisfied(`${result.consumed} of ${result.produced} messages came back`);
    },
  };
}

/** A member that is still in the group after the consumer has left either does not answer or keeps partitions to itself. */
async function stuckGroup(
  failure: ActionError,
  options: SmokeTestOptions,
  context: Context,
): Promise<ActionError | undefined> {
  if (!['messages-unread', 'host-client-failed'].includes(failure.code)) return undefined;
  const { group } = options.config;
  const state = await groupOf(options, context);
  if (!state || state.members.length === 0) return undefined;
  return new ActionError(
    'consumer-group-stuck',
    `consumer group ${group} is ${state.state} and has other members: ${state.members.join(', ')}; ${failure.message}`,
    { details: failure.details, cause: failure },
  );
}

/** @returns undefined when the cluster does not say */
async function groupOf(
  { config, cluster }: SmokeTestOptions,
  context: Context,
): Promise<GroupState | undefined> {
  const state = asAdmin(context, cluster.bootstrapServers, admin => describeGroup(admin, config.group));
  return state.catch(() => undefined);
}
