import type { Admin } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import {
  createTopic,
  deleteTopic,
  describeTopic,
  limitationsOf,
  problemsOf,
  type TopicState,
} from '../../../src/kafka/topic.ts';
import { InstantClock } from '../support/clocks.ts';
import { type Faults, MemoryCluster, refuses } from '../support/memory-kafka.ts';

function clusterWith(replicas: readonly (readonly number[])[], faults: Faults = {}) {
  const cluster = new MemoryCluster(new InstantClock(), faults);
  cluster.addTopic('orders', replicas);
  return { cluster, admin: cluster.kafka().admin() };
}
const state = (
  leadersAndReplicas: [number, number[]][],
  brokers: number[],
  more: Partial<TopicState> = {},
) => ({
  ...{ topic: 'orders', replicationFactor: Math.min(...leadersAndReplicas.map(([, all]) => all.length)) },
  partitions: leadersAndReplicas.map(([leader, replicas], partition) => {
    return { partition, leader, replicas, inSyncReplicas: replicas };
  }),
  brokers: brokers.map(id => ({ id, address: `localhost:${id}9092` })),
  ...more,
});

describe('a topic', () => {
  it('is described with its partitions in order, the fewest replicas, and the brokers', async () => {
    const { cluster, admin } = clusterWith([
      [2, 3],
      [1, 2, 3],
    ]);
    cluster.partition(1, 'orders').isr = [1, 3];
    cluster.brokers = [3, 1, 2];
    expect(await describeTopic(admin, 'orders')).toEqual({
      topic: 'orders',
      partitions: [
        { partition: 0, leader: 2, replicas: [2, 3], inSyncReplicas: [2, 3] },
        { partition: 1, leader: 1, replicas: [1, 2, 3], inSyncReplicas: [1, 3] },
      ],
      ...{ replicationFactor: 2, minInSyncReplicas: 2 },
      brokers: [1, 2, 3].map(id => ({ id, address: `localhost:${id}9092` })),
    });
  });

  it('is asked for the two settings that matter, and for nothing else', async () => {
    const { admin } = clusterWith([[1]]);
    const asked: unknown[] = [];
    admin.describeConfigs = async question => {
      asked.push(question);
      const entry = (configName: string, configValue: string) => ({ configName, configValue });
      const configEntries = [entry('retention.ms', '7'), entry('min.insync.replicas', '3')];
      return { resources: [{ configEntries }] } as never;
    };
    expect((await describeTopic(admin, 'orders'))?.minInSyncReplicas).toBe(3);
    // 2 is a topic in Kafka's protocol.
    const resources = [{ type: 2, name: 'orders', configNames: ['min.insync.replicas', 'cleanup.policy'] }];
    expect(asked).toEqual([{ includeSynonyms: false, resources }]);
  });

  it('is not asked for by its name, which would create it', async () => {
    const { admin } = clusterWith([[1]]);
    const asked: unknown[] = [];
    const ask = admin.fetchTopicMetadata;
    admin.fetchTopicMetadata = async question => {
      asked.push(question);
      return ask(question);
    };
    expect(await describeTopic(admin, 'other')).toBeUndefined();
    expect(asked).toEqual([undefined]);
  });

  it.each<[string, Faults, string]>([
    ['is not told', refusesSettings(), '2'],
    ['is told as nothing', {}, ''],
  ])('has no min.insync.replicas when that %s', async (_, faults, value) => {
    const { cluster, admin } = clusterWith([[1]], faults);
    cluster.minInSyncReplicas = value;
    expect(Object.keys((await describeTopic(admin, 'orders')) ?? {})).not.toContain('minInSyncReplicas');
  });

  it.each<[string, [number, number[]][], number[], string[]]>([
    ['all is well', [[1, [1, 2]]], [1, 2], []],
    ['a broker of number 0 leads it', [[0, [0, 1]]], [0, 1], []],
    [
      'a replica is behind',
      [[1, [1, 2, 3]]],
      [1, 3],
      ['orders, partition 0: 2 of 3 replicas are in sync, without broker 2'],
    ],
    [
      'two replicas are behind',
      [[1, [1, 2, 3]]],
      [1],
      ['orders, partition 0: 1 of 3 replicas are in sync, without brokers 2, 3'],
    ],
    ['nobody leads it', [[-1, [1, 2]]], [], ['orders, partition 0: no broker leads it']],
  ])('has problems or not: %s', (_, replicas, inSyncReplicas, problems) => {
    const described = state(replicas, [1, 2, 3]);
    const partitions = described.partitions.map(partition => ({ ...partition, inSyncReplicas }));
    expect(problemsOf({ ...described, partitions })).toEqual(problems);
  });

  it.each<[string, TopicState, object]>([
    [
      'is as good as can be',
      state(
        [
          [1, [1, 2, 3]],
          [2, [2, 3, 1]],
          [3, [3, 1, 2]],
        ],
        [1, 2, 3],
      ),
      {},
    ],
    [
      'has all that two brokers can give',
      state(
        [
          [1, [1, 2]],
          [2, [2, 1]],
        ],
        [1, 2],
      ),
      {},
    ],
    ['has more replicas than are usual', state([[1, [1, 2, 3, 4]]], [1]), {}],
    [
      'has no copies',
      state(
        [
          [1, [1]],
          [2, [2]],
          [3, [3]],
        ],
        [1, 2, 3],
      ),
      {
        risks: [
          'topic orders has replication factor 1 where 3 is possible: it loses messages when a broker fails',
        ],
      },
    ],
    [
      'has one copy less than possible',
      state(
        [
          [1, [1, 2]],
          [2, [2, 3]],
          [3, [3, 1, 2]],
        ],
        [1, 2, 3],
      ),
      {
        risks: [
          'topic orders has replication factor 2 where 3 is possible: it loses messages when 2 brokers fail',
        ],
      },
    ],
    [
      'is of a cluster with one broker',
      state([[1, [1]]], [1]),
      { gaps: [expect.stringMatching(/^the cluster has one broker: every message is stored once, /)] },
    ],
    [
      'leaves brokers out',
      state([[2, [2, 3, 1]]], [1, 2, 3]),
      { gaps: ['topic orders (partitions: 1) has no partition led by broker 1, 3 at the moment'] },
    ],
  ])('says what another layout would prove: one that %s', (_, described, expected) => {
    expect(limitationsOf(described)).toEqual({ risks: [], gaps: [], ...expected });
  });
});

