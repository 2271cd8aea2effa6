import { Holdings } from './holdings.ts';
import { leadEvenly } from './lead-evenly.ts';
import type { Draft, Placement } from './placement.ts';
import { type Racks, racksFor } from './racks.ts';

/**
 * Places partitions evenly on brokers, by the fewest copies: no broker has two replicas more than another one, and what need not
 * move for that stays. Then partitions are led as evenly as their brokers allow, which copies nothing. Replicas on brokers that are not
 * named stay there.
 *
 * A partition has its replicas in as many racks as there are for them, which comes before all else: what it takes for that is copied
 * first, and nothing goes back. Where racks have different numbers of brokers, those of a small one have more then.
 *
 * Kafka's own `kafka-reassign-partitions --generate` gives nearly every partition new brokers instead.
 *
 * @param brokers ids of all that are to have partitions
 * @param rackOf the rack of each broker; as in Kafka itself, it counts only where each of them has one
 * @returns the new placements, in the order of those given
 */
export function spread(
  placements: readonly Placement[],
  brokers: readonly number[],
  rackOf: ReadonlyMap<number, string> = new Map(),
): Placement[] {
  const drafts = placements.map(({ replicas, ...partition }) => ({ ...partition, replicas: [...replicas] }));
  const ids = [...new Set(brokers)].sort((one, other) => one - other);
  const holdings = new Holdings(drafts, ids);
  const racks = racksFor(ids, rackOf);
  copyToOtherRacks(drafts, holdings, racks);
  while (ids.toSorted(byLoad(holdings)).some(id => relieve(id, ids, holdings, racks)));
  leadEvenly(drafts, ids);
  return drafts;
}

/** The broker that has most first; of several the last one, so that what is placed does not depend on the order of the list. */
const byLoad = (holdings: Holdings) => (one: number, other: number) =>
  holdings.count(other) - holdings.count(one) || other - one;

/** Of each partition that could be in one more rack a replica goes there: from the broker with most to the one with least. */
function copyToOtherRacks(drafts: readonly Draft[], holdings: Holdings, racks: Racks): void {
  const order = byLoad(holdings);
  for (const draft of drafts) {
    for (;;) {
      const from = draft.replicas.filter(broker => racks.isSpare(draft, broker)).sort(order)[0];
      const to = racks.brokersElsewhere(draft).sort(order).at(-1);
      if (from === undefined || to === undefined) break;
      holdings.move(draft, from, to);
    }
  }
}

/**
 * Copies one replica away from a broker, in the end to one that has at least two less. Where no partition may go there at once, it
 * goes to a third one, which hands on another: the shortest such chain is taken, which is the fewest copies. The first broker has a
 * partition that the last one has not, since it has more, so that only racks make chains.
 * @returns whether anything was moved
 */
function relieve(from: number, brokers: readonly number[], holdings: Holdings, racks: Racks): boolean {
  const mayGo = (one: number, other: number) => (draft: Draft) =>
    !draft.replicas.includes(other) && racks.allows(draft, one, other);
  const cameFrom = new Map<number, number>([[from, from]]);
  for (const broker of cameFrom.keys()) {
    if (holdings.count(broker) <= holdings.count(from) - 2)
      return moveAlong(chainTo(broker, cameFrom), holdings, mayGo);
    const next = brokers.filter(id => !cameFrom.has(id) && holdings.has(broker, mayGo(broker, id)));
    for (const id of next.sort(byLoad(holdings)).reverse()) cameFrom.set(id, broker);
  }
  return false;
}

/** The brokers from the first one to this one. */
function chainTo(last: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const chain = [last];
  for (let broker = last; cameFrom.get(broker) !== broker; ) {
    broker = cameFrom.get(broker) ?? broker;
    chain.unshift(broker);
  }
  return chain;
}

/** Moves a replica along each link, or none at all: what one link moves may be what another one counted on. */
function moveAlong(
  chain: readonly number[],
  holdings: Holdings,
  mayGo: (from: number, to: number) => (draft: Draft) => boolean,
): boolean {
  const undo: (() => void)[] = [];
  for (let index = chain.length - 1; index > 0; index -= 1) {
    const [from = -1, to = -1] = chain.slice(index - 1);
    const draft = holdings.best(from, to, mayGo(from, to));
    if (!draft) {
      for (const back of undo.reverse()) back();
      return false;
    }
    holdings.move(draft, from, to);
    undo.push(() => holdings.move(draft, to, from));
  }
  return true;
}
