import type { Draft } from './placement.ts';
import { Shares } from './shares.ts';

/** Which broker has which partitions, while they are placed. Brokers that are not named have none here. */
export class Holdings {
  private readonly held: ReadonlyMap<number, Set<Draft>>;
  private readonly shares = new Shares();

  constructor(drafts: readonly Draft[], brokers: readonly number[]) {
    this.held = new Map(brokers.map(broker => [broker, new Set<Draft>()]));
    for (const draft of drafts) {
      for (const broker of draft.replicas) {
        this.held.get(broker)?.add(draft);
        this.shares.add(draft.topic, broker);
      }
    }
  }

  count = (broker: number): number => this.of(broker).size;

  /** Whether a broker has such a partition. */
  has(broker: number, isSuch: (draft: Draft) => boolean): boolean {
    for (const draft of this.of(broker)) if (isSuch(draft)) return true;
    return false;
  }

  /** Of the partitions that may go from one broker to another, the one of the most uneven topic. @returns undefined for none */
  best(from: number, to: number, mayGo: (draft: Draft) => boolean): Draft | undefined {
    return this.shares.best([...this.of(from)].filter(mayGo), from, to);
  }

  move(draft: Draft, from: number, to: number): void {
    draft.replicas[draft.replicas.indexOf(from)] = to;
    this.of(from).delete(draft);
    this.held.get(to)?.add(draft);
    this.shares.move(draft.topic, from, to);
  }

  private of = (broker: number): Set<Draft> => this.held.get(broker) ?? new Set();
}
