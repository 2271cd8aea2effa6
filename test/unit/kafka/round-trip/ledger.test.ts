import { describe, expect, it } from 'vitest';
import { DeliveryLedger } from '../../../../src/kafka/round-trip/ledger.ts';

/** A ledger to which this many messages were sent, acknowledged and given back, partition by partition in turn. */
function perfect(messages: number, { partitions = 3, capacity = messages } = {}) {
  const ledger = new DeliveryLedger(capacity);
  for (let sequence = 0; sequence < messages; sequence++) {
    const place = { sequence, partition: sequence % partitions, offset: Math.floor(sequence / partitions) };
    ledger.sent(sequence, sequence);
    ledger.acknowledged(place);
    ledger.received({ ...place, isWhole: true }, sequence + 5);
  }
  return ledger;
}

const zeros = { duplicated: 0, corrupted: 0, outOfOrder: 0 };

describe('the ledger', () => {
  it.each([
    [0, 1],
    [1, 3],
    [1_024, 3],
    [1_025, 2],
    [5_000, 1],
  ])('holds more messages than it was made for: %i and then up to 5000', (capacity, partitions) => {
    const ledger = perfect(5_000, { capacity, partitions });
    expect(ledger.counts()).toEqual({ sent: 5_000, acknowledged: 5_000, consumed: 5_000, ...zeros });
    expect(ledger.latenciesMs()).toEqual(new Float32Array(5_000).fill(5));
    expect([...ledger.missing()]).toEqual([]);
  });

  it('knows how far the consumer is, whoever the records belong to', () => {
    const ledger = new DeliveryLedger(1);
    expect(ledger.positionOf(0)).toBe(-1);
    ledger.advance(0, 7);
    expect(ledger.positionOf(0)).toBe(7);
    ledger.advance(0, 3);
    expect(ledger.positionOf(0)).toBe(7);
    ledger.received({ sequence: 0, partition: 0, offset: 7, isWhole: true }, 1);
    expect(ledger.positionOf(0)).toBe(8);
    expect(ledger.positionOf(1)).toBe(-1);
  });

  it('does not count a record below that position', () => {
    const ledger = new DeliveryLedger(1);
    ledger.advance(0, 8);
    ledger.sent(0, 0);
    ledger.acknowledged({ sequence: 0, partition: 0, offset: 7 });
    ledger.received({ sequence: 0, partition: 0, offset: 7, isWhole: true }, 1);
    expect(ledger.counts()).toMatchObject({ consumed: 0 });
    expect(ledger.missingCount).toBe(1);
  });

  it('tells two copies of a number apart when the acknowledgement comes last', () => {
    const ledger = new DeliveryLedger(1);
    ledger.sent(0, 10);
    ledger.received({ sequence: 0, partition: 0, offset: 4, isWhole: true }, 11);
    ledger.received({ sequence: 0, partition: 0, offset: 5, isWhole: true }, 13);
    expect(ledger.counts()).toMatchObject({ acknowledged: 0, consumed: 0, duplicated: 1 });
    expect(ledger.missingCount).toBe(0);
    ledger.acknowledged({ sequence: 0, partition: 0, offset: 5 });
    expect(ledger.counts()).toMatchObject({ acknowledged: 1, consumed: 1, duplicated: 1 });
    expect([...ledger.latenciesMs()]).toEqual([3]);
  });

  it('can tell apart two acknowledgements of one place: a partition was cut off and written again', () => {
    const ledger = new DeliveryLedger(2);
    for (const sequence of [0, 1]) {
      ledger.sent(sequence, 0);
      ledger.acknowledged({ sequence, partition: 0, offset: 9 });
    }
    ledger.received({ sequence: 1, partition: 0, offset: 9, isWhole: true }, 1);
    expect(ledger.counts()).toMatchObject({ acknowledged: 2, consumed: 1, ...zeros });
    expect(ledger.missingCount).toBe(1);
    expect([...ledger.missing()]).toEqual([{ sequence: 0, partition: 0, offset: 9 }]);
  });

  it('keeps offsets that do not fit into 32 bits', () => {
    const offset = 2 ** 40 + 1;
    const ledger = new DeliveryLedger(1);
    ledger.sent(0, 0);
    ledger.acknowledged({ sequence: 0, partition: 2, offset });
    expect([...ledger.missing()]).toEqual([{ sequence: 0, partition: 2, offset }]);
    ledger.received({ sequence: 0, partition: 2, offset, isWhole: true }, 1);
    expect(ledger.counts()).toMatchObject({ consumed: 1, ...zeros });
  });

  it('has the totals while it goes on', () => {
    const ledger = new DeliveryLedger(2);
    ledger.sent(0, 0);
    ledger.sent(1, 0);
    ledger.acknowledged({ sequence: 0, partition: 0, offset: 0 });
    expect([ledger.sentTotal, ledger.acknowledgedTotal, ledger.consumedTotal]).toEqual([2, 1, 0]);
    expect(ledger.missingCount).toBe(1);
    ledger.received({ sequence: 0, partition: 0, offset: 0, isWhole: true }, 4);
    expect([ledger.sentTotal, ledger.acknowledgedTotal, ledger.consumedTotal]).toEqual([2, 1, 1]);
    expect(ledger.missingCount).toBe(0);
  });
});

describe('latency and throughput', () => {
  it('are those of its messages in one partition', () => {
    const ledger = new DeliveryLedger(3);
    for (const sequence of [0, 1, 2]) {
      const place = { sequence, partition: sequence % 2, offset: sequence };
      ledger.sent(sequence, 100);
      ledger.acknowledged(place);
      ledger.received({ ...place, isWhole: true }, 101 + sequence);
    }
    expect([...ledger.latenciesMs(new Set([0]))]).toEqual([1, 3]);
    expect([...ledger.latenciesMs(new Set([1]))]).toEqual([2]);
    expect([...ledger.latenciesMs(new Set([7]))]).toEqual([]);
  });

  it('lasts from the first message sent to the last one received', () => {
    const ledger = perfect(101);
    // Sent from 0 to 100 ms, received from 5 to 105 ms.
    expect(ledger.throughput).toBeCloseTo(101 / 0.105, 6);
  });

  it.each([
    ['nothing was sent', 0],
    ['nothing came back', 1],
  ])('is not known when %s', (_, sent) => {
    const ledger = new DeliveryLedger(1);
    if (sent) ledger.sent(0, 0);
    expect(ledger.throughput).toBeUndefined();
    expect(ledger.latenciesMs()).toHaveLength(0);
  });

  it('is not infinite when a clock has not gone on', () => {
    const ledger = new DeliveryLedger(1);
    ledger.sent(0, 3);
    ledger.acknowledged({ sequence: 0, partition: 0, offset: 0 });
    ledger.received({ sequence: 0, partition: 0, offset: 0, isWhole: true }, 3);
    expect(ledger.throughput).toBeUndefined();
  });
});
