import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AcknowledgedMessage } from '../../../../src/kafka/round-trip/delivery.ts';
import { DeliveryLedger } from '../../../../src/kafka/round-trip/ledger.ts';
import { type FATES, historyOf } from '../../support/histories.ts';
import { anyHistory, anySchedule, replay } from '../../support/replays.ts';

const RUNS = { numRuns: 1_000 };
const PLAIN = { batch: 3, turns: [0, 1, 2], rejoins: [] };

describe('whatever happens to the messages, in whatever order it is told', () => {
  it('the counts are exactly what happened', () => {
    fc.assert(
      fc.property(anyHistory, anySchedule, fc.nat({ max: 70 }), (history, schedule, capacity) => {
        const ledger = new DeliveryLedger(capacity);
        replay(history, schedule, ledger);
        const { corruptedInPlace, ...expected } = history.expected;
        const counts = ledger.counts();
        expect(counts).toEqual(expected);
        expect(counts.acknowledged).toBe(counts.consumed + ledger.missingCount + corruptedInPlace);
      }),
      RUNS,
    );
  });

  it('the missing ones are exactly those that were lost, with their places', () => {
    fc.assert(
      fc.property(anyHistory, anySchedule, (history, schedule) => {
        const ledger = new DeliveryLedger(history.expected.sent);
        replay(history, schedule, ledger);
        expect([...ledger.missing()]).toEqual(history.lost);
        expect(ledger.missingCount).toBe(history.lost.length);
      }),
      RUNS,
    );
  });

  it('each partition has its own share of them', () => {
    fc.assert(
      fc.property(anyHistory, anySchedule, (history, schedule) => {
        const ledger = new DeliveryLedger(history.expected.sent);
        replay(history, schedule, ledger);
        const shares = ledger.countsByPartition();
        for (const [partition, records] of history.partitions.entries()) {
          const places = [...history.acknowledged.values()].filter(place => place.partition === partition);
          const offsets = new Set(places.map(({ offset }) => offset));
          const share = shares.get(partition) ?? { acknowledged: 0, consumed: 0 };
          expect(share.acknowledged).toBe(places.length);
          const whole = records.filter(({ isWhole, sequence, offset }) => {
            return isWhole && offsets.has(offset) && history.acknowledged.get(sequence)?.offset === offset;
          });
          expect(share.consumed).toBe(whole.length);
        }
      }),
    );
  });

  it('there is a latency for each that came back whole, and for no other', () => {
    fc.assert(
      fc.property(anyHistory, anySchedule, (history, schedule) => {
        const ledger = new DeliveryLedger(0);
        const latencies = replay(history, schedule, ledger);
        expect([...ledger.latenciesMs()].toSorted()).toEqual(latencies.toSorted());
        const everyPartition = new Set(history.partitions.keys());
        expect(ledger.latenciesMs(everyPartition)).toHaveLength(history.expected.consumed);
        expect(ledger.latenciesMs(new Set())).toHaveLength(0);
      }),
    );
  });

  it('it goes without a fault only when there was none', () => {
    fc.assert(
      fc.property(anyHistory, anySchedule, (history, schedule) => {
        const ledger = new DeliveryLedger(10);
        replay(history, schedule, ledger);
        const { duplicated, corrupted, outOfOrder } = ledger.counts();
        const { expected } = history;
        const faults = history.lost.length + expected.duplicated + expected.corrupted + expected.outOfOrder;
        expect(ledger.missingCount + duplicated + corrupted + outOfOrder === 0).toBe(faults === 0);
      }),
    );
  });
});

