import type { Context } from '../../context.ts';
import { ActionError } from '../../errors.ts';
import { withAdmin } from '../../kafka/admin.ts';
import { type LedPlacement, readPartitions } from '../../kafka/placement/read-placements.ts';
import { askMembers } from '../../machine/members.ts';
import { until, within } from '../../waiting.ts';
import { type Step, type StepName, satisfied } from '../step.ts';
import { heldBy } from './drain.ts';
import { type ClusterNode, clusterOfNodes, firstNode, placeOfNode } from './node.ts';

interface MembersOptions {
  /** Those that are in the list. */
  readonly nodes: readonly ClusterNode[];
  /** Ids of the brokers that leave in this run. */
  readonly leaving?: readonly number[];
  readonly needs: readonly StepName[];
  /** How long to wait for an answer; the longer of the two by default. */
  readonly patienceMs?: number;
}

/**
 * Nodes that have just started answer within seconds; of a cluster that does not, the next step says why. A plan has started none: it
 * waits no longer than an answer takes.
 */
export const PATIENCE_MS = { deploy: 10_000, plan: 3_000 };
const EVERY_MS = 500;
/** A broker that hangs is left to it, and the next one asked as well. */
const NEXT_AFTER_MS = 1_000;
/** The caller asks again; the client does not. */
const ONCE = { retry: { retries: 0 } };

/** What one of the brokers knows. */
interface Known {
  /** Ids of the brokers that run. */
  readonly running: readonly number[];
  readonly partitions: readonly LedPlacement[];
}

/**
 * The members of the cluster are those of the list, and those that leave. A broker on another machine is told of: as long as it runs,
 * clients of the runner are sent to it and cannot reach it, so that nothing can be proved.
 */
export function membersStep({
  nodes,
  leaving = [],
  needs,
  patienceMs = PATIENCE_MS.deploy,
}: MembersOptions): Step {
  const listed = new Set([...nodes.map(({ plan }) => plan.nodeId), ...leaving]);
  return {
    name: 'members',
    title: 'Members of the cluster are on the machines of the list',
    needs,
    reads: needs,
    async check(context) {
      const known = await whatIsKnown(context, nodes, patienceMs);
      if (!known) return satisfied('no broker says yet who they are: not known');
      const { running, partitions } = known;
      const all = [...running, ...partitions.flatMap(({ replicas }) => replicas)];
      const others = [...new Set(all)].filter(id => !listed.has(id)).sort((one, other) => one - other);
      const addresses = others.length > 0 ? await addressesOf(nodes) : new Map<number, string>();
      for (const id of others) refuseOrTell(context, { id, address: addresses.get(id), known });
      return satisfied(
        others.length > 0 ? `not on one of them: node ${others.join(', ')}` : `brokers: ${running.length}`,
      );
    },
  };
}

/** Asks until a broker answers. @returns undefined when none does in time; what still goes on then is not waited for */
function whatIsKnown(
  context: Context,
  nodes: readonly ClusterNode[],
  patienceMs: number,
): Promise<Known | undefined> {
  const { clock, signal } = context;
  const late = () => undefined;
  const limit = { everyMs: EVERY_MS, timeoutMs: patienceMs, late };
  const answer = until<Known | undefined>(context, () => askOneAfterTheOther(context, nodes), limit);
  return within(clock, patienceMs, answer, late, signal);
}

/** The brokers one after the other: the next one as soon as the ones before do not answer, or hang. */
async function askOneAfterTheOther(
  context: Context,
  nodes: readonly ClusterNode[],
): Promise<Known | undefined> {
  const asked: Promise<Known>[] = [];
  for (const server of clusterOfNodes(nodes).bootstrapServers) {
    asked.push(ask(context, server));
    const first = Promise.any(asked).catch(() => undefined);
    const known = await within(context.clock, NEXT_AFTER_MS, first, () => undefined, context.signal);
    if (known) return known;
    context.signal.throwIfAborted();
  }
  return undefined;
}

function ask({ kafka, clock }: Context, server: string): Promise<Known> {
  // Whatever kafkajs would choose: one of the others may be one that cannot be reached.
  const admin = kafka.onlyTo(server).admin(ONCE);
  return withAdmin(admin, clock, async connected => ({
    running: (await connected.describeCluster()).brokers.map(({ nodeId }) => nodeId),
    partitions: await readPartitions(connected),
  }));
}

/** The private addresses of all brokers that the cluster has in its books, by their ids; those that are known. */
async function addressesOf(nodes: readonly ClusterNode[]): Promise<ReadonlyMap<number, string>> {
  const { host, ...asked } = placeOfNode(firstNode(nodes));
  const members = await askMembers(host, asked);
  return new Map(members?.map(({ nodeId, address }) => [nodeId, address]));
}

interface Other {
  readonly id: number;
  readonly address: string | undefined;
  readonly known: Known;
}

/** @throws ActionError `member-not-listed` for one that runs; of another one a warning is enough */
function refuseOrTell({ log }: Context, { id, address, known: { running, partitions } }: Other): void {
  const name = `node ${id}${address === undefined ? '' : ` at ${address}`}`;
  const held = heldBy(partitions, [id]);
  const led = held.filter(({ leader }) => leader === id).length;
  const whatToDo = `Name its machine in host again, or let it leave: remove-hosts${address === undefined ? ' with its name' : `: ${address}, or the name that host had for it`}.`;
  if (running.includes(id))
    throw new ActionError(
      'member-not-listed',
      `${name} is still a member of the cluster and runs, and no machine in host has it: the runner has no way to it, and it has a replica of ${held.length} partitions and leads ${led}`,
      { hint: whatToDo },
    );
  log.warning(
    `${name} is still a member of the cluster, does not run, and no machine in host has it: ${held.length} partitions have a replica less for it. ${whatToDo}`,
  );
}
