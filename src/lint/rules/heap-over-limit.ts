import { heapOf } from '../../compose/kafka/heap.ts';
import { formatBytes } from '../../compose/reader/memory.ts';
import type { Rule } from '../rule.ts';

export const heapOverLimit: Rule = {
  id: 'heap-over-limit',
  title: 'A heap that does not fit into the memory limit',
  severity: 'error',
  why: "Java takes the heap it is allowed, and some memory besides. A container whose heap alone reaches the container's limit is killed as soon as it is used, without a word in its log. Without `KAFKA_HEAP_OPTS` a broker's heap is 1 GiB; ZooKeeper's and the registry's are 512 MiB.",
  fix: 'Make the limit a quarter larger than the heap at least, or the heap smaller (`-Xmx`).',
  example: {
    bad: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181, KAFKA_HEAP_OPTS: -Xmx1g }
    mem_limit: 512m
`,
    good: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181, KAFKA_HEAP_OPTS: -Xmx256m }
    mem_limit: 512m
`,
  },
  check: ({ model }) =>
    model.services.flatMap(service => {
      const heap = heapOf(service);
      const limit = service.memoryLimit;
      if (!heap || !limit || heap.bytes < limit.bytes) return [];
      const which = heap.isDefault ? `, the default of its image,` : '';
      const message = `The heap of "${service.name}" (${formatBytes(heap.bytes)})${which} does not fit into its memory limit (${formatBytes(limit.bytes)}): it is killed when it is used.`;
      const place = heap.isDefault ? limit.place : heap.place;
      return [
        {
          place,
          message,
          hint: 'Raise the limit, or lower -Xmx.',
          proposal: `-Xmx${Math.floor((limit.bytes * 0.6) / 2 ** 20)}m`,
        },
      ];
    }),
};
