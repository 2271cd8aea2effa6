import { isLatest, kafkaVersion, knownImage, readImage, readVersion } from '../../compose/kafka/images.ts';
import { intendedName } from '../../compose/kafka/kafka-settings.ts';
import type { Service } from '../../compose/reader/model.ts';
import { type BitnamiScript, bitnamiScript } from './bitnami-scripts.ts';

interface Demand {
  /** The last two parts of the images' names. */
  readonly images: readonly string[];
  /** The first and the first other version, major and minor; `latest` is newer than any. */
  readonly since?: readonly [number, number];
  readonly before?: readonly [number, number];
  /** Each with the variables of which one is enough; the first is the one to name. */
  readonly variables: readonly (readonly string[])[];
  /** What takes the demand away where it stands in the value of any variable for listeners. */
  readonly unless?: RegExp;
  /** Files of one's own there may say what the variables do not. */
  readonly configuration?: RegExp;
  /** Only where the image of Bitnami has this start script. */
  readonly script?: BitnamiScript;
  /** The variables say yes or no, and the script wants a yes (`is_boolean_yes` in libvalidations.sh of bitnami/containers). */
  readonly wantsYes?: boolean;
  /** Only with this variable, or only without it. */
  readonly withVariable?: string;
  readonly withoutVariable?: string;
}

const CONNECT = ['cp-kafka-connect', 'cp-kafka-connect-base', 'cp-server-connect', 'cp-server-connect-base'];

const BITNAMI_CONFIGURATION = /^\/(?:opt\/)?bitnami(?:\/kafka)?(?:\/conf|\/?$)/;

/** Bitnami's Kafka takes some settings by a short name too, and all from files. */
const bitnami = (...names: readonly string[]): string[] =>
  names.flatMap(name => [`KAFKA_CFG_${name}`, `KAFKA_${name}`, `KAFKA_CFG_${name}_FILE`]);

/**
 * What start scripts demand. Sources: `configure` in confluentinc/kafka-images, schema-registry-images and kafka-rest-images (5.4 to
 * 8.1); libzookeeper.sh and libkafka.sh in bitnami/containers;
 * start-kafka.sh in wurstmeister/kafka-docker, as it is since April 2018.
 */
const DEMANDS: readonly Demand[] = [
  {
    images: ['confluentinc/cp-zookeeper'],
    variables: [['ZOOKEEPER_CLIENT_PORT', 'ZOOKEEPER_SECURE_CLIENT_PORT']],
  },
  {
    // Up to version 7 the script is content with ZooKeeper's address.
    images: ['confluentinc/cp-schema-registry'],
    variables: [
      ['SCHEMA_REGISTRY_HOST_NAME'],
      ['SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS', 'SCHEMA_REGISTRY_KAFKASTORE_CONNECTION_URL'],
    ],
  },
  {
    images: ['confluentinc/cp-schema-registry'],
    since: [8, 0],
    variables: [['SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS']],
  },
  {
    images: CONNECT.map(name => `confluentinc/${name}`),
    variables: [
      'BOOTSTRAP_SERVERS',
      'GROUP_ID',
      'CONFIG_STORAGE_TOPIC',
      'OFFSET_STORAGE_TOPIC',
      'STATUS_STORAGE_TOPIC',
      'KEY_CONVERTER',
      'VALUE_CONVERTER',
      'REST_ADVERTISED_HOST_NAME',
    ].map(name => [`CONNECT_${name}`]),
  },
  {
    images: ['confluentinc/cp-kafka-rest'],
    since: [6, 2],
    variables: [['KAFKA_REST_BOOTSTRAP_SERVERS']],
  },
  {
    images: ['bitnami/zookeeper', 'bitnamilegacy/zookeeper'],
    wantsYes: true,
    variables: [
      [
        'ALLOW_ANONYMOUS_LOGIN',
        'ALLOW_ANONYMOUS_LOGIN_FILE',
        'ALLOW_EMPTY_PASSWORD',
        'ALLOW_EMPTY_PASSWORD_FILE',
        'ZOO_ENABLE_AUTH',
        'ZOO_ENABLE_AUTH_FILE',
      ],
    ],
  },
  {
    images: ['bitnami/kafka', 'bitnamilegacy/kafka'],
    since: [2, 0],
    script: 'old',
    wantsYes: true,
    variables: [['ALLOW_PLAINTEXT_LISTENER', 'ALLOW_PLAINTEXT_LISTENER_FILE']],
    unless: /SSL|SASL/,
  },
  {
    images: ['bitnami/kafka', 'bitnamilegacy/kafka'],
    script: 'new',
    before: [4, 0],
    variables: [bitnami('PROCESS_ROLES', 'ZOOKEEPER_CONNECT')],
    configuration: BITNAMI_CONFIGURATION,
  },
  {
    images: ['bitnami/kafka', 'bitnamilegacy/kafka'],
    script: 'new',
    before: [4, 0],
    variables: [
      bitnami('NODE_ID'),
      bitnami('CONTROLLER_QUORUM_VOTERS', 'CONTROLLER_QUORUM_BOOTSTRAP_SERVERS'),
    ],
    withVariable: 'KAFKA_CFG_PROCESS_ROLES',
    configuration: BITNAMI_CONFIGURATION,
  },
  { images: ['wurstmeister/kafka'], since: [2, 0], variables: [['KAFKA_ZOOKEEPER_CONNECT']] },
  {
    images: ['wurstmeister/kafka'],
    since: [2, 0],
    variables: [['KAFKA_LISTENERS', 'KAFKA_ADVERTISED_HOST_NAME']],
    withVariable: 'KAFKA_ADVERTISED_LISTENERS',
  },
  {
    images: ['wurstmeister/kafka'],
    since: [2, 0],
    variables: [['KAFKA_LISTENERS', 'KAFKA_ADVERTISED_HOST_NAME', 'HOSTNAME_COMMAND']],
    withoutVariable: 'KAFKA_ADVERTISED_LISTENERS',
  },
];

