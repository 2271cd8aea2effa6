import { describe, expect, it } from 'vitest';
import { DeliveryLedger } from '../../../../src/kafka/round-trip/ledger.ts';
import { measured } from '../../../../src/kafka/round-trip/result.ts';
import type { TopicState } from '../../../../src/kafka/topic.ts';

/** Partitions 0 and 3 are led by broker 1, 1 by broker 2, and 2 by one that is not known. */
const topic: TopicState = {
  ...{ topic: 'orders', replicationFactor: 1 },
  partitions: [1, 2, 9, 1].map((leader, partition) => {
    return { partition, leader, replicas: [leader], inSyncReplicas: [leader] };
  }),
  brokers: [1, 2, 3].map(id => ({ id, address: `localhost:${id}9092` })),
};

/** Message N goes to partition N and takes N + 1 ms, the first four times; then they do not come back. */
function ledgerOf(messages: number): DeliveryLedger {
  const ledger = new DeliveryLedger(messages);
  for (let sequence = 0; sequence < messages; sequence++) {
    const place = { sequence, partition: sequence % 4, offset: Math.floor(sequence / 4) };
    ledger.sent(sequence, 0);
    ledger.acknowledged(place);
    if (sequence < 4) ledger.received({ ...place, isWhole: true }, sequence + 1);
  }
  return ledger;
}
const all = (ms: number) => ({ p50: ms, p95: ms, p99: ms, max: ms });

describe('what was measured', () => {
  it('is told for the whole topic, and for the partitions that each broker led', () => {
    expect(measured(ledgerOf(6), topic)).toEqual({
      topic: 'orders',
      counts: {
        ...{ sent: 6, acknowledged: 6, consumed: 4, lost: 0, unread: 0, unknown: 2 },
        ...{ duplicated: 0, corrupted: 0, outOfOrder: 0 },
      },
      latencyMs: { p50: 2, p95: 4, p99: 4, max: 4 },
      latencyHistogram: [
        { belowMs: 2, count: 1 },
        { belowMs: 5, count: 3 },
      ],
      throughput: 1_000,
      brokers: [
        {
          ...{ id: 1, address: 'localhost:19092', partitions: [0, 3], acknowledged: 3, consumed: 2 },
          latencyMs: { p50: 1, p95: 4, p99: 4, max: 4 },
        },
        {
          ...{ id: 2, address: 'localhost:29092', partitions: [1], acknowledged: 2, consumed: 1 },
          latencyMs: all(2),
        },
        { id: 3, address: 'localhost:39092', partitions: [], acknowledged: 0, consumed: 0 },
      ],
    });
  });

  it('is nothing when nothing was sent: no latency, no throughput', () => {
    const { latencyMs, throughput, latencyHistogram, brokers, counts, ...rest } = measured(
      ledgerOf(0),
      topic,
    );
    expect({ latencyMs, throughput, latencyHistogram, rest }).toEqual({
      ...{ latencyMs: undefined, throughput: undefined, latencyHistogram: [], rest: { topic: 'orders' } },
    });
    expect(brokers.map(({ acknowledged }) => acknowledged)).toEqual([0, 0, 0]);
    expect(brokers.map(({ latencyMs }) => latencyMs)).toEqual([undefined, undefined, undefined]);
    expect(JSON.stringify(measured(ledgerOf(0), topic))).not.toContain('throughput');
    expect(Object.values(counts)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
