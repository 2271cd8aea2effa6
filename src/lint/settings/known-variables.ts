import {
  type Image,
  type ImageFamily,
  type ImageRole,
  imageFacts,
  isNewest,
  kafkaVersion,
  knownImage,
  readImage,
  type Version,
} from '../../compose/kafka/images.ts';
import { settingVariable } from '../../compose/kafka/kafka-settings.ts';
import { runsOwnProgram } from '../../compose/kafka/own-program.ts';
import type { Service } from '../../compose/reader/model.ts';
import kafka from './kafka.json' with { type: 'json' };
import schemaRegistry from './schema-registry.json' with { type: 'json' };
import zookeeper from './zookeeper.json' with { type: 'json' };

/** The variables that an image reads. */
export interface KnownVariables {
  /** What all of the image's settings begin with. */
  readonly prefix: string;
  readonly names: ReadonlySet<string>;
  /** Settings that a plug-in may define, or whose name is the user's own. */
  readonly isOpen: (variable: string) => boolean;
  /** Settings that this version of Kafka no longer has. */
  readonly removed: ReadonlySet<string>;
  /** False for a version so old that it may know settings which are on no list here. */
  readonly isExhaustive: boolean;
}

/** Read by the start scripts of Kafka and of the images, and not handed on as settings. */
const KAFKA_SCRIPTS = [
  'CLUSTER_ID',
  'KAFKA_CUB_ZK_TIMEOUT',
  'KAFKA_DATA_DIRS',
  'KAFKA_DEBUG',
  'KAFKA_GC_LOG_OPTS',
  'KAFKA_HEAP_OPTS',
  'KAFKA_JMX_HOSTNAME',
  'KAFKA_JMX_OPTS',
  'KAFKA_JMX_PORT',
  'KAFKA_JVM_PERFORMANCE_OPTS',
  'KAFKA_LOG4J_LOGGERS',
  'KAFKA_LOG4J_OPTS',
  'KAFKA_LOG4J_ROOT_LOGLEVEL',
  'KAFKA_OPTS',
  'KAFKA_SSL_KEYSTORE_CREDENTIALS',
  'KAFKA_SSL_KEYSTORE_FILENAME',
  'KAFKA_SSL_KEY_CREDENTIALS',
  'KAFKA_SSL_TRUSTSTORE_CREDENTIALS',
  'KAFKA_SSL_TRUSTSTORE_FILENAME',
  'KAFKA_TOOLS_LOG4J_LOGLEVEL',
  'KAFKA_VERSION',
  'KAFKA_ZOOKEEPER_CLIENT_CNXN_SOCKET',
];
/** Settings of parts that Kafka loads: authorizers, the metrics library. They are in no list of its own. */
const KAFKA_PARTS = [
  'allow.everyone.if.no.acl.found',
  'authorizer.zookeeper.url',
  'kafka.metrics.polling.interval.secs',
  'kafka.metrics.reporters',
  'super.users',
];
const KAFKA_OPEN = [
  'AUTHORIZER_',
  'CLIENT_QUOTA_CALLBACK_',
  'CONFIG_PROVIDERS_',
  'CONFLUENT_',
  'KAFKA_REST_',
  'LISTENER_NAME_',
  'LOG4J_',
  'METRIC_',
  'METRICS_',
  'PRINCIPAL_BUILDER_',
  'REMOTE_LOG_',
  'REST_',
  'RLMM_CONFIG_',
  'RSM_CONFIG_',
  'SASL_',
  'SSL_',
  'TELEMETRY_',
].map(prefix => `KAFKA_${prefix}`);
const ZOOKEEPER_OWN = [
  'KAFKA_GC_LOG_OPTS',
  'KAFKA_HEAP_OPTS',
  'KAFKA_JMX_HOSTNAME',
  'KAFKA_JMX_OPTS',
  'KAFKA_JMX_PORT',
  'KAFKA_JVM_PERFORMANCE_OPTS',
  'KAFKA_LOG4J_OPTS',
  'KAFKA_OPTS',
  'ZOOKEEPER_LOG4J_LOGGERS',
  'ZOOKEEPER_LOG4J_ROOT_LOGLEVEL',
  'ZOOKEEPER_TOOLS_LOG4J_LOGLEVEL',
];
const REGISTRY_SCRIPTS = [
  'SCHEMA_REGISTRY_CUB_KAFKA_MIN_BROKERS',
  'SCHEMA_REGISTRY_CUB_KAFKA_TIMEOUT',
  'SCHEMA_REGISTRY_CUB_ZK_TIMEOUT',
  'SCHEMA_REGISTRY_GC_LOG_OPTS',
  'SCHEMA_REGISTRY_HEAP_OPTS',
  'SCHEMA_REGISTRY_JMX_HOSTNAME',
  'SCHEMA_REGISTRY_JMX_OPTS',
  'SCHEMA_REGISTRY_JMX_PORT',
  'SCHEMA_REGISTRY_JVM_PERFORMANCE_OPTS',
  'SCHEMA_REGISTRY_LOG4J_APPENDER_STDOUT_LAYOUT_CONVERSIONPATTERN',
  'SCHEMA_REGISTRY_LOG4J_LOGGERS',
  'SCHEMA_REGISTRY_LOG4J_OPTS',
  'SCHEMA_REGISTRY_LOG4J_ROOT_LOGLEVEL',
  'SCHEMA_REGISTRY_OPTS',
];
/** Kafka's clients and the registry's plug-ins take settings of their own under these. */
const REGISTRY_OPEN = [
  'KAFKASTORE_',
  'CONFLUENT_',
  'SSL_',
  'RESOURCE_EXTENSION_',
  'LISTENER_NAME_',
  'LOG4J_',
  'SCHEMA_',
  'AUTHENTICATION_',
  'PASSWORD_ENCODER_',
  'METADATA_ENCODER_',
  'DEK_REGISTRY_',
  'KEK_SEARCH_',
  'INTER_INSTANCE_',
  'EXPORTER_',
  'ENCRYPTION_',
  'AUTHORIZER_',
  'ZOOKEEPER_',
  'SIZE_LIMIT_FILTER_',
  'DOS_FILTER_',
  'REJECT_',
  'PROXY_PROTOCOL_',
  'JETTY_LEGACY_',
].map(prefix => `SCHEMA_REGISTRY_${prefix}`);

