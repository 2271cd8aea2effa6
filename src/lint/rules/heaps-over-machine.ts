import { formatBytes } from '../../compose/reader/memory.ts';
import { type Heap, heapOf } from '../heaps.ts';
import type { Rule } from '../rule.ts';

export const heapsOverMachine: Rule = {
  id: 'heaps-over-machine',
  title: 'More heap than the machine has memory',
  severity: 'warning',
  why: 'The heaps of all services together are larger than the memory of the machine. That works until they are used; then the kernel kills the largest process, and that is a broker. Judged only where the machine is known.',
  fix: 'Make the heaps smaller (`KAFKA_HEAP_OPTS: -Xms256m -Xmx512m` is enough to try things out), or take a larger machine.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    environment:
      KAFKA_HEAP_OPTS: -Xmx6g
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    environment:
      KAFKA_HEAP_OPTS: -Xmx1g
`,
    machineMemoryBytes: 4 * 2 ** 30,
  },
  check: ({ model, machineMemoryBytes }) => {
    if (machineMemoryBytes === undefined) return [];
    const heaps = model.services.flatMap(service => heapOf(service) ?? []);
    const sum = heaps.reduce((total, { bytes }) => total + bytes, 0);
    const [largest] = heaps.toSorted((a: Heap, b: Heap) => b.bytes - a.bytes);
    if (!largest || sum <= machineMemoryBytes) return [];
    const message = `The heaps of ${heaps.length === 1 ? 'one service' : `${heaps.length} services`} come to ${formatBytes(sum)}; the machine has ${formatBytes(machineMemoryBytes)}.`;
    return [{ place: largest.place, message, hint: 'Lower -Xmx, or take a larger machine.' }];
  },
};