describe('a single fault', () => {
  const around = (fate: (typeof FATES)[number]) =>
    historyOf(['arrives', 'arrives', fate, 'arrives', 'arrives', 'arrives', 'arrives', 'arrives'], 2);
  const none = {
    sent: 8,
    acknowledged: 8,
    consumed: 8,
    missing: 0,
    duplicated: 0,
    corrupted: 0,
    outOfOrder: 0,
  };

  it.each<[(typeof FATES)[number], object]>([
    ['arrives', {}],
    ['is lost', { consumed: 7, missing: 1 }],
    ['is replaced by a record of another run', { consumed: 7, missing: 1 }],
    ['is replaced by a number never sent', { consumed: 7, missing: 1, corrupted: 1 }],
    ['is replaced by a copy of itself elsewhere', { consumed: 7, missing: 1, duplicated: 1 }],
    ['is corrupted', { consumed: 7, corrupted: 1 }],
    ['is corrupted, with a whole copy', { consumed: 7, corrupted: 1, duplicated: 1 }],
    ['has copies after it', { duplicated: 2 }],
    ['has a copy before it', { duplicated: 1 }],
    ['has a copy in another partition', { duplicated: 1 }],
    ['has a corrupted copy', { corrupted: 1 }],
    ['comes after the next ones', { outOfOrder: 1 }],
    ['comes before the ones ahead of it', { outOfOrder: 2 }],
    ['is never acknowledged and not there', { acknowledged: 7, consumed: 7 }],
    ['is never acknowledged, but there', { acknowledged: 7, consumed: 7 }],
    ['is never acknowledged, but there twice', { acknowledged: 7, consumed: 7, duplicated: 1 }],
    ['is never acknowledged and corrupted', { acknowledged: 7, consumed: 7, corrupted: 1 }],
    ['follows a number never sent', { corrupted: 1 }],
    ['follows a record of another run', {}],
  ])('a message that %s', (fate, expected) => {
    const ledger = new DeliveryLedger(8);
    replay(around(fate), PLAIN, ledger);
    expect({ ...ledger.counts(), missing: ledger.missingCount }).toEqual({ ...none, ...expected });
  });
});

const anyPlace = fc.record({ partition: fc.nat({ max: 2 }), offset: fc.nat({ max: 6 }) });
const anyEvent = fc.oneof(
  fc.constant({ kind: 'send' as const }),
  anyPlace.map(at => ({ kind: 'acknowledge' as const, ...at })),
  fc
    .tuple(anyPlace, fc.nat({ max: 9 }), fc.boolean())
    .map(([at, sequence, isWhole]) => ({ kind: 'receive' as const, ...at, sequence, isWhole })),
);

/** Tells a ledger of events that no cluster would make; only what was sent is acknowledged, and once. */
function tellOf(events: readonly (typeof anyEvent extends fc.Arbitrary<infer E> ? E : never)[]) {
  const ledger = new DeliveryLedger(0);
  const acknowledged: AcknowledgedMessage[] = [];
  let sent = 0;
  for (const [now, event] of events.entries()) {
    if (event.kind === 'send') ledger.sent(sent++, now);
    else if (event.kind === 'receive') ledger.received(event, now);
    else if (acknowledged.length < sent) {
      const { partition, offset } = event;
      acknowledged.push({ sequence: acknowledged.length, partition, offset });
      ledger.acknowledged({ sequence: acknowledged.length - 1, partition, offset });
    }
  }
  return { ledger, acknowledged, sent };
}

describe('events that nobody planned', () => {
  it('never make more of the messages than there are', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), events => {
        const { ledger, acknowledged, sent } = tellOf(events);
        const counts = ledger.counts();
        const missing = [...ledger.missing()];
        expect(counts).toMatchObject({ sent, acknowledged: acknowledged.length });
        expect(acknowledged).toEqual(expect.arrayContaining(missing));
        for (const count of Object.values(counts)) expect(count).toBeGreaterThanOrEqual(0);
        expect(ledger.missingCount).toBe(missing.length);
        const corruptedInPlace = counts.acknowledged - counts.consumed - missing.length;
        expect(corruptedInPlace).toBeGreaterThanOrEqual(0);
        expect(corruptedInPlace).toBeLessThanOrEqual(counts.corrupted);
        expect(counts.outOfOrder).toBeLessThan(Math.max(1, counts.consumed));
      }),
      RUNS,
    );
  });
});