const variables = (keys: readonly string[], prefix: string) => keys.map(key => settingVariable(key, prefix));

const NONE: ReadonlySet<string> = new Set();
const UNTIL_3 = new Set(variables(kafka.until3, 'KAFKA_'));
const SETTINGS = new Set(variables([...kafka.common, ...kafka.until3, ...kafka.since4], 'KAFKA_'));
const BROKER = new Set([...SETTINGS, ...variables(KAFKA_PARTS, 'KAFKA_'), ...KAFKA_SCRIPTS]);

/** True for a variable that most images make a setting of Kafka's brokers of. */
export const isBrokerSetting = (variable: string): boolean => SETTINGS.has(variable);
const ZOOKEEPER: KnownVariables = {
  prefix: 'ZOOKEEPER_',
  names: new Set([...zookeeper.variables, ...ZOOKEEPER_OWN]),
  isOpen: () => false,
  removed: NONE,
  isExhaustive: true,
};
const REGISTRY: KnownVariables = {
  prefix: 'SCHEMA_REGISTRY_',
  names: new Set([...variables(schemaRegistry.names, 'SCHEMA_REGISTRY_'), ...REGISTRY_SCRIPTS]),
  isOpen: variable => REGISTRY_OPEN.some(prefix => variable.startsWith(prefix)),
  removed: NONE,
  isExhaustive: true,
};

/** What is known of the variables that a service's image reads; undefined for images whose start script is not known here. */
export function knownVariables(service: Service): KnownVariables | undefined {
  // A command of one's own, or what the project builds on an image, may read any variable.
  if (service.builds || !runsOwnProgram(service)) return undefined;
  const image = service.image && readImage(service.image);
  const known = image && knownImage(image);
  if (!image || !known || !['confluent', 'confluent-local', 'apache'].includes(known.family))
    return undefined;
  return byRole(known.role, image, known.family);
}

function byRole(role: ImageRole, image: Image, family: ImageFamily): KnownVariables {
  if (role === 'zookeeper') return ZOOKEEPER;
  if (role === 'registry') return REGISTRY;
  const version: Version | undefined = kafkaVersion(image, family);
  const hasNewest = isNewest(image) && !imageFacts(image)?.latestHasZooKeeper;
  return {
    prefix: 'KAFKA_',
    names: BROKER,
    isOpen: variable => KAFKA_OPEN.some(prefix => variable.startsWith(prefix)),
    removed: hasNewest || (version && version.major >= 4) ? UNTIL_3 : NONE,
    isExhaustive: hasNewest || (version !== undefined && version.major >= 3),
  };
}
