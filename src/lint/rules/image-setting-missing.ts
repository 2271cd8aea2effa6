import { knownImage, readImage, readVersion } from '../../compose/kafka/images.ts';
import { intendedName } from '../../compose/kafka/kafka-settings.ts';
import type { Service } from '../../compose/reader/model.ts';
import type { Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const imageSettingMissing: Rule = {
  id: 'image-setting-missing',
  title: 'A variable that the image demands is missing',
  severity: 'error',
  why: "The start scripts of Confluent's images check some variables and stop the container when one is not set: `ZOOKEEPER_CLIENT_PORT` for ZooKeeper, `SCHEMA_REGISTRY_HOST_NAME` and `SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS` for the registry. What Kafka itself needs is in [kraft-setting-missing](#kraft-setting-missing) and [advertised-listener-missing](#advertised-listener-missing).",
  fix: 'Set the variable.',
  example: {
    bad: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment:
      ZOOKEEPER_TICK_TIME: 2000
`,
    good: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment:
      ZOOKEEPER_CLIENT_PORT: 2181
`,
  },
  check: ({ model }) => model.services.flatMap(problemOf),
};

function problemOf(service: Service): Problem[] {
  const { environmentComplete, ownCommand, builds, environment, environmentPlace: place, name } = service;
  if (!environmentComplete || ownCommand || builds) return [];
  const given = new Set([...environment.keys()].map(intendedName));
  const missing = demanded(service).filter(
    alternatives => !alternatives.some(variable => given.has(variable)),
  );
  const names = missing.flatMap(([variable]) => variable ?? []);
  if (names.length === 0) return [];
  const message = `"${name}" has no ${inWords(names)}: the image does not start without.`;
  return [{ place, message, hint: `Set ${inWords(names)}.` }];
}

/** Each with the variables of which one is enough. */
function demanded({ image: text }: Service): string[][] {
  const image = text && readImage(text);
  const known = image && knownImage(image);
  if (known?.family !== 'confluent' || known.role === 'kafka') return [];
  if (known.role === 'zookeeper') return [['ZOOKEEPER_CLIENT_PORT', 'ZOOKEEPER_SECURE_CLIENT_PORT']];
  const bootstrap = ['SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS'];
  // Up to version 7 the script is content with ZooKeeper's address.
  if ((readVersion(image?.tag?.text)?.major ?? 8) < 8)
    bootstrap.push('SCHEMA_REGISTRY_KAFKASTORE_CONNECTION_URL');
  return [['SCHEMA_REGISTRY_HOST_NAME'], bootstrap];
}
