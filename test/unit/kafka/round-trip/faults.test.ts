import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../../src/error-codes.ts';
import type { DeliveryCounts } from '../../../../src/kafka/round-trip/delivery.ts';
import { faultOf, type Thresholds } from '../../../../src/kafka/round-trip/faults.ts';
import type { MissingRecord } from '../../../../src/kafka/round-trip/missing-records.ts';
import type { RoundTripResult } from '../../../../src/kafka/round-trip/result.ts';

const PERFECT = {
  ...{ sent: 10, acknowledged: 10, consumed: 10, lost: 0, unread: 0, unknown: 0 },
  ...{ duplicated: 0, corrupted: 0, outOfOrder: 0 },
};
const good: RoundTripResult = {
  ...{ topic: 'orders', counts: PERFECT, latencyHistogram: [], brokers: [], wrongCommits: [], durationMs: 5 },
  latencyMs: { p50: 1, p95: 2.25, p99: 3, max: 4 },
  throughput: 100,
  handover: { sent: 3, received: 3, problems: [] },
};
const { handover: _handover, ...withoutHandover } = good;
const result = (counts: Partial<DeliveryCounts>, more: Partial<RoundTripResult> = {}): RoundTripResult => ({
  ...good,
  counts: { ...PERFECT, ...counts },
  ...more,
});
const where = (gone: number, unread: number, unknown: number, examples: MissingRecord[] = []) => ({
  missing: { gone, unread, unknown, examples },
});
const judge = (of: RoundTripResult, thresholds: Thresholds = {}) => faultOf(of, { messages: 10, thresholds });
const example: MissingRecord = {
  ...{
    sequence: 7,
    partition: 1,
    offset: 42,
    whereabouts: 'gone',
    finding: 'another record is at its offset',
  },
};

describe('a round trip without a fault', () => {
  it.each<[string, RoundTripResult, Parameters<typeof faultOf>[1]]>([
    ['of ten messages', good, { messages: 10 }],
    ['of as many as there were', good, {}],
    ['of a single one', result({ sent: 1, acknowledged: 1, consumed: 1 }), undefined],
    ['with a message sent but not known to be there', result({ sent: 11 }), { messages: 10 }],
    ['that did not come to a handover', withoutHandover, { messages: 10 }],
    ['that handed nothing over', { ...good, handover: { sent: 0, received: 0, problems: [] } }, undefined],
  ])('%s has no error', (_, of, options) => {
    expect(faultOf(of, options)).toBeUndefined();
  });
});

describe('each kind of fault has its own code', () => {
  const OF = 'of 10 messages that the brokers acknowledged in orders, ';
  it.each<[string, RoundTripResult, string]>([
    ['messages-lost', result({ consumed: 9, lost: 1 }, where(1, 0, 0)), `${OF}1 is lost on the broker`],
    ['messages-lost', result({ consumed: 8, lost: 2 }, where(2, 0, 0)), `${OF}2 are lost on the broker`],
    [
      'messages-lost',
      result({ consumed: 8, lost: 2 }, { missing: { ...where(2, 0, 0).missing, deleted: 1 } }),
      `${OF}2 are lost on the broker, 1 of them deleted there by retention or by a deletion of records`,
    ],
    ['messages-corrupted', result({ consumed: 9, corrupted: 1 }), `${OF}1 came back changed`],
    [
      'messages-unread',
      result({ consumed: 9, unread: 1 }, where(0, 1, 0)),
      `${OF}1 is not received by the consumer, but still on the broker`,
    ],
    [
      'messages-unread',
      result({ consumed: 7, unread: 1, unknown: 2 }, where(0, 1, 2)),
      `${OF}1 is not received by the consumer, but still on the broker; of 2 it is not known where they are`,
    ],
    [
      'round-trip-failed',
      result({ consumed: 8, unknown: 2 }),
      'of 10 acknowledged messages 8 came back, of 2 it is not known where they are',
    ],
    ['messages-duplicated', result({ duplicated: 2 }), `${OF}2 too many are there: copies of them`],
    ['messages-duplicated', result({ duplicated: 1 }), `${OF}1 too many is there: copies of them`],
    [
      'messages-out-of-order',
      result({ outOfOrder: 1 }),
      `${OF}1 came after a later one of the same partition`,
    ],
    [
      'offsets-wrong',
      result({}, { wrongCommits: ['partition 0: a', 'partition 2: b'] }),
      "the group's committed offsets are wrong: partition 0: a; partition 2: b",
    ],
    [
      'offsets-wrong',
      result({}, { handover: { sent: 3, received: 3, problems: ['partition 1: x', 'partition 2: y'] } }),
      'partition 1: x; partition 2: y',
    ],
    [
      'offsets-wrong',
      result({}, { handover: { sent: 3, received: 2, problems: [] } }),
      'the second consumer of the group received 2 of the 3 messages sent after the first had left',
    ],
    [
      'round-trip-failed',
      result({}, { interruption: 'still sending after 3 min' }),
      'still sending after 3 min',
    ],
    [
      'round-trip-failed',
      result({ sent: 9, acknowledged: 9, consumed: 9 }),
      '9 of 10 messages were acknowledged',
    ],
    [
      'round-trip-failed',
      result({ sent: 0, acknowledged: 0, consumed: 0 }),
      '0 of 10 messages were acknowledged',
    ],
    [
      'round-trip-failed',
      result({ sent: 11, acknowledged: 11, consumed: 11 }),
      '11 of 10 messages were acknowledged',
    ],
  ])('%s: %#', (code, of, message) => {
    expect(judge(of)).toMatchObject({ code, message, details: [] });
  });

  it('round-trip-failed: when nothing at all was acknowledged, however many there should be', () => {
    const nothing = result({ sent: 0, acknowledged: 0, consumed: 0 });
    expect(faultOf(nothing)).toMatchObject({
      code: 'round-trip-failed',
      message: '0 of the messages were acknowledged',
    });
  });
});

