import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../../src/kafka/deadline.ts';
import {
  type AcknowledgedRecord,
  outsideOf,
  searchMissing,
} from '../../../../src/kafka/round-trip/missing-records.ts';
import { SimulatedClock } from '../../support/clocks.ts';
import { contextOf } from '../../support/kafka-contexts.ts';
import { type Faults, hangs, MemoryCluster, refuses, TOPIC } from '../../support/memory-kafka.ts';
import { foreignRecord } from '../../support/memory-topic.ts';
import { RUN } from '../../support/trips.ts';

/** A topic whose first partition holds messages 0 to 9 of the run at the offsets 0 to 9, and a search in it. */
function search(faults: Faults = {}, abort = new AbortController()) {
  const clock = new SimulatedClock();
  const cluster = new MemoryCluster(clock, faults);
  for (let sequence = 0; sequence < 10; sequence++)
    cluster.partition(0).append(foreignRecord({ 'run-id': RUN, sequence: `${sequence}` }));
  const context = contextOf(cluster.clients, { clock, signal: abort.signal });
  const find = (missing: readonly AcknowledgedRecord[], topic = TOPIC) =>
    searchMissing(context, () => missing, {
      ...{ kafka: cluster.kafka(), topic, runId: RUN, group: 'search' },
      deadline: new Deadline(20_000, context),
    });
  return { cluster, clock, find };
}
const at = (offset: number, sequence = offset, partition = 0) => ({ sequence, partition, offset });
const IS_THERE = { whereabouts: 'unread', finding: 'it is there' };
const ANOTHER = { whereabouts: 'gone', finding: 'another record is at its offset' };

describe('an offset', () => {
  const range = { start: 3, stable: 4, end: 7 };
  it.each<[number, string | undefined]>([
    [2, 'the partition begins at offset 3: the record was deleted'],
    [3, undefined],
    [6, undefined],
    [7, 'the partition ends at offset 7: it was cut off before the record'],
    [8, 'the partition ends at offset 7: it was cut off before the record'],
  ])('%i is in a partition from 3 to 7, or not', (offset, finding) => {
    expect(outsideOf(range, { partition: 0, offset })).toBe(finding);
  });

  it('is in no partition that is not there', () => {
    expect(outsideOf(undefined, { partition: 0, offset: 3 })).toBe('the partition is no longer there');
  });
});

