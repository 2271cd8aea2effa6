import type { Admin } from 'kafkajs';
import type { Placement } from './placement.ts';

/** Where the partitions of a cluster are. */
export interface Placements {
  /** Ids of the brokers that are there. */
  readonly brokers: readonly number[];
  /** Every partition, Kafka's own topics included, in a fixed order. */
  readonly partitions: readonly LedPlacement[];
  /** How many partitions are on their way to other brokers. */
  readonly onTheMove: number;
  /** Whether brokers hold back what they copy, as they do from the beginning of a reassignment until it is seen to be at its end. */
  readonly isThrottled: boolean;
}

/** Which brokers have a partition, and which of them leads it. */
export interface LedPlacement extends Placement {
  /** The broker that leads it now; -1 for none. */
  readonly leader: number;
}

/** ConfigResource.Type.BROKER of Kafka's protocol; node cannot import kafkajs's own constant, which is CommonJS. */
const BROKER_RESOURCE = 4;
/** DescribeConfigsResponse.ConfigSource.DYNAMIC_BROKER_CONFIG of Kafka's protocol. */
const SET_FOR_BROKER = 2;
const THROTTLES = ['leader.replication.throttled.rate', 'follower.replication.throttled.rate'];

/** Reads where the partitions are, and what an earlier reassignment has left. */
export async function readPlacements(admin: Admin): Promise<Placements> {
  const described = await admin.describeCluster();
  const brokers = described.brokers.map(({ nodeId }) => nodeId).sort((one, other) => one - other);
  return {
    brokers,
    partitions: await readPartitions(admin),
    onTheMove: await countOnTheMove(admin),
    isThrottled: await isThrottled(admin, brokers),
  };
}

/** Reads which brokers have every partition, Kafka's own topics included, in a fixed order. */
export async function readPartitions(admin: Admin): Promise<LedPlacement[]> {
  const names = (await admin.listTopics()).sort();
  const { topics } = names.length > 0 ? await admin.fetchTopicMetadata({ topics: names }) : { topics: [] };
  return topics.flatMap(({ name, partitions }) =>
    partitions
      .toSorted((one, other) => one.partitionId - other.partitionId)
      .map(({ partitionId, replicas, leader }) => ({
        ...{ topic: name, partition: partitionId, replicas, leader },
      })),
  );
}

/** How many partitions are on their way to other brokers. */
export async function countOnTheMove(admin: Admin): Promise<number> {
  const { topics } = await admin.listPartitionReassignments({});
  return topics.reduce((sum, { partitions }) => sum + partitions.length, 0);
}

async function isThrottled(admin: Admin, brokers: readonly number[]): Promise<boolean> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: brokers.map(broker => ({
      ...{ type: BROKER_RESOURCE, name: `${broker}`, configNames: THROTTLES },
    })),
  });
  return resources.some(({ configEntries }) =>
    configEntries.some(({ configSource }) => (configSource as number) === SET_FOR_BROKER),
  );
}
