import {
  type KafkaJsCluster,
  type KafkaJsCoordinator,
  READ_UNCOMMITTED,
} from '../../../src/kafka/kafkajs-cluster.ts';
import type { MemoryCluster } from './memory-kafka.ts';
import { addressOf } from './memory-kafka.ts';

interface NewTopic {
  readonly topic: string;
  readonly replicaAssignment?: readonly {
    readonly partition: number;
    readonly replicas: readonly number[];
  }[];
  readonly numPartitions?: number;
  readonly replicationFactor?: number;
  readonly configEntries?: readonly { readonly name: string; readonly value: string }[];
}

/** Where Kafka puts the replicas of a partition. */
const placed = ({ brokers }: MemoryCluster, partition: number, count = 1) =>
  Array.from({ length: count }, (_, index) => brokers[(partition + index) % brokers.length] ?? 0);

/** The topics that a broker has heard of. */
const knownTo = ({ faults, topics }: MemoryCluster, server: string): string[] =>
  faults.isBehind?.(server) ? [] : [...topics.keys()];

/** As much of an admin as is used. */
export function memoryAdmin(cluster: MemoryCluster, server: string) {
  const asked = <A extends unknown[], T>(call: string, answer: (...args: A) => T) => {
    return async (...args: A): Promise<T> => {
      await cluster.call(`admin.${call}`, server);
      return answer(...args);
    };
  };
  return {
    connect: asked('connect', () => cluster.connect('admin')),
    disconnect: asked('disconnect', () => cluster.disconnect('admin')),
    listTopics: asked('listTopics', () => knownTo(cluster, server)),
    describeCluster: asked('describeCluster', () => ({
      brokers: cluster.brokers.map(id => {
        const [host = '', port = ''] = addressOf(id).split(':');
        return { nodeId: id, host, port: Number(port) };
      }),
      controller: cluster.brokers[0] ?? -1,
    })),
    fetchTopicMetadata: asked('fetchTopicMetadata', ({ topics }: { topics?: string[] } = {}) => ({
      topics: (topics ?? knownTo(cluster, server)).map(name => ({
        name,
        partitions: cluster
          .partitionsOf(name)
          .map(({ partition, leader, replicas, isr }) => ({ partitionId: partition, leader, replicas, isr }))
          .toReversed(),
      })),
    })),
    describeConfigs: asked(
      'describeConfigs',
      ({ resources }: { resources: { name: string; configNames: string[] }[] }) => ({
        resources: resources.map(({ name, configNames }) => {
          const settings = new Map([
            ['min.insync.replicas', cluster.minInSyncReplicas],
            ['cleanup.policy', cluster.cleanupPolicy],
            ['retention.ms', '604800000'],
            ...(cluster.settings.get(name) ?? []),
          ]);
          const entries = configNames.filter(each => settings.has(each));
          return {
            resourceName: name,
            configEntries: entries.map(each => ({ configName: each, configValue: settings.get(each) })),
          };
        }),
      }),
    ),
    fetchOffsets: asked('fetchOffsets', ({ groupId, topics = [] }: { groupId: string; topics?: string[] }) =>
      topics.map(topic => ({
        topic,
        partitions: cluster.partitionsOf(topic).map(({ partition }) => ({
          ...{
            partition,
            offset: `${cluster.groups.get(groupId)?.offsets.get(`${topic}/${partition}`) ?? -1}`,
          },
        })),
      })),
    ),
    describeGroups: asked('describeGroups', (names: string[]) => ({
      groups: names.map(groupId => {
        const strangers = cluster.groups.get(groupId)?.strangers ?? [];
        const members = strangers.map(clientId => ({ clientId, clientHost: '/10.0.0.7' }));
        return { groupId, state: strangers.length > 0 ? 'Stable' : 'Dead', members };
      }),
    })),
    deleteGroups: asked('deleteGroups', (names: string[]) => {
      const problems = names.filter(name => !deleteGroup(cluster, name));
      if (problems.length > 0) throw new Error(`Error in DeleteGroups: ${problems.join(', ')}`);
    }),
    createTopics: asked(
      'createTopics',
      ({ topics, validateOnly = false }: { topics: NewTopic[]; validateOnly?: boolean }) => {
        if (validateOnly) return;
        for (const {
          topic,
          replicaAssignment,
          numPartitions = 0,
          replicationFactor,
          configEntries = [],
        } of topics) {
          const counted = Array.from({ length: numPartitions }, (_, partition) =>
            placed(cluster, partition, replicationFactor),
          );
          cluster.addTopic(topic, replicaAssignment?.map(({ replicas }) => replicas) ?? counted);
          cluster.settings.set(topic, new Map(configEntries.map(({ name, value }) => [name, value])));
        }
      },
    ),
    createPartitions: asked(
      'createPartitions',
      ({ topicPartitions }: { topicPartitions: { topic: string; count: number }[] }) => {
        for (const { topic, count } of topicPartitions) {
          const now = cluster.partitionsOf(topic).map(({ replicas }) => replicas);
          const more = Array.from({ length: count - now.length }, (_, index) =>
            placed(cluster, now.length + index, now[0]?.length),
          );
          cluster.addTopic(topic, [...now, ...more]);
        }
      },
    ),
    deleteTopics: asked('deleteTopics', ({ topics }: { topics: string[] }) => {
      for (const topic of topics) cluster.topics.delete(topic);
    }),
  };
}

