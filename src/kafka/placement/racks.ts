import type { Draft } from './placement.ts';

/** Which brokers fail together, for the placement of replicas. */
export interface Racks {
  /** Whether another replica of the partition is in the rack of this one. */
  isSpare(draft: Draft, broker: number): boolean;
  /** The brokers in racks in which the partition is not. */
  brokersElsewhere(draft: Draft): number[];
  /** Whether the partition would be in no fewer racks with the second broker in place of the first. */
  allows(draft: Draft, from: number, to: number): boolean;
}

/** Where racks are not known, or only some, none of them counts. */
const NO_RACKS: Racks = { isSpare: () => false, brokersElsewhere: () => [], allows: () => true };

/** @param rackOf the rack of each broker; a broker that has none makes all others count as without, as Kafka has it */
export function racksFor(brokers: readonly number[], rackOf: ReadonlyMap<number, string>): Racks {
  if (!brokers.every(broker => rackOf.has(broker))) return NO_RACKS;
  const named = new Set(brokers);
  // A broker that is not among them is a rack of its own: nothing is known of it.
  const at = (broker: number) => (named.has(broker) ? rackOf.get(broker) : undefined) ?? broker;
  const racksOf = (replicas: readonly number[]) => new Set(replicas.map(at));
  const isSpare = ({ replicas }: Draft, broker: number) =>
    named.has(broker) && replicas.some(other => other !== broker && at(other) === at(broker));
  return {
    isSpare,
    brokersElsewhere({ replicas }) {
      const racks = racksOf(replicas);
      return brokers.filter(broker => !racks.has(at(broker)));
    },
    allows: ({ replicas }, from, to) =>
      racksOf(replicas.map(each => (each === from ? to : each))).size >= racksOf(replicas).size,
  };
}
