import type { RecordBlock } from '../../../src/kafka/records/record-block.ts';
import type { MemoryCluster } from './memory-kafka.ts';
import { recordsOf } from './written-records.ts';

/** As much of a producer as is used. It tells where the first record of each partition went, as kafkajs does. */
export function memoryProducer(cluster: MemoryCluster, server: string) {
  return {
    connect: async () => {
      await cluster.call('producer.connect', server);
      cluster.connect('producer');
    },
    disconnect: async () => {
      await cluster.call('producer.disconnect', server);
      cluster.disconnect('producer');
    },
    send: async ({ messages, ...options }: { topic: string; messages: RecordBlock[] }) => {
      const { topic } = options;
      cluster.options.push(options);
      await cluster.call('producer.send', server);
      const firsts = new Map<number, number>();
      const forgotten = new Set<number>();
      for (const { partition, value, headers } of messages.flatMap(recordsOf)) {
        // A copy that a fault stores first is not the one that is acknowledged.
        const stored = cluster.store(topic, { partition, value, headers });
        if (cluster.faults.forgets?.(stored)) forgotten.add(partition);
        if (!firsts.has(partition)) firsts.set(partition, stored.offset);
      }
      await cluster.clock.sleep(cluster.faults.acknowledgedAfterMs ?? 0);
      const told = [...firsts].filter(([partition]) => !forgotten.has(partition));
      return told.map(([partition, offset]) => ({ partition, baseOffset: `${offset}` }));
    },
  };
}
