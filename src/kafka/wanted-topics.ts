import type { Admin } from 'kafkajs';
import { refusalOf } from './refusals.ts';
import { TOPIC_RESOURCE, usualReplicationFactor } from './topic.ts';

/** A topic that a deployment makes, as a line of the input `topics` says it. */
export interface WantedTopic {
  readonly name: string;
  /** As many as there are brokers when it is not said. */
  readonly partitions?: number;
  /** Copies of each partition: three, or as many as there are brokers, when it is not said. */
  readonly replicas?: number;
  /** By Kafka's name, e.g. `cleanup.policy`. */
  readonly settings: ReadonlyMap<string, string>;
}

/** What there is of the topics that are wanted. */
export interface TopicsDifference {
  readonly missing: readonly Required<WantedTopic>[];
  /** Topics with fewer partitions than wanted, and how many they have. */
  readonly narrow: readonly { readonly topic: Required<WantedTopic>; readonly partitions: number }[];
  /** What is different and stays, one sentence for each point: nothing is taken away, and no setting of a topic that is there changes. */
  readonly kept: readonly string[];
}

interface Found {
  readonly partitions: number;
  readonly replicas: number;
  /** Values of the settings that are wanted; none where they may not be asked. */
  readonly settings: ReadonlyMap<string, string>;
}

/** Compares topics with what the cluster has. */
export async function compareTopics(admin: Admin, wanted: readonly WantedTopic[]): Promise<TopicsDifference> {
  const { brokers } = await admin.describeCluster();
  const found = await findTopics(admin, wanted);
  const topics = wanted.map(asked => ({
    asked,
    full: withDefaults(asked, brokers.length),
    state: found.get(asked.name),
  }));
  return {
    missing: topics.flatMap(({ full, state }) => (state ? [] : [full])),
    narrow: topics.flatMap(({ asked, full, state }) =>
      state && state.partitions < (asked.partitions ?? 0)
        ? [{ topic: full, partitions: state.partitions }]
        : [],
    ),
    kept: topics.flatMap(({ asked, state }) => (state ? keptOf(asked, state) : [])),
  };
}

/** What a topic has when its line does not say it. */
function withDefaults(topic: WantedTopic, brokers: number): Required<WantedTopic> {
  const { partitions = brokers, replicas = usualReplicationFactor(brokers) } = topic;
  return { ...topic, partitions, replicas };
}

async function findTopics(admin: Admin, wanted: readonly WantedTopic[]): Promise<Map<string, Found>> {
  // Asking for the metadata of a topic that is not there would create it.
  const there = new Set(await admin.listTopics());
  const asked = wanted.filter(({ name }) => there.has(name));
  if (asked.length === 0) return new Map();
  const [{ topics }, settings] = await Promise.all([
    admin.fetchTopicMetadata({ topics: asked.map(({ name }) => name) }),
    readSettings(admin, asked),
  ]);
  return new Map(
    topics.map(({ name, partitions }) => [
      name,
      {
        partitions: partitions.length,
        replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        settings: settings.get(name) ?? new Map(),
      },
    ]),
  );
}

/** A cluster may keep its settings from us. */
async function readSettings(
  admin: Admin,
  wanted: readonly WantedTopic[],
): Promise<Map<string, Map<string, string>>> {
  const asked = wanted.filter(({ settings }) => settings.size > 0);
  if (asked.length === 0) return new Map();
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: asked.map(({ name, settings }) => ({
        ...{ type: TOPIC_RESOURCE, name },
        configNames: [...settings.keys()],
      })),
    });
    return new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    );
  } catch {
    return new Map();
  }
}

function keptOf({ name, partitions, replicas, settings }: WantedTopic, found: Found): string[] {
  const kept: string[] = [];
  if (partitions !== undefined && found.partitions > partitions)
    kept.push(`topic ${name} has ${found.partitions} partitions, not ${partitions}: none is taken away`);
  if (replicas !== undefined && found.replicas !== replicas)
    kept.push(
      `topic ${name} has ${found.replicas} replicas of each partition, not ${replicas}: kafka-reassign-partitions changes that`,
    );
  for (const [setting, value] of settings) {
    const there = found.settings.get(setting);
    if (there !== undefined && inOrder(there) !== inOrder(value))
      kept.push(
        `topic ${name} has ${setting}=${there}, not ${value}; to change it, in a broker's container: kafka-configs --bootstrap-server localhost:9092 --alter --topic ${name} --add-config ${setting}=${value.includes(',') ? `[${value}]` : value}`,
      );
  }
  return kept;
}

/** A list such as `compact,delete` has no order. */
const inOrder = (value: string) =>
  value
    .split(',')
    .map(part => part.trim())
    .sort()
    .join();

/**
 * Makes topics, all of them or none. Not every broker knows of them at once.
 * @param options `validateOnly`: nothing is made, Kafka only says whether it would be
 * @throws ActionError `topic-unusable` when Kafka refuses one for good
 */
export async function makeTopics(
  admin: Admin,
  topics: readonly Required<WantedTopic>[],
  { validateOnly = false } = {},
): Promise<void> {
  if (topics.length === 0) return;
  const request = (isTrial: boolean) =>
    admin.createTopics({
      ...{ waitForLeaders: false, validateOnly: isTrial },
      topics: topics.map(({ name, partitions, replicas, settings }) => ({
        ...{ topic: name, numPartitions: partitions, replicationFactor: replicas },
        configEntries: [...settings].map(([setting, value]) => ({ name: setting, value })),
      })),
    });
  try {
    await request(true);
    if (!validateOnly) await request(false);
  } catch (error) {
    throw explained(error) ?? error;
  }
}

/** Gives topics more partitions. @throws ActionError `topic-unusable` when Kafka refuses it for good */
export async function widenTopics(admin: Admin, { narrow }: TopicsDifference): Promise<void> {
  if (narrow.length === 0) return;
  try {
    await admin.createPartitions({
      topicPartitions: narrow.map(({ topic: { name, partitions } }) => ({ topic: name, count: partitions })),
    });
  } catch (error) {
    throw explained(error) ?? error;
  }
}

/** kafkajs tells the topics that were refused one by one. */
function explained(error: unknown) {
  const { errors = [] } = error as { errors?: readonly { topic?: string }[] };
  const topic = errors.find(each => each.topic !== undefined)?.topic ?? 'of the input topics';
  return refusalOf(topic, error)?.with({ hint: `Correct the line of ${topic} in the input topics.` });
}
