import { readMaximumHeap } from '../reader/memory.ts';
import type { Service } from '../reader/model.ts';
import { defaultHeapOf } from './heap.ts';

/** The memory that a service takes at most. */
export interface ServiceMemory {
  readonly service: string;
  readonly mib: number;
}

/** What a JVM takes beside its heap: classes, compiled code, threads, buffers. 135 to 162 MiB were measured in the lab. */
const BESIDE_HEAP_MIB = 200;

/**
 * The memory a service takes when its heap is full: its limit is the last `-Xmx` of its `…HEAP_OPTS`.
 * @returns undefined for a service of which neither the file nor the image tells
 */
export function memoryOf(service: Service): ServiceMemory | undefined {
  const heaps = [...service.environment.values()]
    .filter(entry => entry.name.endsWith('HEAP_OPTS'))
    .flatMap(({ value }) => readMaximumHeap(value.text) ?? []);
  const heap = heaps.at(-1) ?? defaultHeapOf(service);
  return heap === undefined
    ? undefined
    : { service: service.name, mib: Math.ceil(heap / 2 ** 20) + BESIDE_HEAP_MIB };
}
