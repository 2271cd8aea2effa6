import type { Kafka } from 'kafkajs';
import { CompactReader, compactArray, compactString, int32, NO_TAGS } from './compact-protocol.ts';
import { clusterOf, type KafkaJsBroker, type KafkaJsCluster } from './kafkajs-cluster.ts';

/** A transaction that has begun in a partition and not ended. */
export interface OpenTransaction {
  readonly partition: number;
  readonly producerId: string;
  /** Of its first record: who reads committed records only gets none from there on. */
  readonly offset: number;
}

const METADATA = { apiKey: 3, apiVersion: 10, apiName: 'Metadata' };
const DESCRIBE_PRODUCERS = { apiKey: 61, apiVersion: 0, apiName: 'DescribeProducers' };
const NO_UUID = Buffer.alloc(16);
const FALSE = Buffer.from([0]);

/**
 * The id that Kafka gave a topic when it was made: another one of the same name has another id.
 * @returns undefined when the brokers do not tell it (before Kafka 2.8), or the topic is not there
 */
export function topicId(kafka: Kafka, topic: string): Promise<string | undefined> {
  return asking(kafka, topic, async cluster => {
    const [nodeId = ''] = leadersOf(cluster, topic).keys();
    const topics = compactArray([Buffer.concat([NO_UUID, compactString(topic), NO_TAGS])]);
    // Whether a topic may be made, and whose rights are wanted: no, none.
    const body = Buffer.concat([topics, FALSE, FALSE, FALSE, NO_TAGS]);
    const answer = await ask(await cluster.findBroker({ nodeId }), METADATA, body);
    answer.int32();
    answer.array(() => {
      answer.int32();
      answer.string();
      answer.int32();
      answer.string();
      answer.tags();
    });
    answer.string();
    answer.int32();
    // There is one topic. What follows its id is not read.
    let id: string | undefined;
    answer.array(() => {
      if (id !== undefined) return;
      const errorCode = answer.int16();
      answer.string();
      const uuid = answer.uuid();
      id = errorCode === 0 && uuid !== NO_UUID.toString('base64url') ? uuid : '';
    });
    return id || undefined;
  });
}

/** The transactions that are open in a topic, as the partitions' leaders know them. @returns none when they do not tell */
export function openTransactions(kafka: Kafka, topic: string): Promise<OpenTransaction[] | undefined> {
  return asking(kafka, topic, async cluster => {
    const answers = [...leadersOf(cluster, topic)].map(async ([nodeId, partitions]) => {
      const wanted = Buffer.concat([compactString(topic), compactArray(partitions.map(int32)), NO_TAGS]);
      const body = Buffer.concat([compactArray([wanted]), NO_TAGS]);
      return transactionsIn(await ask(await cluster.findBroker({ nodeId }), DESCRIBE_PRODUCERS, body));
    });
    return (await Promise.all(answers)).flat().sort((a, b) => a.partition - b.partition);
  });
}

function transactionsIn(answer: CompactReader): OpenTransaction[] {
  const found: OpenTransaction[] = [];
  answer.int32();
  answer.array(() => {
    answer.string();
    answer.array(() => {
      const partition = answer.int32();
      answer.int16();
      answer.string();
      answer.array(() => {
        const producerId = `${answer.int64()}`;
        // Epoch, last sequence number, time of the last record, epoch of the coordinator.
        answer.int32();
        answer.int32();
        answer.int64();
        answer.int32();
        const offset = Number(answer.int64());
        answer.tags();
        if (offset >= 0) found.push({ partition, producerId, offset });
      });
      answer.tags();
    });
    answer.tags();
  });
  return found;
}

/** The partitions of a topic by the id of the broker that leads them. */
function leadersOf(cluster: KafkaJsCluster, topic: string): Map<string, number[]> {
  const leaders = new Map<string, number[]>();
  for (const { partitionId, leader } of cluster.findTopicPartitionMetadata(topic))
    leaders.set(`${leader}`, [...(leaders.get(`${leader}`) ?? []), partitionId]);
  return leaders;
}

/** Nice to know, and never a reason to fail. */
async function asking<T>(
  kafka: Kafka,
  topic: string,
  work: (cluster: KafkaJsCluster) => Promise<T>,
): Promise<T | undefined> {
  const cluster = clusterOf(kafka);
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    await cluster.refreshMetadataIfNecessary();
    return await work(cluster);
  } catch {
    return undefined;
  } finally {
    cluster.disconnect().catch(() => {});
  }
}

/** Sends a request of the flexible protocol, whose header ends with tagged fields as well. */
async function ask(broker: KafkaJsBroker, kind: typeof METADATA, body: Buffer): Promise<CompactReader> {
  const buffer = Buffer.concat([NO_TAGS, body]);
  const { answer } = await broker.connectionPool.send({
    request: { ...kind, encode: async () => ({ buf: buffer, buffer }) },
    response: {
      decode: async received => ({ answer: new CompactReader(received) }),
      parse: async decoded => decoded,
    },
  });
  answer.tags();
  return answer;
}
