import type { Context } from '../../context.ts';
import { ActionError } from '../../errors.ts';
import { waitUntilInSync } from '../../kafka/in-sync.ts';
import { drain, tooWide } from '../../kafka/placement/drain.ts';
import { changeOf, loadsOf, type Placement } from '../../kafka/placement/placement.ts';
import { type Placements, readPlacements } from '../../kafka/placement/read-placements.ts';
import { asAdmin } from '../deploy/topic.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { untilKnown, untilNoneMoves } from './moving.ts';
import { type ClusterNode, clusterOfNodes, racksOf } from './node.ts';
import { ReassignmentTools } from './reassignment-tools.ts';

interface DrainOptions {
  /** Those that stay. */
  readonly nodes: readonly ClusterNode[];
  /** Ids of the brokers that leave. */
  readonly leaving: readonly number[];
  /** Bytes a second that a broker sends, or takes, of what is copied. */
  readonly throttle: number;
  /** How long replicas may take to be in sync before anything is moved. */
  readonly timeoutMs: number;
}

/** Where the partitions of the leaving brokers are, and where they are to be. */
interface Outlook {
  readonly now: Placements;
  /** What the leaving brokers still have. */
  readonly held: readonly Placement[];
  readonly wanted: readonly Placement[];
}

/**
 * Takes all partitions off the brokers that leave, and touches no others. Kafka goes on copying when a run ends before it is done: the
 * next one waits for that, and then finds out anew what is left.
 */
export function drainStep({ nodes, leaving, throttle, timeoutMs }: DrainOptions): Step {
  const { bootstrapServers } = clusterOfNodes(nodes);
  const staying = nodes.map(({ plan }) => plan.nodeId);
  const tools = new ReassignmentTools(nodes);
  const look = async (context: Context) =>
    outlookOf(await asAdmin(context, bootstrapServers, readPlacements), {
      ...{ leaving, staying, rackOf: racksOf(nodes) },
    });
  return {
    name: 'drain',
    title: 'Partitions moved off the brokers that leave',
    needs: ['kafka-ready'],
    reads: ['kafka-ready'],
    async check(context) {
      const outlook = await look(context);
      const left = workOf(outlook, leaving);
      return left === undefined ? satisfied(`${namesOf(leaving)}: no partitions`) : notYet(left);
    },
    async foresee(context) {
      const outlook = await look(context);
      return linesOf(outlook, staying, paceOf(outlook.now, leaving, throttle));
    },
    async apply(context) {
      await untilNoneMoves(context, bootstrapServers);
      await waitUntilInSync(context, { bootstrapServers, timeoutMs, except: leaving });
      const outlook = await look(context);
      const { now, wanted } = outlook;
      for (const line of linesOf(outlook, staying, paceOf(now, leaving, throttle))) context.log.info(line);
      if (wanted.length > 0) {
        await tools.begin(context, wanted, { throttle, silent: silentOf(now, leaving) });
        await untilNoneMoves(context, bootstrapServers);
      }
      // That of an earlier run, too, whose partitions nobody knows any more.
      const { partitions } = (await look(context)).now;
      if (partitions.length > 0) await tools.finish(context, partitions);
      await untilKnown(context, async () => workOf(await look(context), leaving) === undefined);
    },
  };
}

interface Brokers {
  readonly leaving: readonly number[];
  readonly staying: readonly number[];
  readonly rackOf: ReadonlyMap<number, string>;
}

/** @throws ActionError `node-cannot-leave` where the brokers that stay cannot have all that those that leave have */
function outlookOf(now: Placements, { leaving, staying, rackOf }: Brokers): Outlook {
  const { partitions, onTheMove } = now;
  const held = heldBy(partitions, leaving);
  // What moves already has its old and its new replicas: only the rest can be judged.
  if (onTheMove > 0) return { now, held, wanted: [] };
  const wide = tooWide(held, staying);
  if (wide.length > 0)
    throw new ActionError(
      'node-cannot-leave',
      `${namesOf(leaving)} cannot leave: ${staying.length} brokers would stay, and a topic has more replicas than that: ${wide.join(', ')}`,
    );
  const lost = held.filter(({ leader }) => leader < 0);
  const [first] = lost;
  if (first)
    throw new ActionError(
      'node-cannot-leave',
      `${namesOf(leaving)} cannot leave: no broker that runs has the messages of ${lost.length} partitions, such as partition ${first.partition} of ${first.topic}`,
      {
        hint: 'Start the machine again and let it leave once more. If the messages of these partitions may be lost, delete their topics first.',
      },
    );
  return { now, held, wanted: drain(partitions, leaving, staying, rackOf) };
}

/** The partitions that one of these brokers has. */
export const heldBy = <T extends Placement>(partitions: readonly T[], brokers: readonly number[]): T[] =>
  partitions.filter(({ replicas }) => replicas.some(id => brokers.includes(id)));

/** `node 4`, `nodes 4, 5` */
export const namesOf = (ids: readonly number[]): string =>
  `${ids.length === 1 ? 'node' : 'nodes'} ${ids.join(', ')}`;

/** @returns undefined when nothing is to be done */
function workOf({ now, held }: Outlook, leaving: readonly number[]): string | undefined {
  const { partitions, onTheMove, isThrottled } = now;
  if (held.length > 0)
    return onTheMove > 0
      ? `${onTheMove} of ${partitions.length} partitions are on their way since an earlier run`
      : `${held.length} of ${partitions.length} partitions have a replica on ${namesOf(leaving)}`;
  return isThrottled && onTheMove === 0 ? 'the throttle of an earlier run is still set' : undefined;
}

/** What is done: how much is copied, and what each broker has before and after. */
function linesOf({ now, wanted }: Outlook, staying: readonly number[], pace: string): string[] {
  if (wanted.length === 0) return [];
  const moves = new Map(wanted.map(placement => [keyOf(placement), placement]));
  const after = now.partitions.map(placement => moves.get(keyOf(placement)) ?? placement);
  const [from, to] = [loadsOf(now.partitions, staying), loadsOf(after, staying)];
  const { copies } = changeOf(now.partitions, after);
  return [
    `${wanted.length} of ${now.partitions.length} partitions move: replicas copied: ${copies}, ${pace}`,
    ...staying.map(id => `node ${id}: replicas ${from.get(id)?.replicas} -> ${to.get(id)?.replicas}`),
  ];
}

const silentOf = ({ brokers }: Placements, leaving: readonly number[]) =>
  leaving.filter(id => !brokers.includes(id));

/** Kafka's tool sets no rate where one of the brokers does not answer; and what such a broker had is stored fewer times than it should be. */
function paceOf(now: Placements, leaving: readonly number[], throttle: number): string {
  const silent = silentOf(now, leaving);
  return silent.length > 0
    ? `as fast as it goes, since ${namesOf(silent)} does not run`
    : `each broker at ${throttle} bytes a second at most`;
}

const keyOf = ({ topic, partition }: Placement) => `${topic} ${partition}`;
