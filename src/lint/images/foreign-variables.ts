import type { ImageRole } from '../../compose/kafka/images.ts';
import { ownCommandText, runsOwnProgram } from '../../compose/kafka/own-program.ts';
import type { Service } from '../../compose/reader/model.ts';
import { imageOf, isBefore, type ServiceImage } from './service-image.ts';

/**
 * Variables that one image reads and another does not, by what they are about. None of the others' names is read: sources are the
 * start scripts in confluentinc/kafka-images, 31z4/zookeeper-docker and bitnami/containers.
 */
const ZOOKEEPER: readonly Readonly<Record<'confluent' | 'zookeeper' | 'bitnami', string>>[] = [
  { confluent: 'ZOOKEEPER_CLIENT_PORT', zookeeper: 'ZOO_PORT', bitnami: 'ZOO_PORT_NUMBER' },
  { confluent: 'ZOOKEEPER_SERVER_ID', zookeeper: 'ZOO_MY_ID', bitnami: 'ZOO_SERVER_ID' },
  { confluent: 'ZOOKEEPER_SERVERS', zookeeper: 'ZOO_SERVERS', bitnami: 'ZOO_SERVERS' },
  { confluent: 'ZOOKEEPER_TICK_TIME', zookeeper: 'ZOO_TICK_TIME', bitnami: 'ZOO_TICK_TIME' },
  { confluent: 'ZOOKEEPER_INIT_LIMIT', zookeeper: 'ZOO_INIT_LIMIT', bitnami: 'ZOO_INIT_LIMIT' },
  { confluent: 'ZOOKEEPER_SYNC_LIMIT', zookeeper: 'ZOO_SYNC_LIMIT', bitnami: 'ZOO_SYNC_LIMIT' },
  {
    confluent: 'ZOOKEEPER_MAX_CLIENT_CNXNS',
    zookeeper: 'ZOO_MAX_CLIENT_CNXNS',
    bitnami: 'ZOO_MAX_CLIENT_CNXNS',
  },
  {
    confluent: 'ZOOKEEPER_AUTOPURGE_PURGE_INTERVAL',
    zookeeper: 'ZOO_AUTOPURGE_PURGEINTERVAL',
    bitnami: 'ZOO_AUTOPURGE_INTERVAL',
  },
  {
    confluent: 'ZOOKEEPER_AUTOPURGE_SNAP_RETAIN_COUNT',
    zookeeper: 'ZOO_AUTOPURGE_SNAPRETAINCOUNT',
    bitnami: 'ZOO_AUTOPURGE_RETAIN_COUNT',
  },
];

/** What Bitnami's Kafka has instead of variables of other images; '' for nothing. */
const BITNAMI_KAFKA: ReadonlyMap<string, string> = new Map(
  Object.entries({
    CLUSTER_ID: 'KAFKA_KRAFT_CLUSTER_ID',
    KAFKA_ADVERTISED_HOST_NAME: 'KAFKA_CFG_ADVERTISED_LISTENERS',
    KAFKA_ADVERTISED_PORT: 'KAFKA_CFG_ADVERTISED_LISTENERS',
    KAFKA_CREATE_TOPICS: '',
  }),
);

/** What only Bitnami's images ask for, by what they run. */
const OF_BITNAMI: Readonly<Partial<Record<string, ImageRole>>> = {
  ALLOW_ANONYMOUS_LOGIN: 'zookeeper',
  ALLOW_PLAINTEXT_LISTENER: 'kafka',
};

/** Why a variable has no effect, and what has it. */
export interface ForeignVariable {
  readonly name: string;
  readonly reader: string;
  readonly instead: string;
}

const MAKERS = {
  confluent: "Confluent's image",
  zookeeper: 'the official image',
  bitnami: "Bitnami's image",
} as const;

/** What Bitnami's image begins the names of all settings with, which in other images are those of a program called "cfg". */
const BITNAMI_PREFIX = 'KAFKA_CFG_';

/**
 * Settings with the prefix of Bitnami in an image that has another, each with what the image calls it.
 * Source: `dub template` and the wrapper of apache/kafka, which take whatever follows `KAFKA_` for the setting
 */
export function withPrefixOfBitnami(service: Service): { readonly name: string; readonly instead: string }[] {
  const image = imageOf(service);
  if (image?.role !== 'kafka' || image.family === 'bitnami') return [];
  if (service.builds || !runsOwnProgram(service)) return [];
  const command = ownCommandText(service);
  return [...service.environment.keys()]
    .filter(name => name.startsWith(BITNAMI_PREFIX) && !command.includes(name))
    .map(name => ({ name, instead: name.replace(BITNAMI_PREFIX, 'KAFKA_') }));
}

/** The variables of a service that only other images read; none for an image that is not known. */
export function foreignVariables(service: Service): ForeignVariable[] {
  const image = imageOf(service);
  if (!image || service.builds || service.ownCommand) return [];
  const names = [...service.environment.keys()];
  const ofBitnami = names
    .filter(name => image.family !== 'bitnami' && OF_BITNAMI[name] === image.role)
    .map(name => ({ name, reader: MAKERS.bitnami, instead: 'Take it out.' }));
  if (image.role === 'zookeeper')
    return [...ofBitnami, ...names.flatMap(name => ofZooKeeper(name, image) ?? [])];
  if (image.role !== 'kafka' || image.family !== 'bitnami') return ofBitnami;
  return names.flatMap(name => {
    const instead = BITNAMI_KAFKA.get(name);
    if (instead === undefined) return [];
    const hint = instead === '' ? 'Create the topics by a command.' : `Write ${instead}.`;
    return [{ name, reader: readerOf(name), instead: hint }];
  });
}

const readerOf = (name: string) => (name === 'CLUSTER_ID' ? "Confluent's image" : 'wurstmeister/kafka');

function ofZooKeeper(name: string, image: ServiceImage): ForeignVariable | undefined {
  const { family } = image;
  if (family !== 'confluent' && family !== 'zookeeper' && family !== 'bitnami') return undefined;
  const row = ZOOKEEPER.find(each => Object.values(each).includes(name));
  if (name === 'ZOO_4LW_COMMANDS_WHITELIST' && family === 'confluent') {
    const instead = 'Set KAFKA_OPTS to -Dzookeeper.4lw.commands.whitelist=….';
    return { name, reader: 'the official image and that of Bitnami', instead };
  }
  if (!row || row[family] === name) return undefined;
  const makers = (['confluent', 'zookeeper', 'bitnami'] as const).filter(maker => row[maker] === name);
  const reader = makers.map(maker => MAKERS[maker]).join(' and ');
  // Since 3.5 the official image has the port in its list of servers.
  const isInList = row.zookeeper === 'ZOO_PORT' && family === 'zookeeper' && !isBefore(image, 3, 5);
  const instead = isInList
    ? 'The port stands in ZOO_SERVERS, behind the semicolon; without it, it is 2181.'
    : `Write ${row[family]}.`;
  return { name, reader, instead };
}
