import {
  type Image,
  imageFacts,
  isFrozen,
  isLatest,
  readImage,
  withdrawalOf,
} from '../../compose/kafka/images.ts';
import type { Service } from '../../compose/reader/model.ts';
import {
  hasEndedBefore,
  isWithoutItsZooKeeper,
  pinsOf,
  platformPins,
  WITH_ZOOKEEPER,
} from '../fixes/pinned-tag.ts';
import type { Edit, LintContext, Problem, Rule } from '../rule.ts';

export const imageNotPinned: Rule = {
  id: 'image-not-pinned',
  title: 'An image without a version',
  severity: 'warning',
  why: '`latest`, or no tag, is another image from one day to the next, and so is a tag that names a kind and no version, such as `alpine`, `lts` or `stable`. That is how stacks with ZooKeeper broke: since version 8 the Kafka image has none. A file that names versions starts the same cluster next year.',
  fix: 'Name a version. Images of one stack belong together: give Kafka, ZooKeeper and the registry of Confluent the same one.',
  safeFix:
    "Confluent's images get version 7.9.2, all that have none or none of them, where nothing that works can stop: in a project whose brokers use ZooKeeper and so cannot start with `latest`, and of images that ended with 7.9, as ZooKeeper's did. A project that names another version than 7 for one of them is left alone. Anywhere else no version is put in, because data that a newer version wrote may not be readable for an older one.",
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-enterprise-kafka:latest
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-enterprise-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
  },
  check: context => {
    const pins = platformPins(context);
    return context.model.services
      .filter(service => isLoose(service, context))
      .flatMap(service => problemOf(service, pins));
  },
};

/**
 * Official images that stand beside Kafka: https://hub.docker.com/search?badges=official. Any other name without an owner is of an
 * image that is made on the machine.
 */
const OFFICIAL = new Set(
  'adminer alpine busybox cassandra clickhouse couchbase couchdb debian eclipse-temurin elasticsearch flink golang gradle haproxy hazelcast httpd influxdb kibana logstash mariadb maven memcached mongo mongo-express mysql nats neo4j nginx node openjdk php postgres python rabbitmq redis solr spark telegraf traefik ubuntu vault zookeeper'.split(
    ' ',
  ),
);

/** What many images call their newest version, with or without a system behind it: `lts-alpine`, `stable`. */
const NEWEST =
  /^(?:alpine|slim|lts|stable|mainline|current|rolling|testing|release|canary|beta|preview|head|tip)(?:[.-][a-z][a-z\d.]*)*$/i;
/** A system, or a language that comes with a program; its number is not the program's. */
const SYSTEM =
  /(?:alpine|debian|ubi|ubuntu|oraclelinux|al|jdk|jre|java|openjdk|corretto|temurin|python|php|node|scala_?)-?\d[\d._]*/gi;
/** Official images whose versions have names. */
const NAMED_VERSIONS = new Set(['debian', 'ubuntu', 'traefik']);

/**
 * A tag that says which kind of an image is meant, and not which version: `redis:alpine`, `node:lts`. Of images that are not official
 * only the usual names are known.
 */
function movesByName({ repository, tag, digest }: Image): boolean {
  if (digest || !tag || tag.text === '') return false;
  if (NEWEST.test(tag.text)) return true;
  const hasNumbers = OFFICIAL.has(repository) && !NAMED_VERSIONS.has(repository);
  return hasNumbers && !/\d/.test(tag.text.replaceAll(SYSTEM, ''));
}

/** Without a version, and from a registry: what another service of the project builds is in none. */
function isLoose(service: Service, { model, kafka }: LintContext): boolean {
  const image = service.image && readImage(service.image);
  if (!image || service.builds || !(isLatest(image) || movesByName(image))) return false;
  if (model.services.some(other => other.builds && other.image?.text === service.image?.text)) return false;
  if (isFrozen(image) || !(image.name.includes('/') || OFFICIAL.has(image.name))) return false;
  // An image that is gone is told once, by image-withdrawn, and a version without ZooKeeper by no-zookeeper-mode.
  if (withdrawalOf(image) || hasEndedBefore(image)) return false;
  const node = kafka.nodes.find(each => each.service === service);
  return !(node && isWithoutItsZooKeeper(node));
}

function problemOf({ image: text }: Service, pins: readonly Edit[]): Problem[] {
  const image = text && readImage(text);
  if (!image) return [];
  const { place } = text;
  const what = image.tag ? `The tag "${image.tag.text}"` : 'An image without a tag';
  const message = `${what} is another image from one day to the next.`;
  if (pinsOf(pins, text))
    return [{ place, message, hint: `Write ${image.name}:${WITH_ZOOKEEPER}.`, edits: pins }];
  return [{ place, message, hint: 'Name a version.', proposal: `${image.name}:${proposedTag(image)}` }];
}

function proposedTag(image: Image): string {
  const facts = imageFacts(image);
  if (facts?.ends === '7.9') return WITH_ZOOKEEPER;
  if (/^(?:alpine|slim)/.test(image.tag?.text ?? '')) return `VERSION-${image.tag?.text}`;
  const isPlain = !image.tag || image.tag.text === 'latest';
  return facts?.platform && !facts.ends && isPlain ? '8.1.1' : 'VERSION';
}
