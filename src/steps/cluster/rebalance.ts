import type { Context } from '../../context.ts';
import { waitUntilInSync } from '../../kafka/in-sync.ts';
import { changeOf, loadsOf, type Placement, type PlacementChange } from '../../kafka/placement/placement.ts';
import { type Placements, readPlacements } from '../../kafka/placement/read-placements.ts';
import { spread } from '../../kafka/placement/spread.ts';
import { asAdmin } from '../deploy/topic.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { untilKnown, untilNoneMoves } from './moving.ts';
import { type ClusterNode, clusterOfNodes, racksOf } from './node.ts';
import { ReassignmentTools } from './reassignment-tools.ts';

interface RebalanceOptions {
  readonly nodes: readonly ClusterNode[];
  /** Bytes a second that a broker sends, or takes, of what is copied. */
  readonly throttle: number;
  /** How long replicas may take to be in sync before anything is moved. */
  readonly timeoutMs: number;
}

/** Where the partitions are, and where they are to be. */
interface Outlook {
  readonly now: Placements;
  readonly wanted: readonly Placement[];
  readonly change: PlacementChange;
  /** How many partitions are led by another broker than the one that is preferred. */
  readonly ledByOthers: number;
  readonly brokers: readonly number[];
}

/**
 * Spreads the partitions over all brokers. Kafka goes on copying when a run ends before it is done: the next one waits for that, and
 * then finds out anew what is left.
 */
export function rebalanceStep({ nodes, throttle, timeoutMs }: RebalanceOptions): Step {
  const { bootstrapServers } = clusterOfNodes(nodes);
  const tools = new ReassignmentTools(nodes);
  const look = async (context: Context) =>
    outlookOf(await asAdmin(context, bootstrapServers, readPlacements), nodes);
  return {
    name: 'rebalance',
    title: 'Partitions spread over all brokers',
    needs: ['kafka-ready', 'topic'],
    async check(context) {
      const outlook = await look(context);
      const left = workOf(outlook);
      const { now, brokers } = outlook;
      if (left.length > 0) return notYet(left.join('; '));
      return satisfied(`${now.partitions.length} partitions, evenly on ${brokers.length} brokers`);
    },
    async foresee(context) {
      return linesOf(await look(context), throttle);
    },
    async apply(context) {
      await untilNoneMoves(context, bootstrapServers);
      await waitUntilInSync(context, { bootstrapServers, timeoutMs });
      const outlook = await look(context);
      const { moved, reordered } = outlook.change;
      for (const line of linesOf(outlook, throttle)) context.log.info(line);
      const changed = [...moved, ...reordered];
      if (changed.length > 0) {
        await tools.begin(context, changed, { throttle });
        await untilNoneMoves(context, bootstrapServers);
      }
      // That of an earlier run, too, whose partitions nobody knows any more.
      if (changed.length > 0 || outlook.now.isThrottled) await tools.finish(context, outlook.wanted);
      await tools.electPreferred(context);
      await untilKnown(context, async () => workOf(await look(context)).length === 0);
    },
  };
}

function outlookOf(now: Placements, nodes: readonly ClusterNode[]): Outlook {
  // Those that are still to join count in a plan, those of no machine of the list never.
  const brokers = nodes.map(({ plan }) => plan.nodeId).sort((one, other) => one - other);
  const wanted = spread(
    now.partitions.map(({ topic, partition, replicas }) => ({ topic, partition, replicas })),
    brokers,
    racksOf(nodes),
  );
  const ledByOthers = now.partitions.filter(({ leader, replicas }) => leader !== replicas[0]).length;
  return { now, wanted, change: changeOf(now.partitions, wanted), ledByOthers, brokers };
}

function workOf({ now, change: { moved, reordered }, ledByOthers }: Outlook): string[] {
  const { onTheMove, isThrottled, partitions } = now;
  const ofAll = `of ${partitions.length} partitions`;
  // What moves already is not where it will be: a plan from here would be wrong.
  if (onTheMove > 0) return [`${onTheMove} ${ofAll} are on their way since an earlier run`];
  return [
    ...(moved.length > 0 ? [`${moved.length} ${ofAll} are to be moved`] : []),
    ...(reordered.length > 0 ? [`${reordered.length} ${ofAll} are to prefer another leader`] : []),
    ...(ledByOthers > 0 ? [`${ledByOthers} ${ofAll} are not led by the broker that is preferred`] : []),
    ...(isThrottled ? ['the throttle of an earlier run is still set'] : []),
  ];
}

/** What is done: how much is copied, and what each broker has before and after. */
function linesOf({ now, wanted, change, brokers }: Outlook, throttle: number): string[] {
  if (now.onTheMove > 0 || change.moved.length + change.reordered.length === 0) return [];
  const [before, after] = [loadsOf(now.partitions, brokers), loadsOf(wanted, brokers)];
  return [
    `${change.moved.length} of ${now.partitions.length} partitions move: replicas copied: ${change.copies}, each broker at ${throttle} bytes a second at most`,
    ...brokers.map(broker => {
      const [from, to] = [before.get(broker), after.get(broker)];
      return `node ${broker}: replicas ${from?.replicas} -> ${to?.replicas}, leader of ${from?.leaders} -> ${to?.leaders}`;
    }),
  ];
}
