import type { Context } from '../../context.ts';
import { ActionError } from '../../errors.ts';
import { readPlacements } from '../../kafka/placement/read-placements.ts';
import { askMembers } from '../../machine/members.ts';
import { asAdmin } from '../deploy/topic.ts';
import { notYet, type Step, type StepName, satisfied } from '../step.ts';
import { heldBy, namesOf } from './drain.ts';
import { untilKnown } from './moving.ts';
import { type ClusterNode, clusterOfNodes, firstNode, placeOfNode } from './node.ts';
import { ReassignmentTools } from './reassignment-tools.ts';

interface UnregisterOptions {
  /** Those that stay. */
  readonly nodes: readonly ClusterNode[];
  /** Ids of the brokers that leave. */
  readonly leaving: readonly number[];
  readonly needs: readonly StepName[];
}

/**
 * Takes brokers that have stopped out of the books of the cluster: until then their ids are theirs, and Kafka waits for them to come
 * back.
 */
export function unregisterStep({ nodes, leaving, needs }: UnregisterOptions): Step {
  const { bootstrapServers } = clusterOfNodes(nodes);
  const tools = new ReassignmentTools(nodes);
  return {
    name: 'unregister',
    title: 'Brokers that leave are no members any more',
    needs,
    reads: needs,
    async check() {
      const left = await registered(nodes, leaving);
      return left.length === 0
        ? satisfied(`${namesOf(leaving)}: not registered`)
        : notYet(`${namesOf(left)}: still registered`);
    },
    async apply(context) {
      await refuseHeld(context, bootstrapServers, leaving);
      for (const id of await registered(nodes, leaving)) await tools.unregister(context, id);
      await untilKnown(context, async () => (await registered(nodes, leaving)).length === 0);
    },
  };
}

async function registered(nodes: readonly ClusterNode[], leaving: readonly number[]): Promise<number[]> {
  const first = firstNode(nodes);
  const { host, ...asked } = placeOfNode(first);
  const members = await askMembers(host, asked);
  if (!members)
    throw new ActionError(
      'node-cannot-leave',
      `${first.context.machine.name} does not say which brokers the cluster has`,
      { retriable: true },
    );
  return leaving.filter(id => members.some(({ nodeId }) => nodeId === id));
}

/** @throws ActionError when Kafka has put a new topic on a broker that was empty, in the moment before that stopped */
async function refuseHeld(
  context: Context,
  servers: readonly string[],
  leaving: readonly number[],
): Promise<void> {
  const { partitions } = await asAdmin(context, servers, readPlacements);
  const held = heldBy(partitions, leaving);
  if (held.length === 0) return;
  throw new ActionError(
    'node-cannot-leave',
    `${held.length} partitions have come to ${namesOf(leaving)} since it was drained, such as partition ${held[0]?.partition} of ${held[0]?.topic}`,
    { hint: 'Run again with the same inputs: what came late is moved, too.' },
  );
}
