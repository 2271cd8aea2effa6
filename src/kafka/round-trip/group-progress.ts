import type { OffsetBounds } from '../groups.ts';
import type { ConsumerListener, Stretch } from './consumer.ts';
import type { Position } from './delivery.ts';

/**
 * How far a consumer group has got in the partitions of a topic, whichever of its members read them, and what the
 * coordinator has acknowledged of it. Offsets that carry no record (the marks of transactions, gaps of a compaction)
 * may be committed or not: who goes on there gets the same records.
 */
export class GroupProgress implements Required<ConsumerListener> {
  private readonly starts: ReadonlyMap<number, number>;
  /** After the last record that was handed on. */
  private readonly records = new Map<number, number>();
  /** After the last offset that a member has got through. */
  private readonly passed = new Map<number, number>();
  private readonly commits = new Map<number, number>();

  /** @param starts where the group was placed, by partition: others are none of its business */
  constructor(starts: ReadonlyMap<number, number>) {
    this.starts = starts;
  }

  readonly onRecord = ({ partition, offset }: Position): void => rise(this.records, partition, offset + 1);

  readonly onStretch = ({ partition, next }: Stretch): void => rise(this.passed, partition, next);

  readonly onCommit = ({ partition, offset }: Position): void => void this.commits.set(partition, offset);

  /** Between which offsets the group's commit must lie, by partition. */
  bounds(): Map<number, OffsetBounds> {
    return new Map(
      [...this.starts].map(([partition, start]) => {
        const read = this.readUpTo(partition, start);
        // A commit at the very end may have been cut off: what was never acknowledged is not demanded.
        const least = Math.min(read, this.commits.get(partition) ?? read);
        return [partition, { least, most: Math.max(read, this.passed.get(partition) ?? read) }];
      }),
    );
  }

  /** Where the group stands in partitions of which it has read more than the coordinator has acknowledged. */
  uncommitted(): Position[] {
    return [...this.starts].flatMap(([partition, start]) => {
      const read = this.readUpTo(partition, start);
      if ((this.commits.get(partition) ?? start) >= read) return [];
      return [{ partition, offset: Math.max(read, this.passed.get(partition) ?? read) }];
    });
  }

  private readUpTo(partition: number, start: number): number {
    return Math.max(start, this.records.get(partition) ?? start);
  }
}

function rise(offsets: Map<number, number>, partition: number, offset: number): void {
  if (offset > (offsets.get(partition) ?? -1)) offsets.set(partition, offset);
}
