import { normalize } from 'node:path/posix';
import type { Service } from '../reader/model.ts';
import { splitText, type Text } from '../reader/value.ts';
import { imageDefaults } from './image-defaults.ts';
import { type Image, type ImageFamily, kafkaVersion, knownImage, readImage, type Version } from './images.ts';
import { readSettings, type Setting } from './kafka-settings.ts';
import type { Listener } from './listeners.ts';
import { listenersOf } from './node-listeners.ts';
import { type Program, programOf } from './own-program.ts';
import { startsImageWithout } from './wrapped-start.ts';

/** A service that runs Kafka: a broker, a controller, or both. */
export interface KafkaNode {
  readonly service: Service;
  readonly image: Image;
  readonly family: ImageFamily;
  /** Version of Kafka; none for `latest`. */
  readonly version?: Version;
  /** By Kafka's name, with what the image itself sets under what the service sets. */
  readonly settings: ReadonlyMap<string, Setting>;
  /** True when everything that Kafka is told can be seen here, so that a setting that is missing really is. */
  readonly complete: boolean;
  readonly mode?: 'zookeeper' | 'kraft';
  readonly isBroker: boolean;
  readonly isController: boolean;
  readonly id?: { readonly number: number; readonly text: Text };
  /** What it listens on; undefined when that is not known. */
  readonly listeners?: readonly Listener[];
  /** What it tells clients to connect to; undefined when that is not known. */
  readonly advertised?: readonly Listener[];
  /** Security protocol by listener; undefined when that is not known. */
  readonly protocols?: ReadonlyMap<string, string>;
  /** The listener that brokers use among themselves; undefined when that is not known. */
  readonly interBroker?: string;
  /** Listeners of controllers, in capitals. */
  readonly controllerNames: readonly string[];
}

/**
 * Settings that make a service whose command is not known a node. A broker's number or ZooKeeper alone do not: they are also set to
 * satisfy the checks of an image whose start script then does not run.
 */
const NODE_SETTINGS = ['process.roles', 'listeners', 'advertised.listeners'];
/**
 * What Kafka or the start scripts of the known images read settings from: whole folders, and files by their names. Other folders below
 * them hold what a setting names: certificates, a file for logins.
 */
const CONFIGURATION = [
  /^\/mnt\/shared\/config/,
  /^\/opt\/kafka(?:\/config(?:\/kraft)?(?:\/[\w.-]+\.properties)?)?$/,
  /^\/etc\/kafka(?:\/(?:docker|kraft)(?:\/.*)?|\/[\w.-]+\.properties)?$/,
  /^\/etc\/confluent(?:\/|$)/,
  /^\/opt\/bitnami/,
  /^\/bitnami\/kafka\/config/,
];
const NO_CONFIGURATION = /secrets|jaas|log4j|\.(?:jks|p12|pfx|pem|crt|cer|key)$/;

/** @returns undefined for a service that is no Kafka node, or whose image is not known */
export function readNode(service: Service): KafkaNode | undefined {
  const image = service.image && readImage(service.image);
  const known = image && knownImage(image);
  if (!image || known?.role !== 'kafka') return undefined;
  const { family } = known;
  const given = readSettings(service, family);
  const program: Program = programOf(service);
  if (program === 'tool') return undefined;
  if (program === 'unknown' && !NODE_SETTINGS.some(key => given.has(key))) return undefined;
  const settings = withDefaults(given, family, service);
  const version = kafkaVersion(image, family);
  const roles = rolesOf(settings);
  const mode = modeOf(settings, service, version);
  const id = idOf(settings);
  const node = {
    service,
    image,
    family,
    version,
    settings,
    complete: isComplete(service) && !image.isRenamed,
    mode,
    isBroker: roles === undefined || roles.includes('broker'),
    isController: roles?.includes('controller') ?? false,
    id,
    controllerNames: namesIn(settings.get('controller.listener.names')),
  };
  return { ...node, ...listenersOf(node, isWrapped(node, /listener/i)) };
}

