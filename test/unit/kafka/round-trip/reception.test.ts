import { describe, expect, it } from 'vitest';
import { faultOf } from '../../../../src/kafka/round-trip/faults.ts';
import type { Faults } from '../../support/memory-kafka.ts';
import { ALL_BACK, GROUP, isMessage, trip, when } from '../../support/trips.ts';

/** Records that the members of the group up to this one are not given. */
function hiddenFromMembers(most: number, sequence: number): Faults {
  let members = 0;
  const counting: NonNullable<Faults['before']> = call => {
    if (call === 'consumer.run') members++;
  };
  return {
    before: counting,
    hides: (record, group) => group === GROUP && isMessage(sequence)(record) && members <= most,
  };
}

describe('a consumer that stays where it is', () => {
  it('is replaced by another member of its group, and every message counts once', async () => {
    const { run, clock, log } = trip(hiddenFromMembers(1, 9));
    const result = await run();
    expect(result.counts).toEqual(ALL_BACK);
    expect(result.wrongCommits).toEqual([]);
    expect(result.handover).toEqual({ sent: 3, received: 3, problems: [] });
    expect(result.interruption).toBeUndefined();
    expect(log.text).toContain('although there is more to read: another one takes its place in the group');
    expect(clock.now()).toBeGreaterThan(5_000);
    expect(clock.now()).toBeLessThan(12_000);
  });

  it('is replaced three times at most; then its messages are unread', async () => {
    const { run, log } = trip(hiddenFromMembers(99, 9));
    const result = await run();
    expect(log.lines.filter(line => line.includes('takes its place'))).toHaveLength(3);
    expect(result.counts).toEqual({ ...ALL_BACK, consumed: 9, unread: 1 });
    expect(result.stalledMs).toBeGreaterThan(10_000);
    expect(faultOf(result)?.code).toBe('messages-unread');
  });

  it('is not to blame when the time was too short', async () => {
    const { run } = trip(hiddenFromMembers(99, 9), { timeoutMs: 4_000 });
    const result = await run();
    expect(result.stalledMs).toBeUndefined();
    expect(faultOf(result)).toMatchObject({
      code: 'round-trip-failed',
      message: expect.stringContaining('1 is on the broker and not received yet'),
    });
  });

  it('is replaced when its connection broke for good', async () => {
    let crashes = 0;
    const read: NonNullable<Faults['read']> = (record, { group }) => {
      if (group !== GROUP || !isMessage(4)(record) || crashes++ > 0) return;
      throw Object.assign(new Error('Closed connection'), { name: 'KafkaJSConnectionClosedError' });
    };
    const { run, log } = trip({ read });
    const { counts, interruption } = await run();
    expect(counts).toEqual(ALL_BACK);
    expect(interruption).toBeUndefined();
    expect(log.text).toContain('the consumer ended (Closed connection): another one takes its place');
  });
});

describe('transactions of others', () => {
  it.each<[string, Faults]>([
    ['that end: their marks take offsets', when(4, (_, partition) => partition.mark())],
    ['that end behind the last message', { stored: (_, partition) => partition.mark() }],
    [
      'that nobody ends',
      when(0, ({ offset }, partition) => {
        partition.openSince = offset;
      }),
    ],
  ])('%s do not disturb', async (_, faults) => {
    const result = await trip(faults).run();
    expect(result.counts).toEqual(ALL_BACK);
    expect(result.wrongCommits).toEqual([]);
    expect(faultOf(result, { messages: 10 })).toBeUndefined();
  });

  it('are named when they were open all the time', async () => {
    const { run, cluster, log } = trip();
    cluster.partition(1).openSince = 1;
    expect(faultOf(await run())).toBeUndefined();
    expect(log.text).toContain(
      'warning a transaction is open in partition 1 from offset 1 of topic test-topic: consumers with isolation.level=read_committed',
    );
  });
});
