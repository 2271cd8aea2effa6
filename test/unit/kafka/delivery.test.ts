import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Acknowledged,
  isPerfect,
  judgeDelivery,
  percentilesOf,
  type Received,
} from '../../../src/kafka/delivery.ts';

const PARTITIONS = 3;
/** As the round trip sends them: in turn to each partition. */
const sent = (count: number): Acknowledged[] =>
  Array.from({ length: count }, (_, sequence) => ({
    sequence,
    partition: sequence % PARTITIONS,
  }));
const intact = (record: Acknowledged): Received => ({ ...record, intact: true });
const judge = (count: number, received: (records: Received[]) => Received[]) =>
  judgeDelivery(sent(count), received(sent(count).map(intact)));

describe('what became of the messages', () => {
  const none = { lost: 0, duplicated: 0, corrupted: 0, outOfOrder: 0 };
  it.each<[string, (records: Received[]) => Received[], object]>([
    ['all came back', all => all, { consumed: 9, ...none }],
    ['none came back', () => [], { consumed: 0, ...none, lost: 9 }],
    ['one was lost', all => all.slice(1), { consumed: 8, ...none, lost: 1 }],
    ['one came twice', all => [...all, ...all.slice(0, 1)], { consumed: 9, ...none, duplicated: 1 }],
    [
      'one came three times',
      all => [...all, ...all.slice(0, 1), ...all.slice(0, 1)],
      { consumed: 9, ...none, duplicated: 2 },
    ],
    [
      'one came back wrong',
      ([first, ...rest]) => [{ ...(first ?? never()), intact: false }, ...rest],
      { consumed: 8, ...none, lost: 1, corrupted: 1 },
    ],
    [
      'one came wrong and then whole',
      all => [{ ...(all[0] ?? never()), intact: false }, ...all],
      { consumed: 9, ...none, corrupted: 1 },
    ],
    [
      'two of one partition changed places',
      all => [all[3], all[0], ...all.filter((_, i) => i !== 0 && i !== 3)].map(r => r ?? never()),
      { consumed: 9, ...none, outOfOrder: 1 },
    ],
    [
      'one came after all the others of its partition',
      all => [...all.slice(1), all[0] ?? never()],
      { consumed: 9, ...none, outOfOrder: 1 },
    ],
    [
      'partitions came one after the other',
      all => all.toSorted((a, b) => a.partition - b.partition),
      { consumed: 9, ...none },
    ],
    [
      'one came that was never acknowledged',
      all => [...all, { ...(all[0] ?? never()), sequence: 99 }],
      { consumed: 9, ...none },
    ],
  ])('%s', (_, received, expected) => {
    expect(judge(9, received)).toEqual({ produced: 9, ...expected });
  });

  it('is exactly what happened to them, whatever happened', () => {
    const fate = fc.constantFrom<Fate[]>(
      'arrives',
      'arrives',
      'arrives',
      'lost',
      'twice',
      'corrupted',
      'swapped',
    );
    fc.assert(
      fc.property(
        fc.array(fate, { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 5 }),
        (fates, partitions) => {
          const { acknowledged, received, happened } = historyOf(fates, partitions);
          const consumed = fates.length - happened.lost;
          const counts = judgeDelivery(acknowledged, received);
          expect(counts).toEqual({ produced: fates.length, consumed, ...happened });
          expect(isPerfect(counts)).toBe(Object.values(happened).every(count => count === 0));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is not perfect when nothing was sent', () => {
    expect(isPerfect(judgeDelivery([], []))).toBe(false);
  });
});

describe('percentiles', () => {
  it.each<[number[], number[]]>([
    [[7], [7, 7, 7, 7]],
    [
      [2, 1],
      [1, 2, 2, 2],
    ],
    [Array.from({ length: 100 }, (_, index) => 100 - index), [50, 95, 99, 100]],
    [
      [10, 9, 100],
      [10, 100, 100, 100],
    ],
  ])('%# are values that were measured', (values, [p50, p95, p99, max]) => {
    expect(percentilesOf(values)).toEqual({ p50, p95, p99, max });
  });

  it('of nothing are nothing', () => {
    expect(percentilesOf([])).toBeUndefined();
  });

  it('leave that share of the values at or below them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 }),
        values => {
          const { p50, p95, p99, max } = percentilesOf(values) ?? never();
          for (const [share, value] of [
            [0.5, p50],
            [0.95, p95],
            [0.99, p99],
            [1, max],
          ] as const) {
            expect(values).toContain(value);
            expect(values.filter(other => other <= value).length).toBeGreaterThanOrEqual(
              share * values.length - 1e-9,
            );
            expect(values.filter(other => other < value).length).toBeLessThan(share * values.length + 1e-9);
          }
        },
      ),
    );
  });
});

type Fate = 'arrives' | 'lost' | 'twice' | 'corrupted' | 'swapped';

/** What a consumer receives when each message has its fate, and how often what happened. */
function historyOf(fates: readonly Fate[], partitions: number) {
  const acknowledged = fates.map((_, sequence) => ({
    sequence,
    partition: sequence % partitions,
  }));
  const happened = { lost: 0, duplicated: 0, corrupted: 0, outOfOrder: 0 };
  const received: Received[] = [];
  const happen: Record<Fate, (record: Received, following: Received[]) => void> = {
    arrives: record => received.push(record),
    lost: () => happened.lost++,
    twice: record => {
      happened.duplicated++;
      received.push(record, record);
    },
    corrupted: record => {
      happened.corrupted++;
      happened.lost++;
      received.push({ ...record, intact: false });
    },
    swapped: (record, following) => {
      const next = following.splice(0, 1);
      happened.outOfOrder += next.length;
      received.push(...next, record);
    },
  };
  for (let partition = 0; partition < partitions; partition++) {
    const left = acknowledged.filter(record => record.partition === partition).map(intact);
    for (let record = left.shift(); record; record = left.shift()) {
      happen[fates[record.sequence] ?? never()](record, left);
    }
  }
  return { acknowledged, received, happened };
}

function never(): never {
  throw new Error('it is there');
}
