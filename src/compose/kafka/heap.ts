import { readMaximumHeap } from '../reader/memory.ts';
import type { Service } from '../reader/model.ts';
import type { Place } from '../reader/place.ts';
import { type ImageRole, isLatest, knownImage, readImage, readVersion } from './images.ts';

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

/** How the image of a service is told its heap, and the heap it has when it is not told; undefined for an image that is not known. */
interface JavaProgram {
  readonly variable: string;
  readonly bytes?: number;
  /** The first major version with this heap. */
  readonly since?: number;
}

/**
 * Sources: connect-distributed.sh of apache/kafka, bin/ksql-run-class of confluentinc/ksql, bin/kafka-rest-run-class of
 * confluentinc/kafka-rest, and for Control Center, which had 3 GiB at first, "JVM heap" in
 * https://docs.confluent.io/legacy/platform/4.1.3/control-center/docs/installation/system-requirements.html
 */
const PROGRAMS: ReadonlyMap<string, JavaProgram> = new Map<string, JavaProgram>([
  ...['cp-kafka-connect', 'cp-kafka-connect-base', 'cp-server-connect', 'cp-server-connect-base'].map(
    name => [name, { variable: 'KAFKA_HEAP_OPTS', bytes: 2048 * MIB }] as const,
  ),
  ...['cp-ksqldb-server', 'cp-ksql-server', 'ksqldb-server'].map(
    name => [name, { variable: 'KSQL_HEAP_OPTS', bytes: 3072 * MIB }] as const,
  ),
  ['cp-enterprise-control-center', { variable: 'CONTROL_CENTER_HEAP_OPTS', bytes: 6144 * MIB, since: 4 }],
  ['cp-kafka-rest', { variable: 'KAFKAREST_HEAP_OPTS', bytes: 256 * MIB }],
]);

/** Images of others start Kafka by its own script, or with the same heap (kafka-env.sh of bitnami/containers). */
const WITH_KAFKAS_HEAP = ['bitnami', 'wurstmeister'];

function programOf(service: Service): JavaProgram | undefined {
  const role = roleOf(service);
  if (role)
    return {
      variable: role === 'registry' ? 'SCHEMA_REGISTRY_HEAP_OPTS' : 'KAFKA_HEAP_OPTS',
      bytes: DEFAULTS[role],
    };
  const image = service.image && readImage(service.image);
  const known = image && knownImage(image);
  if (known?.role === 'kafka' && WITH_KAFKAS_HEAP.includes(known.family))
    return { variable: 'KAFKA_HEAP_OPTS', bytes: DEFAULTS.kafka };
  const [owner, name = ''] = image?.repository.split('/') ?? [];
  return owner === 'confluentinc' ? PROGRAMS.get(name) : undefined;
}

/** The largest heap of a service; undefined when it runs no Java that is known here, or depends on unknown variables. */
export function heapOf(service: Service): Heap | undefined {
  const program = programOf(service);
  if (!program || hasHeapElsewhere(service)) return undefined;
  const value = service.environment.get(program.variable)?.value;
  const stated = value && value.unresolved.length === 0 ? readMaximumHeap(value.text) : undefined;
  if (value && stated !== undefined) return { bytes: stated, place: value.place, isDefault: false };
  if (value || !service.environmentComplete || service.ownCommand || service.builds) return undefined;
  return program.bytes === undefined || !isSince(service, program.since)
    ? undefined
    : { bytes: program.bytes, place: service.place, isDefault: true };
}

function isSince({ image: name }: Service, since = 0): boolean {
  const image = name && readImage(name);
  if (!image || since === 0) return since === 0;
  return isLatest(image) || (readVersion(image.tag?.text)?.major ?? 0) >= since;
}
