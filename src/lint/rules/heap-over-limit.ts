import { type Heap, heapOf } from '../../compose/kafka/heap.ts';
import { formatBytes } from '../../compose/reader/memory.ts';
import type { Rule } from '../rule.ts';

export const heapOverLimit: Rule = {
  id: 'heap-over-limit',
  title: 'A heap that does not fit into the memory limit',
  severity: 'warning',
  why: "Java takes the heap it is allowed, and memory besides: for classes, compiled code, threads and buffers, 128 MiB at least. A container whose heap and the rest are more than its limit is killed once that much of it is used, without a word in its log; a small cluster may never use it. Without `KAFKA_HEAP_OPTS` a broker's heap is 1 GiB and that of Connect 2 GiB; ZooKeeper's and the registry's are 512 MiB, that of ksqlDB is 3 GiB, of Control Center 6 GiB and of the REST proxy 256 MiB, each with a variable of its own (`KSQL_HEAP_OPTS`, `CONTROL_CENTER_HEAP_OPTS`, `KAFKAREST_HEAP_OPTS`).",
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
      if (!heap || !limit || fits(heap, limit.bytes)) return [];
      const which = heap.isDefault ? `, the default of its image,` : '';
      const what =
        heap.bytes < limit.bytes
          ? `leaves ${formatBytes(limit.bytes - heap.bytes)} of its memory limit (${formatBytes(limit.bytes)}) to the rest of Java`
          : `does not fit into its memory limit (${formatBytes(limit.bytes)})`;
      const message = `The heap of "${service.name}" (${formatBytes(heap.bytes)})${which} ${what}: it is killed once the heap is used.`;
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

/** What a JVM takes beside its heap at least: 135 to 162 MiB were measured of brokers and their companions. */
const BESIDE_HEAP = 128 * 2 ** 20;

/** The heap that an image asks for by itself is rarely filled: only one that is more than there is in all is told. */
const fits = ({ bytes, isDefault }: Heap, limit: number) =>
  isDefault ? bytes < limit : bytes + BESIDE_HEAP <= limit;
