import {
  type Image,
  type ImageFamily,
  type ImageRole,
  isLatest,
  knownImage,
  readImage,
  readVersion,
  type Version,
} from '../../compose/kafka/images.ts';
import { intendedName } from '../../compose/kafka/kafka-settings.ts';
import type { Service } from '../../compose/reader/model.ts';

/** The image of a service, when it is one that this project knows. */
export interface ServiceImage {
  readonly image: Image;
  readonly family: ImageFamily;
  readonly role: ImageRole;
  /** The version that the tag begins with, as its maker counts; none for `latest` and for tags that are not known. */
  readonly version?: Version;
  readonly isLatest: boolean;
}

/** @returns undefined for an image that is not known, or whose name depends on unknown variables */
export function imageOf({ image: text }: Service): ServiceImage | undefined {
  const image = text && readImage(text);
  const known = image && knownImage(image);
  if (!image || !known) return undefined;
  const { family, role } = known;
  return { image, family, role, version: readVersion(image.tag?.text), isLatest: isLatest(image) };
}

/** True from a version on, `latest` included; false for an older version, and for one that is not known. */
export function isSince({ version, isLatest: latest }: ServiceImage, major: number, minor = 0): boolean {
  if (!version) return latest;
  return version.major > major || (version.major === major && version.minor >= minor);
}

/** True before a version; false for `latest`, and for a version that is not known. */
export function isBefore({ version }: ServiceImage, major: number, minor = 0): boolean {
  return (
    version !== undefined && (version.major < major || (version.major === major && version.minor < minor))
  );
}

/** Where the start scripts of the known images are. */
const SCRIPTS = [
  '/etc/confluent/docker',
  '/etc/kafka/docker',
  '/opt/bitnami/scripts',
  '/usr/bin/start-kafka.sh',
  '/docker-entrypoint.sh',
  '/entrypoint.sh',
];

/** True when nothing says that a container starts by another script than the one its image is known for. */
export const runsStartScript = ({ image, ownCommand, builds, mounts }: Service): boolean =>
  !ownCommand &&
  !builds &&
  !(image && readImage(image)?.isRenamed) &&
  !mounts.some(({ target }) => SCRIPTS.some(path => isWithin(target, path) || isWithin(path, target)));

/** A path is within itself too. */
const isWithin = (path: string, folder: string) => `${path}/`.startsWith(`${folder.replace(/\/$/, '')}/`);

/** True when at least one of the variables is set, whatever to; a name with white space counts as what was meant. */
export function hasVariable({ environment }: Service, names: readonly string[]): boolean {
  const given = new Set([...environment.keys()].map(intendedName));
  return names.some(name => given.has(name));
}
