import { posix } from 'node:path';
import type { KafkaModel } from '../../compose/kafka/kafka-model.ts';
import type { ComposeModel, Mount, Service } from '../../compose/reader/model.ts';
import { scalarsIn, valueAt } from '../../compose/reader/value.ts';
import { imageOf, runsStartScript, type ServiceImage } from './service-image.ts';

/** Where a service keeps its data outside of its container. */
export interface Storage {
  /** The folder in the container. */
  readonly folder: string;
  /** The same for two services that write to the same place. */
  readonly key: string;
  /** As one would call it: the volume "data", ./data on the machine. */
  readonly name: string;
  readonly mount: Mount;
}

interface Folders {
  /** Where the image keeps its data when it is told nothing. */
  readonly data: readonly string[];
  /** `VOLUME` of the image: there a mount further up does not count. */
  readonly volumes: readonly string[];
}

/**
 * Sources: the Dockerfiles and start scripts in confluentinc/kafka-images, apache/kafka, bitnami/containers and
 * 31z4/zookeeper-docker. What wurstmeister/kafka writes to has the container's name in it, so that two can share it.
 */
const FOLDERS: Readonly<Record<string, Folders>> = {
  'kafka confluent': { data: ['/var/lib/kafka/data'], volumes: ['/var/lib/kafka/data'] },
  'kafka apache': {
    data: ['/tmp/kafka-logs', '/tmp/kraft-combined-logs'],
    volumes: ['/var/lib/kafka/data'],
  },
  'kafka bitnami': { data: ['/bitnami/kafka/data'], volumes: ['/bitnami/kafka'] },
  'kafka wurstmeister': { data: [], volumes: ['/kafka'] },
  'zookeeper confluent': {
    data: ['/var/lib/zookeeper/data', '/var/lib/zookeeper/log'],
    volumes: ['/var/lib/zookeeper/data', '/var/lib/zookeeper/log'],
  },
  'zookeeper zookeeper': { data: ['/data', '/datalog'], volumes: ['/data', '/datalog', '/logs'] },
  'zookeeper bitnami': { data: ['/bitnami/zookeeper/data'], volumes: ['/bitnami/zookeeper'] },
};

/** Where a broker, a controller or a ZooKeeper writes to, as far as that is certain. */
export function storagesOf(service: Service, model: ComposeModel, kafka: KafkaModel): Storage[] {
  const image = imageOf(service);
  const known = image && FOLDERS[`${image.role} ${image.family}`];
  if (!known || !runsStartScript(service)) return [];
  return dataFolders(service, image, known, kafka).flatMap(
    folder => storageOf(folder, service, known, model) ?? [],
  );
}

function dataFolders(
  service: Service,
  { role, family }: ServiceImage,
  { data }: Folders,
  kafka: KafkaModel,
): readonly string[] {
  const told =
    role === 'kafka'
      ? toldKafka(service, kafka)
      : family === 'zookeeper' &&
          ['ZOO_DATA_DIR', 'ZOO_DATA_LOG_DIR'].some(name => service.environment.has(name))
        ? []
        : undefined;
  return told ?? (service.environmentComplete ? data : []);
}

/** `log.dirs` of a node; none when it depends on unknown variables, undefined when nothing is said. */
function toldKafka(service: Service, { nodes }: KafkaModel): string[] | undefined {
  const settings = nodes.find(node => node.service === service)?.settings;
  const told = (settings?.get('log.dirs') ?? settings?.get('log.dir'))?.value;
  if (!told) return settings ? undefined : [];
  return told.unresolved.length > 0 ? [] : told.text.split(',').map(folder => folder.trim());
}

function storageOf(
  folder: string,
  service: Service,
  { volumes }: Folders,
  model: ComposeModel,
): Storage | undefined {
  const mount = nearest(folder, service.mounts);
  const own = volumes.filter(path => isBelow(folder, path)).toSorted((a, b) => b.length - a.length)[0];
  if (!mount || (own !== undefined && !isBelow(mount.target, own))) return undefined;
  const { type, source, target } = mount;
  if (!source || dependsOnVariables(mount, service)) return undefined;
  if (type !== 'volume' && type !== 'bind') return undefined;
  const rest = posix.relative(target, folder);
  const place = type === 'bind' ? hostPath(source, mount, model) : source;
  const name = type === 'bind' ? posix.join(source, rest) : `the volume "${source}"`;
  return { folder, key: `${type} ${posix.join(place, rest)}`, name, mount };
}

/** The mount that a folder is in: the deepest one. */
export const nearest = (folder: string, mounts: readonly Mount[]) =>
  mounts
    .filter(({ target }) => isBelow(folder, target))
    .toSorted((a, b) => b.target.length - a.target.length)[0];

/** A folder is below itself too. */
const isBelow = (folder: string, above: string) => `${folder}/`.startsWith(`${above.replace(/\/$/, '')}/`);

const hostPath = (source: string, { place }: Mount, { fromFolder }: ComposeModel) =>
  posix.normalize(/^[./]/.test(source) && !source.startsWith('/') ? fromFolder(source, place.file) : source);

/** A volume whose name is not known may be another one for each service. */
const dependsOnVariables = ({ place }: Mount, { whole }: Service) =>
  scalarsIn(valueAt(whole, 'volumes')).some(
    scalar =>
      scalar.unresolved.length > 0 &&
      scalar.place.file === place.file &&
      scalar.place.start >= place.start &&
      scalar.place.end <= place.end,
  );
