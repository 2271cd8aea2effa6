import { leadEvenly } from './lead-evenly.ts';
import type { Draft, Placement } from './placement.ts';
import { Shares } from './shares.ts';

/**
 * Places partitions evenly on brokers, by the fewest copies: no broker has two replicas more than another one, and what need not
 * move for that stays. Then partitions are led as evenly as their brokers allow, which copies nothing. Replicas on brokers that are not
 * named stay there.
 *
 * Kafka's own `kafka-reassign-partitions --generate` gives nearly every partition new brokers instead.
 *
 * @param brokers ids of all that are to have partitions
 * @returns the new placements, in the order of those given
 */
export function spread(placements: readonly Placement[], brokers: readonly number[]): Placement[] {
  const drafts = placements.map(({ replicas, ...partition }) => ({ ...partition, replicas: [...replicas] }));
  const ids = [...new Set(brokers)].sort((one, other) => one - other);
  copyToTheLeastLoaded(drafts, ids);
  leadEvenly(drafts, ids);
  return drafts;
}

/**
 * One replica at a time goes from the broker that has most to the one that has least. The first has a partition that the second has
 * not, since it has more; and each move brings one of the two nearer to its even share, so that fewer moves would not do.
 */
function copyToTheLeastLoaded(drafts: readonly Draft[], brokers: readonly number[]): void {
  const shares = new Shares();
  const held = new Map(brokers.map(broker => [broker, new Set<Draft>()]));
  for (const draft of drafts) {
    for (const broker of draft.replicas) {
      held.get(broker)?.add(draft);
      shares.add(draft.topic, broker);
    }
  }
  for (;;) {
    const order = [...held].sort(([, one], [, other]) => one.size - other.size);
    const [least, most] = [order[0], order.at(-1)];
    if (!least || !most || most[1].size - least[1].size < 2) return;
    const candidates = [...most[1]].filter(draft => !least[1].has(draft));
    const moving = shares.best(candidates, most[0], least[0]);
    if (!moving) return;
    moving.replicas[moving.replicas.indexOf(most[0])] = least[0];
    most[1].delete(moving);
    least[1].add(moving);
    shares.move(moving.topic, most[0], least[0]);
  }
}
