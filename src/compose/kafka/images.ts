import { partOf, type Text } from '../reader/value.ts';

export type ImageRole = 'kafka' | 'zookeeper' | 'registry';
/** Who makes the image, and so how it reads its environment. */
export type ImageFamily =
  | 'confluent'
  | 'confluent-local'
  | 'apache'
  | 'bitnami'
  | 'wurstmeister'
  | 'zookeeper';

/** An image name taken apart: https://docs.docker.com/reference/cli/docker/image/tag/#description */
export interface Image {
  readonly name: string;
  /** The last two parts of the name: the same image comes from mirrors under longer names. */
  readonly repository: string;
  readonly tag?: Text;
  readonly digest: boolean;
}

/** The parts of an image's name: `registry:5000/team/name:tag@sha256:…`. A tag stands behind the last slash. */
export function imageParts(text: string): { name: string; tag?: string; digest?: string } {
  const [named = '', digest] = text.split('@', 2);
  const colon = named.lastIndexOf(':');
  if (colon <= named.lastIndexOf('/')) return { name: named, digest };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1), digest };
}

/** @returns undefined when the name depends on unknown variables */
export function readImage(image: Text): Image | undefined {
  if (image.unresolved.length > 0) return undefined;
  const { name, tag, digest } = imageParts(image.text);
  const repository = name.split('/').slice(-2).join('/');
  const tagAt = name.length + 1;
  return {
    name,
    repository: repository.replace(/^(docker\.io|library)\//, ''),
    tag: tag === undefined ? undefined : partOf(image, tagAt, tagAt + tag.length),
    digest: digest !== undefined,
  };
}

/** Images this project knows; of any other nothing is said that depends on the image. */
const KNOWN: Readonly<Record<string, { readonly role: ImageRole; readonly family: ImageFamily }>> = {
  'confluentinc/cp-kafka': { role: 'kafka', family: 'confluent' },
  'confluentinc/cp-server': { role: 'kafka', family: 'confluent' },
  'confluentinc/cp-enterprise-kafka': { role: 'kafka', family: 'confluent' },
  'confluentinc/confluent-local': { role: 'kafka', family: 'confluent-local' },
  'confluentinc/cp-zookeeper': { role: 'zookeeper', family: 'confluent' },
  'confluentinc/cp-schema-registry': { role: 'registry', family: 'confluent' },
  'apache/kafka': { role: 'kafka', family: 'apache' },
  'apache/kafka-native': { role: 'kafka', family: 'apache' },
  'bitnami/kafka': { role: 'kafka', family: 'bitnami' },
  'bitnamilegacy/kafka': { role: 'kafka', family: 'bitnami' },
  'bitnami/zookeeper': { role: 'zookeeper', family: 'bitnami' },
  'bitnamilegacy/zookeeper': { role: 'zookeeper', family: 'bitnami' },
  'wurstmeister/kafka': { role: 'kafka', family: 'wurstmeister' },
  'wurstmeister/zookeeper': { role: 'zookeeper', family: 'wurstmeister' },
  zookeeper: { role: 'zookeeper', family: 'zookeeper' },
};

export const knownImage = ({ repository }: Image) =>
  Object.hasOwn(KNOWN, repository) ? KNOWN[repository] : undefined;

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** The version a tag begins with; `latest` and tags of one's own have none. */
export function readVersion(tag: string | undefined): Version | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(tag ?? '') ?? /^v?(\d+)$/.exec(tag ?? '');
  return match ? { major: Number(match[1]), minor: Number(match[2] ?? 0) } : undefined;
}

/** No tag, or one that moves with every release. */
export const isLatest = ({ tag, digest }: Image): boolean =>
  !digest && (tag === undefined || tag.text === 'latest');

/**
 * Version of Kafka in an image: Confluent Platform 7.N holds Kafka 3.N, 8.N holds 4.N.
 * Source: https://docs.confluent.io/platform/current/installation/versions-interoperability.html
 */
export function kafkaVersion(image: Image, family: ImageFamily): Version | undefined {
  const version = readVersion(image.tag?.text);
  if (!version || family === 'bitnami' || family === 'apache') return version;
  // Tags of wurstmeister/kafka are SCALA-KAFKA.
  if (family === 'wurstmeister') return readVersion(image.tag?.text.split('-')[1]);
  if (version.major >= 7) return { major: version.major - 4, minor: version.minor };
  // Confluent Platform 3 to 6 held Kafka 0.10 to 2; which one exactly no rule asks.
  return { major: version.major === 6 || version.major === 5 ? 2 : 1, minor: 0 };
}
