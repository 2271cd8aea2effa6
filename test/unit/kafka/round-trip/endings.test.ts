import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src/clock.ts';
import { type Faults, forever, hangs, refuses } from '../../support/memory-kafka.ts';
import { ALL_BACK, GROUP, isMessage, trip } from '../../support/trips.ts';

const NOTHING = { ...ALL_BACK, sent: 0, acknowledged: 0, consumed: 0 };

describe('a round trip is interrupted', () => {
  it.each<[string, Faults['before'], string, object]>([
    [
      'when a broker refuses',
      refuses('producer.send', 'NOT_ENOUGH_REPLICAS'),
      'NOT_ENOUGH_REPLICAS',
      { sent: 1 },
    ],
    ['when a send hangs', hangs('producer.send'), 'still sending after 1 min 0 s', { sent: 1 }],
    ['when the producer does not connect', hangs('producer.connect'), 'still connecting after 1 min 0 s', {}],
    ['when the cluster does not answer', hangs('admin.connect'), 'still connecting after 1 min 0 s', {}],
    [
      'when the offsets are not told',
      hangs('admin.fetchTopicOffsets'),
      'still asking for offsets after 1 min 0 s',
      {},
    ],
    [
      'when the group cannot be placed',
      hangs('coordinator.offsetCommit'),
      'still placing the group after 1 min 0 s',
      {},
    ],
    ['when the group cannot be joined', hangs('consumer.run'), 'still joining the group after 1 min 0 s', {}],
    ['when the consumer crashes', refuses('consumer.fetch', 'coordinator gone'), 'coordinator gone', {}],
  ])('%s, and says what it was doing', async (_, before, interruption, counted) => {
    const { run, cluster } = trip(before ? { before } : {});
    const result = await run();
    expect(result.interruption).toBe(interruption);
    expect(result.counts).toEqual({ ...NOTHING, ...counted });
    expect(result.handover).toBeUndefined();
    expect(result.missing).toBeUndefined();
    expect(result.latencyMs).toBeUndefined();
    // Who is still being asked something cannot say goodbye.
    expect(cluster.connected.filter(client => client !== 'admin')).toEqual([]);
  });

  it('not when a leader is never asked: it is not waited for long', async () => {
    const before: Faults['before'] = (call, server) =>
      call === 'consumer.fetch' && server === '3' ? forever() : undefined;
    const { run, clock } = trip({ before });
    const { counts, interruption } = await run();
    expect(counts).toEqual(ALL_BACK);
    expect(interruption).toBeUndefined();
    expect(clock.now()).toBeGreaterThanOrEqual(3_000);
    expect(clock.now()).toBeLessThan(4_000);
  });

  it('when the consumer crashes in the middle, with what was counted until then', async () => {
    const read: Faults['read'] = (record, { group }) => {
      if (group === GROUP && isMessage(4)(record)) throw new Error('fenced');
    };
    const { counts, interruption, missing } = await trip({ read }).run();
    expect(interruption).toBe('fenced');
    expect(counts).toEqual({ ...ALL_BACK, consumed: 5, unread: 5 });
    expect(missing).toMatchObject({ gone: 0, unread: 5, unknown: 0 });
  });

  it('not when the consumer crashes and is restarted', async () => {
    let crashes = 0;
    const read: NonNullable<Faults['read']> = (record, { group }) => {
      if (group !== GROUP || !isMessage(4)(record)) return;
      crashes++;
      throw Object.assign(new Error('rebalancing'), { retriable: true });
    };
    const late = (record: Parameters<typeof read>[0]) => (isMessage(9)(record) ? 1_000 : 0);
    const { counts, interruption } = await trip({ read, readableAfterMs: late }).run();
    expect(crashes).toBe(1);
    expect(counts).toEqual(ALL_BACK);
    expect(interruption).toBeUndefined();
  });
});

/** A clean round trip, to know what calls there are. */
async function callsOfTrip(): Promise<string[]> {
  const { run, cluster } = trip();
  await run();
  return cluster.calls;
}

/** Does something at the call of this number. */
function atCall(number: number, act: () => Promise<void>): NonNullable<Faults['before']> {
  let calls = 0;
  return () => (calls++ === number ? act() : undefined);
}

