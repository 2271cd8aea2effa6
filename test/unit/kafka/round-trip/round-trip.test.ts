import { describe, expect, it } from 'vitest';
import { foreignRecord } from '../../support/memory-topic.ts';
import { ALL_BACK, GROUP, placeOf, RUN, trip } from '../../support/trips.ts';

describe('a round trip through a cluster without a fault', () => {
  it('finds none', async () => {
    const { run, log } = trip();
    expect(await run()).toEqual({
      topic: 'test-topic',
      counts: ALL_BACK,
      latencyMs: { p50: 0, p95: 0, p99: 0, max: 0 },
      latencyHistogram: [{ belowMs: 1, count: 10 }],
      brokers: [
        { id: 1, address: 'localhost:19092', partitions: [0], acknowledged: 4, consumed: 4, ...NO_TIME },
        { id: 2, address: 'localhost:29092', partitions: [1], acknowledged: 3, consumed: 3, ...NO_TIME },
        { id: 3, address: 'localhost:39092', partitions: [2], acknowledged: 3, consumed: 3, ...NO_TIME },
      ],
      longestPause: { durationMs: 0, atMs: 10 },
      wrongCommits: [],
      handover: { sent: 3, received: 3, problems: [] },
      durationMs: expect.any(Number),
    });
    expect(log.lines).toEqual([
      'info 10 messages acknowledged by the brokers',
      'info 10 messages received, each compared with what was sent',
    ]);
  });

  it("sends the guide's messages in turn to every partition, and one to each after the handover", async () => {
    const { run, cluster } = trip();
    await run();
    for (let sequence = 0; sequence < 10; sequence++) {
      const { partition, offset } = placeOf(sequence);
      const [record] = cluster.partition(partition).from(offset);
      expect(`${record?.value}`).toBe(`{"key":${sequence},"message":"Hello Kafka ${sequence}"}`);
      expect(`${record?.headers['run-id']} ${record?.headers.sequence}`).toBe(`${RUN} ${sequence}`);
    }
    for (const partition of [0, 1, 2]) {
      const last = cluster.partition(partition).from(0).at(-1);
      expect(`${last?.headers['run-id']} ${last?.headers.sequence}`).toBe(`${RUN}/handover ${partition}`);
    }
  });

  it.each([1, 3, 99, 101, 2_500])('counts %i messages, in batches or not', async messages => {
    const { run, cluster } = trip({}, { traffic: { messages, intervalMs: 0 } });
    const { counts, handover, brokers } = await run();
    expect(counts).toEqual({ ...ALL_BACK, sent: messages, acknowledged: messages, consumed: messages });
    expect(handover).toEqual({ sent: 3, received: 3, problems: [] });
    const batch = Math.min(4_000, Math.ceil(messages / 100));
    const shares = [0, 1, 2].map(partition => Math.floor((messages + 2 - partition) / 3));
    const sends = cluster.calls.filter(call => call === 'producer.send').length;
    expect(sends).toBe(shares.reduce((sum, share) => sum + Math.ceil(share / batch), 3));
    expect(brokers.map(({ acknowledged }) => acknowledged)).toEqual(shares);
  });

  it('tells the latencies of each broker', async () => {
    const slow = { readableAfterMs: ({ partition }: { partition: number }) => 40 * partition };
    const { brokers, latencyMs, latencyHistogram } = await trip(slow).run();
    expect(brokers.map(broker => broker.latencyMs?.p50)).toEqual([0, 40, 80]);
    expect(latencyMs).toEqual({ p50: 40, p95: 80, p99: 80, max: 80 });
    expect(latencyHistogram.reduce((sum, { count }) => sum + count, 0)).toBe(10);
  });

  it('counts its times from its own start', async () => {
    const { run, clock } = trip();
    await clock.sleep(90_000);
    const { longestPause, durationMs } = await run();
    expect(longestPause?.atMs).toBe(10);
    expect(durationMs).toBeLessThan(1_000);
  });

  it('uses every safeguard of Kafka: all replicas, no copies, no topic by mistake', async () => {
    const { run, cluster } = trip({}, { traffic: { messages: 1, intervalMs: 0 } });
    await run();
    const producer = { allowAutoTopicCreation: false, idempotent: true, maxInFlightRequests: 1 };
    const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 30 };
    const consumer = { groupId: GROUP, allowAutoTopicCreation: false, retry: { retries: 5 } };
    const send = { topic: 'test-topic', acks: -1 };
    // The producer and the consumer, one message; and the same for the handover.
    expect(cluster.options).toMatchObject([
      ...[{ ...producer, retry }, consumer, send],
      ...[consumer, { ...producer, retry }, send, send, send],
    ]);
  });

  it('measures the longest time without an acknowledgement, and not the interval between messages', async () => {
    const more = { traffic: { messages: 5, intervalMs: 1_000 } };
    const { longestPause, durationMs } = await trip({ acknowledgedAfterMs: 70 }, more).run();
    expect(longestPause).toEqual({ durationMs: 70, atMs: 10 });
    expect(durationMs).toBeGreaterThanOrEqual(4_350);
    expect(durationMs).toBeLessThan(5_000);
  });

  it('reports its progress every five seconds', async () => {
    const { run, log } = trip({}, { traffic: { messages: 6, intervalMs: 2_000 } });
    await run();
    expect(log.lines.filter(line => line.includes('…'))).toEqual([
      'info … 4 messages acknowledged, 4 received of 6; 54 s left',
    ]);
  });

  it('lasts until it is told to stop, and then judges the messages sent until then', async () => {
    const stop = new AbortController();
    const drill = trip({}, { traffic: { messages: 1_000_000, intervalMs: 20, stop: stop.signal } });
    void drill.clock.sleep(9_010).then(() => stop.abort());
    const { counts, handover, throughput, interruption } = await drill.run();
    expect(counts.sent).toBeGreaterThanOrEqual(449);
    expect(counts.sent).toBeLessThanOrEqual(452);
    expect(counts).toEqual({
      ...ALL_BACK,
      sent: counts.sent,
      acknowledged: counts.sent,
      consumed: counts.sent,
    });
    expect(throughput).toBeGreaterThan(48);
    expect(handover?.received).toBe(3);
    expect(interruption).toBeUndefined();
    expect(drill.log.text).toMatch(/info … \d+ messages acknowledged, \d+ received; 55 s left/);
  });
});

