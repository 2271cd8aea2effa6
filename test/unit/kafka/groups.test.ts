import { type Admin, KafkaJSDeleteGroupsError, KafkaJSError } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { committedOffsets, deleteGroup, describeGroup, wrongCommits } from '../../../src/kafka/groups.ts';
import { Starts } from '../../../src/kafka/round-trip/handover.ts';
import { SimulatedClock } from '../support/clocks.ts';
import { scriptedContext } from '../support/step-context.ts';

const offsets = (...pairs: [number, number][]) => new Map(pairs);
/** Bounds between which there is no choice. */
const exactly = (at: Map<number, number>) =>
  new Map([...at].map(([partition, offset]) => [partition, { least: offset, most: offset }]));
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
    expect(wrongCommits(committed, exactly(expected))).toEqual(problems);
  });

  it('may lie anywhere behind the last record where only marks of transactions follow', () => {
    const bounds = new Map([[0, { least: 5, most: 7 }]]);
    for (const right of [5, 6, 7]) expect(wrongCommits(offsets([0, right]), bounds)).toEqual([]);
    for (const wrong of [4, 8])
      expect(wrongCommits(offsets([0, wrong]), bounds)).toEqual([
        `partition 0: offset ${wrong} is committed where the consumer had read up to 5`,
      ]);
  });
});

function startsAt(first: Map<number, number>): Starts {
  const starts = new Starts();
  for (const [partition, from] of first) starts.note({ partition, from, next: from + 1, isEmpty: false });
  return starts;
}

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
    ['where nothing was committed: the partition was added meanwhile', offsets([3, 0]), offsets(), []],
  ])('may be %s', (_, first, committed, problems) => {
    expect(startsAt(first).problems(committed)).toEqual(problems);
  });

  it('may be behind marks of transactions, and where the partition begins by now', () => {
    const starts = new Starts();
    starts.note({ partition: 0, from: 5, next: 7, isEmpty: true });
    starts.note({ partition: 0, from: 7, next: 9, isEmpty: false });
    starts.note({ partition: 0, from: 3, next: 4, isEmpty: false });
    expect(starts.problems(offsets([0, 5]))).toEqual([]);
    const late = startsAt(offsets([0, 8]));
    expect(late.problems(offsets([0, 5]))).toHaveLength(1);
    expect(late.problems(offsets([0, 5]), new Map([[0, { start: 8, stable: 9, end: 9 }]]))).toEqual([]);
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

describe('deleting a group', () => {
  const GROUP_NOT_EMPTY = 68;
  const GROUP_ID_NOT_FOUND = 69;
  const NOT_COORDINATOR = 16;
  /** A coordinator that answers with these error codes, one after the other, and the last one for ever. */
  function coordinator(...codes: number[]) {
    const left = [...codes];
    let asked = 0;
    const admin = adminThat({
      deleteGroups: async () => {
        asked++;
        const errorCode = left.length > 1 ? left.shift() : left[0];
        if (errorCode === 0) return;
        throw new KafkaJSDeleteGroupsError('Error in DeleteGroups', [
          { groupId: 'team', errorCode: errorCode ?? 0, error: new KafkaJSError('refused') },
        ]);
      },
    });
    return { admin, asked: () => asked };
  }

  it.each([
    ['has moved', NOT_COORDINATOR],
    ['still counts the member that has just left', GROUP_NOT_EMPTY],
  ])('asks again when the coordinator %s', async (_, code) => {
    const { context, log } = scriptedContext([], new SimulatedClock());
    const { admin, asked } = coordinator(code, code, 0);
    await deleteGroup(context, admin, 'team');
    expect(asked()).toBe(3);
    expect(log.lines).toEqual([]);
  });

  it('is no failure, and ends within five seconds, when it is refused for good', async () => {
    const clock = new SimulatedClock();
    const { context } = scriptedContext([], clock);
    await deleteGroup(context, coordinator(GROUP_NOT_EMPTY).admin, 'team');
    expect(clock.now()).toBeGreaterThan(4_000);
    expect(clock.now()).toBeLessThanOrEqual(5_000);
  });

  it('asks once for a group that was never made', async () => {
    const { context } = scriptedContext([], new SimulatedClock());
    const { admin, asked } = coordinator(GROUP_ID_NOT_FOUND);
    await deleteGroup(context, admin, 'team');
    expect(asked()).toBe(1);
  });
});
