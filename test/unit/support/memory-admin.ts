import type { MemoryCluster } from './memory-kafka.ts';
import { addressOf } from './memory-kafka.ts';

interface NewTopic {
  readonly topic: string;
  readonly replicaAssignment: readonly { readonly partition: number; readonly replicas: readonly number[] }[];
}

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
    listTopics: asked('listTopics', () =>
      cluster.faults.isBehind?.(server) ? [] : [...cluster.topics.keys()],
    ),
    describeCluster: asked('describeCluster', () => ({
      brokers: cluster.brokers.map(id => {
        const [host = '', port = ''] = addressOf(id).split(':');
        return { nodeId: id, host, port: Number(port) };
      }),
      controller: cluster.brokers[0] ?? -1,
    })),
    fetchTopicMetadata: asked('fetchTopicMetadata', ({ topics }: { topics: string[] }) => ({
      topics: topics.map(name => ({
        name,
        partitions: cluster
          .partitionsOf(name)
          .map(({ partition, leader, replicas, isr }) => ({ partitionId: partition, leader, replicas, isr }))
          .toReversed(),
      })),
    })),
    describeConfigs: asked('describeConfigs', () => ({
      resources: [
        {
          configEntries: [
            { configName: 'min.insync.replicas', configValue: cluster.minInSyncReplicas },
            { configName: 'cleanup.policy', configValue: cluster.cleanupPolicy },
          ],
        },
      ],
    })),
    fetchTopicOffsets: asked('fetchTopicOffsets', (topic: string) =>
      cluster.partitionsOf(topic).map(({ partition, start, end }) => ({
        ...{ partition, offset: `${end}`, high: `${end}`, low: `${start}` },
      })),
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
        for (const { topic, replicaAssignment } of topics)
          cluster.addTopic(
            topic,
            replicaAssignment.map(({ replicas }) => replicas),
          );
      },
    ),
    deleteTopics: asked('deleteTopics', ({ topics }: { topics: string[] }) => {
      for (const topic of topics) cluster.topics.delete(topic);
    }),
  };
}

/** A group that is not there, or not empty, cannot be deleted; the others of the same call are. */
function deleteGroup(cluster: MemoryCluster, name: string): boolean {
  return cluster.groups.get(name)?.members.size === 0 && cluster.groups.delete(name);
}
