import { type IHeaders, Partitioners } from 'kafkajs';
import { recordsIn } from '../../../src/kafka/records/fetched-records.ts';
import type { Cluster } from './kafka.ts';

interface Seen {
  readonly sequence: number;
}

/** How the second copy of a message differs. Without a value it is an exact copy. */
interface Change {
  readonly value?: string;
}

/**
 * A second producer: watches a topic for messages of the action's clients on the runner, and writes them a second time, to
 * the same partition and under the same name.
 */
export async function meddle(
  { kafka }: Cluster,
  topic: string,
  change: (seen: Seen) => Change | undefined,
): Promise<{ stop(): Promise<void> }> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const consumer = kafka.consumer({ groupId: `meddler-${Date.now()}`, maxWaitTimeInMs: 50 });
  const asked = new Set<number>();
  consumer.on(consumer.events.FETCH, ({ payload }) => asked.add(Number(payload.nodeId)));
  const done = new Set<number>();
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic, fromBeginning: false });
  await consumer.run({
    eachBatch: async ({ batch: { partition, messages } }) => {
      for (const { value, headers } of recordsIn(messages, 0)) {
        const sequence = Number(headers?.sequence?.toString());
        if (!headers?.['run-id']?.toString().endsWith('/runner') || done.has(sequence)) continue;
        const changed = change({ sequence });
        if (!changed) continue;
        done.add(sequence);
        const message = { partition, value: changed.value ?? value, headers: headers as IHeaders };
        await producer.send({ topic, messages: [message] });
      }
    },
  });
  while (asked.size < 3) await new Promise(resolve => setTimeout(resolve, 50));
  return {
    async stop() {
      await consumer.disconnect();
      await producer.disconnect();
    },
  };
}
