import type { Context } from '../../context.ts';
import { ActionError } from '../../errors.ts';
import { waitForAgreement } from '../../kafka/agreement.ts';
import { waitUntilInSync } from '../../kafka/in-sync.ts';
import { ContainerWatch } from '../../machine/container-watch.ts';
import type { ClusterNode } from './node.ts';
import { leaderOf } from './quorum.ts';

interface OneByOneOptions {
  /** All nodes of the cluster. */
  readonly nodes: readonly ClusterNode[];
  /** Those to be started anew. */
  readonly chosen: readonly ClusterNode[];
  readonly bootstrapServers: readonly string[];
  /** How long a node may take until it is back, and again until every replica is in sync. */
  readonly timeoutMs: number;
}

/**
 * Starts nodes anew, one after the other, so that the cluster goes on all the while: each when every replica is in sync, the next one
 * when it is back. The controllers come first, of them the leader of the quorum last: it is chosen anew only once.
 * @param startAnew what starts a node anew; it need not wait until the node is back
 * @throws ActionError of the first node that fails; the message says which, and what became of the others
 */
export async function oneByOne(
  context: Context,
  { nodes, chosen, ...options }: OneByOneOptions,
  startAnew: (node: ClusterNode) => Promise<void>,
): Promise<void> {
  const order = await inOrder(context, nodes, chosen);
  for (const [index, node] of order.entries()) {
    const [before, after] = [order.slice(0, index), order.slice(index + 1)];
    await told(() => waitUntilInSync(context, options), {
      what: `${nameOf(node)} was not touched`,
      ...{ before, after },
    });
    await told(
      async () => {
        await startAnew(node);
        await untilBack(context, node, options);
      },
      { what: `${nameOf(node)} did not come back`, before, after },
    );
  }
  await told(() => waitUntilInSync(context, options), { what: 'all are back', before: order, after: [] });
}

type WaitOptions = Omit<OneByOneOptions, 'nodes' | 'chosen'>;

/** A node whose container ends again and again is not waited for. */
async function untilBack(context: Context, node: ClusterNode, options: WaitOptions): Promise<void> {
  const { project, deployment } = node;
  const members = deployment.cluster.members;
  const watch = new ContainerWatch({ ...node.context, log: context.log }, { project, members });
  await watch.during(({ signal }) => waitForAgreement({ ...context, signal }, options));
}

async function inOrder(
  context: Context,
  nodes: readonly ClusterNode[],
  chosen: readonly ClusterNode[],
): Promise<ClusterNode[]> {
  const byId = chosen.toSorted((one, other) => one.plan.nodeId - other.plan.nodeId);
  if (byId.length < 2) return byId;
  const leader = await leaderOf(context, nodes);
  if (leader === undefined)
    context.log.info("the quorum's leader is not known: the nodes follow in the order of their ids");
  const last = ({ plan: { nodeId, roles } }: ClusterNode) =>
    roles === 'broker' ? 2 : Number(nodeId === leader);
  return byId.toSorted((one, other) => last(one) - last(other));
}

interface Progress {
  readonly what: string;
  readonly before: readonly ClusterNode[];
  readonly after: readonly ClusterNode[];
}

/** @throws what `work` throws, with how far the nodes have come before it */
async function told(work: () => Promise<void>, { what, before, after }: Progress): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const others = [
      ...(before.length > 0 ? [`started anew before: ${before.map(nameOf).join(', ')}`] : []),
      ...(after.length > 0 ? [`as they were: ${after.map(nameOf).join(', ')}`] : []),
    ];
    throw error.with({ message: [`${what}: ${error.message}`, ...others].join('; ') });
  }
}

const nameOf = ({ plan, context }: ClusterNode) => `node ${plan.nodeId} on ${context.machine.name}`;