/** As much as is used of what kafkajs's clients are made of. Its calls bear the names of the admin client's that do the same. */
export function memoryCluster(cluster: MemoryCluster, server: string): KafkaJsCluster {
  return {
    isolationLevel: READ_UNCOMMITTED,
    connect: async () => {
      await cluster.call('admin.connect', server);
      cluster.connect('admin');
    },
    disconnect: async () => {
      await cluster.call('admin.disconnect', server);
      cluster.disconnect('admin');
    },
    addTargetTopic: async topic => void cluster.partitionsOf(topic),
    refreshMetadataIfNecessary: async () => {},
    findTopicPartitionMetadata: topic =>
      cluster.partitionsOf(topic).map(({ partition }) => ({ partitionId: partition, leader: 1 })),
    findBroker: () => Promise.reject(new Error('brokers in memory speak no protocol')),
    findGroupCoordinator: async ({ groupId }) => coordinatorOf(cluster, server, groupId),
    async fetchTopicsOffset([wanted]) {
      const { topic = '', fromBeginning = false } = wanted ?? {};
      if (fromBeginning) await cluster.call('admin.fetchTopicOffsets', server);
      const partitions = cluster.partitionsOf(topic).map(({ partition, start, stable, end }) => {
        const last = this.isolationLevel === READ_UNCOMMITTED ? end : stable;
        return { partition, offset: `${fromBeginning ? start : last}` };
      });
      return [{ topic, partitions }];
    },
  };
}

/** What an empty group lets anyone do who is no member of it. */
function coordinatorOf(cluster: MemoryCluster, server: string, groupId: string): KafkaJsCoordinator {
  return {
    async offsetCommit({ topics, memberId, groupGenerationId }) {
      await cluster.call('coordinator.offsetCommit', server);
      const group = cluster.group(groupId);
      if (memberId !== '' || groupGenerationId !== -1 || group.members.size > 0)
        throw Object.assign(new Error('not a member of the group'), { type: 'UNKNOWN_MEMBER_ID' });
      for (const { topic, partitions } of topics)
        for (const { partition, offset } of partitions)
          group.offsets.set(`${topic}/${partition}`, Number(offset));
    },
  };
}

/** A group that is not there, or not empty, cannot be deleted; the others of the same call are. */
function deleteGroup(cluster: MemoryCluster, name: string): boolean {
  return cluster.groups.get(name)?.members.size === 0 && cluster.groups.delete(name);
}
