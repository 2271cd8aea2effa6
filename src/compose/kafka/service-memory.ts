import { readMaximumHeap } from '../reader/memory.ts';
import type { Service } from '../reader/model.ts';

/** The memory that a service takes at most. */
export interface ServiceMemory {
  readonly service: string;
  readonly mib: number;
}

/** What a JVM takes beside its heap: classes, compiled code, threads, buffers. 135 to 162 MiB were measured in the lab. */
const BESIDE_HEAP_MIB = 200;

/** The heap limits that Confluent's start scripts set when the compose file sets none. */
const DEFAULT_HEAPS_MIB: readonly (readonly [image: RegExp, mib: number])[] = [
  [/\/cp-(kafka|server)(:|@|$)/, 1024],
  [/\/cp-(zookeeper|schema-registry)(:|@|$)/, 512],
];

/**
 * The memory a service takes when its heap is full: its limit is the last `-Xmx` of its `…HEAP_OPTS`.
 * @returns undefined for a service of which neither the file nor the image tells
 */
export function memoryOf({ name, image, environment }: Service): ServiceMemory | undefined {
  const heaps = [...environment.values()]
    .filter(entry => entry.name.endsWith('HEAP_OPTS'))
    .flatMap(({ value }) => readMaximumHeap(value.text) ?? []);
  const heap = heaps.at(-1);
  const mib =
    heap === undefined
      ? DEFAULT_HEAPS_MIB.find(([pattern]) => pattern.test(image?.text ?? ''))?.[1]
      : heap / 1024 ** 2;
  return mib === undefined ? undefined : { service: name, mib: Math.ceil(mib) + BESIDE_HEAP_MIB };
}
