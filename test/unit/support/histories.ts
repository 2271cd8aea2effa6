import type {
  AcknowledgedMessage,
  LedgerCounts,
  Position,
  ReceivedRecord,
} from '../../../src/kafka/round-trip/delivery.ts';

/** What becomes of one message, or what else lies in the topic in its place. */
export const FATES = [
  'arrives',
  'is lost',
  'is replaced by a record of another run',
  'is replaced by a number never sent',
  'is replaced by a copy of itself elsewhere',
  'is corrupted',
  'is corrupted, with a whole copy',
  'has copies after it',
  'has a copy before it',
  'has a copy in another partition',
  'has a corrupted copy',
  'comes after the next ones',
  'comes before the ones ahead of it',
  'is never acknowledged and not there',
  'is never acknowledged, but there',
  'is never acknowledged, but there twice',
  'is never acknowledged and corrupted',
  'follows a number never sent',
  'follows a record of another run',
] as const;
export type Fate = (typeof FATES)[number];

/** What a consumer can be given of a topic, and what must be counted. */
export interface History {
  /** Records of the run by partition, in the order of their offsets. */
  readonly partitions: readonly (readonly ReceivedRecord[])[];
  readonly acknowledged: ReadonlyMap<number, Position>;
  readonly expected: LedgerCounts & { readonly corruptedInPlace: number };
  readonly lost: readonly AcknowledgedMessage[];
}

/** Each message goes to the next partition in turn, and has its fate there. */
export function historyOf(fates: readonly Fate[], partitionCount: number): History {
  const topic = new TopicUnderFaults(fates.length, partitionCount);
  for (let partition = 0; partition < partitionCount; partition++) {
    const waiting = fates.map((_, sequence) => sequence).filter(n => n % partitionCount === partition);
    for (let sequence = waiting.shift(); sequence !== undefined; sequence = waiting.shift())
      topic.befall(fates[sequence] ?? 'arrives', sequence, waiting);
  }
  return topic.history();
}

const OVERTAKEN = 3;

/** Every fault is put in by hand, and counted when it is put in. */
class TopicUnderFaults {
  private readonly total: number;
  private readonly partitions: ReceivedRecord[][];
  private readonly ends: number[];
  private readonly acks = new Map<number, Position>();
  private readonly lost: AcknowledgedMessage[] = [];
  private readonly counted = { consumed: 0, duplicated: 0, corrupted: 0, corruptedInPlace: 0, outOfOrder: 0 };

  constructor(total: number, partitionCount: number) {
    this.total = total;
    this.partitions = Array.from({ length: partitionCount }, () => []);
    // Something may lie in the topic already.
    this.ends = Array.from({ length: partitionCount }, (_, partition) => 5 * partition);
  }

  history(): History {
    const { counted, lost, partitions, acks } = this;
    const expected = { ...counted, sent: this.total, acknowledged: acks.size };
    return {
      partitions,
      acknowledged: acks,
      expected,
      lost: lost.toSorted((a, b) => a.sequence - b.sequence),
    };
  }

  /** @param waiting the later messages of the same partition: who is overtaken has no other fate */
  befall(fate: Fate, sequence: number, waiting: number[]): void {
    const happen: Record<Fate, () => void> = {
      arrives: () => this.arrive(sequence),
      'is lost': () => this.lose(sequence, this.gap(sequence)),
      'is replaced by a record of another run': () => this.lose(sequence, this.gap(sequence)),
      'is replaced by a number never sent': () => this.lose(sequence, this.corrupt(this.neverSent, sequence)),
      'is replaced by a copy of itself elsewhere': () => {
        this.lose(sequence, this.gap(sequence));
        this.copy(sequence, sequence + 1);
      },
      'is corrupted': () => this.corruptInPlace(sequence),
      'is corrupted, with a whole copy': () => {
        this.corruptInPlace(sequence);
        this.copy(sequence, sequence);
      },
      'has copies after it': () => {
        this.arrive(sequence);
        this.copy(sequence, sequence);
        this.copy(sequence, sequence);
      },
      'has a copy before it': () => {
        this.copy(sequence, sequence);
        this.arrive(sequence);
      },
      'has a copy in another partition': () => {
        this.arrive(sequence);
        this.copy(sequence, sequence + 1);
      },
      'has a corrupted copy': () => {
        this.corrupt(sequence, sequence);
        this.arrive(sequence);
      },
      'comes after the next ones': () => {
        const next = waiting.splice(0, OVERTAKEN);
        for (const other of next) this.arrive(other);
        this.arrive(sequence);
        this.counted.outOfOrder += next.length > 0 ? 1 : 0;
      },
      'comes before the ones ahead of it': () => {
        const [first, ...overtaken] = [...waiting.splice(0, OVERTAKEN).toReversed(), sequence];
        if (first !== undefined) this.arrive(first);
        for (const other of overtaken.toReversed()) this.arrive(other);
        this.counted.outOfOrder += overtaken.length;
      },
      'is never acknowledged and not there': () => {},
      'is never acknowledged, but there': () => void this.store(sequence, sequence, true),
      'is never acknowledged, but there twice': () => {
        this.store(sequence, sequence, true);
        this.copy(sequence, sequence + 1);
      },
      'is never acknowledged and corrupted': () => void this.corrupt(sequence, sequence),
      'follows a number never sent': () => {
        this.corrupt(this.neverSent, sequence);
        this.arrive(sequence);
      },
      'follows a record of another run': () => {
        this.gap(sequence);
        this.arrive(sequence);
      },
    };
    happen[fate]();
  }

  private get neverSent(): number {
    return this.total + 7 * this.counted.corrupted;
  }

  private arrive(sequence: number): void {
    this.acks.set(sequence, this.store(sequence, sequence, true));
    this.counted.consumed++;
  }

  private lose(sequence: number, position: Position): void {
    this.acks.set(sequence, position);
    this.lost.push({ sequence, ...position });
  }

  private corruptInPlace(sequence: number): void {
    this.acks.set(sequence, this.corrupt(sequence, sequence));
    this.counted.corruptedInPlace++;
  }

  private corrupt(sequence: number, turn: number): Position {
    this.counted.corrupted++;
    return this.store(sequence, turn, sequence >= this.total);
  }

  private copy(sequence: number, turn: number): void {
    this.counted.duplicated++;
    this.store(sequence, turn, true);
  }

  private store(sequence: number, turn: number, isWhole: boolean): Position {
    const position = this.gap(turn);
    this.partitions[position.partition]?.push({ sequence, ...position, isWhole });
    return position;
  }

  /** An offset at which no record of the run lies. @param turn decides on the partition */
  private gap(turn: number): Position {
    const partition = turn % this.partitions.length;
    const offset = this.ends[partition] ?? 0;
    this.ends[partition] = offset + 1;
    return { partition, offset };
  }
}
