import { faultOf } from '../../kafka/round-trip/faults.ts';
import { sharingAdmins } from '../../kafka/shared-admins.ts';
import { type Step, type StepName, satisfied } from '../step.ts';
import type { SmokeTestOptions } from './options.ts';
import { describeTrip, refuseFaults, roundTripOn, topicInSync } from './round-trips.ts';

/** A producer and a consumer on the runner, whose connections go through SSH. */
export function runnerClientsStep(options: SmokeTestOptions, needs: readonly StepName[]): Step {
  const { config, cluster, runId, note } = options;
  return {
    name: 'smoke-test-runner',
    title: 'Smoke test from the runner, through SSH',
    needs,
    check: outer =>
      sharingAdmins(outer, async context => {
        const { messages, messageIntervalMs, group, topic } = config;
        const target = { servers: cluster.bootstrapServers, topic };
        const result = await roundTripOn(context, await topicInSync(context, target), {
          ...target,
          group: `${group}-${runId}`,
          runId: `${runId}/runner`,
          traffic: { messages, intervalMs: messageIntervalMs },
          timeoutMs: config.timeoutMs + messages * messageIntervalMs,
        });
        note({ runnerClients: result });
        await refuseFaults(context, target, faultOf(result, { messages, thresholds: config.thresholds }));
        return satisfied(describeTrip(result));
      }),
  };
}
