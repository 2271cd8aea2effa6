import type { ImageFamily } from './images.ts';

/**
 * What apache/kafka runs with when no setting at all is given: one node that is broker and controller.
 * Source: config/server.properties of Kafka 4.1, which the image falls back to.
 */
const APACHE: Readonly<Record<string, string>> = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.bootstrap.servers': 'localhost:9093',
  listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093',
  'inter.broker.listener.name': 'PLAINTEXT',
  'advertised.listeners': 'PLAINTEXT://localhost:9092',
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map':
    'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
};

/**
 * What confluent-local runs with, setting by setting.
 * Source: local/include/etc/confluent/docker/configureDefaults in confluentinc/kafka-images 8.1.
 */
const CONFLUENT_LOCAL: Readonly<Record<string, string>> = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': '1@localhost:29093',
  listeners: 'PLAINTEXT://localhost:29092,CONTROLLER://localhost:29093,PLAINTEXT_HOST://0.0.0.0:9092',
  'inter.broker.listener.name': 'PLAINTEXT',
  'advertised.listeners': 'PLAINTEXT://localhost:29092,PLAINTEXT_HOST://localhost:9092',
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
};

/**
 * What `apache/kafka` reads from `KAFKA_…` and writes into no configuration: with nothing but these it takes its own file.
 * Source: ExcludeServerPropsEnv in core/src/main/scala/kafka/docker/KafkaDockerWrapper.scala of apache/kafka.
 */
const NO_SETTINGS: ReadonlySet<string> = new Set([
  'gc.log.opts',
  'heap.opts',
  'jmx.hostname',
  'jmx.opts',
  'jvm.performance.opts',
  'log4j.loggers',
  'log4j.opts',
  'log4j.root.loglevel',
  'opts',
  'tools.log4j.loglevel',
  'version',
]);

/** Settings that an image brings along, for a service that gives these. */
export function imageDefaults(
  family: ImageFamily,
  given: ReadonlyMap<string, unknown>,
): Readonly<Record<string, string>> {
  if (family === 'confluent-local') return CONFLUENT_LOCAL;
  return family === 'apache' && [...given.keys()].every(key => NO_SETTINGS.has(key)) ? APACHE : {};
}
