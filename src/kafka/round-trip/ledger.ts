import type { AcknowledgedMessage, LedgerCounts, ReceivedRecord } from './delivery.ts';

interface Arrival extends ReceivedRecord {
  readonly atMs: number;
}

const ACKNOWLEDGED = 1;
const WHOLE = 2;
const CORRUPT = 4;

/**
 * Compares the acknowledged set with the consumed set, record by record, by partition and offset. Each message
 * takes 25 bytes in flat arrays, whatever its size, so that a million of them fit in 25 MB.
 */
export class DeliveryLedger {
  private partitions: Int32Array;
  private offsets: Float64Array;
  private sentAtMs: Float64Array;
  private latencies: Float32Array;
  private flags: Uint8Array;
  /** Records that came back before their acknowledgement did: only then is it known which of them is the right one. */
  private readonly early = new Map<number, Arrival[]>();
  /** The offset after the last record that the consumer got, by partition. */
  private readonly positions = new Map<number, number>();
  private sentCount = 0;
  private acknowledgedCount = 0;
  private wholeCount = 0;
  private corruptInPlaceCount = 0;
  private corruptedCount = 0;
  private duplicatedCount = 0;
  private firstSentAtMs = Number.NaN;
  private lastArrivalAtMs = Number.NaN;

  /** @param capacity the number of messages that is expected; it grows when there are more */
  constructor(capacity: number) {
    this.partitions = new Int32Array(capacity);
    this.offsets = new Float64Array(capacity);
    this.sentAtMs = new Float64Array(capacity);
    this.latencies = new Float32Array(capacity).fill(Number.NaN);
    this.flags = new Uint8Array(capacity);
  }

  /** Messages are sent in the order of their numbers. @param atMs the time, by the clock that `received` is given too */
  sent(sequence: number, atMs: number): void {
    if (sequence >= this.flags.length) this.grow(Math.max(1024, 2 * sequence));
    if (this.sentCount === 0) this.firstSentAtMs = atMs;
    this.sentCount++;
    this.sentAtMs[sequence] = atMs;
  }

  acknowledged({ sequence, partition, offset }: AcknowledgedMessage): void {
    this.partitions[sequence] = partition;
    this.offsets[sequence] = offset;
    this.mark(sequence, ACKNOWLEDGED);
    this.acknowledgedCount++;
    const early = this.early.get(sequence) ?? [];
    this.early.delete(sequence);
    for (const arrival of early) this.match(arrival);
  }

  /** Records come in the order of their offsets, partition by partition. A record that a group gets twice counts once. */
  received(record: ReceivedRecord, atMs: number): void {
    const { sequence, partition, offset } = record;
    if (offset < this.positionOf(partition)) return;
    this.advance(partition, offset + 1);
    this.lastArrivalAtMs = atMs;
    const arrival = { ...record, atMs };
    if (this.has(sequence, ACKNOWLEDGED)) this.match(arrival);
    else this.early.set(sequence, [...(this.early.get(sequence) ?? []), arrival]);
  }

  /** Notes that the consumer has got to this offset in a partition, through records of this run or of others. */
  advance(partition: number, next: number): void {
    if (next > this.positionOf(partition)) this.positions.set(partition, next);
  }

  /** @returns the offset after the last record that came from a partition */
  positionOf(partition: number): number {
    return this.positions.get(partition) ?? -1;
  }

  /** How many acknowledged messages have not come back yet. */
  get missingCount(): number {
    return this.acknowledgedCount - this.wholeCount - this.corruptInPlaceCount;
  }

  get sentTotal(): number {
    return this.sentCount;
  }

  get acknowledgedTotal(): number {
    return this.acknowledgedCount;
  }

  get consumedTotal(): number {
    return this.wholeCount;
  }

  /** The acknowledged messages that have not come back, in the order in which they were sent. */
  *missing(): Generator<AcknowledgedMessage> {
    if (this.missingCount === 0) return;
    for (const message of this.acknowledgedMessages())
      if (!this.has(message.sequence, WHOLE | CORRUPT)) yield message;
  }

  counts(): LedgerCounts {
    const unacknowledged = this.unacknowledgedCounts();
    return {
      sent: this.sentCount,
      acknowledged: this.acknowledgedCount,
      consumed: this.wholeCount,
      duplicated: this.duplicatedCount + unacknowledged.duplicated,
      corrupted: this.corruptedCount + unacknowledged.corrupted,
      outOfOrder: this.countOutOfOrder(),
    };
  }