/** What a promise comes to, or that it comes to nothing within four minutes of simulated time. */
function endOf<T>(clock: Clock, work: Promise<T>): Promise<T | 'no end'> {
  return Promise.race([work, clock.sleep(240_000).then((): 'no end' => 'no end')]);
}

describe('whatever call of a client hangs for ever', () => {
  it('the round trip ends, soon after its deadline', async () => {
    const late: string[] = [];
    for (const [number, call] of (await callsOfTrip()).entries()) {
      const { run, clock } = trip({ before: atCall(number, forever) });
      const result = await endOf(clock, run());
      // The deadline, a search and the cleaning up.
      if (result === 'no end' || clock.now() > 60_000 + 20_000 + 11_000) late.push(`${number} ${call}`);
    }
    expect(late).toEqual([]);
  });

  it('no message is said to be lost that is not', async () => {
    const wrong: unknown[] = [];
    for (const [number, call] of (await callsOfTrip()).entries()) {
      const { run, clock } = trip({ before: atCall(number, forever) });
      const result = await endOf(clock, run());
      if (result !== 'no end' && (result.missing || result.counts.lost + result.counts.unread > 0))
        wrong.push(`${number} ${call}`);
    }
    expect(wrong).toEqual([]);
  });

  it('a run that is cancelled then ends with its reason, in seconds', async () => {
    const wrong: string[] = [];
    for (const [number, call] of (await callsOfTrip()).entries()) {
      const abort = new AbortController();
      const hang = () => {
        abort.abort(new Error('cancelled'));
        return forever();
      };
      const { run, clock } = trip({ before: atCall(number, hang) }, { signal: abort.signal });
      const trial = run().then(
        // Once it is over there is nothing left to cancel.
        ({ handover }) => (handover ? 'cancelled' : 'half a result'),
        error => error.message,
      );
      const end = await endOf(clock, trial);
      if (end !== 'cancelled' || clock.now() > 12_000) wrong.push(`${number} ${call}: ${end}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('whatever call of a client is refused', () => {
  it('the round trip ends at once, with the reason or without a fault', async () => {
    const wrong: string[] = [];
    for (const [number, call] of (await callsOfTrip()).entries()) {
      const { run, clock } = trip({ before: atCall(number, () => Promise.reject(new Error('REFUSED'))) });
      const result = await endOf(clock, run());
      const isGood = result !== 'no end' && result.counts.lost === 0 && clock.now() < 15_000;
      const isSaid = result !== 'no end' && (result.interruption === 'REFUSED' || result.handover);
      if (!isGood || !isSaid) wrong.push(`${number} ${call}: ${JSON.stringify(result)}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('a run that is cancelled', () => {
  it('leaves no group and no connection behind, wherever it was', async () => {
    const left: string[] = [];
    for (const [number, call] of (await callsOfTrip()).entries()) {
      const abort = new AbortController();
      const before = atCall(number, async () => abort.abort(new Error('cancelled')));
      const { run, clock, cluster } = trip({ before }, { signal: abort.signal });
      await endOf(
        clock,
        run().catch(error => error.message),
      );
      const groups = [...cluster.groups.keys()];
      if (groups.length + cluster.connected.length > 0)
        left.push(`${number} ${call}: ${[...groups, ...cluster.connected]}`);
    }
    expect(left).toEqual([]);
  });

  it('leaves nothing behind in its search either', async () => {
    const abort = new AbortController();
    const { run, cluster } = trip(
      {
        hides: (record, group) => group === GROUP && isMessage(4)(record),
        before: () => {
          if (cluster.groups.has(`${GROUP}-search`)) abort.abort(new Error('cancelled'));
        },
      },
      { signal: abort.signal },
    );
    await expect(run()).rejects.toThrow('cancelled');
    expect([...cluster.groups.keys()]).toEqual([]);
    expect(cluster.connected).toEqual([]);
  });

  it('deletes its group although its producer hangs', async () => {
    const abort = new AbortController();
    const before: Faults['before'] = (call, server) => {
      if (call === 'producer.send') abort.abort(new Error('cancelled'));
      return hangs('producer.disconnect')(call, server);
    };
    const { run, cluster } = trip({ before }, { signal: abort.signal });
    await expect(run()).rejects.toThrow('cancelled');
    expect([...cluster.groups.keys()]).toEqual([]);
    expect(cluster.connected).toEqual(['producer']);
  });
});
