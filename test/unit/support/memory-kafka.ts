import type { Kafka } from 'kafkajs';

export interface Stored {
  readonly partition: number;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly offset: bigint;
}

interface Sent {
  readonly partition: number;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Faults {
  /** What the consumer is given of what was stored; by default all of it. */
  readonly deliver?: (record: Stored) => readonly Stored[];
  /** What `send` throws. */
  readonly refuse?: Error;
  /** The consumer never gets to the third broker. */
  readonly neverJoins?: boolean;
  /** The consumer ends with this error once it runs. */
  readonly crash?: Error;
}

/** As much of a Kafka cluster as the round trip speaks with, in memory: one topic of three partitions. */
export function memoryKafka(faults: Faults = {}, before: readonly Sent[] = []) {
  const log: Stored[] = [];
  const did: string[] = [];
  const listeners = new Map<string, (event: unknown) => void>();
  let take: ((batch: unknown) => Promise<void>) | undefined;
  const deliver = faults.deliver ?? (record => [record]);
  const store = (records: readonly Sent[]): Stored[] =>
    records.map(record => {
      const offset = BigInt(log.filter(({ partition }) => partition === record.partition).length);
      const stored = { ...record, offset };
      log.push(stored);
      return stored;
    });
  store(before);
  const hand = async (records: readonly Stored[]) => {
    for (const { partition, offset, value, headers } of records) {
      const message = { offset: `${offset}`, value: Buffer.from(value), headers };
      await take?.({ batch: { partition, messages: [message] } });
    }
  };
  const admin = {
    connect: async () => {},
    disconnect: async () => void did.push('admin disconnected'),
    describeCluster: async () => ({ brokers: [1, 2, 3].map(nodeId => ({ nodeId })) }),
    fetchTopicOffsets: async () =>
      [0, 1, 2].map(partition => ({
        partition,
        high: `${log.filter(r => r.partition === partition).length}`,
      })),
    deleteGroups: async (groups: string[]) => void did.push(`deleted ${groups.join()}`),
  };
  const producer = {
    connect: async () => {},
    disconnect: async () => void did.push('producer disconnected'),
    send: async ({ messages }: { messages: Sent[] }) => {
      if (faults.refuse) throw faults.refuse;
      await hand(store(messages).flatMap(record => deliver(record)));
    },
  };
  const consumer = {
    events: { CRASH: 'crash', FETCH: 'fetch' },
    on: (event: string, listener: (event: unknown) => void) => void listeners.set(event, listener),
    connect: async () => {},
    disconnect: async () => void did.push('consumer disconnected'),
    subscribe: async () => {},
    run: async ({ eachBatch }: { eachBatch: (batch: unknown) => Promise<void> }) => {
      take = eachBatch;
      for (const nodeId of faults.neverJoins ? ['1', '2'] : ['1', '2', '3'])
        listeners.get('fetch')?.({ payload: { nodeId } });
      if (faults.crash) listeners.get('crash')?.({ payload: { restart: false, error: faults.crash } });
    },
    commitOffsets: async (offsets: { partition: number; offset: string }[]) => {
      for (const { partition, offset } of offsets) did.push(`commit ${partition} ${offset}`);
    },
  };
  const kafka = {
    admin: () => admin,
    producer: () => producer,
    consumer: () => consumer,
  } as unknown as Kafka;
  return { kafka, log, did };
}
