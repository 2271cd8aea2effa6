import { isLatest, readImage, readVersion } from '../../compose/kafka/images.ts';
import { ownCommandText, runsOwnProgram } from '../../compose/kafka/own-program.ts';
import type { Service } from '../../compose/reader/model.ts';
import { isBrokerSetting } from '../settings/known-variables.ts';

/** A variable without effect in an image that makes a setting of any name. */
export interface UnreadVariable {
  readonly name: string;
  /** Why, to go on after "Nothing in this image reads NAME: ". */
  readonly reason: string;
  /** The variable that has the effect, if there is one. */
  readonly instead?: string;
}

interface Row {
  /** Names without an owner are of Confluent's images. */
  readonly repositories: readonly string[];
  readonly variables: RegExp;
  /** The first major version of the image that does not read it. */
  readonly since?: number;
  readonly reason: string;
  readonly instead?: (name: string) => string;
}

const BROKERS = [
  'cp-kafka',
  'cp-server',
  'cp-enterprise-kafka',
  'confluent-local',
  'apache/kafka',
  'wurstmeister/kafka',
];

/**
 * Sources: KsqlConfig of confluentinc/ksql (ksql.schema.registry.url), KIP-174 and the notes of Kafka 3.0 (internal converters),
 * BrokerSecurityConfigs and ProducerConfig of apache/kafka, and the settings of Confluent Server in
 * https://docs.confluent.io/platform/current/installation/configuration/broker-configs.html, which Kafka itself does not have;
 * zookeeper-env.sh of bitnami/containers.
 */
const ROWS: readonly Row[] = [
  {
    repositories: ['bitnami/zookeeper', 'bitnamilegacy/zookeeper', 'bitnamisecure/zookeeper'],
    variables: /^quorumListenOnAllIPs$/,
    reason: 'it is the name of the property, for which the image has a variable',
    instead: () => 'ZOO_LISTEN_ALLIPS_ENABLED',
  },
  {
    repositories: ['cp-ksqldb-server', 'ksqldb-server', 'cp-ksql-server'],
    variables: /^KSQL_SCHEMA_REGISTRY_URL$/,
    reason: 'the setting of ksqlDB is ksql.schema.registry.url',
    instead: () => 'KSQL_KSQL_SCHEMA_REGISTRY_URL',
  },
  {
    repositories: [
      'cp-kafka-connect',
      'cp-kafka-connect-base',
      'cp-server-connect',
      'cp-server-connect-base',
    ],
    variables: /^CONNECT_INTERNAL_(?:KEY|VALUE)_CONVERTER(?:_SCHEMAS_ENABLE)?$/,
    since: 7,
    reason: 'Kafka Connect has no such setting since version 3.0',
  },
  {
    repositories: ['cp-kafka', 'confluent-local', 'apache/kafka'],
    variables:
      /^KAFKA_CONFLUENT_(?:SCHEMA_REGISTRY_URL|LICENSE|LICENSE_TOPIC_\w+|BALANCER_\w+|TIER_\w+|HTTP_SERVER_\w+|CLUSTER_LINK_\w+)$/,
    reason: 'it is a setting of Confluent Server (confluentinc/cp-server)',
  },
  {
    repositories: BROKERS,
    variables: /^KAFKA_(?:PRODUCER|CONSUMER)_\w+$/,
    reason: 'a broker hands no settings on to its clients',
  },
  {
    repositories: BROKERS,
    variables: /^KAFKA_SASL_MECHANISM$/,
    reason: 'it is a setting of clients',
    instead: () => 'KAFKA_SASL_ENABLED_MECHANISMS',
  },
  {
    repositories: BROKERS,
    variables: /^KAFKA_LISTENER_NAME_\w+_SASL_MECHANISM$/,
    reason: 'it is a setting of clients',
    instead: name => name.replace(/MECHANISM$/, 'ENABLED_MECHANISMS'),
  },
];

/** The variables of a service that its image certainly does not read, though it takes any name for a setting. */
export function unreadVariables(service: Service): UnreadVariable[] {
  const image = service.image && readImage(service.image);
  if (!image || service.builds || !runsOwnProgram(service)) return [];
  const command = ownCommandText(service);
  const name = image.repository.replace(/^confluentinc\//, '');
  const major = readVersion(image.tag?.text)?.major;
  const rows = ROWS.filter(
    ({ repositories, since }) =>
      repositories.includes(name) &&
      (since === undefined || (major === undefined ? isLatest(image) : major >= since)),
  );
  return [...service.environment.keys()].flatMap(variable => {
    const row = rows.find(({ variables }) => variables.test(variable));
    if (!row || isBrokerSetting(variable) || command.includes(variable)) return [];
    return [{ name: variable, reason: row.reason, instead: row.instead?.(variable) }];
  });
}
