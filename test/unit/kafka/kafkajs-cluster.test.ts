import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import {
  clusterOf,
  connectToLeaders,
  type KafkaJsCluster,
  producerOf,
} from '../../../src/kafka/kafkajs-cluster.ts';

describe('what the clients of kafkajs are made of', () => {
  it('is there in the kafkajs that is used, with all that is asked of it', () => {
    const cluster = clusterOf(new Kafka({ brokers: ['localhost:1'], logLevel: logLevel.NOTHING }));
    expect(cluster).toMatchObject({
      connect: expect.any(Function),
      disconnect: expect.any(Function),
      addTargetTopic: expect.any(Function),
      refreshMetadataIfNecessary: expect.any(Function),
      findTopicPartitionMetadata: expect.any(Function),
      findBroker: expect.any(Function),
      fetchTopicsOffset: expect.any(Function),
    });
    expect('isolationLevel' in cluster).toBe(true);
  });

  it('is missed at once where it is not', () => {
    expect(() => clusterOf({} as Kafka)).toThrow('does not make clusters');
  });

  it('is given with a producer that uses it', async () => {
    const kafka = new Kafka({ brokers: ['localhost:1'], logLevel: logLevel.NOTHING });
    const { producer, cluster } = producerOf(kafka, {});
    Object.assign(cluster ?? {}, { connect: () => Promise.reject(new Error('asked')) });
    await expect(producer.connect()).rejects.toThrow('asked');
    expect(producerOf(kafka, {}).cluster).not.toBe(cluster);
  });

  it('connects to each leader of a topic once', async () => {
    const asked: string[] = [];
    const partitions = [4, 5, 4].map((leader, partitionId) => ({ partitionId, leader }));
    const cluster: Partial<KafkaJsCluster> = {
      addTargetTopic: async topic => void asked.push(topic),
      findTopicPartitionMetadata: () => partitions,
      findBroker: async ({ nodeId }) => {
        asked.push(nodeId);
        return { connectionPool: { send: () => Promise.reject(new Error('nothing is sent')) } };
      },
    };
    await connectToLeaders(cluster as KafkaJsCluster, 'topic');
    expect(asked).toEqual(['topic', '4', '5']);
  });
});
