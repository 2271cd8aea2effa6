import fc from 'fast-check';
import type { ReceivedRecord } from '../../../src/kafka/round-trip/delivery.ts';
import type { DeliveryLedger } from '../../../src/kafka/round-trip/ledger.ts';
import { FATES, type History, historyOf } from './histories.ts';

/** In which order a producer and a consumer of one history go on. */
export interface Schedule {
  /** Messages that are sent before the first of them is acknowledged. */
  readonly batch: number;
  /** Whose turn it is, over and over: 0 is the producer, the others are the partitions. */
  readonly turns: readonly number[];
  /** After how many records of a partition the consumer goes back, and how far: the group has been rebalanced. */
  readonly rejoins: readonly { readonly after: number; readonly back: number }[];
}

const MOST_PARTITIONS = 4;

export const anyHistory: fc.Arbitrary<History> = fc
  .tuple(fc.array(fc.constantFrom(...FATES), { maxLength: 60 }), fc.integer({ min: 1, max: MOST_PARTITIONS }))
  .map(([fates, partitions]) => historyOf(fates, partitions));

export const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  batch: fc.integer({ min: 1, max: 20 }),
  turns: fc.array(fc.nat({ max: MOST_PARTITIONS }), { minLength: 1, maxLength: 40 }),
  rejoins: fc.array(fc.record({ after: fc.nat({ max: 20 }), back: fc.nat({ max: 20 }) }), { maxLength: 3 }),
});

/**
 * Tells a ledger of a history, event by event, a millisecond each. A record never comes before it was sent; its
 * acknowledgement comes before it or after it.
 *
 * @returns the latencies of the records that came back whole from where they were acknowledged
 */
export function replay(
  { partitions, acknowledged, expected }: History,
  schedule: Schedule,
  ledger: DeliveryLedger,
) {
  const producer = producerEvents(expected.sent, schedule.batch);
  const consumers = partitions.map(records => withRejoins(records, schedule.rejoins));
  const sentAt = new Map<number, number>();
  const latencies = new Map<number, number>();
  let now = 0;
  const produce = () => {
    const [kind, sequence] = producer.shift() ?? ['none', 0];
    const position = acknowledged.get(sequence);
    if (kind === 'send') {
      sentAt.set(sequence, now);
      ledger.sent(sequence, now);
    } else if (kind === 'acknowledge' && position) ledger.acknowledged({ sequence, ...position });
  };
  const consume = (queue: ReceivedRecord[]) => {
    const record = queue[0];
    // A number that is never sent may come at any time.
    if (!record || (record.sequence < expected.sent && !sentAt.has(record.sequence))) return;
    queue.shift();
    ledger.received(record, now);
    const place = acknowledged.get(record.sequence);
    const isInPlace = place?.partition === record.partition && place.offset === record.offset;
    if (isInPlace && record.isWhole && !latencies.has(record.sequence))
      latencies.set(record.sequence, now - (sentAt.get(record.sequence) ?? 0));
  };
  const isOver = () => producer.length === 0 && consumers.every(queue => queue.length === 0);
  for (let turn = 0; !isOver(); turn++) {
    now++;
    const who = schedule.turns[turn % schedule.turns.length] ?? 0;
    const queue = consumers[who - 1];
    if (queue) consume(queue);
    else produce();
    // Who is never given a turn goes on all the same.
    if (turn % schedule.turns.length === 0)
      for (const other of [...consumers.map(q => () => consume(q)), produce]) other();
  }
  return [...latencies.values()];
}

function producerEvents(sent: number, batch: number): ['send' | 'acknowledge', number][] {
  const sequences = Array.from({ length: sent }, (_, sequence) => sequence);
  const firsts = sequences.filter(sequence => sequence % batch === 0);
  return firsts.flatMap(first => {
    const own = sequences.slice(first, first + batch);
    return [
      ...own.map((sequence): ['send', number] => ['send', sequence]),
      ...own.map((sequence): ['acknowledge', number] => ['acknowledge', sequence]),
    ];
  });
}

function withRejoins(records: readonly ReceivedRecord[], rejoins: Schedule['rejoins']): ReceivedRecord[] {
  return records.flatMap((record, index) => {
    const again = rejoins.filter(({ after }) => after === index + 1);
    return [record, ...again.flatMap(({ after, back }) => records.slice(Math.max(0, after - back), after))];
  });
}
