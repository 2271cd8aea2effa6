import { knownImage, readImage } from '../../compose/kafka/images.ts';
import type { KafkaModel } from '../../compose/kafka/kafka-model.ts';
import {
  isBitnamiAlias,
  settingKey,
  settingVariable,
  variableFor,
} from '../../compose/kafka/kafka-settings.ts';
import { ownCommandText, programOf } from '../../compose/kafka/own-program.ts';
import type { EnvironmentEntry, Service } from '../../compose/reader/model.ts';
import { closestName } from '../../compose/reader/similar-name.ts';
import { scalarsIn, valueAt } from '../../compose/reader/value.ts';
import { withPrefixOfBitnami } from '../images/foreign-variables.ts';
import { runsStartScript } from '../images/service-image.ts';
import { unreadVariables } from '../images/unread-variables.ts';
import type { Problem, Rule } from '../rule.ts';
import { isBrokerSetting, type KnownVariables, knownVariables } from '../settings/known-variables.ts';
import { refusedVariables } from './image-setting-refused.ts';

export const unknownSetting: Rule = {
  id: 'unknown-setting',
  title: 'A setting that nothing reads',
  severity: 'warning',
  why: 'The images turn every `KAFKA_…`, `ZOOKEEPER_…` and `SCHEMA_REGISTRY_…` variable into a setting, whatever its name is, and Kafka ignores settings it does not know. A typing mistake therefore looks like a setting that does not work. Settings of clients, of Confluent Server, and of Kafka before 3.0 look like those of a broker, too. The image of Bitnami takes the settings with `KAFKA_CFG_`, and only some of them without `CFG_`. The names are checked against the lists that Kafka 3.9 to 4.4, the ZooKeeper image 7.9 and Schema Registry 7.9 to 8.1 have themselves; names under which plug-ins define settings are only compared with what they are close to.',
  fix: 'Correct the name, or take the variable out.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/confluent-local:8.1.1
    environment:
      KAFKA_AUTO_CREATE_TOPIC_ENABLE: 'false'
`,
    good: `services:
  kafka:
    image: confluentinc/confluent-local:8.1.1
    environment:
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false'
`,
  },
  check: ({ model, kafka }) =>
    model.services.flatMap(service => [
      ...unreadIn(service),
      ...unknownIn(service, kafka),
      ...bareSettings(service),
    ]),
};

/** A setting of Kafka's by a name without the prefix of which the image makes settings: AUTO_CREATE_TOPICS_ENABLE. */
function bareSettings(service: Service): Problem[] {
  const image = service.image && readImage(service.image);
  const known = image && knownImage(image);
  if (known?.role !== 'kafka' || !runsStartScript(service)) return [];
  const texts = scalarsIn(valueAt(service.whole, 'healthcheck')).map(({ text }) => text);
  return [...service.environment.values()]
    .filter(({ name }) => isBrokerSetting(`KAFKA_${name}`) && name !== OF_KAFKAS_SCRIPTS)
    .filter(({ name }) => !texts.some(text => text.includes(name)))
    .map(({ name, namePlace: place }) => {
      const right = variableFor(settingKey(`KAFKA_${name}`, 'KAFKA_') ?? '', known.family);
      const isThere = service.environment.has(right);
      const message = `Nothing in this image reads ${name}: the setting is ${right}.`;
      const hint = isThere ? `Take it out: ${right} is set.` : `Write ${right}.`;
      return { place, message, hint, proposal: isThere ? undefined : right };
    });
}

/** Settings of which is known whose they are: of a client, of another program, of an earlier version. */
function unreadIn(service: Service): Problem[] {
  return unreadVariables(service).flatMap(({ name, reason, instead }) => {
    const place = service.environment.get(name)?.namePlace;
    const isThere = instead === undefined || service.environment.has(instead);
    const message = `Nothing in this image reads ${name}: ${reason}.`;
    const hint = isThere ? 'Take it out.' : `Write ${instead}.`;
    // Such settings come several at a time.
    const cause = isThere ? reason : undefined;
    return place ? [{ place, cause, message, hint, proposal: isThere ? undefined : instead }] : [];
  });
}

function unknownIn(service: Service, kafka: KafkaModel): Problem[] {
  const known = knownVariables(service);
  if (!known) return withoutPrefix(service);
  const usesZooKeeper = kafka.nodes.some(node => node.service === service && node.mode === 'zookeeper');
  // ZooKeeper's settings in a Kafka that has none are the matter of no-zookeeper-mode.
  const isElsewhere = (name: string) =>
    usesZooKeeper && known.removed.has(name) && name.startsWith('KAFKA_ZOOKEEPER_');
  const command = ownCommandText(service);
  const told = new Set(
    [...unreadVariables(service), ...withPrefixOfBitnami(service)].map(({ name }) => name),
  );
  return [...service.environment.values()]
    .filter(
      ({ name }) =>
        !/\s/.test(name) &&
        !isElsewhere(name) &&
        !told.has(name) &&
        !command.includes(name) &&
        !refusedVariables(service).includes(name),
    )
    .flatMap(entry => misplacedId(entry, service) ?? problemOf(entry, known));
}

/** Where bin/kafka-run-class.sh of Kafka writes its own logs. */
const OF_KAFKAS_SCRIPTS = 'LOG_DIR';

/** Bitnami's image reads a setting with its own prefix, and only some without. */
function withoutPrefix(service: Service): Problem[] {
  const image = service.image && readImage(service.image);
  const known = image && knownImage(image);
  if (known?.family !== 'bitnami' || known.role !== 'kafka' || service.builds) return [];
  if (programOf(service) !== 'image') return [];
  return [...service.environment.values()]
    .filter(({ name }) => isBrokerSetting(name) && !isBitnamiAlias(name))
    .map(entry => {
      const key = settingKey(entry.name, 'KAFKA_') ?? '';
      const right = variableFor(key, 'bitnami');
      const isThere = service.environment.has(right);
      const message = `Nothing in this image reads ${entry.name}: here the setting is ${right}.`;
      const hint = isThere ? `Take it out: ${right} is set.` : `Write ${right}.`;
      return { place: entry.namePlace, message, hint, proposal: isThere ? undefined : right };
    });
}

/**
 * KAFKA_CLUSTER_ID where the id comes from elsewhere: from CLUSTER_ID, or from the image, which brings one along. To name it right
 * then would be another id than the data has.
 * Source: docker/resources/common-scripts in apache/kafka
 */
function misplacedId(
  { name, namePlace: place }: EnvironmentEntry,
  { image: text, environment }: Service,
): Problem[] | undefined {
  const image = text && readImage(text);
  if (name !== MISPLACED_ID || !image) return undefined;
  const isGiven = environment.has('CLUSTER_ID');
  if (!isGiven && knownImage(image)?.family !== 'apache') return undefined;
  const source = isGiven ? 'the id is that of CLUSTER_ID' : 'the id is the one that the image brings along';
  const message = `Nothing in this image reads ${name}: ${source}.`;
  return [{ place, message, hint: 'Take it out.' }];
}

const MISPLACED_ID = 'KAFKA_CLUSTER_ID';

/**
 * The images make small letters of all that follows the prefix, and leave a dot as it is: `KAFKA_log.retention_hours` is
 * `KAFKA_LOG_RETENTION_HOURS` to them.
 */
function asUsual(name: string, prefix: string): string {
  const key = /[.a-z]/.test(name) ? settingKey(name, prefix) : undefined;
  return key === undefined ? name : settingVariable(key, prefix);
}

/** Written so often that it deserves an answer of its own. */
const MISTAKEN: ReadonlyMap<string, string> = new Map([[MISPLACED_ID, 'CLUSTER_ID']]);

function problemOf({ name: written, namePlace: place }: EnvironmentEntry, known: KnownVariables): Problem[] {
  const name = asUsual(written, known.prefix);
  if (known.removed.has(name)) {
    const message = `${name} is a setting of Kafka 3: Kafka 4 no longer has it.`;
    return [{ place, message, hint: 'Take it out, or name an image with Kafka 3.' }];
  }
  if (known.names.has(name)) return [];
  const closest = MISTAKEN.get(name) ?? closestTo(name, known);
  if (closest !== undefined) {
    const message = `Nothing in this image reads ${name}; did you mean ${closest}?`;
    return [{ place, message, hint: `Write ${closest}.`, proposal: closest }];
  }
  if (!name.startsWith(known.prefix) || known.isOpen(name) || !known.isExhaustive) return [];
  return [
    { place, message: `Nothing in this image reads ${name}.`, hint: 'Correct the name, or take it out.' },
  ];
}

/** Read by a start script for a check of its own: who writes something like it means another setting. */
const NEVER_MEANT: ReadonlySet<string> = new Set(['KAFKA_DATA_DIRS', 'KAFKA_VERSION']);

function closestTo(name: string, { names, prefix, isOpen }: KnownVariables): string | undefined {
  // Settings of a user's own listeners and plug-ins look alike: KAFKA_SSL_… beside KAFKA_SASL_….
  const all = [...names].filter(other => !NEVER_MEANT.has(other));
  const candidates = isOpen(name) ? all.filter(other => !isOpen(other) || sameWords(name, other)) : all;
  if (!name.startsWith(prefix)) return closestPrefix(name, candidates, prefix);
  // The beginning that all names share makes none of them alike.
  const rest = closestName(
    name.slice(prefix.length),
    candidates.filter(other => other.startsWith(prefix)).map(other => other.slice(prefix.length)),
  );
  return rest === undefined ? undefined : prefix + rest;
}

/** KAKFA_… for KAFKA_…: the setting is right, the prefix mistyped. Other programs' variables are left alone. */
function closestPrefix(name: string, candidates: readonly string[], prefix: string): string | undefined {
  const meant = candidates.find(
    other => other.startsWith(prefix) && name.endsWith(other.slice(prefix.length - 1)),
  );
  const written = meant === undefined ? '' : name.slice(0, name.length - meant.length + prefix.length);
  return closestName(written, [prefix]) === undefined ? undefined : meant;
}

const sameWords = (a: string, b: string) => a.split('_').length === b.split('_').length;