describe('several faults', () => {
  const all: RoundTripResult = result(
    { consumed: 3, lost: 2, unread: 3, corrupted: 2, duplicated: 1, outOfOrder: 4 },
    {
      ...where(2, 3, 0),
      wrongCommits: ['partition 0: a'],
      handover: { sent: 3, received: 1, problems: [] },
      interruption: 'it ended early',
      stalledMs: 30_000,
    },
  );
  const strict: Thresholds = { maxLatencyP95Ms: 1, minThroughput: 1_000 };

  it('are all reported when the messages have them, the worst first', () => {
    expect(judge(all, strict)).toMatchObject({
      code: 'messages-lost',
      message:
        'of 10 messages that the brokers acknowledged in orders, 2 are lost on the broker; 2 came back changed; ' +
        '3 are not received by the consumer, but still on the broker; 1 too many is there: copies of them; ' +
        '4 came after a later one of the same partition',
      details: ['it ended early'],
    });
  });

  it('lose their worst one after the other', () => {
    const { missing: _, ...found } = all;
    const { interruption: __, ...ended } = good;
    const steps: [string, RoundTripResult][] = [
      ['messages-lost', all],
      ['messages-corrupted', { ...found, counts: { ...all.counts, lost: 0 }, ...where(0, 3, 0) }],
      ['messages-unread', { ...found, counts: { ...all.counts, lost: 0, corrupted: 0 }, ...where(0, 3, 0) }],
      ['messages-duplicated', { ...found, counts: { ...PERFECT, duplicated: 1, outOfOrder: 4 } }],
      ['messages-out-of-order', { ...found, counts: { ...PERFECT, outOfOrder: 4 } }],
      ['offsets-wrong', { ...found, counts: PERFECT }],
      ['offsets-wrong', { ...found, counts: PERFECT, wrongCommits: [] }],
      ['round-trip-failed', { ...ended, interruption: 'it ended early' }],
      ['latency-too-high', good],
      ['throughput-too-low', { ...good, latencyMs: { p50: 0, p95: 0, p99: 0, max: 0 } }],
    ];
    expect(steps.map(([, of]) => judge(of, strict)?.code)).toEqual(steps.map(([code]) => code));
    expect(judge(good)).toBeUndefined();
  });

  it('are told with examples of what is missing, and why it ended early', () => {
    const of = result(
      { consumed: 9, lost: 1 },
      { ...where(1, 0, 0, [example]), interruption: 'it ended early' },
    );
    expect(judge(of)?.details).toEqual([
      'message 7: partition 1, offset 42: another record is at its offset',
      'it ended early',
    ]);
    const { sequence: _, ...nameless } = example;
    expect(judge(result({ lost: 1 }, where(1, 0, 0, [nameless])))?.details).toEqual([
      'partition 1, offset 42: another record is at its offset',
    ]);
  });
});

