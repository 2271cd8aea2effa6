import { batchesIn, type FetchedBatch } from './fetched-batch.ts';

/** What kafkajs makes of the answer to a Fetch request. */
export interface FetchAnswer {
  readonly throttleTime: number;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}

interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly lastStartOffset: string;
  readonly abortedTransactions: readonly never[];
  readonly preferredReadReplica: number;
  readonly messages: readonly FetchedBatch[];
}

/**
 * Reads the answer to a Fetch request of version 11 without taking its batches apart.
 * @returns undefined for what kafkajs must read by itself: records of an older format, and aborted transactions, which no fetch
 * of ours asks for
 * @see https://kafka.apache.org/protocol.html#The_Messages_Fetch
 */
export function readFetchAnswer(
  bytes: Buffer,
  unpack: (codec: number, records: Buffer) => Buffer,
): FetchAnswer | undefined {
  const reader = new Reader(bytes);
  let isPlain = true;
  const partition = (): FetchedPartition => {
    const head = {
      partition: reader.int32(),
      errorCode: reader.int16(),
      highWatermark: reader.int64(),
      lastStableOffset: reader.int64(),
      lastStartOffset: reader.int64(),
      abortedTransactions: [],
    };
    if (reader.int32() > 0) isPlain = false;
    const preferredReadReplica = isPlain ? reader.int32() : 0;
    const messages = isPlain ? batchesIn(reader.bytes(), unpack) : undefined;
    isPlain = messages !== undefined;
    return { ...head, preferredReadReplica, messages: messages ?? [] };
  };
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const responses: FetchAnswer['responses'][number][] = [];
  for (let topics = reader.int32(); topics > 0 && isPlain; topics--) {
    const topicName = reader.text();
    const partitions: FetchedPartition[] = [];
    for (let count = reader.int32(); count > 0 && isPlain; count--) partitions.push(partition());
    responses.push({ topicName, partitions });
  }
  // As kafkajs: who has to wait is the client.
  return isPlain ? { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses } : undefined;
}

class Reader {
  private readonly all: Buffer;
  private at = 0;

  constructor(all: Buffer) {
    this.all = all;
  }

  int16(): number {
    this.at += 2;
    return this.all.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.all.readInt32BE(this.at - 4);
  }

  int64(): string {
    this.at += 8;
    return `${this.all.readBigInt64BE(this.at - 8)}`;
  }

  text(): string {
    const length = this.int16();
    this.at += length;
    return this.all.toString('utf8', this.at - length, this.at);
  }

  /** Null is nothing. */
  bytes(): Buffer {
    const length = Math.max(0, this.int32());
    this.at += length;
    return this.all.subarray(this.at - length, this.at);
  }
}
