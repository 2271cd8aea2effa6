import { type Image, isLatest, knownImage, readImage, readVersion } from '../../compose/kafka/images.ts';
import type { Service } from '../../compose/reader/model.ts';
import type { Text } from '../../compose/reader/value.ts';
import type { Edit, LintContext } from '../rule.ts';

/** The last line of Confluent's images with ZooKeeper; the version of the action's own stack. */
const WITH_ZOOKEEPER = '7.9.2';

/**
 * The version that an image without one must have for the project to work: known only for Confluent's images where the brokers use
 * ZooKeeper.
 */
export function pinnedTag(service: Service, { model, kafka }: LintContext): string | undefined {
  const image = service.image && readImage(service.image);
  if (!image || knownImage(image)?.family !== 'confluent' || !isLatest(image)) return undefined;
  if (kafka.nodes.length === 0 || kafka.nodes.some(({ mode }) => mode !== 'zookeeper')) return undefined;
  const tags = new Set(model.services.flatMap(other => tagOf(other) ?? []));
  if (tags.size > 1) return undefined;
  const [tag = WITH_ZOOKEEPER] = tags;
  return (readVersion(tag)?.major ?? 8) < 8 ? tag : undefined;
}

function tagOf(service: Service): string | undefined {
  const image = service.image && readImage(service.image);
  if (!image || knownImage(image)?.family !== 'confluent' || isLatest(image)) return undefined;
  return image.tag?.text;
}

/** Puts a tag in the place of `latest`, or behind a name without one; undefined when the name is not written out in the file. */
export function pinEdit(text: Text, { tag, digest }: Image, version: string): Edit | undefined {
  const { contentStart, place } = text;
  if (contentStart === undefined || digest) return undefined;
  const end = contentStart + text.text.length;
  if (!tag) return { file: place.file, start: end, end, text: `:${version}` };
  return { file: place.file, start: end - tag.text.length, end, text: version };
}