describe('what was cut off', () => {
  const cut = (counts: Partial<DeliveryCounts>, more: Partial<RoundTripResult> = {}) =>
    judge(result(counts, { interruption: 'still sending after 3 min', ...more }));

  it('is never said to be lost or unread: the consumer may have had no time', () => {
    expect(cut({ acknowledged: 8, consumed: 5, unread: 2, unknown: 1 }, where(0, 2, 1))).toMatchObject({
      code: 'round-trip-failed',
      message:
        'still sending after 3 min; of 8 acknowledged messages 5 came back, 2 are on the broker and not received yet, ' +
        'of 1 it is not known where they are',
    });
  });

  it('is unread when the consumer had its time', () => {
    expect(cut({ consumed: 8, unread: 2 }, { ...where(0, 2, 0), stalledMs: 12_000 })).toMatchObject({
      code: 'messages-unread',
      details: ['still sending after 3 min'],
    });
  });

  it('is lost where that is proved', () => {
    expect(cut({ consumed: 8, lost: 1, unread: 1 }, where(1, 1, 0))).toMatchObject({
      code: 'messages-lost',
      message: expect.stringMatching(/, 1 is lost on the broker$/),
    });
  });

  it('keeps the code and the hint of what cut it off', () => {
    const more = { interruptionCode: 'ssh-connection-lost', interruptionHint: 'Plug it in.' } as const;
    expect(cut({ consumed: 8, unknown: 2 }, more)).toMatchObject({
      code: 'ssh-connection-lost',
      hint: 'Plug it in.',
    });
  });

  it('says why nobody could look for it', () => {
    const examples: MissingRecord[] = [
      { partition: 1, offset: 4, whereabouts: 'unknown', finding: 'the broker could not be asked: NO' },
    ];
    expect(cut({ consumed: 9, unknown: 1 }, where(0, 0, 1, examples))?.message).toMatch(/asked: NO$/);
  });
});

describe('records that were deleted', () => {
  const lost = (deleted: number) =>
    judge(
      result(
        { consumed: 8, lost: 2 },
        { missing: { ...where(2, 0, 0).missing, deleted, retention: 'retention.ms=1000' } },
      ),
    );

  it('are named as such, with the settings of the topic and the command that shows them', () => {
    expect(lost(2)?.message).toMatch(
      /2 are lost on the broker, deleted there by retention \(retention\.ms=1000\) or/,
    );
    expect(lost(2)?.hint).toContain('--entity-name orders --describe');
  });

  it('do not explain others that are gone', () => {
    expect(lost(1)?.hint).toBe(ERRORS['messages-lost'].hint);
  });
});

describe('a bound', () => {
  const slow = (p95: number) => ({ ...good, latencyMs: { p50: 1, p95, p99: 300, max: 400 } });
  it.each<[string, RoundTripResult, Thresholds, string | undefined]>([
    ['latency just below', slow(49.9), { maxLatencyP95Ms: 50 }, undefined],
    ['latency at it', slow(50), { maxLatencyP95Ms: 50 }, undefined],
    [
      'latency just over it',
      slow(50.06),
      { maxLatencyP95Ms: 50 },
      'p95 of the latency is 50.1 ms, max-latency-p95-ms is 50',
    ],
    ['throughput just over', { ...good, throughput: 20.1 }, { minThroughput: 20 }, undefined],
    ['throughput at it', { ...good, throughput: 20 }, { minThroughput: 20 }, undefined],
    [
      'throughput just below it',
      { ...good, throughput: 19.94 },
      { minThroughput: 20 },
      '19.9 messages a second came back, min-throughput is 20',
    ],
    ['none', { ...slow(9e9), throughput: 0.001 }, {}, undefined],
    [
      'both broken: the latency is told',
      { ...slow(51), throughput: 1 },
      { maxLatencyP95Ms: 50, minThroughput: 20 },
      'p95 of the latency is 51.0 ms, max-latency-p95-ms is 50',
    ],
  ])('is kept or not: %s', (_, of, thresholds, message) => {
    expect(judge(of, thresholds)?.message).toBe(message);
  });

  it('on a throughput that is not known is not kept', () => {
    const { throughput: _, ...unknown } = good;
    expect(judge(unknown, { minThroughput: 0.001 })).toMatchObject({
      code: 'throughput-too-low',
      message: '0.0 messages a second came back, min-throughput is 0.001',
    });
  });

  it('on a latency that is not known is kept: nothing came back, which is a fault of its own', () => {
    const { latencyMs: _, ...unknown } = good;
    expect(judge(unknown, { maxLatencyP95Ms: 1 })).toBeUndefined();
  });
});
