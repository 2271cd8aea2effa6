/** A record as a broker keeps it. */
export interface MemoryRecord {
  readonly partition: number;
  readonly offset: number;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
  /** The mark of a transaction: it takes an offset, and no consumer is given it. */
  readonly isMark?: boolean;
}

export type NewRecord = Pick<MemoryRecord, 'value' | 'headers'>;

/** A partition's log. Whatever can happen to one on a broker can be done to it. */
export class MemoryPartition {
  readonly partition: number;
  leader: number;
  replicas: readonly number[];
  isr: readonly number[];
  start = 0;
  end = 0;
  /** Where the oldest open transaction begins. */
  openSince: number | undefined;
  private readonly records = new Map<number, MemoryRecord>();

  constructor(partition: number, replicas: readonly number[]) {
    this.partition = partition;
    this.leader = replicas[0] ?? -1;
    this.replicas = replicas;
    this.isr = replicas;
  }

  append({ value, headers }: NewRecord): MemoryRecord {
    const record = { partition: this.partition, offset: this.end++, value, headers };
    this.records.set(record.offset, record);
    return record;
  }

  /** As the end of a transaction does. */
  mark(): void {
    const offset = this.end++;
    this.records.set(offset, { partition: this.partition, offset, value: null, headers: {}, isMark: true });
  }

  /** Who reads committed records only gets none from here on. */
  get stable(): number {
    return this.openSince ?? this.end;
  }

  /** As retention and DeleteRecords do. */
  deleteBefore(offset: number): void {
    this.start = offset;
  }

  /** As a follower does that was elected without being in sync. */
  cutOff(offset: number): void {
    this.end = offset;
  }

  /** As compaction does: later records keep their offsets. */
  remove(offset: number): void {
    this.records.delete(offset);
  }

  replace(offset: number, { value, headers }: Partial<NewRecord>): void {
    const old = this.records.get(offset);
    if (old)
      this.records.set(offset, {
        ...old,
        value: value === undefined ? old.value : value,
        headers: headers ?? old.headers,
      });
  }

  /** What lies at an offset and after it. */
  from(offset: number): MemoryRecord[] {
    const offsets = Array.from({ length: Math.max(0, this.end - offset) }, (_, index) => offset + index);
    return offsets.flatMap(at => (at < this.start ? [] : (this.records.get(at) ?? [])));
  }
}

/** A record that nobody of the run has sent. */
export const foreignRecord = (
  headers: Readonly<Record<string, string>> = {},
  value = 'not ours',
): NewRecord => ({
  value: Buffer.from(value),
  headers: buffersOf(headers),
});

const buffersOf = (headers: Readonly<Record<string, string>>): Record<string, Buffer> =>
  Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
