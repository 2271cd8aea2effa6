import type { Cluster } from '../compose/deployment/cluster.ts';
import type { SmokeTestConfig } from '../config/smoke-test-inputs.ts';
import { ActionError } from '../errors.ts';

/**
 * The drill shows that the other brokers go on without the one that is restarted: with a single broker there is no other.
 * @throws ActionError `input-invalid` for a drill of a cluster with one broker
 */
export function refuseDrillOfOne({ brokers }: Cluster, { drill }: Pick<SmokeTestConfig, 'drill'>): void {
  if (drill === 'none' || brokers.length !== 1) return;
  throw new ActionError(
    'input-invalid',
    `drill: ${drill} shows that the cluster goes on without one of its brokers, and this one has a single broker (${brokers[0]?.service}): its restart stops everything`,
    { hint: 'Leave drill out, or deploy a stack of three brokers: stack: kraft' },
  );
}
