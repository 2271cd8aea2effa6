import type { Kafka } from 'kafkajs';
import { retry, type Waiting } from '../waiting.ts';
import { clusterOf, type KafkaJsCluster, READ_COMMITTED, READ_UNCOMMITTED } from './kafkajs-cluster.ts';

/** Where a partition begins (earlier records were deleted) and ends (the next record gets this offset). */
export interface PartitionRange {
  readonly start: number;
  /** Who reads committed records only gets none from here on: the end, or the first record of the oldest open transaction. */
  readonly stable: number;
  readonly end: number;
}

const ATTEMPTS = 5;
const PAUSE_MS = 500;

/**
 * Asks each partition's leader where the partition begins and ends. A leader may have changed a moment ago, and kafkajs does
 * not look again by itself: then a new client does.
 *
 * @returns the ranges of a topic's partitions, by partition
 */
export async function partitionRanges(
  kafka: Kafka,
  topic: string,
  waiting: Waiting,
): Promise<Map<number, PartitionRange>> {
  return await retry(waiting, () => askForRanges(clusterOf(kafka), topic), {
    pauseMs: PAUSE_MS,
    giveUp: ({ error, attempt }) => (isRetriable(error) && attempt < ATTEMPTS ? undefined : error),
  });
}

const isRetriable = (error: unknown) => (error as { retriable?: boolean }).retriable === true;

async function askForRanges(cluster: KafkaJsCluster, topic: string): Promise<Map<number, PartitionRange>> {
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    await cluster.refreshMetadataIfNecessary();
    const partitions = cluster
      .findTopicPartitionMetadata(topic)
      .map(({ partitionId }) => ({ partition: partitionId }));
    const ask = async (fromBeginning: boolean, isolationLevel: number) => {
      cluster.isolationLevel = isolationLevel;
      const [answer] = await cluster.fetchTopicsOffset([{ topic, fromBeginning, partitions }]);
      return new Map(answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    };
    // In this order, so that each is at most the next one although records come and go meanwhile.
    const starts = await ask(true, READ_UNCOMMITTED);
    const stable = await ask(false, READ_COMMITTED);
    const ends = await ask(false, READ_UNCOMMITTED);
    return new Map(
      [...ends].map(([partition, end]) => [
        partition,
        { start: starts.get(partition) ?? 0, stable: stable.get(partition) ?? end, end },
      ]),
    );
  } finally {
    cluster.disconnect().catch(() => {});
  }
}
