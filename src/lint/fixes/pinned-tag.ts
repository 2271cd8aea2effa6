import {
  type Image,
  imageFacts,
  isLatest,
  isNewest,
  isOnHub,
  readImage,
  readVersion,
} from '../../compose/kafka/images.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Service } from '../../compose/reader/model.ts';
import type { Text } from '../../compose/reader/value.ts';
import type { Edit, LintContext } from '../rule.ts';

/** The last line of Confluent's images with ZooKeeper, which reads what any version before wrote; the action's own stack has it. */
export const WITH_ZOOKEEPER = '7.9.2';

/** True for a node whose image, as it is named, has no ZooKeeper mode. */
function lacksZooKeeper({ family, version, image }: KafkaNode): boolean {
  if (family === 'apache' || family === 'confluent-local') return true;
  if (version) return version.major >= 4;
  // What a registry of somebody's own calls the latest is its owner's choice.
  return isNewest(image) && !image.isRenamed && !imageFacts(image)?.latestHasZooKeeper;
}

/**
 * True for version 8 of an image that Confluent made for ZooKeeper, and that ended with 7.9: there is none. A tag such as
 * `8.0.x-latest` moves within its version.
 */
export function hasEndedBefore(image: Image): boolean {
  const facts = imageFacts(image);
  if (facts?.platform !== 'confluent' || facts.ends !== LAST_MINOR || image.digest) return false;
  const tag = image.tag?.text ?? '';
  const isKnown = !isLatest(image) || /^v?\d+\.\d+\.x-/.test(tag);
  return isKnown && (readVersion(tag)?.major ?? 0) >= 8;
}

/** True for a node that asks for ZooKeeper and whose image has no such mode, as far as its variables can be seen. */
export const isWithoutItsZooKeeper = (node: KafkaNode): boolean =>
  node.mode === 'zookeeper' && isSeen(node.service) && lacksZooKeeper(node);

/** An image of the platform that the project takes from a registry. */
interface PlatformImage {
  readonly service: Service;
  readonly text: Text;
  readonly image: Image;
}

/**
 * The edits that give every image of Confluent Platform without a version the last one with ZooKeeper: all of them or none, because
 * parts of one platform belong together. None unless nothing that works can stop: either none of the brokers starts as it is written,
 * or what is without a version is no longer made and is at that version already.
 */
export function platformPins({ model, kafka }: LintContext): Edit[] {
  const images = model.services.flatMap(platformImage);
  const loose = images.filter(({ image }) => isLatest(image));
  // A mirror need not have that version.
  if (!loose.every(({ image }) => isOnHub(image))) return [];
  if (loose.length === 0 || !model.complete || !loose.every(({ image }) => isNewest(image))) return [];
  const stands = images.filter(({ image }) => !isLatest(image));
  if (!stands.every(({ image }) => readVersion(image.tag?.text)?.major === 7 || image.digest)) return [];
  const facts = loose.map(({ image }) => imageFacts(image));
  // Of an image that is in no table, or ended before, it is not known that it has this version.
  if (!facts.every(each => each && (each.ends ?? LAST_MINOR) === LAST_MINOR)) return [];
  const isBroken =
    kafka.nodes.length > 0 && kafka.nodes.every(node => isWithoutItsZooKeeper(node) && !needsKafka2(node));
  if (!isBroken && !facts.every(each => each?.ends)) return [];
  const edits = loose.map(({ text, image }) => pinEdit(text, image, WITH_ZOOKEEPER));
  return edits.every(edit => edit !== undefined) ? edits : [];
}

/** Kafka 3 no longer has this class: a broker that is told to load it does not start. */
const needsKafka2 = ({ settings }: KafkaNode) =>
  settings.get('authorizer.class.name')?.value.text === 'kafka.security.auth.SimpleAclAuthorizer';

const LAST_MINOR = '7.9';

/** What decides between ZooKeeper and KRaft can be seen: no file of variables is missing. */
const isSeen = ({ environmentComplete, builds }: Service) => environmentComplete && !builds;

/** Images of Confluent that are in no table count too: what their tags are nobody here knows. */
function platformImage(service: Service): PlatformImage[] {
  const image = service.image && readImage(service.image);
  if (!service.image || !image || service.builds) return [];
  const isPlatform = imageFacts(image)?.platform ?? /^confluentinc\/cp-/.test(image.repository);
  return isPlatform ? [{ service, text: service.image, image }] : [];
}

/** Puts a tag in the place of `latest`, or behind a name without one; undefined when the name is not written out in the file. */
function pinEdit(text: Text, { tag, digest }: Image, version: string): Edit | undefined {
  const { contentStart, place } = text;
  if (contentStart === undefined || digest) return undefined;
  const end = contentStart + text.text.length;
  if (!tag) return { file: place.file, start: end, end, text: `:${version}` };
  return { file: place.file, start: end - tag.text.length, end, text: version };
}

/** Those of a project's pins that change one image's name. */
export const pinsOf = (pins: readonly Edit[], { place }: Text): boolean =>
  pins.some(({ file, start }) => file === place.file && start >= place.start && start <= place.end);

/** A service as it is once the project's pins are made. */
export function asPinned(service: Service, pins: readonly Edit[]): Service {
  const { image: text } = service;
  const image = text && pinsOf(pins, text) ? readImage(text) : undefined;
  if (!text || !image) return service;
  const { place } = text;
  return { ...service, image: { text: `${image.name}:${WITH_ZOOKEEPER}`, place, unresolved: [] } };
}