/** A variable that the image of a service demands, and does not get. */
export interface MissingVariable {
  /** The one to name of those of which one is enough. */
  readonly name: string;
  /** It is there, but says no where the script wants a yes. */
  readonly saysNo: boolean;
}

/** The variables that the image of a service demands and does not get; none for an image or a version that is not known. */
export function missingVariables(service: Service): MissingVariable[] {
  const values = new Map(
    [...service.environment.values()].map(({ name, value }) => [intendedName(name), value] as const),
  );
  const given = new Set(values.keys());
  const isNo = (name: string) => {
    const value = values.get(name);
    return value?.unresolved.length === 0 && !/^(?:1|yes|true)$/i.test(value.text) && !name.endsWith('_FILE');
  };
  return demandsOf(service, given).flatMap(({ variables, wantsYes }) =>
    variables.flatMap(([first, ...others]) => {
      const set = [first, ...others].filter(name => name !== undefined && given.has(name));
      const isMissing = wantsYes ? set.every(name => isNo(name ?? '')) : set.length === 0;
      return first !== undefined && isMissing ? [{ name: set[0] ?? first, saysNo: set.length > 0 }] : [];
    }),
  );
}

function demandsOf(service: Service, given: ReadonlySet<string>): Demand[] {
  const image = service.image && readImage(service.image);
  if (!image || image.isRenamed) return [];
  const family = knownImage(image)?.family;
  const version = family === 'wurstmeister' ? kafkaVersion(image, family) : readVersion(image.tag?.text);
  const number = version
    ? version.major * 1000 + version.minor
    : isLatest(image)
      ? Number.POSITIVE_INFINITY
      : undefined;
  return DEMANDS.filter(
    ({ images, since, before, script, withVariable, withoutVariable, unless, configuration }) =>
      images.includes(image.repository) &&
      isWithin(number, since, before) &&
      (script === undefined || script === bitnamiScript(image)) &&
      (withVariable === undefined || given.has(withVariable)) &&
      (withoutVariable === undefined || !given.has(withoutVariable)) &&
      !(configuration && holdsFiles(service, configuration)) &&
      !(unless && listenerValues(service).some(value => unless.test(value))),
  );
}

/** A version that is not known is within only where all versions are. */
function isWithin(number: number | undefined, since: Demand['since'], before: Demand['before']): boolean {
  if (number === undefined) return since === undefined && before === undefined;
  const of = ([major, minor]: readonly [number, number]) => major * 1000 + minor;
  return (since === undefined || number >= of(since)) && (before === undefined || number < of(before));
}

/** A volume that Docker makes holds data, no files of one's own. */
const holdsFiles = ({ mounts }: Service, path: RegExp) =>
  mounts.some(({ type, target }) => type !== 'volume' && type !== 'tmpfs' && path.test(target));

const listenerValues = ({ environment }: Service) =>
  [...environment.values()].filter(({ name }) => name.includes('LISTENER')).map(({ value }) => value.text);
