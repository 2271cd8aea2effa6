import type { Admin } from 'kafkajs';

/** Kafka's usual replication: three copies, or as many as there are brokers. */
const REPLICATION_FACTOR = 3;

export interface TopicLayout {
  readonly partitions: number;
  /** Of the partition that has the fewest. */
  readonly replicas: number;
}

/** @returns the layout of a topic, or undefined when it is not there */
export async function describeTopic(admin: Admin, topic: string): Promise<TopicLayout | undefined> {
  // Asking for the metadata of a topic that is not there would create it.
  if (!(await admin.listTopics()).includes(topic)) return undefined;
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]?.partitions ?? [];
  const leaderless = partitions.filter(({ leader }) => leader < 0).map(({ partitionId }) => partitionId);
  if (leaderless.length > 0)
    throw new Error(`topic ${topic}: no broker leads partition ${leaderless.join(', ')}`);
  return {
    partitions: partitions.length,
    replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
  };
}

/** Creates a topic with a partition for every broker. */
export async function createTopic(admin: Admin, topic: string): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const replicationFactor = Math.min(REPLICATION_FACTOR, brokers.length);
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: brokers.length, replicationFactor }],
  });
}

/** @returns the offset after the last record, by partition */
export async function endOffsets(admin: Admin, topic: string): Promise<Map<number, string>> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(offsets.map(({ partition, high }) => [partition, high]));
}