  /** Acknowledged and consumed messages, by partition. */
  countsByPartition(): Map<number, { acknowledged: number; consumed: number }> {
    const counts = new Map<number, { acknowledged: number; consumed: number }>();
    for (const { sequence, partition } of this.acknowledgedMessages()) {
      const count = counts.get(partition) ?? { acknowledged: 0, consumed: 0 };
      count.acknowledged++;
      if (this.has(sequence, WHOLE)) count.consumed++;
      counts.set(partition, count);
    }
    return counts;
  }

  /** From the call that sent a message to its arrival, in milliseconds; of the messages of these partitions only, if given. */
  latenciesMs(partitions?: ReadonlySet<number>): Float32Array {
    const isWanted = (sequence: number) =>
      !Number.isNaN(this.latencies[sequence]) &&
      (!partitions || partitions.has(this.partitions[sequence] ?? -1));
    // Array.filter would keep a list of a million numbers beside the result.
    let count = 0;
    for (let sequence = 0; sequence < this.sentCount; sequence++) if (isWanted(sequence)) count++;
    const found = new Float32Array(count);
    for (let sequence = this.sentCount - 1; sequence >= 0; sequence--)
      if (isWanted(sequence)) found[--count] = this.latencies[sequence] ?? 0;
    return found;
  }

  /** Messages a second, from the first one sent to the last one received; undefined when none came back. */
  get throughput(): number | undefined {
    const seconds = (this.lastArrivalAtMs - this.firstSentAtMs) / 1000;
    return seconds > 0 ? this.wholeCount / seconds : undefined;
  }

  private *acknowledgedMessages(): Generator<AcknowledgedMessage> {
    for (let sequence = 0; sequence < this.sentCount; sequence++)
      if (this.has(sequence, ACKNOWLEDGED)) yield this.message(sequence);
  }

  private message(sequence: number): AcknowledgedMessage {
    return { sequence, partition: this.partitions[sequence] ?? 0, offset: this.offsets[sequence] ?? 0 };
  }

  /** Compares a record with the acknowledgement of its message. */
  private match({ sequence, partition, offset, isWhole, atMs }: Arrival): void {
    const acknowledged = this.message(sequence);
    const isInPlace = partition === acknowledged.partition && offset === acknowledged.offset;
    if (!isWhole) {
      this.corruptedCount++;
      if (isInPlace) {
        this.mark(sequence, CORRUPT);
        this.corruptInPlaceCount++;
      }
    } else if (isInPlace) {
      this.mark(sequence, WHOLE);
      this.wholeCount++;
      this.latencies[sequence] = atMs - (this.sentAtMs[sequence] ?? atMs);
    } else this.duplicatedCount++;
  }

  /**
   * A message that was sent but never acknowledged may be there once: only its acknowledgement was lost. A number that was
   * never sent is not ours, whatever it says.
   */
  private unacknowledgedCounts(): Pick<LedgerCounts, 'duplicated' | 'corrupted'> {
    let duplicated = 0;
    let corrupted = 0;
    for (const [sequence, arrivals] of this.early) {
      const whole = sequence < this.sentCount ? arrivals.filter(({ isWhole }) => isWhole).length : 0;
      duplicated += Math.max(0, whole - 1);
      corrupted += arrivals.length - whole;
    }
    return { duplicated, corrupted };
  }

  /** Offsets rise with the numbers in each partition: a message behind a later one is out of order. */
  private countOutOfOrder(): number {
    const lowestAfter = new Map<number, number>();
    let outOfOrder = 0;
    for (let sequence = this.sentCount - 1; sequence >= 0; sequence--) {
      if (!this.has(sequence, WHOLE)) continue;
      const { partition, offset } = this.message(sequence);
      if (offset > (lowestAfter.get(partition) ?? Number.POSITIVE_INFINITY)) outOfOrder++;
      else lowestAfter.set(partition, offset);
    }
    return outOfOrder;
  }

  private has(sequence: number, flag: number): boolean {
    return ((this.flags[sequence] ?? 0) & flag) !== 0;
  }

  private mark(sequence: number, flag: number): void {
    this.flags[sequence] = (this.flags[sequence] ?? 0) | flag;
  }

  private grow(capacity: number): void {
    this.partitions = filledFrom(this.partitions, new Int32Array(capacity));
    this.offsets = filledFrom(this.offsets, new Float64Array(capacity));
    this.sentAtMs = filledFrom(this.sentAtMs, new Float64Array(capacity));
    this.latencies = filledFrom(this.latencies, new Float32Array(capacity).fill(Number.NaN));
    this.flags = filledFrom(this.flags, new Uint8Array(capacity));
  }
}

function filledFrom<T extends { set(values: T): void }>(values: T, larger: T): T {
  larger.set(values);
  return larger;
}
