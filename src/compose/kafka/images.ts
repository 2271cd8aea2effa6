import { DOCKER_HUB, imageParts, imagePlace, splitHost } from '../reader/image-name.ts';
import { partOf, type Text } from '../reader/value.ts';
import {
  ARCHIVES,
  IMAGE_TABLE,
  type ImageFacts,
  type ImageFamily,
  WITHDRAWN_OWNERS,
  type Withdrawal,
} from './image-table.ts';

export type { ImageFamily };

export type ImageRole = 'kafka' | 'zookeeper' | 'registry';
/** An image name taken apart: https://docs.docker.com/reference/cli/docker/image/tag/#description */
export interface Image {
  readonly name: string;
  /** The last two parts of the name, or what they are called on Docker Hub: mirrors have the same image under longer names. */
  readonly repository: string;
  readonly tag?: Text;
  readonly digest: boolean;
  /** Known by the last part of its name alone, in a registry of somebody's own: what was put on top of it nobody here knows. */
  readonly isRenamed?: boolean;
}

/**
 * @returns undefined when the name depends on unknown variables. When only its tag does, the image has an empty tag, which is no
 * version and not `latest`.
 */
export function readImage(image: Text): Image | undefined {
  if (!READ.has(image)) READ.set(image, takeApart(image));
  return READ.get(image);
}

/** Most rules ask for the image of most services. */
const READ = new WeakMap<Text, Image | undefined>();

function takeApart(image: Text): Image | undefined {
  const { name, tag, digest } = imageParts(image.text);
  const isUnknown = image.unresolved.length > 0;
  // What comes before a tag is taken as it is: the address of a registry, at most.
  if (isUnknown && (tag === undefined || !/^\w/.test(name))) return undefined;
  const tagAt = name.length + 1;
  const own = lastParts(name);
  const renamed = FACTS.has(own) || !isInOwnRegistry(name) ? undefined : MIRRORED.get(lastPart(name));
  return {
    name,
    repository: renamed ?? own,
    isRenamed: renamed !== undefined,
    tag: tag === undefined ? undefined : partOf(image, tagAt, isUnknown ? tagAt : tagAt + tag.length),
    digest: digest !== undefined,
  };
}

const DOMAIN = /^(?:[A-Za-z\d](?:[A-Za-z\d.-]*[A-Za-z\d])?|\[[\da-fA-F:]+\])(?::\d+)?$/;
const COMPONENT = /^[a-z\d]+(?:(?:\.|__?|-+)[a-z\d]+)*$/;

/**
 * False for a text that Docker takes for no name of an image: "invalid reference format".
 * Source: regexp.go and normalize.go in https://github.com/distribution/reference, which `docker compose up` asks (pull.go).
 */
export function isImageName(text: string): boolean {
  const { name, tag, digest } = imageParts(text);
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) return false;
  if (digest !== undefined && !/^[A-Za-z][\w+.-]*:[\da-fA-F]{32,}$/.test(digest)) return false;
  const { host, path } = splitHost(name);
  return (host === undefined || DOMAIN.test(host)) && path.split('/').every(part => COMPONENT.test(part));
}

/** A registry of somebody's own. On Docker Hub, by whichever of its hosts, a name belongs to its owner. */
function isInOwnRegistry(name: string): boolean {
  const { host } = imagePlace(name);
  return host !== DOCKER_HUB && !host.endsWith(`.${DOCKER_HUB}`);
}
const PARTS = /^(?:docker\.io|library)\//;

const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
const lastParts = (name: string): string => name.split('/').slice(-2).join('/').replace(PARTS, '');

const FACTS: ReadonlyMap<string, ImageFacts> = new Map(
  IMAGE_TABLE.flatMap(facts => facts.repositories.map(name => [name, facts] as const)),
);

/**
 * The last part of a name in a registry of one's own that has no folders for owners: `confluentinc-cp-kafka`. Names that begin with
 * `cp-` are Confluent's without its name before them.
 */
const MIRRORED: ReadonlyMap<string, string> = new Map(
  [...FACTS.keys()].flatMap(repository => {
    const [owner = '', name] = repository.split('/');
    if (name === undefined) return [];
    const joined = [`${owner}-${name}`, `${owner}_${name}`].map(each => [each, repository] as const);
    return owner === 'confluentinc' && name.startsWith('cp-')
      ? [...joined, [name, repository] as const]
      : joined;
  }),
);

/** What is known of an image; undefined for one that is in no table. */
export const imageFacts = ({ repository }: Image): ImageFacts | undefined => FACTS.get(repository);

