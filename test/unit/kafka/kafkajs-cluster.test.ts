import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { clusterOf } from '../../../src/kafka/kafkajs-cluster.ts';

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
});
