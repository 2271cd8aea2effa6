/** The memory that a service takes at most. */
export interface ServiceMemory {
  readonly service: string;
  readonly mib: number;
}

interface Service {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string | number>>;
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
export function memoryOf(
  service: string,
  { image = '', environment = {} }: Service,
): ServiceMemory | undefined {
  const options = Object.entries(environment).filter(([name]) => name.endsWith('HEAP_OPTS'));
  const limits = options.flatMap(([, value]) => [...String(value).matchAll(/-Xmx(\d+)([kmg]?)\b/gi)]);
  const [, number = '', unit = ''] = limits.at(-1) ?? [];
  const heap =
    number === ''
      ? DEFAULT_HEAPS_MIB.find(([pattern]) => pattern.test(image))?.[1]
      : Number(number) * MIB_OF_UNIT[unit.toLowerCase() as keyof typeof MIB_OF_UNIT];
  return heap === undefined ? undefined : { service, mib: Math.ceil(heap) + BESIDE_HEAP_MIB };
}

/** The units of `-Xmx`; without one the number is of bytes. */
const MIB_OF_UNIT = { '': 1 / 1024 ** 2, k: 1 / 1024, m: 1, g: 1024 } as const;
