import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { partitionRanges } from '../../../src/kafka/partition-ranges.ts';
import { InstantClock } from '../support/clocks.ts';
import { type Faults, MemoryCluster } from '../support/memory-kafka.ts';
import { foreignRecord } from '../support/memory-topic.ts';

describe('a partition', () => {
  it('begins with its first record and ends after its last, whether or not a transaction is open', async () => {
    const { cluster } = withRecords();
    expect(await rangesIn(cluster)).toEqual(RANGES);
    expect(cluster.connected).toEqual([]);
  });

  it('is asked for again, by a new client, when its leader has changed', async () => {
    const { cluster, clock } = failing(2, { retriable: true });
    expect(await rangesIn(cluster, clock)).toEqual(RANGES);
    expect(clock.sleeps).toEqual([500, 500]);
    expect(cluster.calls.filter(call => call === 'admin.connect')).toHaveLength(3);
    expect(cluster.connected).toEqual([]);
  });

  it.each([
    ['for ever', 99, { retriable: true }, 5],
    ['for another reason', 1, {}, 1],
  ])('is an error when its leader refuses %s', async (_, times, more, attempts) => {
    const { cluster, clock } = failing(times, more);
    await expect(rangesIn(cluster, clock)).rejects.toThrow('not the leader');
    expect(cluster.calls.filter(call => call === 'admin.connect')).toHaveLength(attempts);
    expect(cluster.connected).toEqual([]);
  });
});

const RANGES = new Map([
  [0, { start: 2, stable: 5, end: 7 }],
  [1, { start: 0, stable: 0, end: 0 }],
]);

async function rangesIn(cluster: MemoryCluster, clock = new InstantClock()) {
  try {
    return await partitionRanges(cluster.kafka(), 'orders', { clock, signal: new AbortController().signal });
  } finally {
    // Nobody waits for the clients to disconnect.
    await nextTurn();
  }
}

/** A cluster with records whose leaders refuse to tell of them at first. */
function failing(times: number, more: object) {
  let refusals = 0;
  const { cluster } = withRecords({
    before: call => {
      if (call === 'admin.fetchTopicOffsets' && refusals++ < times)
        throw Object.assign(new Error('not the leader'), more);
    },
  });
  return { cluster, clock: new InstantClock() };
}

function withRecords(faults: Faults = {}) {
  const cluster = new MemoryCluster(new InstantClock(), faults);
  cluster.addTopic('orders', [[1], [2]]);
  for (let count = 0; count < 7; count++) cluster.partition(0, 'orders').append(foreignRecord());
  cluster.partition(0, 'orders').deleteBefore(2);
  cluster.partition(0, 'orders').openSince = 5;
  return { cluster };
}