/** The ports of a controller's listeners; undefined when it is none or they are not known. */
export function controllerPorts({
  isController,
  listeners,
  controllerNames,
}: KafkaNode): number[] | undefined {
  if (!isController || !listeners || controllerNames.length === 0) return undefined;
  const ports = listeners.filter(({ name }) => controllerNames.includes(name)).map(({ port }) => port);
  return ports.length > 0 ? ports : undefined;
}

/** The image's own settings; without a variable of their own they stand where the service does. */
function withDefaults(
  given: ReadonlyMap<string, Setting>,
  family: ImageFamily,
  { place }: Service,
): Map<string, Setting> {
  const settings = new Map<string, Setting>();
  const names = [...given].filter(([key]) => !key.endsWith('.opts') && !key.startsWith('log4j.'));
  for (const [key, text] of Object.entries(imageDefaults(family, new Map(names)))) {
    const value = { text, place, unresolved: [] };
    settings.set(key, {
      key,
      value,
      variable: '',
      entry: { name: '', namePlace: place, value, form: 'map' },
    });
  }
  for (const [key, setting] of given) settings.set(key, setting);
  return settings;
}

const isComplete = (service: Service): boolean => !service.ownCommand && isConfiguredHere(service);

/** Neither an image of one's own nor a file brings settings along. */
function isConfiguredHere({ environmentComplete, builds, mounts }: Service): boolean {
  const configured = mounts
    .map(({ target }) => normalize(`${target}/`).slice(0, -1))
    .some(target => !NO_CONFIGURATION.test(target) && CONFIGURATION.some(path => path.test(target)));
  return environmentComplete && !builds && !configured;
}

/** True where Confluent's image is started by a command of one's own that leaves some settings to it. */
export const isWrapped = (
  { family, service }: Pick<KafkaNode, 'family' | 'service'>,
  settings: RegExp,
): boolean => family === 'confluent' && isConfiguredHere(service) && startsImageWithout(service, settings);

function rolesOf(settings: ReadonlyMap<string, Setting>): string[] | undefined {
  const roles = settings.get('process.roles')?.value;
  return roles && roles.unresolved.length === 0
    ? splitText(roles, ',').map(({ text }) => text.toLowerCase())
    : undefined;
}

/**
 * Roles decide for KRaft, whatever voters are left over. Without roles an image with ZooKeeper's address asks ZooKeeper, and what
 * says only who the controllers are was meant for KRaft.
 * Source: kafka/include/etc/confluent/docker/configure in confluentinc/kafka-images 7.9, kafka_validate in libkafka.sh of
 * bitnami/containers
 */
function modeOf(
  settings: ReadonlyMap<string, Setting>,
  { environment }: Service,
  version?: Version,
): KafkaNode['mode'] {
  const isSet = (key: string) => {
    const value = settings.get(key)?.value;
    return value !== undefined && (value.text !== '' || value.unresolved.length > 0);
  };
  // Up to Kafka 3.4 the images of Bitnami have a variable that decides; nobody else's has it.
  const isOff = /^(?:no|false|0)$/i.test(environment.get('KAFKA_ENABLE_KRAFT')?.value.text ?? '');
  if (isOff && version?.major === 3 && version.minor <= 4 && isSet('zookeeper.connect')) return 'zookeeper';
  if (isSet('process.roles')) return 'kraft';
  if (isSet('zookeeper.connect')) return 'zookeeper';
  const isKraft = isSet('controller.quorum.voters') || isSet('controller.quorum.bootstrap.servers');
  return isKraft ? 'kraft' : undefined;
}

function idOf(settings: ReadonlyMap<string, Setting>): KafkaNode['id'] {
  const text = (settings.get('node.id') ?? settings.get('broker.id'))?.value;
  return text && text.unresolved.length === 0 && /^\d+$/.test(text.text)
    ? { number: Number(text.text), text }
    : undefined;
}

const namesIn = (setting: Setting | undefined) =>
  setting && setting.value.unresolved.length === 0
    ? splitText(setting.value, ',').map(({ text }) => text.toUpperCase())
    : [];
