import type { Kafka } from 'kafkajs';
import type { Clock } from '../../../src/clock.ts';
import type { KafkaClients } from '../../../src/kafka/client.ts';
import { CREATE_CLUSTER } from '../../../src/kafka/kafkajs-cluster.ts';
import type { TopicState } from '../../../src/kafka/topic.ts';
import { memoryAdmin, memoryCluster } from './memory-admin.ts';
import { MemoryConsumer } from './memory-consumer.ts';
import { memoryProducer } from './memory-producer.ts';
import { MemoryPartition, type MemoryRecord } from './memory-topic.ts';

/** Who reads: the first member of a group, the second one, … */
export interface Reader {
  readonly group: string;
  readonly member: number;
  /** Goes back, as after a rebalance. */
  seek(partition: number, offset: number): void;
}

/** What is wrong with a cluster; without any, it does what Kafka does. */
export interface Faults {
  /** Called before each call of a client, such as `producer.send`: it may throw, or never end. */
  readonly before?: (call: string, server: string) => Promise<void> | void;
  /** A broker to which the controller has not yet told the newest topics. */
  readonly isBehind?: (server: string) => boolean;
  /** Called when a record lies in its partition, before anyone can read it. */
  readonly stored?: (record: MemoryRecord, partition: MemoryPartition) => void;
  /** Records that a group is not given. */
  readonly hides?: (record: MemoryRecord, group: string) => boolean;
  /** How long a record is not given to anyone. */
  readonly readableAfterMs?: (record: MemoryRecord) => number;
  readonly acknowledgedAfterMs?: number;
  /** Records whose acknowledgement says nothing of their partition. */
  readonly forgets?: (record: MemoryRecord) => boolean;
  /** What is committed instead; undefined for a commit that is cut off. */
  readonly commits?: (offset: number, partition: number, reader: Reader) => number | undefined;
  /** Where a member starts instead. */
  readonly startsAt?: (offset: number, partition: number, reader: Reader) => number;
  /** Called when a record has been read; when it throws, the consumer crashes. */
  readonly read?: (record: MemoryRecord, reader: Reader) => void;
}

interface MemoryGroup {
  /** Members that are not ours, as `CLIENT-ID` at 10.0.0.7. */
  readonly strangers: string[];
  readonly offsets: Map<string, number>;
  /** Who is in it now. */
  readonly members: Set<MemoryConsumer>;
  /** How many have ever joined. */
  joined: number;
}

const CREATE = Symbol(CREATE_CLUSTER);
export const TOPIC = 'test-topic';
const BROKERS = [1, 2, 3];
export const addressOf = (broker: number) => `localhost:${broker}9092`;
export const SERVERS = BROKERS.map(addressOf);

/** As much of a Kafka cluster as the smoke test speaks with, in memory: three brokers, and a topic that each leads a part of. */
export class MemoryCluster {
  readonly clock: Clock;
  readonly faults: Faults;
  brokers: readonly number[] = BROKERS;
  minInSyncReplicas = '2';
  cleanupPolicy = '';
  readonly topics = new Map<string, MemoryPartition[]>();
  /** Settings of topics of their own. */
  readonly settings = new Map<string, ReadonlyMap<string, string>>();
  readonly groups = new Map<string, MemoryGroup>();
  /** Addresses at which nobody answers. */
  readonly silent = new Set<string>();
  /** Every call of every client, in order. */
  readonly calls: string[] = [];
  /** What the clients were made with, and sent with, in order. */
  readonly options: object[] = [];
  /** Clients that are connected. */
  readonly connected: string[] = [];
  private changed = Promise.withResolvers<void>();
  private readonly readableAtMs = new Map<MemoryRecord, number>();

  /** What a run is given to reach it; what its clients say is not kept. */
  readonly clients: KafkaClients = {
    of: ([first, ...others]) => this.kafka(first !== undefined && others.length === 0 ? first : 'any'),
    onlyTo: address => this.kafka(address),
    loggingTo: () => this.clients,
  };