const NO_TIME = { latencyMs: { p50: 0, p95: 0, p99: 0, max: 0 } };

describe('the work of others in the topic', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['records without headers', {}],
    ['messages of another run', { 'run-id': 'cd34/runner', sequence: '1' }],
    ['messages of ours without a number', { 'run-id': RUN }],
  ])('does not disturb: %s', async (_, headers) => {
    const { run } = trip({ stored: (_record, partition) => void partition.append(foreignRecord(headers)) });
    const { counts, wrongCommits, handover } = await run();
    expect(counts).toEqual(ALL_BACK);
    expect(wrongCommits).toEqual([]);
    expect(handover).toMatchObject({ received: 3, problems: [] });
  });

  it('is not even read from before the run', async () => {
    const offsets: string[] = [];
    const { run } = trip({
      read: ({ partition, offset }, { member }) => {
        if (member === 1) offsets.push(`${partition}/${offset}`);
      },
    });
    await run();
    expect(offsets.toSorted()).toEqual(
      [...Array(10).keys()].map(n => `${placeOf(n).partition}/${placeOf(n).offset}`).toSorted(),
    );
  });

  it('does not count when it is from before the run', async () => {
    const { run, cluster } = trip();
    const headers = { 'run-id': RUN, sequence: '0' };
    for (const partition of [0, 1, 2]) cluster.partition(partition).append(foreignRecord(headers));
    const started = run();
    expect((await started).counts).toEqual(ALL_BACK);
  });
});

describe('afterwards', () => {
  it('no group and no connection is left behind', async () => {
    const { run, cluster } = trip();
    await run();
    expect(cluster.connected).toEqual([]);
    expect([...cluster.groups.keys()]).toEqual([]);
    expect(cluster.calls).toContain('admin.deleteGroups');
  });

  it('other groups are as they were', async () => {
    const { run, cluster } = trip();
    cluster.group('test-group').offsets.set('test-topic/0', 3);
    await run();
    expect([...cluster.groups.keys()]).toEqual(['test-group']);
    expect(cluster.groups.get('test-group')?.offsets.get('test-topic/0')).toBe(3);
    expect(GROUP).not.toBe('test-group');
  });
});
