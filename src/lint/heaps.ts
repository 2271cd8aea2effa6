import { knownImage, readImage } from '../compose/kafka/images.ts';
import { readMaximumHeap } from '../compose/reader/memory.ts';
import type { Service } from '../compose/reader/model.ts';
import type { Place } from '../compose/reader/place.ts';

export interface Heap {
  readonly service: Service;
  readonly bytes: number;
  /** Where it is set; the service when it is the image's own. */
  readonly place: Place;
  readonly isDefault: boolean;
}

const MIB = 2 ** 20;
/** What the start scripts of Kafka, ZooKeeper and the registry ask for when they are told nothing. */
const DEFAULTS = { kafka: 1024 * MIB, zookeeper: 512 * MIB, registry: 512 * MIB } as const;

/** The largest heap of a service; undefined when it runs no Java that is known here, or depends on unknown variables. */
export function heapOf(service: Service): Heap | undefined {
  const image = service.image && readImage(service.image);
  const known = image && knownImage(image);
  if (!known || !['confluent', 'apache'].includes(known.family) || image?.repository.endsWith('-native'))
    return undefined;
  const variable = known.role === 'registry' ? 'SCHEMA_REGISTRY_HEAP_OPTS' : 'KAFKA_HEAP_OPTS';
  const value = service.environment.get(variable)?.value;
  const stated = value && value.unresolved.length === 0 ? readMaximumHeap(value.text) : undefined;
  if (value && stated !== undefined) return { service, bytes: stated, place: value.place, isDefault: false };
  if (value || !service.environmentComplete || service.ownCommand || service.builds) return undefined;
  return { service, bytes: DEFAULTS[known.role], place: service.place, isDefault: true };
}
