import type { Draft } from './placement.ts';
import { Shares } from './shares.ts';

/**
 * Puts another broker of a partition first where that makes leaders more even. A broker with too many may have none that a broker with
 * too few has as well; then a third one takes over from it and hands on another: the chain of such steps is looked for, and the
 * shortest one taken, until there is none. That is the most even that can be had (Harvey and others, Semi-Matchings for Bipartite
 * Graphs and Load Balancing, 2003: no cost-reducing path is left).
 */
export function leadEvenly(drafts: readonly Draft[], brokers: readonly number[]): void {
  const leads = new Leads(drafts, brokers);
  while (
    brokers.toSorted((one, other) => leads.count(other) - leads.count(one)).some(id => relieve(id, leads))
  );
}

/** @returns whether a broker could be found that leads at least two partitions less, and now leads one more */
function relieve(from: number, leads: Leads): boolean {
  const cameFrom = new Map<number, number>([[from, from]]);
  for (const broker of cameFrom.keys()) {
    if (leads.count(broker) <= leads.count(from) - 2) {
      for (let to = broker; to !== from; to = cameFrom.get(to) ?? from)
        leads.hand(cameFrom.get(to) ?? from, to);
      return true;
    }
    for (const next of leads.followersOf(broker)) if (!cameFrom.has(next)) cameFrom.set(next, broker);
  }
  return false;
}

/** Who leads which partitions. */
class Leads {
  private readonly led: ReadonlyMap<number, Set<Draft>>;
  private readonly shares = new Shares();

  constructor(drafts: readonly Draft[], brokers: readonly number[]) {
    this.led = new Map(brokers.map(broker => [broker, new Set<Draft>()]));
    for (const draft of drafts) {
      const [leader = -1] = draft.replicas;
      this.led.get(leader)?.add(draft);
      this.shares.add(draft.topic, leader);
    }
  }

  count = (broker: number): number => this.of(broker).size;

  /** The brokers that could take a partition over from this one. */
  followersOf(broker: number): number[] {
    const followers = new Set([...this.of(broker)].flatMap(({ replicas }) => replicas.slice(1)));
    return [...followers]
      .filter(id => this.led.has(id))
      .sort((one, other) => this.count(one) - this.count(other));
  }

  /** Lets the second broker lead a partition that the first one leads. */
  hand(from: number, to: number): void {
    const candidates = [...this.of(from)].filter(({ replicas }) => replicas.includes(to));
    const draft = this.shares.best(candidates, from, to);
    if (!draft) throw new RangeError(`broker ${to} has no partition that ${from} leads`);
    const { replicas } = draft;
    const at = replicas.indexOf(to);
    [replicas[0], replicas[at]] = [to, from];
    this.of(from).delete(draft);
    this.of(to).add(draft);
    this.shares.move(draft.topic, from, to);
  }

  private of = (broker: number): Set<Draft> => this.led.get(broker) ?? new Set();
}
