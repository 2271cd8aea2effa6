import { describe, expect, it } from 'vitest';
import { type RoundTripOptions, roundTrip } from '../../../src/kafka/round-trip.ts';
import { InstantClock } from '../support/clocks.ts';
import { memoryKafka } from '../support/memory-kafka.ts';
import { RecordingLog } from '../support/recording-log.ts';

function trip(cluster: ReturnType<typeof memoryKafka>, more: Partial<RoundTripOptions> = {}) {
  const log = new RecordingLog();
  const clock = new InstantClock();
  const options: RoundTripOptions = {
    ...{ producerKafka: cluster.kafka, consumerKafka: cluster.kafka, topic: 'test-topic', group: 'g-ab12' },
    ...{ runId: 'ab12/runner', messages: 10, messageIntervalMs: 0, timeoutMs: 60_000, clock, log },
    signal: new AbortController().signal,
    ...more,
  };
  return { log, clock, run: () => roundTrip(options) };
}

const ALL_BACK = { produced: 10, consumed: 10, lost: 0, duplicated: 0, corrupted: 0, outOfOrder: 0 };
const others = [0, 1, 2, 0].map(partition => ({
  partition,
  value: 'not json',
  headers: { 'run-id': 'other' },
}));

describe('the round trip', () => {
  it("sends the guide's messages in turn to every partition, under the id of the run", async () => {
    const cluster = memoryKafka();
    const { counts, interruption, latencyMs } = await trip(cluster).run();
    expect(counts).toEqual(ALL_BACK);
    expect(interruption).toBeUndefined();
    expect(latencyMs).toBeDefined();
    expect(cluster.log.map(({ partition }) => partition)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
    expect(cluster.log[3]).toMatchObject({
      value: '{"key":3,"message":"Hello Kafka 3"}',
      headers: { 'run-id': 'ab12/runner', sequence: '3' },
    });
  });

  it('starts at the end of the topic, so that what lies there does not disturb', async () => {
    const cluster = memoryKafka({}, others);
    expect((await trip(cluster).run()).counts).toEqual(ALL_BACK);
    expect(cluster.did.filter(what => what.startsWith('commit'))).toEqual([
      'commit 0 2',
      'commit 1 1',
      'commit 2 1',
    ]);
  });

  it.each([1, 99, 101, 2_500])('counts %i messages, in batches or not', async messages => {
    const { counts } = await trip(memoryKafka(), { messages }).run();
    expect(counts).toEqual({ ...ALL_BACK, produced: messages, consumed: messages });
  });

  it('keeps the interval between two messages', async () => {
    const { run, clock } = trip(memoryKafka(), { messages: 3, messageIntervalMs: 2_000 });
    await run();
    expect(clock.now()).toBeGreaterThanOrEqual(6_000);
  });

  it.each<[string, Parameters<typeof memoryKafka>[0], object]>([
    [
      'copies in the topic',
      { deliver: record => [0n, 1n].map(copy => ({ ...record, offset: record.offset * 2n + copy })) },
      { duplicated: 10 },
    ],
    ['records that the group is given again', { deliver: record => [record, record] }, {}],
    [
      'messages of other runs',
      { deliver: record => [{ ...record, headers: { 'run-id': 'other', sequence: '1' } }, record] },
      {},
    ],
    [
      'messages without a number',
      { deliver: record => [{ ...record, headers: { 'run-id': 'ab12/runner' } }, record] },
      {},
    ],
  ])('counts %s for what they are', async (_, faults, expected) => {
    expect((await trip(memoryKafka(faults)).run()).counts).toEqual({ ...ALL_BACK, ...expected });
  });

  it.each<[string, Parameters<typeof memoryKafka>[0], object]>([
    [
      'lost',
      { deliver: record => (record.headers.sequence === '4' ? [] : [record]) },
      { consumed: 9, lost: 1 },
    ],
    [
      'wrong',
      { deliver: record => [{ ...record, value: record.value.replace('Kafka 4', 'Kafka X') }] },
      { consumed: 9, lost: 1, corrupted: 1 },
    ],
  ])('waits until the deadline for a message that is %s, and says so', async (_, faults, expected) => {
    const { run, clock } = trip(memoryKafka(faults));
    const { counts, interruption } = await run();
    expect(counts).toEqual({ ...ALL_BACK, ...expected });
    expect(interruption).toBe(
      'still receiving at the deadline of 1 min 0 s: 10 of 10 messages acknowledged, 9 received',
    );
    expect(clock.now()).toBeGreaterThanOrEqual(60_000);
  });

  it.each<[string, Parameters<typeof memoryKafka>[0], RegExp]>([
    ['a broker refuses', { refuse: new Error('NOT_ENOUGH_REPLICAS') }, /^NOT_ENOUGH_REPLICAS$/],
    ['the consumer gets no partitions', { neverJoins: true }, /^still joining the group at the deadline/],
    [
      'the consumer crashes',
      { crash: new Error('coordinator gone'), neverJoins: true },
      /^coordinator gone$/,
    ],
  ])('is interrupted when %s, with what was counted until then', async (_, faults, words) => {
    const cluster = memoryKafka(faults);
    const { counts, interruption, latencyMs } = await trip(cluster).run();
    expect(interruption).toMatch(words);
    expect(counts).toEqual({ ...ALL_BACK, produced: 0, consumed: 0 });
    expect(latencyMs).toBeUndefined();
  });

  it.each([{}, { refuse: new Error('no') }])('leaves no group and no connection behind: %j', async faults => {
    const cluster = memoryKafka(faults);
    await trip(cluster).run();
    const left = cluster.did.filter(what => !what.startsWith('commit'));
    expect(left.toSorted()).toEqual([
      ...['admin disconnected', 'consumer disconnected', 'deleted g-ab12', 'producer disconnected'],
    ]);
    expect(left.at(-1)).toBe('admin disconnected');
  });

  it('ends with the run', async () => {
    const abort = new AbortController();
    const cluster = memoryKafka({
      deliver: () => {
        abort.abort(new Error('time is up'));
        return [];
      },
    });
    await expect(trip(cluster, { signal: abort.signal }).run()).rejects.toThrow('time is up');
    expect(cluster.did).toContain('admin disconnected');
  });

  it('says every five seconds how far it is', async () => {
    const { run, log } = trip(memoryKafka(), { messages: 6, messageIntervalMs: 2_000 });
    await run();
    expect(log.lines.filter(line => line.includes('…'))).toEqual(['info … 4 of 6 sent, 4 received']);
    expect(log.lines.slice(-2)).toEqual([
      'info 6 messages acknowledged by the brokers',
      'info 6 messages received',
    ]);
  });
});
