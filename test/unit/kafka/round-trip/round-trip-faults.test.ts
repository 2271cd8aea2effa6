import { describe, expect, it } from 'vitest';
import { type Faults, hangs, refuses } from '../../support/memory-kafka.ts';
import { foreignRecord } from '../../support/memory-topic.ts';
import { ALL_BACK, GROUP, isMessage, placeOf, RUN, trip, when } from '../../support/trips.ts';

const numbered = (sequence: number) =>
  foreignRecord({ 'run-id': RUN, sequence: `${sequence}`, checksum: 'x' });

describe('a message that the broker no longer has', () => {
  it.each<[string, Faults, number, string]>([
    [
      'was deleted from the front of its partition',
      when(4, ({ offset }, partition) => partition.deleteBefore(offset + 1)),
      4,
      'the partition begins at offset 4: the record was deleted',
    ],
    [
      'was replaced by a record of others',
      when(4, ({ offset }, partition) => partition.replace(offset, foreignRecord())),
      4,
      'another record is at its offset',
    ],
    [
      'was removed from the middle',
      when(4, ({ offset }, partition) => partition.remove(offset)),
      4,
      'no record is at its offset, but there are later ones',
    ],
  ])('%s', async (_, faults, sequence, finding) => {
    const { run, clock } = trip(faults);
    const { counts, missing, interruption, handover } = await run();
    expect(counts).toEqual({ ...ALL_BACK, consumed: 9, lost: 1 });
    expect(missing).toEqual({
      ...{ gone: 1, unread: 0, unknown: 0 },
      ...(finding.includes('deleted') ? { deleted: 1, retention: 'retention.ms=604800000' } : {}),
      examples: [{ ...placeOf(sequence), whereabouts: 'gone', finding }],
    });
    expect(interruption).toBeUndefined();
    expect(handover).toEqual({ sent: 3, received: 3, problems: [] });
    expect(clock.now()).toBeLessThan(5_000);
  });

  it('was cut off from the end of its partition, by a leader that lagged behind', async () => {
    const { run, clock } = trip(when(9, ({ offset }, partition) => partition.cutOff(offset)));
    const { counts, missing, interruption } = await run();
    expect(counts).toEqual({ ...ALL_BACK, consumed: 9, lost: 1 });
    // The message of the handover lies there by then.
    const finding = 'another record is at its offset';
    expect(missing).toMatchObject({ gone: 1, examples: [{ ...placeOf(9), whereabouts: 'gone', finding }] });
    expect(interruption).toBeUndefined();
    expect(clock.now()).toBeLessThan(5_000);
  });

  it('is one of many: only the first are examples', async () => {
    const { run, clock } = trip(
      { stored: ({ offset }, partition) => partition.remove(offset - 1), readableAfterMs: () => 300 },
      { traffic: { messages: 90, intervalMs: 0 } },
    );
    const { counts, missing } = await run();
    // The last one of each partition has none after it that removes it.
    expect(counts).toMatchObject({ acknowledged: 90, consumed: 3, lost: 87 });
    expect(missing).toMatchObject({ gone: 87, unread: 0, unknown: 0 });
    expect(missing?.examples.map(({ sequence }) => sequence)).toEqual([...Array(20).keys()]);
    expect(clock.now()).toBeLessThan(10_000);
  });
});

