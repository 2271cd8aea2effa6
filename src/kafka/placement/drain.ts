import type { Draft, Placement } from './placement.ts';
import { type Racks, racksFor } from './racks.ts';
import { Shares } from './shares.ts';

/**
 * Places the partitions of brokers that leave on brokers that stay. Only partitions that a leaving broker has are touched, and each
 * keeps its number of replicas: the place goes to the broker that has fewest, of those that do not have the partition yet, and of
 * several to that which has least of the topic. A broker in a rack that the partition is not in comes first. Where the leaving broker was preferred as the leader, that becomes, of the replicas that
 * stay, the one that leads fewest: it has the messages already.
 *
 * @param leaving ids of brokers
 * @param staying ids of all brokers that may get replicas
 * @param rackOf the racks of these, where they are known
 * @returns the new placements of the partitions that the leaving brokers have, in the order of those given
 * @throws RangeError when a partition has as many replicas as brokers stay; see `tooWide`
 */
export function drain(
  placements: readonly Placement[],
  leaving: readonly number[],
  staying: readonly number[],
  rackOf: ReadonlyMap<number, string> = new Map(),
): Placement[] {
  const racks = racksFor(staying, rackOf);
  const gone = new Set(leaving);
  const counts = new Counts(placements, staying);
  const drafts = placements
    .filter(({ replicas }) => replicas.some(id => gone.has(id)))
    .map(({ topic, partition, replicas }): Draft => ({ topic, partition, replicas: [...replicas] }));
  for (const draft of drafts) {
    const { replicas, topic } = draft;
    const [preferred = -1] = replicas;
    const kept = replicas.filter(id => !gone.has(id));
    for (const [index, id] of replicas.entries()) {
      if (!gone.has(id)) continue;
      const heir = counts.leastLoaded(topic, heirsOf(draft, id, staying, racks));
      if (heir === undefined) throw new RangeError(`${topic} has more replicas than brokers stay`);
      replicas[index] = heir;
      counts.give(topic, heir);
    }
    if (gone.has(preferred)) preferOneThatHasIt(draft, kept, counts);
  }
  return drafts;
}

/** The brokers that may take the place of one; those that keep the partition in as many racks, where there are some. */
function heirsOf(draft: Draft, leaver: number, staying: readonly number[], racks: Racks): number[] {
  const { replicas } = draft;
  const others = staying.filter(broker => !replicas.includes(broker));
  const elsewhere = racks.brokersElsewhere({ ...draft, replicas: replicas.filter(id => id !== leaver) });
  const apart = others.filter(broker => elsewhere.includes(broker));
  return apart.length > 0 ? apart : others;
}

function preferOneThatHasIt({ replicas }: Draft, kept: readonly number[], counts: Counts): void {
  const [heir = -1] = replicas;
  const leader = counts.leadsFewest(kept) ?? heir;
  [replicas[replicas.indexOf(leader)], replicas[0]] = [heir, leader];
  counts.lead(leader);
}

/** The topics of which a partition has more replicas than brokers stay. */
export function tooWide(placements: readonly Placement[], staying: readonly number[]): string[] {
  const wide = placements.filter(({ replicas }) => replicas.length > staying.length);
  return [...new Set(wide.map(({ topic }) => topic))];
}

/** What the staying brokers have, while partitions are being placed. */
class Counts {
  private readonly replicas: Map<number, number>;
  private readonly leads: Map<number, number>;
  private readonly shares = new Shares();

  constructor(placements: readonly Placement[], staying: readonly number[]) {
    const has = (id: number) => placements.filter(({ replicas }) => replicas.includes(id)).length;
    const leads = (id: number) => placements.filter(({ replicas }) => replicas[0] === id).length;
    this.replicas = new Map(staying.map(id => [id, has(id)]));
    this.leads = new Map(staying.map(id => [id, leads(id)]));
    for (const { topic, replicas } of placements) for (const id of replicas) this.shares.add(topic, id);
  }

  leastLoaded(topic: string, candidates: readonly number[]): number | undefined {
    return candidates.toSorted(
      (one, other) =>
        this.has(one) - this.has(other) ||
        this.shares.of(topic, one) - this.shares.of(topic, other) ||
        one - other,
    )[0];
  }

  leadsFewest(candidates: readonly number[]): number | undefined {
    return candidates.toSorted(
      (one, other) => (this.leads.get(one) ?? 0) - (this.leads.get(other) ?? 0) || one - other,
    )[0];
  }

  give(topic: string, broker: number): void {
    this.replicas.set(broker, this.has(broker) + 1);
    this.shares.add(topic, broker);
  }

  lead(broker: number): void {
    this.leads.set(broker, (this.leads.get(broker) ?? 0) + 1);
  }

  private has = (broker: number): number => this.replicas.get(broker) ?? 0;
}
