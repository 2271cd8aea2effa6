import { readImage } from '../../compose/kafka/images.ts';
import { settingKey } from '../../compose/kafka/kafka-settings.ts';
import type { EnvironmentEntry, Service } from '../../compose/reader/model.ts';
import kafka from '../settings/kafka.json' with { type: 'json' };
import { imageOf, runsStartScript, type ServiceImage } from './service-image.ts';

/** The text between the quotes that a whole value stands in; undefined when it stands in none. */
export function quotedText(value: string): string | undefined {
  const [, quote = '', inside] = /^(["'])(.*)\1$/s.exec(value) ?? [];
  return inside === undefined || inside.includes(quote) ? undefined : inside;
}

const NUMBER_OR_BOOLEAN = /^(?:-?\d+(?:\.\d+)?|true|false)$/i;
/** Settings of Kafka that hold names, and of which no value with a quote is one. */
const NAMES = new Set([
  'advertised.listeners',
  'controller.listener.names',
  'controller.quorum.bootstrap.servers',
  'controller.quorum.voters',
  'inter.broker.listener.name',
  'listener.security.protocol.map',
  'listeners',
  'process.roles',
  'security.inter.broker.protocol',
  'zookeeper.connect',
]);
const SETTINGS = new Set([...kafka.common, ...kafka.until3, ...kafka.since4]);
/** Settings that take any text, a number in quotes too. */
const FREE = new Set(['broker.rack', 'replica.selector.class', 'super.users']);
const JAVA_OPTIONS = new Set([
  'KAFKA_HEAP_OPTS',
  'KAFKA_OPTS',
  'KAFKA_JMX_OPTS',
  'KAFKA_JVM_PERFORMANCE_OPTS',
]);

/**
 * True when a program that gets a value with its quotes certainly does not start: they are handed on as they are, and Kafka, ZooKeeper
 * and Java read neither numbers nor addresses with quotes. Sources: the start scripts in confluentinc/kafka-images, apache/kafka,
 * bitnami/containers, wurstmeister/kafka-docker and 31z4/zookeeper-docker.
 */
export function breaksByQuotes(service: Service, { name }: EnvironmentEntry, inside: string): boolean {
  if (!runsStartScript(service) || inside === '') return false;
  const image = imageOf(service);
  if (!image)
    return isConnect(service) && /^CONNECT_(?:BOOTSTRAP_SERVERS|(?:KEY|VALUE)_CONVERTER)$/.test(name);
  if (image.role === 'kafka') return breaksKafka(image, name, inside);
  if (image.role === 'zookeeper') return breaksZooKeeper(image, name, inside);
  return /^SCHEMA_REGISTRY_(?:KAFKASTORE_(?:BOOTSTRAP_SERVERS|CONNECTION_URL)|LISTENERS)$/.test(name);
}

function breaksKafka({ family }: ServiceImage, name: string, inside: string): boolean {
  if (family !== 'bitnami' && family !== 'wurstmeister' && (name === 'CLUSTER_ID' || JAVA_OPTIONS.has(name)))
    return true;
  const key = settingKey(name, family === 'bitnami' ? 'KAFKA_CFG_' : 'KAFKA_');
  if (key === undefined) return false;
  return NAMES.has(key) || (SETTINGS.has(key) && !FREE.has(key) && NUMBER_OR_BOOLEAN.test(inside));
}

function breaksZooKeeper({ family }: ServiceImage, name: string, inside: string): boolean {
  const isNumber = /^\d+$/.test(inside);
  if (family === 'confluent')
    return name === 'ZOOKEEPER_SERVERS' || (name.startsWith('ZOOKEEPER_') && isNumber);
  if (family === 'zookeeper')
    return /^ZOO_(?:MY_ID|TICK_TIME|INIT_LIMIT|SYNC_LIMIT|MAX_CLIENT_CNXNS)$/.test(name) && isNumber;
  return family === 'bitnami' && (name === 'ZOO_PORT_NUMBER' || name === 'ALLOW_ANONYMOUS_LOGIN');
}

const isConnect = ({ image: text }: Service) =>
  /^confluentinc\/cp-(?:kafka|server)-connect(?:-base)?$/.test((text && readImage(text)?.repository) ?? '');