describe('a message that the consumer did not get', () => {
  const hidden = (sequence: number): NonNullable<Faults['hides']> => {
    return (record, group) => group === GROUP && isMessage(sequence)(record);
  };

  it('is still on the broker when the consumer passed it', async () => {
    const { run, clock } = trip({ hides: hidden(4) });
    const { counts, missing, interruption } = await run();
    expect(counts).toEqual({ ...ALL_BACK, consumed: 9, unread: 1 });
    expect(missing).toEqual({
      ...{ gone: 0, unread: 1, unknown: 0 },
      examples: [{ ...placeOf(4), whereabouts: 'unread', finding: 'it is there' }],
    });
    expect(interruption).toBeUndefined();
    expect(clock.now()).toBeLessThan(5_000);
  });

  it('may still come: it is waited for until the deadline', async () => {
    const { run, clock } = trip({ hides: hidden(9) });
    const { counts, missing, interruption } = await run();
    expect(counts).toEqual({ ...ALL_BACK, consumed: 9, unread: 1 });
    expect(missing).toMatchObject({ unread: 1, examples: [{ ...placeOf(9), finding: 'it is there' }] });
    expect(interruption).toBe('still receiving (10 messages acknowledged, 9 received) after 1 min 0 s');
    expect(clock.now()).toBeGreaterThanOrEqual(60_000);
    expect(clock.now()).toBeLessThan(62_000);
  });

  it('is looked for only now and then, and not given up when the broker does not answer', async () => {
    let asked = 0;
    const { run, clock, cluster } = trip({
      ...when(9, ({ offset }, partition) => partition.cutOff(offset)),
      before: (call, server) => {
        const isWaiting = cluster.calls.includes('producer.send') && server === 'producer';
        if (call !== 'admin.fetchTopicOffsets' || !isWaiting) return;
        asked++;
        if (clock.now() < 30_000) throw new Error('NO');
      },
    });
    const { interruption, missing } = await run();
    expect(interruption).toBeUndefined();
    expect(missing?.gone).toBe(1);
    expect(clock.now()).toBeGreaterThan(30_000);
    expect(clock.now()).toBeLessThan(34_000);
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(17);
  });

  it('comes late, and is no fault', async () => {
    const { run, clock } = trip({ readableAfterMs: record => (isMessage(9)(record) ? 30_000 : 0) });
    const { counts, missing, interruption, latencyMs } = await run();
    expect(counts).toEqual(ALL_BACK);
    expect(missing).toBeUndefined();
    expect(interruption).toBeUndefined();
    expect(latencyMs?.max).toBe(30_000);
    expect(clock.now()).toBeLessThan(35_000);
  });

  it.each<[string, Faults['before'], string]>([
    [
      'the offsets cannot be asked',
      (call, server) => hangs('admin.fetchTopicOffsets')(server === 'consumer' ? call : '', server),
      'still searching after 20 s',
    ],
    [
      'the broker does not tell the offsets',
      (call, server) => refuses('admin.fetchTopicOffsets', 'NO')(server === 'consumer' ? call : '', server),
      'NO',
    ],
  ])('may be anywhere when %s', async (_, before, finding) => {
    const { run, clock } = trip({ hides: hidden(4), ...(before ? { before } : {}) });
    const { counts, missing } = await run();
    expect(counts).toMatchObject({ consumed: 9, lost: 0, unread: 0, unknown: 1 });
    expect(missing).toEqual({
      ...{ gone: 0, unread: 0, unknown: 1 },
      examples: [
        { ...placeOf(4), whereabouts: 'unknown', finding: `the broker could not be asked: ${finding}` },
      ],
    });
    expect(clock.now()).toBeLessThan(30_000);
  });

  it.each<[string, (call: string) => Faults['before'], string]>([
    ['hangs', call => hangs(call), 'the broker could not be asked: still searching after 20 s'],
    ['is refused', call => refuses(call, 'NO'), 'the broker could not be asked: NO'],
  ])('may be anywhere when the search for it %s', async (_, fault, finding) => {
    let isSearching = false;
    const { run, clock } = trip({
      hides: hidden(4),
      before: (call, server) => {
        // Only the search asks the consumer's client for offsets.
        isSearching ||= call === 'admin.fetchTopicOffsets' && server === 'consumer';
        return isSearching ? fault('consumer.run')?.(call, server) : undefined;
      },
    });
    expect((await run()).missing).toMatchObject({ unknown: 1, examples: [{ ...placeOf(4), finding }] });
    expect(clock.now()).toBeLessThan(40_000);
  });
});

describe('a message that came back in another form', () => {
  it.each<[string, Faults, object]>([
    ['twice in the topic', when(4, (record, partition) => void partition.append(record)), { duplicated: 1 }],
    [
      'changed',
      when(4, ({ offset }, partition) => partition.replace(offset, { value: Buffer.from('other') })),
      { consumed: 9, corrupted: 1 },
    ],
    [
      'without its value',
      when(4, ({ offset }, partition) => partition.replace(offset, { value: null })),
      { consumed: 9, corrupted: 1 },
    ],
    [
      'with a forged record beside it',
      when(4, (_, partition) => void partition.append(numbered(4))),
      { corrupted: 1 },
    ],
    [
      'with a record of a number never sent beside it',
      when(4, (_, partition) => void partition.append(numbered(77))),
      { corrupted: 1 },
    ],
  ])('%s is counted, and nothing is waited for', async (_, faults, expected) => {
    const { run, clock } = trip(faults);
    const { counts, missing, interruption } = await run();
    expect(counts).toEqual({ ...ALL_BACK, ...expected });
    expect(missing).toBeUndefined();
    expect(interruption).toBeUndefined();
    expect(clock.now()).toBeLessThan(2_000);
  });

  it('changed places with the next one of its partition', async () => {
    const { run } = trip({
      readableAfterMs: () => 100,
      stored: ({ partition, offset }, log) => {
        if (!(partition === 1 && offset === 3)) return;
        const [first, second] = log.from(2);
        if (first && second)
          for (const [at, record] of [
            [2, second],
            [3, first],
          ] as const)
            log.replace(at, record);
      },
    });
    // Each of the two lies where the other was acknowledged: neither is where it should be.
    expect((await run()).counts).toMatchObject({ consumed: 8, lost: 2, duplicated: 2 });
  });

  it.each([0, 50])('counts once, before or after its acknowledgement: %i ms', async acknowledgedAfterMs => {
    const { counts } = await trip({ acknowledgedAfterMs }).run();
    expect(counts).toEqual(ALL_BACK);
  });

  it('counts once when it comes again after a rebalance', async () => {
    let rejoins = 0;
    const { run } = trip({
      read: ({ partition, offset }, reader) => {
        if (reader.group === GROUP && partition === 0 && offset >= 6 && rejoins++ < 3) reader.seek(0, 4);
      },
    });
    const { counts, wrongCommits, handover } = await run();
    expect(counts).toEqual(ALL_BACK);
    expect(wrongCommits).toEqual([]);
    expect(handover).toMatchObject({ received: 3, problems: [] });
    expect(rejoins).toBeGreaterThan(2);
  });
});
