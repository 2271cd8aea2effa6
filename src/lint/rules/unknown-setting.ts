import type { EnvironmentEntry } from '../../compose/reader/model.ts';
import { closestName } from '../../compose/reader/similar-name.ts';
import type { Problem, Rule } from '../rule.ts';
import { type KnownVariables, knownVariables } from '../settings/known-variables.ts';
import { refusedVariables } from './image-setting-refused.ts';

export const unknownSetting: Rule = {
  id: 'unknown-setting',
  title: 'A setting that nothing reads',
  severity: 'warning',
  why: 'The images turn every `KAFKA_…`, `ZOOKEEPER_…` and `SCHEMA_REGISTRY_…` variable into a setting, whatever its name is, and Kafka ignores settings it does not know. A typing mistake therefore looks like a setting that does not work. The names are checked against the lists that Kafka 3.9 to 4.4, the ZooKeeper image 7.9 and Schema Registry 7.9 to 8.1 have themselves; names under which plug-ins define settings are only compared with what they are close to.',
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
    model.services.flatMap(service => {
      const known = knownVariables(service);
      if (!known) return [];
      const usesZooKeeper = kafka.nodes.some(node => node.service === service && node.mode === 'zookeeper');
      // ZooKeeper's settings in a Kafka that has none are the matter of no-zookeeper-mode.
      const isElsewhere = (name: string) =>
        usesZooKeeper && known.removed.has(name) && name.startsWith('KAFKA_ZOOKEEPER_');
      const refused = refusedVariables(service);
      return [...service.environment.values()]
        .filter(({ name }) => !/\s/.test(name) && !isElsewhere(name) && !refused.includes(name))
        .flatMap(entry => problemOf(entry, known));
    }),
};

/** Written so often that it deserves an answer of its own. */
const MISTAKEN: ReadonlyMap<string, string> = new Map([['KAFKA_CLUSTER_ID', 'CLUSTER_ID']]);

function problemOf({ name, namePlace: place }: EnvironmentEntry, known: KnownVariables): Problem[] {
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

function closestTo(name: string, { names, prefix, isOpen }: KnownVariables): string | undefined {
  // Settings of a user's own listeners and plug-ins look alike: KAFKA_SSL_… beside KAFKA_SASL_….
  const candidates = isOpen(name)
    ? [...names].filter(other => !isOpen(other) || sameWords(name, other))
    : [...names];
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
