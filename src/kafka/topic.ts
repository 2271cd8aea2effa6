import type { Admin } from 'kafkajs';
import { refusalOf } from './refusals.ts';

/** Kafka's usual replication: three copies, or as many as there are brokers. */
export const usualReplicationFactor = (brokerCount: number): number => Math.min(3, brokerCount);

interface PartitionState {
  readonly partition: number;
  /** Broker id; below 0 when no broker leads it. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
}

/** A broker in the cluster's metadata. `address` is the one that it advertises to clients like ours. */
interface BrokerAddress {
  readonly id: number;
  readonly address: string;
}

/** A topic as the cluster describes it. */
export interface TopicState {
  readonly topic: string;
  readonly partitions: readonly PartitionState[];
  /** Of the partition that has the fewest. */
  readonly replicationFactor: number;
  /** How many in-sync replicas an acknowledgement needs (min.insync.replicas); undefined when it may not be asked. */
  readonly minInSyncReplicas?: number;
  /** What becomes of old records (cleanup.policy): `delete`, `compact` or both; undefined when it may not be asked. */
  readonly cleanupPolicy?: string;
  readonly brokers: readonly BrokerAddress[];
}

/** @returns what the cluster says of a topic, or undefined when it is not there */
export async function describeTopic(admin: Admin, topic: string): Promise<TopicState | undefined> {
  const [{ topics }, { brokers }, settings] = await Promise.all([
    // Of all topics: asking for the metadata of one that is not there would create it.
    admin.fetchTopicMetadata(),
    admin.describeCluster(),
    readSettings(admin, topic),
  ]);
  const found = topics.find(({ name }) => name === topic);
  if (!found) return undefined;
  const partitions = found.partitions
    .map(({ partitionId, leader, replicas, isr }) => ({
      partition: partitionId,
      leader,
      replicas,
      inSyncReplicas: isr,
    }))
    .sort((a, b) => a.partition - b.partition);
  return {
    topic,
    partitions,
    replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    ...settings,
    brokers: brokers
      .map(({ nodeId, host, port }) => ({ id: nodeId, address: `${host}:${port}` }))
      .sort((a, b) => a.id - b.id),
  };
}

/** ConfigResource.Type.TOPIC of Kafka's protocol; node cannot import kafkajs's own constant, which is CommonJS. */
export const TOPIC_RESOURCE = 2;

async function readSettings(
  admin: Admin,
  topic: string,
): Promise<Pick<TopicState, 'minInSyncReplicas' | 'cleanupPolicy'>> {
  const names = ['min.insync.replicas', 'cleanup.policy'];
  const [replicas, cleanupPolicy] = await settingsOf(admin, topic, names);
  return {
    ...(replicas ? { minInSyncReplicas: Number(replicas) } : {}),
    ...(cleanupPolicy ? { cleanupPolicy } : {}),
  };
}

/** @returns the settings by which Kafka deletes records of a topic, in words; undefined when it may not be asked */
export async function readRetention(admin: Admin, topic: string): Promise<string | undefined> {
  const names = ['cleanup.policy', 'retention.ms', 'retention.bytes'];
  const values = await settingsOf(admin, topic, names);
  const known = names.flatMap((name, index) => (values[index] ? [`${name}=${values[index]}`] : []));
  return known.length > 0 ? known.join(', ') : undefined;
}

/** The values in the order of the names. A cluster may keep its settings from us; the brokers enforce them themselves. */
async function settingsOf(
  admin: Admin,
  topic: string,
  configNames: readonly string[],
): Promise<(string | undefined)[]> {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: [...configNames] }],
    });
    const entries = resources[0]?.configEntries ?? [];
    return configNames.map(name => entries.find(({ configName }) => configName === name)?.configValue);
  } catch {
    return [];
  }
}

/** @returns what keeps messages from being written safely right now, one sentence for each problem */
export function problemsOf({ topic, partitions }: TopicState): string[] {
  return partitions.flatMap(({ partition, leader, replicas, inSyncReplicas }) => {
    if (leader < 0) return [`${topic}, partition ${partition}: no broker leads it`];
    const missing = replicas.filter(id => !inSyncReplicas.includes(id));
    if (missing.length === 0) return [];
    const who = `${missing.length === 1 ? 'broker' : 'brokers'} ${missing.join(', ')}`;
    return [
      `${topic}, partition ${partition}: ${inSyncReplicas.length} of ${replicas.length} replicas are in sync, without ${who}`,
    ];
  });
}

/** What is to be said of a cluster with a single broker. */
export const ONE_BROKER =
  'the cluster has one broker: every message is stored once, nothing can be written or read while the broker is down, and a volume that is lost takes all messages with it';

/**
 * Says what another layout of the topic would prove in addition, one sentence for each point. The layout itself is kept.
 * @returns `risks` cost messages when a broker fails; `gaps` are what the test does not see
 */
export function limitationsOf(state: TopicState): { readonly risks: string[]; readonly gaps: string[] } {
  const { topic, partitions, replicationFactor, brokers } = state;
  const idle = brokers.map(({ id }) => id).filter(id => !partitions.some(({ leader }) => leader === id));
  const possible = usualReplicationFactor(brokers.length);
  const risk =
    `topic ${topic} has replication factor ${replicationFactor} where ${possible} is possible: ` +
    `it loses messages when ${replicationFactor === 1 ? 'a broker fails' : `${replicationFactor} brokers fail`}`;
  const gap = `topic ${topic} (partitions: ${partitions.length}) has no partition led by broker ${idle.join(', ')} at the moment`;
  // Of several brokers all but one may be down: then the topic has more replicas than there are brokers now.
  const isAlone = brokers.length === 1 && replicationFactor === 1;
  return {
    risks: replicationFactor < possible ? [risk] : [],
    gaps: [...(isAlone ? [ONE_BROKER] : []), ...(idle.length > 0 ? [gap] : [])],
  };
}

/**
 * Creates a topic with a partition for every broker, led by it. Not every broker knows of it at once.
 * @throws ActionError when Kafka refuses it for good
 */
export async function createTopic(admin: Admin, topic: string): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const ids = brokers.map(({ nodeId }) => nodeId).sort((a, b) => a - b);
  const factor = usualReplicationFactor(ids.length);
  // The first replica leads. Left to the cluster, two partitions may well have the same leader.
  const replicaAssignment = ids.map((_, partition) => ({
    partition,
    replicas: Array.from({ length: factor }, (_, index) => ids[(partition + index) % ids.length] ?? 0),
  }));
  try {
    // kafkajs waits by asking one broker, and fails when that one has not heard of the topic yet: the caller waits.
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, replicaAssignment }] });
  } catch (error) {
    throw refusalOf(topic, error) ?? error;
  }
}

/** Deletes a topic, if it is there. */
export async function deleteTopic(admin: Admin, topic: string): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
}

/** UNKNOWN_TOPIC_OR_PARTITION of Kafka's protocol: what a broker says that has not heard of a topic yet, or no longer has it. */
const UNKNOWN_TOPIC = 3;

/** True for a broker's word that it does not know a topic, however kafkajs has wrapped it. */
export function isOfMissingTopic(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause)
    if ((error as { readonly code?: unknown }).code === UNKNOWN_TOPIC) return true;
  return false;
}
