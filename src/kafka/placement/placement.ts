/** Which brokers have a partition. */
export interface Placement {
  readonly topic: string;
  readonly partition: number;
  /** Ids of brokers; the first one is preferred as the leader. */
  readonly replicas: readonly number[];
}

/** A partition while it is being placed. */
export interface Draft extends Placement {
  readonly replicas: number[];
}

/** What a new placement of partitions changes. */
export interface PlacementChange {
  /** The new placements of partitions of which a replica goes to another broker. */
  readonly moved: readonly Placement[];
  /** Those that keep their brokers, and of which another one is preferred as the leader: nothing is copied. */
  readonly reordered: readonly Placement[];
  /** How many replicas are copied. */
  readonly copies: number;
}

/**
 * Compares placements of the same partitions.
 * @param after in the order of `before`
 */
export function changeOf(before: readonly Placement[], after: readonly Placement[]): PlacementChange {
  const changes = after.map((placement, index) => {
    const { replicas = [] } = before[index] ?? {};
    const copies = placement.replicas.filter(broker => !replicas.includes(broker)).length;
    return { placement, copies, isReordered: copies === 0 && placement.replicas[0] !== replicas[0] };
  });
  return {
    moved: changes.filter(({ copies }) => copies > 0).map(({ placement }) => placement),
    reordered: changes.filter(({ isReordered }) => isReordered).map(({ placement }) => placement),
    copies: changes.reduce((sum, { copies }) => sum + copies, 0),
  };
}

/** How much each broker has, by its id. */
export function loadsOf(
  placements: readonly Placement[],
  brokers: readonly number[],
): Map<number, { readonly replicas: number; readonly leaders: number }> {
  return new Map(
    brokers.map(broker => [
      broker,
      {
        replicas: placements.filter(({ replicas }) => replicas.includes(broker)).length,
        leaders: placements.filter(({ replicas }) => replicas[0] === broker).length,
      },
    ]),
  );
}