/** Given up, or kept by an archive: none of its tags moves any more, `latest` neither. */
export const isFrozen = (image: Image): boolean =>
  imageFacts(image)?.isFrozen === true || ARCHIVES.includes(image.repository.split('/')[0] ?? '');

/** True for an image that comes from Docker Hub itself, which has every tag that its maker published. */
export const isOnHub = ({ name }: Image): boolean => imagePlace(name).host === DOCKER_HUB;

/**
 * Where an image of Docker Hub went that is certainly not there any more; undefined for a mirror, which may still have it, and for a
 * digest, which may be kept.
 */
export function withdrawalOf(image: Image): Withdrawal | undefined {
  if (image.digest || !isOnHub(image)) return undefined;
  const listed = imageFacts(image)?.withdrawn;
  if (listed?.lastTag !== undefined) return listed;
  const [owner = '', name = ''] = image.repository.split('/');
  const moved = WITHDRAWN_OWNERS.get(owner);
  // `latest` of some is still made.
  if (!moved || !/^v?\d/.test(image.tag?.text ?? '')) return undefined;
  return { ...moved, replacement: `${moved.replacement}/${name}` };
}

const ROLES: readonly string[] = ['kafka', 'zookeeper', 'registry'] satisfies ImageRole[];

/** The images whose environment this project can read; of any other nothing is said that depends on it. */
export function knownImage(
  image: Image,
): { readonly role: ImageRole; readonly family: ImageFamily } | undefined {
  const facts = imageFacts(image);
  if (!facts || facts.family === 'other' || !ROLES.includes(facts.role)) return undefined;
  return { role: facts.role as ImageRole, family: facts.family };
}

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** The version a tag begins with; `latest` and tags of one's own have none. */
export function readVersion(tag: string | undefined): Version | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(tag ?? '') ?? /^v?(\d+)$/.exec(tag ?? '');
  return match ? { major: Number(match[1]), minor: Number(match[2] ?? 0) } : undefined;
}

/**
 * Tags that move with every release or every build, with or without what follows of a machine or a system: `latest-ubi8`,
 * `latest.arm64`, `8.0.x-latest`, `main`, `4.2.0-SNAPSHOT`.
 */
const MOVING =
  /^(?:latest|edge|main|master|trunk|nightly|dev|develop|devel|snapshot|unstable)(?:[.-][\w.-]*)?$|[.-](?:latest|nightly|snapshot)(?:[.-](?:ubi\d|arm64|amd64))*$/i;

/** No tag, or one that moves with every release. */
export const isLatest = ({ tag, digest }: Image): boolean =>
  !digest && (tag === undefined || MOVING.test(tag.text));

/** No tag, or a form of `latest`: the newest version there is. Of other tags that move it is not known which version they have. */
export const isNewest = (image: Image): boolean =>
  isLatest(image) && (image.tag === undefined || /^latest(?![-.]kafka)/i.test(image.tag.text));

/**
 * Kafka in Confluent Platform before 7; 7.N holds Kafka 3.N, 8.N holds 4.N.
 * Source: https://docs.confluent.io/platform/current/installation/versions-interoperability.html
 */
const EARLY_PLATFORMS: Readonly<Record<string, Version>> = {
  '3.0': { major: 0, minor: 10 },
  '3.1': { major: 0, minor: 10 },
  '3.2': { major: 0, minor: 10 },
  '3.3': { major: 0, minor: 11 },
  '4.0': { major: 1, minor: 0 },
  '4.1': { major: 1, minor: 1 },
  '5.0': { major: 2, minor: 0 },
  '5.1': { major: 2, minor: 1 },
  '5.2': { major: 2, minor: 2 },
  '5.3': { major: 2, minor: 3 },
  '5.4': { major: 2, minor: 4 },
  '5.5': { major: 2, minor: 5 },
  '6.0': { major: 2, minor: 6 },
  '6.1': { major: 2, minor: 7 },
  '6.2': { major: 2, minor: 8 },
};

/** Version of Kafka in an image; undefined when its tag tells none. */
export function kafkaVersion(image: Image, family: ImageFamily): Version | undefined {
  const tag = image.tag?.text;
  // `8.0.x-latest` moves within its version.
  const isKnown = !isLatest(image) || /^v?\d+\.\d+\.x-/.test(tag ?? '');
  const version = isKnown ? readVersion(tag) : undefined;
  if (!version || family === 'bitnami' || family === 'apache') return version;
  // Tags of wurstmeister/kafka are SCALA-KAFKA.
  if (family === 'wurstmeister') return readVersion(tag?.split('-')[1]);
  if (version.major >= 7) return { major: version.major - 4, minor: version.minor };
  return EARLY_PLATFORMS[`${version.major}.${version.minor}`] ?? { major: 1, minor: 0 };
}
