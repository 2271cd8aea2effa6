import { describe, expect, it } from 'vitest';
import { GroupProgress } from '../../../../src/kafka/round-trip/group-progress.ts';

/** A group that was placed at offset 5 of the first partition. */
function placed(): GroupProgress {
  return new GroupProgress(new Map([[0, 5]]));
}
const stretch = (from: number, next: number) => ({ partition: 0, from, next, isEmpty: false });

describe('how far a group has got', () => {
  it('is where it was placed, as long as it has read nothing', () => {
    expect(placed().bounds()).toEqual(new Map([[0, { least: 5, most: 5 }]]));
    expect(placed().uncommitted()).toEqual([]);
  });

  it('is behind the last record, or behind the marks of transactions after it', () => {
    const group = placed();
    group.onRecord({ partition: 0, offset: 7 });
    group.onStretch(stretch(5, 10));
    expect(group.bounds()).toEqual(new Map([[0, { least: 8, most: 10 }]]));
  });

  it('does not go back with a member that reads again', () => {
    const group = placed();
    for (const offset of [5, 6, 7, 5]) group.onRecord({ partition: 0, offset });
    group.onStretch(stretch(5, 8));
    group.onStretch(stretch(5, 6));
    expect(group.bounds()).toEqual(new Map([[0, { least: 8, most: 8 }]]));
  });

  it('is to be committed as far as the coordinator has not acknowledged it', () => {
    const group = placed();
    group.onRecord({ partition: 0, offset: 7 });
    group.onStretch(stretch(5, 10));
    expect(group.uncommitted()).toEqual([{ partition: 0, offset: 10 }]);
    group.onCommit({ partition: 0, offset: 6 });
    expect(group.uncommitted()).toEqual([{ partition: 0, offset: 10 }]);
    // A commit that was never acknowledged is not demanded.
    expect(group.bounds()).toEqual(new Map([[0, { least: 6, most: 10 }]]));
    group.onCommit({ partition: 0, offset: 8 });
    expect(group.uncommitted()).toEqual([]);
    expect(group.bounds()).toEqual(new Map([[0, { least: 8, most: 10 }]]));
  });

  it('is none of its business in partitions that came later', () => {
    const group = placed();
    group.onRecord({ partition: 3, offset: 0 });
    expect([...group.bounds().keys()]).toEqual([0]);
  });
});
