import type { Admin } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { committedOffsets, describeGroup, wrongCommits } from '../../../src/kafka/groups.ts';
import { wrongStarts } from '../../../src/kafka/round-trip/handover.ts';

const offsets = (...pairs: [number, number][]) => new Map(pairs);
const adminThat = (answers: object) => answers as unknown as Admin;

describe('committed offsets', () => {
  it('are asked for one group and one topic', async () => {
    const asked: unknown[] = [];
    const admin = adminThat({
      fetchOffsets: async (question: unknown) => {
        asked.push(question);
        return [
          { topic: 'other', partitions: [{ partition: 0, offset: '99' }] },
          {
            topic: 'orders',
            partitions: [
              { partition: 0, offset: '7' },
              { partition: 2, offset: '-1' },
            ],
          },
        ];
      },
    });
    expect(await committedOffsets(admin, 'team', 'orders')).toEqual(offsets([0, 7], [2, -1]));
    expect(asked).toEqual([{ groupId: 'team', topics: ['orders'] }]);
  });

  it('are none when the group knows nothing of the topic', async () => {
    const admin = adminThat({ fetchOffsets: async () => [] });
    expect(await committedOffsets(admin, 'team', 'orders')).toEqual(offsets());
  });

  it.each<[string, Map<number, number>, Map<number, number>, string[]]>([
    ['where the consumer stopped', offsets([0, 5], [1, 0]), offsets([0, 5], [1, 0]), []],
    [
      'before that',
      offsets([0, 4]),
      offsets([0, 5]),
      ['partition 0: offset 4 is committed where the consumer had read up to 5'],
    ],
    [
      'after that',
      offsets([0, 6]),
      offsets([0, 5]),
      ['partition 0: offset 6 is committed where the consumer had read up to 5'],
    ],
    [
      'at the start of the partition',
      offsets([0, 0]),
      offsets([0, 5]),
      ['partition 0: offset 0 is committed where the consumer had read up to 5'],
    ],
    [
      'not at all',
      offsets([0, -1], [2, 1]),
      offsets([0, 5], [1, 0], [2, 1]),
      [
        'partition 0: nothing is committed where the consumer had read up to 5',
        'partition 1: nothing is committed where the consumer had read up to 0',
      ],
    ],
    ['also elsewhere, which does not matter', offsets([0, 5], [9, 1]), offsets([0, 5]), []],
  ])('may be %s', (_, committed, expected, problems) => {
    expect(wrongCommits(committed, expected)).toEqual(problems);
  });
});

describe('where a second consumer starts', () => {
  it.each<[string, Map<number, number>, Map<number, number>, string[]]>([
    ['at the committed offset', offsets([0, 5], [1, 0]), offsets([0, 5], [1, 0]), []],
    ['nowhere, in a partition without messages', offsets(), offsets([0, 5]), []],
    [
      'before it',
      offsets([0, 4]),
      offsets([0, 5]),
      ['partition 0: the second consumer started at offset 4, not at 5'],
    ],
    [
      'after it',
      offsets([0, 6], [1, 1]),
      offsets([0, 5], [1, 1]),
      ['partition 0: the second consumer started at offset 6, not at 5'],
    ],
    [
      'where nothing was committed',
      offsets([3, 0]),
      offsets(),
      ['partition 3: the second consumer started at offset 0, not at -1'],
    ],
  ])('may be %s', (_, first, committed, problems) => {
    expect(wrongStarts(first, committed)).toEqual(problems);
  });
});

describe('a consumer group', () => {
  it('has a state, and members with their addresses', async () => {
    const members = [
      { clientId: 'app-1', clientHost: '/10.0.0.7' },
      { clientId: 'app-2', clientHost: '10.0.0.8' },
      { clientId: 'app-3', clientHost: 'worker/10.0.0.9' },
    ];
    const groups = [
      { groupId: 'other', state: 'Stable', members: [] },
      { groupId: 'team', state: 'PreparingRebalance', members },
    ];
    const asked: unknown[] = [];
    const admin = adminThat({
      describeGroups: async (names: unknown) => {
        asked.push(names);
        return { groups };
      },
    });
    expect(await describeGroup(admin, 'team')).toEqual({
      state: 'PreparingRebalance',
      members: ['app-1 (10.0.0.7)', 'app-2 (10.0.0.8)', 'app-3 (worker/10.0.0.9)'],
    });
    expect(asked).toEqual([['team']]);
  });

  it('is dead when it is not there', async () => {
    const admin = adminThat({ describeGroups: async () => ({ groups: [] }) });
    expect(await describeGroup(admin, 'team')).toEqual({ state: 'Dead', members: [] });
  });
});