describe('the search for missing records', () => {
  it('finds each where it is, or finds that it is not', async () => {
    const { cluster, find, clock } = search();
    cluster.partition(0).deleteBefore(2);
    cluster.partition(0).cutOff(9);
    cluster.partition(0).replace(4, foreignRecord());
    cluster.partition(0).remove(5);
    const found = await find([at(1), at(3), at(4), at(5), at(6, 7), at(8), at(9), at(0, 0, 7)]);
    expect(found).toMatchObject({ gone: 6, unread: 2, unknown: 0 });
    expect(found.examples.toSorted((a, b) => a.offset - b.offset)).toEqual([
      { ...at(0, 0, 7), whereabouts: 'gone', finding: 'the partition is no longer there' },
      { ...at(1), whereabouts: 'gone', finding: 'the partition begins at offset 2: the record was deleted' },
      { ...at(3), ...IS_THERE },
      { ...at(4), ...ANOTHER },
      { ...at(5), whereabouts: 'gone', finding: 'no record is at its offset, but there are later ones' },
      { ...at(6, 7), ...ANOTHER },
      { ...at(8), ...IS_THERE },
      {
        ...at(9),
        ...{
          whereabouts: 'gone',
          finding: 'the partition ends at offset 9: it was cut off before the record',
        },
      },
    ]);
    expect(clock.now()).toBeLessThan(2_000);
  });

  it('takes any record of the run for one whose number is not known', async () => {
    const { cluster, find } = search();
    cluster.partition(0).replace(4, foreignRecord());
    const { examples } = await find([
      { partition: 0, offset: 3 },
      { partition: 0, offset: 4 },
    ]);
    expect(examples).toEqual([
      { partition: 0, offset: 3, ...IS_THERE },
      { partition: 0, offset: 4, ...ANOTHER },
    ]);
  });

  it('takes message 0 for a number', async () => {
    const { find } = search();
    expect((await find([at(0)])).unread).toBe(1);
    expect((await find([at(1, 0)])).gone).toBe(1);
  });

  it('tells two messages apart that were acknowledged at one place', async () => {
    const { find } = search();
    const { gone, unread, examples } = await find([at(4, 2), at(4, 4)]);
    expect({ gone, unread }).toEqual({ gone: 1, unread: 1 });
    expect(examples).toEqual([
      { ...at(4, 2), ...ANOTHER },
      { ...at(4, 4), ...IS_THERE },
    ]);
  });

  it('looks at several partitions', async () => {
    const { cluster, find, clock } = search();
    cluster.partition(2).append(foreignRecord({ 'run-id': RUN, sequence: '11' }));
    const { examples } = await find([at(0, 11, 2), at(9)]);
    expect(examples).toEqual([
      { ...at(0, 11, 2), ...IS_THERE },
      { ...at(9), ...IS_THERE },
    ]);
    expect(clock.now()).toBeLessThan(1_000);
  });

  it('waits for the slowest partition', async () => {
    const { cluster, find, clock } = search({ readableAfterMs: () => 3_000 });
    const headers = { 'run-id': Buffer.from(RUN), sequence: Buffer.from('11') };
    cluster.store(TOPIC, { partition: 2, value: null, headers });
    expect(await find([at(0, 11, 2), at(9)])).toMatchObject({ gone: 0, unread: 2, unknown: 0 });
    expect(clock.now()).toBeGreaterThanOrEqual(3_000);
    expect(clock.now()).toBeLessThan(4_000);
  });

  it('reads no partition when all lie outside, and makes no group then', async () => {
    const { cluster, find } = search();
    expect(await find([at(77), at(78)])).toMatchObject({ gone: 2, unread: 0, unknown: 0 });
    expect([...cluster.groups.keys()]).toEqual([]);
    expect(cluster.calls).not.toContain('admin.deleteGroups');
  });

  it('shows the first twenty, and counts all', async () => {
    const { find } = search();
    const { gone, examples } = await find(Array.from({ length: 25 }, (_, index) => at(100 + index)));
    expect(gone).toBe(25);
    expect(examples.map(({ offset }) => offset)).toEqual(
      Array.from({ length: 20 }, (_, index) => 100 + index),
    );
  });

  it.each<[string, Faults, string, number]>([
    ['nobody answers', { before: hangs('admin.connect') }, 'still searching after 20 s', 2],
    ['it is refused', { before: refuses('admin.fetchTopicOffsets', 'NO') }, 'NO', 2],
    [
      'its group hangs',
      { before: hangs('coordinator.offsetCommit') },
      'still placing the group after 20 s',
      2,
    ],
    ['its consumer hangs', { before: hangs('consumer.run') }, 'still searching after 20 s', 2],
    ['its group is refused', { before: refuses('consumer.connect', 'NO') }, 'NO', 2],
  ])('knows nothing when %s', async (_, faults, reason, unknown) => {
    const { find, cluster } = search(faults);
    const found = await find([at(4), at(5)]);
    expect(found).toMatchObject({ gone: 0, unread: 0, unknown });
    for (const { finding } of found.examples)
      expect(finding).toBe(`the broker could not be asked: ${reason}`);
    expect(cluster.connected).not.toContain('admin');
  });

  it('knows what it has read when a partition cannot be read to its end', async () => {
    const { find, clock } = search({ hides: ({ offset }) => offset > 6 });
    const { examples, ...found } = await find([at(4), at(8), at(9)]);
    expect(found).toEqual({ gone: 0, unread: 1, unknown: 2 });
    expect(examples.at(-1)).toEqual({
      ...at(9),
      ...{ whereabouts: 'unknown', finding: 'the partition could not be read there' },
    });
    expect(clock.now()).toBeGreaterThanOrEqual(20_000);
    expect(clock.now()).toBeLessThan(21_000);
  });

  it('knows nothing of a partition that cannot be read at all', async () => {
    const { find } = search({ hides: () => true });
    const finding = 'the partition could not be read there';
    expect((await find([at(0)])).examples).toEqual([{ ...at(0), whereabouts: 'unknown', finding }]);
  });

  it('leaves neither its group nor a connection behind', async () => {
    const { find, cluster } = search();
    await find([at(4)]);
    expect(cluster.calls.filter(call => call === 'admin.deleteGroups')).toHaveLength(1);
    expect([...cluster.groups.keys()]).toEqual([]);
    expect(cluster.connected).toEqual([]);
  });

  it('leaves no connection, and ends with the run', async () => {
    const abort = new AbortController();
    const { find, cluster } = search(
      { read: () => abort.abort(new Error('cancelled')), hides: ({ offset }) => offset > 6 },
      abort,
    );
    await expect(find([at(4), at(8)])).rejects.toThrow('cancelled');
    expect(cluster.connected).toEqual([]);
  });
});
