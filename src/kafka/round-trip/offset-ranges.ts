import type { Position } from './delivery.ts';

/** Offsets of a partition as ranges, first and last included, in rising order. */
export type OffsetRanges = ReadonlyMap<number, readonly (readonly [number, number])[]>;

/** Reads `{"PARTITION": [[first, last], …]}`; anything else is left out. */
export function parseOffsetRanges(value: unknown): OffsetRanges {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return new Map(
    entries.map(([partition, ranges]) => [
      Number(partition),
      (Array.isArray(ranges) ? ranges.filter(isRange) : []).sort(([a], [b]) => a - b),
    ]),
  );
}

function isRange(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger);
}

/** @returns how many offsets there are */
export function countOffsets(ranges: OffsetRanges): number {
  let count = 0;
  for (const list of ranges.values()) for (const [first, last] of list) count += last - first + 1;
  return count;
}

/** The offsets that are in `all` but in none of `others`. */
export function* offsetsWithout(all: OffsetRanges, ...others: readonly OffsetRanges[]): Generator<Position> {
  for (const [partition, ranges] of all) {
    const taken = others.flatMap(other => other.get(partition) ?? []).toSorted(([a], [b]) => a - b);
    let index = 0;
    for (const [first, last] of ranges) {
      let next = first;
      for (; (taken[index]?.[0] ?? Number.POSITIVE_INFINITY) <= last; index++) {
        const [from, to] = taken[index] ?? [next, next];
        yield* offsetsFrom(partition, next, from);
        next = Math.max(next, to + 1);
        // The rest of the taken range may lie in the next one.
        if (to > last) break;
      }
      yield* offsetsFrom(partition, next, last + 1);
    }
  }
}

function* offsetsFrom(partition: number, start: number, end: number): Generator<Position> {
  for (let offset = start; offset < end; offset++) yield { partition, offset };
}
