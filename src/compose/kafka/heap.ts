import { readMaximumHeap } from '../reader/memory.ts';
import type { Service } from '../reader/model.ts';
import type { Place } from '../reader/place.ts';
import { type ImageRole, knownImage, readImage } from './images.ts';

/** The largest heap of a service. */
export interface Heap {
  readonly bytes: number;
  /** Where it is set; the service when it is the image's own. */
  readonly place: Place;
  readonly isDefault: boolean;
}

const MIB = 2 ** 20;
/** What the start scripts of Kafka, ZooKeeper and the registry ask for when they are told nothing. */
const DEFAULTS = { kafka: 1024 * MIB, zookeeper: 512 * MIB, registry: 512 * MIB } as const;

/** What a service is in Kafka, if its image starts it in Java by the start scripts of Kafka or of Confluent. */
function roleOf({ image: name }: Service): ImageRole | undefined {
  const image = name && readImage(name);
  const known = image && knownImage(image);
  if (!known || image?.repository.endsWith('-native')) return undefined;
  return ['confluent', 'apache'].includes(known.family) ? known.role : undefined;
}

/** The heap in bytes that the image of a service gets when nothing is said of it; undefined for an image that is not known. */
export function defaultHeapOf(service: Service): number | undefined {
  const role = roleOf(service);
  return role && DEFAULTS[role];
}

/** Options that come behind those for the heap, or count more: there the last one wins. */
const hasHeapElsewhere = ({ environment }: Service) =>
  [...environment.values()].some(
    ({ name, value }) =>
      /OPTS$|OPTIONS$|^EXTRA_ARGS$/.test(name) &&
      !name.endsWith('HEAP_OPTS') &&
      (/-Xmx|MaxHeapSize|MaxRAM/.test(value.text) || value.unresolved.length > 0),
  );

/** The largest heap of a service; undefined when it runs no Java that is known here, or depends on unknown variables. */
export function heapOf(service: Service): Heap | undefined {
  const role = roleOf(service);
  if (!role || hasHeapElsewhere(service)) return undefined;
  const variable = role === 'registry' ? 'SCHEMA_REGISTRY_HEAP_OPTS' : 'KAFKA_HEAP_OPTS';
  const value = service.environment.get(variable)?.value;
  const stated = value && value.unresolved.length === 0 ? readMaximumHeap(value.text) : undefined;
  if (value && stated !== undefined) return { bytes: stated, place: value.place, isDefault: false };
  if (value || !service.environmentComplete || service.ownCommand || service.builds) return undefined;
  return { bytes: DEFAULTS[role], place: service.place, isDefault: true };
}
