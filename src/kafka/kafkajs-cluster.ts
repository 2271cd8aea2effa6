import type { Kafka, Producer, ProducerConfig } from 'kafkajs';

/** kafkajs's numbers for what a reader may see; they are those of Kafka's protocol. */
export const READ_UNCOMMITTED = 0;
export const READ_COMMITTED = 1;

interface WantedOffsets {
  readonly topic: string;
  /** True for where the partitions begin, false for where they end. */
  readonly fromBeginning: boolean;
  readonly partitions: readonly { readonly partition: number }[];
}

/** A request that kafkajs need not know. */
interface RawRequest<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: {
    readonly decode: (answer: Buffer) => Promise<T>;
    readonly parse: (decoded: T) => Promise<T>;
  };
}

interface CommitRequest {
  readonly groupId: string;
  /** -1 for who is no member of the group. */
  readonly groupGenerationId: number;
  /** '' for who is no member of the group. */
  readonly memberId: string;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
  }[];
}

export interface KafkaJsCoordinator {
  offsetCommit(request: CommitRequest): Promise<unknown>;
}

export interface KafkaJsBroker {
  readonly connectionPool: { send<T>(request: RawRequest<T>): Promise<T> };
}

/** The part that is used of what kafkajs's clients themselves ask a cluster with. */
export interface KafkaJsCluster {
  /** Whether an end is the last stable offset or the real one. */
  isolationLevel: number;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(
    topic: string,
  ): readonly { readonly partitionId: number; readonly leader: number }[];
  findGroupCoordinator(wanted: { readonly groupId: string }): Promise<KafkaJsCoordinator>;
  findBroker(wanted: { readonly nodeId: string }): Promise<KafkaJsBroker>;
  fetchTopicsOffset(topics: readonly WantedOffsets[]): Promise<
    readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[]
  >;
}

/** The description of the symbol under which a Kafka of kafkajs keeps what makes its clusters. */
export const CREATE_CLUSTER = 'private:Kafka:createCluster';

type CreateCluster = (options: { readonly allowAutoTopicCreation: boolean }) => KafkaJsCluster;

/**
 * kafkajs's admin client asks for the last *stable* offset of a partition and calls it the end: where a transaction is open, all
 * records behind its first one would seem not to be there. Nothing public asks for the real end, so this takes what
 * the clients themselves are made of. The version is pinned and bundled; a test holds it against the real kafkajs.
 */
export function clusterOf(kafka: Kafka): KafkaJsCluster {
  return clusterMaker(kafka).create({ allowAutoTopicCreation: false });
}

/**
 * A producer, and the cluster with the connections that it sends by. kafkajs makes each connection when the first message needs it,
 * and nothing public makes it before.
 * @returns no cluster where another one than kafkajs has made the producer
 */
export function producerOf(
  kafka: Kafka,
  options: ProducerConfig,
): { readonly producer: Producer; readonly cluster: KafkaJsCluster | undefined } {
  const { symbol, create } = clusterMaker(kafka);
  let cluster: KafkaJsCluster | undefined;
  const value: CreateCluster = of => {
    cluster = create(of);
    return cluster;
  };
  const producer = (Object.create(kafka, { [symbol]: { value } }) as Kafka).producer(options);
  return { producer, cluster };
}

/** Connects to every broker that leads a partition of a topic. */
export async function connectToLeaders(cluster: KafkaJsCluster, topic: string): Promise<void> {
  await cluster.addTargetTopic(topic);
  const leaders = new Set(cluster.findTopicPartitionMetadata(topic).map(({ leader }) => leader));
  await Promise.all([...leaders].map(leader => cluster.findBroker({ nodeId: `${leader}` })));
}

function clusterMaker(kafka: Kafka): { readonly symbol: symbol; readonly create: CreateCluster } {
  let symbol: symbol | undefined;
  for (let owner: object | null = kafka; owner && !symbol; owner = Object.getPrototypeOf(owner))
    symbol = Object.getOwnPropertySymbols(owner).find(({ description }) => description === CREATE_CLUSTER);
  const create = symbol && (kafka as unknown as Record<symbol, CreateCluster>)[symbol];
  if (!symbol || !create) throw new TypeError('this kafkajs does not make clusters as version 2 does');
  return { symbol, create };
}