function refusesSettings(): Faults {
  return { before: refuses('admin.describeConfigs', 'Cluster authorization failed') };
}

describe('a new topic', () => {
  it.each<[number[], number[][]]>([
    [[1], [[1]]],
    [
      [2, 1],
      [
        [1, 2],
        [2, 1],
      ],
    ],
    [
      [1, 2, 3],
      [
        [1, 2, 3],
        [2, 3, 1],
        [3, 1, 2],
      ],
    ],
    [
      [5, 1, 9, 7, 3],
      [
        [1, 3, 5],
        [3, 5, 7],
        [5, 7, 9],
        [7, 9, 1],
        [9, 1, 3],
      ],
    ],
  ])(
    'has a partition led by each of the brokers %j, with three replicas where possible',
    async (ids, replicas) => {
      const { cluster, admin } = clusterWith([]);
      cluster.brokers = ids;
      await createTopic(admin, 'fresh');
      expect(cluster.partitionsOf('fresh').map(partition => partition.replicas)).toEqual(replicas);
    },
  );

  it('is not waited for by asking one broker, which may not have heard of it', async () => {
    const asked: unknown[] = [];
    const admin = {
      describeCluster: async () => ({ brokers: [{ nodeId: 1 }] }),
      createTopics: async (options: unknown) => void asked.push(options),
    } as unknown as Admin;
    await createTopic(admin, 'fresh');
    expect(asked).toEqual([
      {
        waitForLeaders: false,
        topics: [{ topic: 'fresh', replicaAssignment: [{ partition: 0, replicas: [1] }] }],
      },
    ]);
  });

  it('is deleted when it is there', async () => {
    const { cluster, admin } = clusterWith([[1]]);
    await deleteTopic(admin, 'orders');
    expect(cluster.topics.has('orders')).toBe(false);
    await deleteTopic(admin, 'orders');
    expect(cluster.calls.filter(call => call === 'admin.deleteTopics')).toHaveLength(1);
  });
});
