import { describe, expect, it } from 'vitest';
import type { Faults, Reader } from '../../support/memory-kafka.ts';
import type { MemoryRecord } from '../../support/memory-topic.ts';
import { ALL_BACK, GROUP, RUN, trip } from '../../support/trips.ts';

/** Of the members of the group the first one reads, the second one takes over. */
const isReading = ({ group, member }: Reader) => group === GROUP && member === 1;
const isTakingOver = ({ group, member }: Reader) => group === GROUP && member === 2;
const ofHandover = (partition: number, record: MemoryRecord) =>
  record.partition === partition && `${record.headers['run-id']}` === `${RUN}/handover`;

const GOOD_HANDOVER = { sent: 3, received: 3, problems: [] };

describe('the offsets that the group has committed', () => {
  it.each<[string, (offset: number) => number, string]>([
    ['one too few', offset => offset - 1, 'offset 7 is committed where the consumer had read up to 8'],
    ['one too many', offset => offset + 1, 'offset 9 is committed where the consumer had read up to 8'],
    ['none', () => -1, 'nothing is committed where the consumer had read up to 8'],
  ])('are wrong in one partition: %s', async (_, change, problem) => {
    const commits: Faults['commits'] = (offset, partition, reader) =>
      partition === 0 && isReading(reader) ? change(offset) : offset;
    const { counts, wrongCommits } = await trip({ commits }).run();
    expect(counts).toEqual(ALL_BACK);
    expect(wrongCommits).toEqual([`partition 0: ${problem}`]);
  });

  it('are wrong in every partition', async () => {
    const { wrongCommits } = await trip({ commits: () => 0 }).run();
    expect(wrongCommits).toEqual([
      'partition 0: offset 0 is committed where the consumer had read up to 8',
      'partition 1: offset 0 is committed where the consumer had read up to 5',
      'partition 2: offset 0 is committed where the consumer had read up to 3',
    ]);
  });

  it('are right in a partition that got no message: where it began', async () => {
    const { run } = trip({}, { traffic: { messages: 1, intervalMs: 0 } });
    const { wrongCommits, handover } = await run();
    expect(wrongCommits).toEqual([]);
    expect(handover).toEqual(GOOD_HANDOVER);
  });
});

const MOVED = [
  ['NOT_COORDINATOR_FOR_GROUP', 16, true],
  ['UNKNOWN_MEMBER_ID', 25, true],
  ['OFFSET_METADATA_TOO_LARGE', 12, false],
] as const;

/** A coordinator that refuses a call some times. */
function refusesFor(times: number, refused: string, error: Error) {
  const refusals = { count: 0 };
  const before: Faults['before'] = async call => {
    if (call !== refused || refusals.count >= times) return;
    refusals.count++;
    throw error;
  };
  return { before, refusals };
}

const protocolError = (type: string, code: number) =>
  Object.assign(new Error('no'), { name: 'KafkaJSProtocolError', type, code, retriable: true });

describe('a group whose coordinator moves', () => {
  it.each(MOVED)('is placed once that is over: %s', async (type, code, passes) => {
    const { before } = refusesFor(100, 'coordinator.offsetCommit', protocolError(type, code));
    const { counts, interruption } = await trip({ before }).run();
    expect(interruption).toBe(passes ? undefined : 'no');
    if (passes) expect(counts).toEqual(ALL_BACK);
  });

  it('is not waited for longer than half a minute', async () => {
    const moved = protocolError('NOT_COORDINATOR_FOR_GROUP', 16);
    const { run, clock } = trip(refusesFor(1e6, 'coordinator.offsetCommit', moved));
    expect((await run()).interruption).toBe('no');
    expect(clock.now()).toBeLessThan(31_000);
  });
});

describe('a consumer that kafkajs is making anew after a crash', () => {
  const words = 'Consumer group was not initialized, consumer#run must be called first';
  const commits: Faults['commits'] = (offset, _, reader) => (isReading(reader) ? undefined : offset);

  it.each(MOVED)('waits with its commit for what passes: %s', async (type, code, passes) => {
    const { before } = refusesFor(100, 'consumer.commitOffsets', protocolError(type, code));
    const { counts, interruption, wrongCommits } = await trip({ before, commits }).run();
    expect(interruption).toBe(passes ? undefined : 'no');
    if (passes) expect({ counts, wrongCommits }).toEqual({ counts: ALL_BACK, wrongCommits: [] });
  });

  it.each([
    ['once', 1],
    ['always', 1e6],
  ])('cannot commit meanwhile: %s', async (often, times) => {
    const { before, refusals } = refusesFor(times, 'consumer.commitOffsets', new Error(words));
    const { counts, interruption } = await trip({ before, commits }).run();
    if (often === 'once') expect(counts).toEqual(ALL_BACK);
    expect(interruption).toBe(often === 'once' ? undefined : words);
    expect(refusals.count).toBeGreaterThan(often === 'once' ? 0 : 50);
  });
});

describe('a second consumer of the group', () => {
  it.each<[string, Faults['startsAt'], string[]]>([
    [
      'too early',
      (offset, partition, reader) => (isTakingOver(reader) && partition === 1 ? offset - 2 : offset),
      ['partition 1: the second consumer started at offset 3, not at 5'],
    ],
    [
      'at the beginning, everywhere',
      (offset, _, reader) => (isTakingOver(reader) ? 0 : offset),
      [
        'partition 0: the second consumer started at offset 0, not at 8',
        'partition 1: the second consumer started at offset 0, not at 5',
        'partition 2: the second consumer started at offset 0, not at 3',
      ],
    ],
  ])('is reported when it starts %s', async (_, startsAt, problems) => {
    const { run, clock } = trip(startsAt ? { startsAt } : {});
    const { counts, wrongCommits, handover, interruption } = await run();
    expect(handover).toEqual({ sent: 3, received: 3, problems });
    expect(counts).toEqual(ALL_BACK);
    expect(wrongCommits).toEqual([]);
    expect(interruption).toBeUndefined();
    expect(clock.now()).toBeLessThan(2_000);
  });

  it('is reported when a message does not reach it and cannot come any more', async () => {
    const { run, clock } = trip({ hides: (record, group) => group === GROUP && ofHandover(1, record) });
    const { counts, handover } = await run();
    expect(counts).toEqual(ALL_BACK);
    expect(handover).toEqual({ sent: 3, received: 2, problems: [] });
    expect(clock.now()).toBeLessThan(61_000);
  });

  it('may get a message twice, which counts once', async () => {
    let rejoins = 0;
    const read: Faults['read'] = (record, reader) => {
      if (ofHandover(0, record) && rejoins++ < 2) reader.seek(0, record.offset);
    };
    const { handover } = await trip({ read }).run();
    expect(rejoins).toBeGreaterThan(0);
    expect(handover).toEqual(GOOD_HANDOVER);
  });

  it('has not got all when one message comes twice and another one never', async () => {
    let rejoins = 0;
    const { run } = trip({
      hides: (record, group) => group === GROUP && ofHandover(2, record),
      read: (record, reader) => {
        if (ofHandover(0, record) && rejoins++ < 1) reader.seek(0, record.offset);
      },
    });
    expect((await run()).handover).toMatchObject({ sent: 3, received: 2 });
  });

  it('does not disturb the counts of the first one', async () => {
    const { counts, handover, brokers } = await trip().run();
    expect(counts).toEqual(ALL_BACK);
    expect(handover).toEqual(GOOD_HANDOVER);
    expect(brokers.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBe(10);
  });
});
