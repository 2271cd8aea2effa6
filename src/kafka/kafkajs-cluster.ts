import type { Kafka } from 'kafkajs';

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

export interface KafkaJsBroker {
  offsetCommit(request: CommitRequest): Promise<unknown>;
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
  findGroupCoordinator(wanted: { readonly groupId: string }): Promise<KafkaJsBroker>;
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
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === CREATE_CLUSTER,
  );
  const create = symbol && (kafka as unknown as Record<symbol, CreateCluster>)[symbol];
  if (!create) throw new TypeError('this kafkajs does not make clusters as version 2 does');
  return create({ allowAutoTopicCreation: false });
}
