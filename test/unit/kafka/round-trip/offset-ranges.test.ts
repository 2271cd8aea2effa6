import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countOffsets,
  offsetsWithout,
  parseOffsetRanges,
} from '../../../../src/kafka/round-trip/offset-ranges.ts';

/** Offsets as the scripts print them: runs of numbers. */
function rangesOf(offsets: ReadonlySet<number>): [number, number][] {
  const ranges: [number, number][] = [];
  for (const offset of [...offsets].toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.[1] === offset - 1) last[1] = offset;
    else ranges.push([offset, offset]);
  }
  return ranges;
}
const anyOffsets = fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 40 }).map(offsets => new Set(offsets));
const inTopic = (sets: readonly ReadonlySet<number>[]) =>
  parseOffsetRanges(Object.fromEntries(sets.map((set, partition) => [partition, rangesOf(set)])));

describe('ranges of offsets', () => {
  it.each<[unknown, [number, [number, number][]][]]>([
    [
      { 0: [[0, 2]], 2: [[5, 5]] },
      [
        [0, [[0, 2]]],
        [2, [[5, 5]]],
      ],
    ],
    [
      {
        0: [
          [7, 9],
          [0, 2],
        ],
      },
      [
        [
          0,
          [
            [0, 2],
            [7, 9],
          ],
        ],
      ],
    ],
    [{ 0: [] }, [[0, []]]],
    [{}, []],
    [undefined, []],
    [null, []],
    ['none', []],
    [{ 0: 'all' }, [[0, []]]],
    [{ 0: [[1], [1, 2, 3], ['1', '2'], [0.5, 2], null, 4, [3, 4]] }, [[0, [[3, 4]]]]],
  ])('%j are read', (value, expected) => {
    expect([...parseOffsetRanges(value === 'none' ? 7 : value)]).toEqual(expected);
  });

  it('hold as many offsets as there are', () => {
    fc.assert(
      fc.property(fc.array(anyOffsets, { maxLength: 3 }), sets => {
        expect(countOffsets(inTopic(sets))).toBe(sets.reduce((sum, { size }) => sum + size, 0));
      }),
    );
  });

  it('lose the offsets of others', () => {
    const anyTopic = fc.array(anyOffsets, { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(anyTopic, anyTopic, anyTopic, (all, some, more) => {
        const left = [...offsetsWithout(inTopic(all), inTopic(some), inTopic(more))];
        const expected = all.flatMap((set, partition) =>
          [...set]
            .filter(offset => !some[partition]?.has(offset) && !more[partition]?.has(offset))
            .toSorted((a, b) => a - b)
            .map(offset => ({ partition, offset })),
        );
        expect(left).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('stay whole when the others are of another partition', () => {
    const all = parseOffsetRanges({ 4: [[10, 12]] });
    expect([...offsetsWithout(all, parseOffsetRanges({ 3: [[0, 99]] }))]).toHaveLength(3);
    expect([...offsetsWithout(all)]).toHaveLength(3);
    expect([...offsetsWithout(all, parseOffsetRanges({ 4: [[0, 99]] }))]).toEqual([]);
  });
});
