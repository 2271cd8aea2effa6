import type { Admin } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { createTopic, describeTopic, endOffsets } from '../../../src/kafka/topic.ts';

const partition = (partitionId: number, leader: number, replicas: number[]) => ({
  partitionId,
  leader,
  replicas,
});

/** An admin that knows one topic and keeps what it was told to create. */
function admin(partitions: object[], brokerCount = 3) {
  const created: unknown[] = [];
  const metadata: string[] = [];
  const fake = {
    listTopics: async () => ['orders'],
    fetchTopicMetadata: async ({ topics }: { topics: string[] }) => {
      metadata.push(...topics);
      return { topics: [{ partitions }] };
    },
    describeCluster: async () => ({ brokers: Array.from({ length: brokerCount }) }),
    createTopics: async (options: unknown) => void created.push(options),
    fetchTopicOffsets: async () => [
      { partition: 0, offset: '7', high: '7', low: '2' },
      { partition: 1, offset: '0', high: '0', low: '0' },
    ],
  };
  return { created, metadata, admin: fake as unknown as Admin };
}

describe('a topic', () => {
  it('has partitions, and as many replicas as the partition with the fewest', async () => {
    const partitions = [partition(0, 1, [1, 2, 3]), partition(1, 2, [2, 3])];
    expect(await describeTopic(admin(partitions).admin, 'orders')).toEqual({ partitions: 2, replicas: 2 });
  });

  it('that is not there is not asked for, which would create it', async () => {
    const { admin: asked, metadata } = admin([]);
    expect(await describeTopic(asked, 'other')).toBeUndefined();
    expect(metadata).toEqual([]);
  });

  it('without a leader somewhere is an error that names the partitions', async () => {
    const partitions = [partition(0, 1, [1]), partition(1, -1, [2]), partition(2, -1, [3])];
    await expect(describeTopic(admin(partitions).admin, 'orders')).rejects.toThrow(
      'topic orders: no broker leads partition 1, 2',
    );
  });

  it.each([
    [1, 1, 1],
    [2, 2, 2],
    [3, 3, 3],
    [5, 5, 3],
  ])(
    'of %i brokers gets %i partitions and %i replicas',
    async (brokers, numPartitions, replicationFactor) => {
      const { admin: asked, created } = admin([], brokers);
      await createTopic(asked, 'orders');
      expect(created).toEqual([
        { waitForLeaders: true, topics: [{ topic: 'orders', numPartitions, replicationFactor }] },
      ]);
    },
  );

  it('ends after its last record', async () => {
    expect(await endOffsets(admin([]).admin, 'orders')).toEqual(
      new Map([
        [0, '7'],
        [1, '0'],
      ]),
    );
  });
});
