import response from 'kafkajs/src/protocol/requests/fetch/v11/response.js';
import produce from 'kafkajs/src/protocol/requests/produce/index.js';
import { unpack } from '../codecs/codecs.ts';
import { readFetchAnswer } from './fetch-response.ts';
import { type ProduceOptions, produceRequest } from './produce-request.ts';
import { RecordBlock } from './record-block.ts';

/** The first version of the Produce request that takes batches of format 2. */
const FIRST_VERSION = 3;

let isDone = false;

/**
 * Lets kafkajs send records that are written already, and hand on the batches that a broker sends as they are. Of each record
 * kafkajs itself makes a dozen objects and buffers in both ways, which is most of what a large run takes. Everything else
 * stays its own: connections, metadata, retries, groups.
 */
export function passBatchesThrough(): void {
  if (isDone) return;
  isDone = true;
  sendBlocks();
  readBatches();
}

function sendBlocks(): void {
  const protocol = produce.protocol.bind(produce);
  produce.protocol = ({ version }) => {
    const make = protocol({ version });
    return options => {
      const made = make(options);
      const topics = version >= FIRST_VERSION ? blocksIn(options) : undefined;
      if (!topics) return made;
      const encode = async () => {
        const buffer = produceRequest(topics, options, Date.now());
        return { buf: buffer, buffer };
      };
      return { ...made, request: { ...made.request, encode } };
    };
  };
}

/** @returns undefined where something else is to be sent: what kafkajs can write by itself */
function blocksIn({ topicData, transactionalId }: ProduceOptions) {
  const topics = topicData.map(({ topic, partitions }) => ({
    topic,
    blocks: partitions.flatMap(({ messages }) => messages),
  }));
  const areBlocks = (blocks: readonly unknown[]): blocks is RecordBlock[] =>
    blocks.every(block => block instanceof RecordBlock);
  const own = topics.flatMap(({ topic, blocks }) => (areBlocks(blocks) ? [{ topic, blocks }] : []));
  return !transactionalId && own.length === topics.length ? own : undefined;
}

function readBatches(): void {
  const decode = response.decode.bind(response);
  response.decode = async bytes => readFetchAnswer(bytes, unpack) ?? decode(bytes);
}
