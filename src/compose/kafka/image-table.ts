import table from './image-table.json' with { type: 'json' };

/** Who makes the image, and so how it reads its environment. */
export type ImageFamily =
  | 'confluent'
  | 'confluent-local'
  | 'apache'
  | 'bitnami'
  | 'wurstmeister'
  | 'zookeeper';

/** What an image runs. */
type ServiceRole =
  | 'kafka'
  | 'zookeeper'
  | 'registry'
  | 'connect'
  | 'rest-proxy'
  | 'ksqldb'
  | 'control-center'
  | 'ui'
  /** Kafka with ZooKeeper, or with a registry and more, in one container. */
  | 'all-in-one';

/** How an image's tag gives the version of Kafka: letter for letter, by Confluent Platform's number, or behind that of Scala. */
type TagVersion = 'kafka' | 'platform' | 'scala-kafka' | 'own';

/** Where an image went that its registry no longer has. */
export interface Withdrawal {
  readonly since: string;
  /** The repository that holds the same tags and reads the same variables. */
  readonly replacement: string;
  /** The last tag there, where `latest` is gone too. */
  readonly lastTag?: string;
  readonly source: string;
}

/** What is known of an image, whatever mirror it comes from. */
export interface ImageFacts {
  /** The last two parts of the names it has. */
  readonly repositories: readonly string[];
  readonly role: ServiceRole;
  /** How it reads its environment; `other` where no rule reads it. */
  readonly family: ImageFamily | 'other';
  readonly tags: TagVersion;
  /** Versions of the tags that are Confluent Platform's belong together. */
  readonly platform?: 'confluent';
  /** Major and minor of the last tag, for an image that is no longer made. */
  readonly ends?: string;
  /** Given up: none of its tags moves any more, `latest` neither. */
  readonly isFrozen?: boolean;
  /** Its `latest` has ZooKeeper's mode: it ended before Kafka 4. */
  readonly latestHasZooKeeper?: boolean;
  /** The variable that makes it run KRaft, where it can run both. */
  readonly kraftVariable?: string;
  /** What its start script waits for by itself, and how many seconds. */
  readonly waits?: { readonly role: 'kafka' | 'zookeeper'; readonly seconds: number };
  readonly withdrawn?: Withdrawal;
  readonly source: string;
}

/** The images that compose files with Kafka use, each with where that is known from. */
export const IMAGE_TABLE = table.images as readonly ImageFacts[];

/** Owners on Docker Hub whose images have no tags with a version any more; `replacement` is the owner that has them. */
export const WITHDRAWN_OWNERS: ReadonlyMap<string, Withdrawal> = new Map(Object.entries(table.owners));

/** Owners on Docker Hub whose images are kept as they are. */
export const ARCHIVES: readonly string[] = table.archives.owners;
