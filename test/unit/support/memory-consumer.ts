import type { MemoryCluster, Reader } from './memory-kafka.ts';
import type { MemoryPartition, MemoryRecord } from './memory-topic.ts';

interface Batch {
  readonly batch: {
    readonly partition: number;
    readonly fetchedOffset: string;
    readonly lastOffset: () => string;
    readonly messages: readonly {
      offset: string;
      value: Buffer | null;
      headers: Readonly<Record<string, Buffer>>;
    }[];
  };
}
interface RunOptions {
  readonly autoCommit?: boolean;
  readonly eachBatch: (batch: Batch) => Promise<void>;
}
type Listener = (event: { payload: object }) => void;

/** A member of a consumer group, as kafkajs's: it commits what it has read, and goes on from what is committed. */
export class MemoryConsumer implements Reader {
  readonly events = { CRASH: 'crash', FETCH: 'fetch', END_BATCH_PROCESS: 'end', COMMIT_OFFSETS: 'commit' };
  readonly group: string;
  member = 0;
  private readonly readsUncommitted: boolean;
  private readonly cluster: MemoryCluster;
  private readonly server: string;
  private readonly listeners = new Map<string, Listener>();
  private readonly positions = new Map<number, number>();
  private topic = '';
  private fromBeginning = false;
  private commitsByItself = true;
  private isRunning = false;

  constructor(
    cluster: MemoryCluster,
    { groupId, readUncommitted = false }: { groupId: string; readUncommitted?: boolean },
    server: string,
  ) {
    this.cluster = cluster;
    this.group = groupId;
    this.readsUncommitted = readUncommitted;
    this.server = server;
  }

  on(event: string, listener: Listener): void {
    this.listeners.set(event, listener);
  }

  async connect(): Promise<void> {
    await this.cluster.call('consumer.connect', this.server);
    this.cluster.connect('consumer');
  }

  async subscribe({ topic, fromBeginning }: { topic: string; fromBeginning: boolean }): Promise<void> {
    this.topic = topic;
    this.fromBeginning = fromBeginning;
  }

  async run({ autoCommit = true, eachBatch }: RunOptions): Promise<void> {
    await this.cluster.call('consumer.run', this.server);
    const group = this.cluster.group(this.group);
    this.member = ++group.joined;
    group.members.add(this);
    this.commitsByItself = autoCommit;
    this.isRunning = true;
    for (const partition of this.cluster.partitionsOf(this.topic)) this.place(partition);
    this.ask();
    void this.readOn(eachBatch);
  }

  async commitOffsets(offsets: readonly { partition: number; offset: string }[]): Promise<void> {
    await this.cluster.call('consumer.commitOffsets', this.server);
    for (const { partition, offset } of offsets) this.commit(partition, Number(offset));
    this.tellCommits(offsets);
  }

  async disconnect(): Promise<void> {
    await this.cluster.call('consumer.disconnect', this.server);
    this.isRunning = false;
    this.cluster.tell();
    this.cluster.groups.get(this.group)?.members.delete(this);
    this.cluster.disconnect('consumer');
  }

  seek(partition: number, offset: number): void {
    this.positions.set(partition, offset);
  }

  private commit(partition: number, offset: number): void {
    this.cluster.groups.get(this.group)?.offsets.set(`${this.topic}/${partition}`, offset);
  }

  private place({ partition, start, end }: MemoryPartition): void {
    const committed = this.cluster.group(this.group).offsets.get(`${this.topic}/${partition}`);
    const offset = committed ?? (this.fromBeginning ? start : end);
    this.seek(partition, this.cluster.faults.startsAt?.(offset, partition, this) ?? offset);
  }

  /** Asks each leader for records; a refusal is the end of the consumer. */
  private ask(): void {
    for (const { leader } of this.cluster.partitionsOf(this.topic)) {
      this.cluster.call('consumer.fetch', `${leader}`).then(
        () => this.emit('fetch', { nodeId: `${leader}` }),
        error => this.crash(error),
      );
    }
  }

  private emit(event: string, payload: object): void {
    this.listeners.get(event)?.({ payload });
  }

  private async readOn(eachBatch: RunOptions['eachBatch']): Promise<void> {
    while (this.isRunning) {
      const change = this.cluster.change();
      let isIdle = true;
      for (const partition of this.cluster.topics.get(this.topic) ?? []) {
        const records = this.next(partition);
        if (records.length === 0) continue;
        isIdle = false;
        await this.hand(partition.partition, records, eachBatch);
      }
      if (isIdle) await change;
    }
  }

  private next(log: MemoryPartition): MemoryRecord[] {
    const position = this.positions.get(log.partition) ?? 0;
    // An offset that is not there is looked for from the beginning.
    if (position < log.start || position > log.end) this.seek(log.partition, log.start);
    const records = log.from(this.positions.get(log.partition) ?? 0);
    const last = this.readsUncommitted ? log.end : log.stable;
    const notYet = records.findIndex(record => record.offset >= last || !this.cluster.isReadable(record));
    const readable = notYet < 0 ? records : records.slice(0, notYet);
    return readable.filter(record => !this.cluster.faults.hides?.(record, this.group));
  }

  private async hand(
    partition: number,
    records: readonly MemoryRecord[],
    eachBatch: RunOptions['eachBatch'],
  ): Promise<void> {
    const own = records.filter(({ isMark }) => !isMark);
    const messages = own.map(({ offset, value, headers }) => ({ offset: `${offset}`, value, headers }));
    const fetchedOffset = `${this.positions.get(partition) ?? 0}`;
    const [first, last] = [`${records[0]?.offset ?? 0}`, `${records.at(-1)?.offset ?? 0}`];
    const next = Number(last) + 1;
    this.seek(partition, next);
    if (messages.length > 0)
      await eachBatch({ batch: { partition, fetchedOffset, messages, lastOffset: () => last } });
    this.emit('end', { partition, batchSize: messages.length, firstOffset: first, lastOffset: last });
    // As kafkajs: what held no record for us is committed with the next batch that does.
    if (this.commitsByItself && messages.length > 0) {
      const { commits } = this.cluster.faults;
      const committed = commits ? commits(next, partition, this) : next;
      if (committed !== undefined) {
        this.commit(partition, committed);
        this.tellCommits([{ partition, offset: `${next}` }]);
      }
    }
    try {
      for (const record of own) this.cluster.faults.read?.(record, this);
    } catch (error) {
      this.crash(error);
    }
  }

  private tellCommits(partitions: readonly { partition: number; offset: string }[]): void {
    this.emit('commit', { topics: [{ topic: this.topic, partitions }] });
  }

  /** A consumer that may be restarted goes on, as kafkajs sees to; another one is over. */
  private crash(error: unknown): void {
    const restart = error instanceof Error && 'retriable' in error;
    if (!restart) this.isRunning = false;
    this.emit('crash', { restart, error });
  }
}