  constructor(clock: Clock, faults: Faults = {}) {
    this.clock = clock;
    this.faults = faults;
    this.addTopic(TOPIC, [
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 2],
    ]);
  }

  /** A client that asks this server first. */
  kafka(server = 'any'): Kafka {
    return {
      [CREATE]: () => memoryCluster(this, server),
      admin: () => memoryAdmin(this, server),
      producer: (options: object) => {
        this.options.push(options);
        return memoryProducer(this, server);
      },
      consumer: (options: { groupId: string; readUncommitted?: boolean }) => {
        this.options.push(options);
        return new MemoryConsumer(this, options, server);
      },
    } as unknown as Kafka;
  }

  /** @param replicas broker ids for each partition, the leader first */
  addTopic(name: string, replicas: readonly (readonly number[])[]): void {
    this.topics.set(
      name,
      replicas.map((own, partition) => new MemoryPartition(partition, own)),
    );
  }

  partitionsOf(topic: string): readonly MemoryPartition[] {
    const partitions = this.topics.get(topic);
    if (!partitions) throw new Error(`This server does not host this topic-partition: ${topic}`);
    return partitions;
  }

  partition(partition: number, topic = TOPIC): MemoryPartition {
    const found = this.partitionsOf(topic)[partition];
    if (!found) throw new Error(`there is no partition ${partition}`);
    return found;
  }

  /** The topic as a round trip is given it. */
  state(topic = TOPIC): TopicState {
    const partitions = this.partitionsOf(topic).map(({ partition, leader, replicas, isr }) => {
      return { partition, leader, replicas, inSyncReplicas: isr };
    });
    const brokers = this.brokers.map(id => ({ id, address: addressOf(id) }));
    return { topic, partitions, replicationFactor: 3, minInSyncReplicas: 2, brokers };
  }

  group(name: string): MemoryGroup {
    const group = this.groups.get(name) ?? {
      offsets: new Map(),
      members: new Set(),
      strangers: [],
      joined: 0,
    };
    this.groups.set(name, group);
    return group;
  }

  async call(call: string, server: string): Promise<void> {
    this.calls.push(call);
    if (this.silent.has(server)) throw new Error('connect ECONNREFUSED');
    await this.faults.before?.(call, server);
  }

  /** Its partitions go to the next replica. */
  stopBroker(id: number): void {
    this.silent.add(addressOf(id));
    for (const partition of [...this.topics.values()].flat()) {
      partition.isr = partition.isr.filter(other => other !== id);
      if (partition.leader === id) partition.leader = partition.isr[0] ?? -1;
    }
  }

  startBroker(id: number): void {
    this.silent.delete(addressOf(id));
    for (const partition of [...this.topics.values()].flat()) partition.isr = partition.replicas;
  }

  connect(client: string): void {
    this.connected.push(client);
  }

  disconnect(client: string): void {
    const index = this.connected.indexOf(client);
    if (index >= 0) this.connected.splice(index, 1);
  }

  store(topic: string, { partition, ...record }: Omit<MemoryRecord, 'offset'>): MemoryRecord {
    const log = this.partition(partition, topic);
    const stored = log.append(record);
    const delayMs = this.faults.readableAfterMs?.(stored) ?? 0;
    this.readableAtMs.set(stored, this.clock.now() + delayMs);
    this.faults.stored?.(stored, log);
    if (delayMs > 0) void this.clock.sleep(delayMs).then(() => this.tell());
    this.tell();
    return stored;
  }

  isReadable(record: MemoryRecord): boolean {
    return (this.readableAtMs.get(record) ?? 0) <= this.clock.now();
  }

  /** Wakes those who wait for something to happen. */
  tell(): void {
    const { resolve } = this.changed;
    this.changed = Promise.withResolvers();
    resolve();
  }

  /** Resolves when something has happened. */
  change(): Promise<void> {
    return this.changed.promise;
  }
}

export const forever = () => new Promise<never>(() => {});

/** A fault: this call of a client never ends. */
export const hangs =
  (...calls: string[]): NonNullable<Faults['before']> =>
  call =>
    calls.includes(call) ? forever() : undefined;

/** A fault: this call of a client is refused. */
export const refuses =
  (refused: string, message: string): NonNullable<Faults['before']> =>
  call => {
    if (call === refused) throw new Error(message);
  };
