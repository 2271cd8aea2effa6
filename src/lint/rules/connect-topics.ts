import { clientSettings } from '../../compose/kafka/clients.ts';
import { imageFacts, readImage, readVersion } from '../../compose/kafka/images.ts';
import { type Cluster, serviceNamed } from '../../compose/kafka/kafka-model.ts';
import { ownCommandText, runsOwnProgram } from '../../compose/kafka/own-program.ts';
import type { EnvironmentEntry, Service } from '../../compose/reader/model.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';
import { isMinIsrStrict } from '../settings/min-isr.ts';
import { inWords, numberIn } from '../settings/settings-places.ts';

export const connectTopics: Rule = {
  id: 'connect-topics',
  title: "Topics of Kafka Connect's own that it cannot make or fill",
  severity: 'error',
  why: 'Kafka Connect keeps connectors, offsets and states in three topics, which it makes with 3 copies unless `CONNECT_CONFIG_STORAGE_REPLICATION_FACTOR` and its siblings say otherwise. With fewer brokers it stops. It writes with `acks=all`: with fewer copies than `KAFKA_MIN_INSYNC_REPLICAS` of the brokers Kafka up to 3.6 takes nothing, so that no connector can be made.',
  fix: 'Give the three topics as many copies as there are brokers at most, and as many as must be in sync at least.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
  connect:
    image: confluentinc/cp-kafka-connect:7.9.2
    environment:
      CONNECT_BOOTSTRAP_SERVERS: kafka:9092
      CONNECT_GROUP_ID: connect
      CONNECT_CONFIG_STORAGE_TOPIC: connect-configs
      CONNECT_OFFSET_STORAGE_TOPIC: connect-offsets
      CONNECT_STATUS_STORAGE_TOPIC: connect-status
      CONNECT_KEY_CONVERTER: org.apache.kafka.connect.storage.StringConverter
      CONNECT_VALUE_CONVERTER: org.apache.kafka.connect.storage.StringConverter
      CONNECT_REST_ADVERTISED_HOST_NAME: connect
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
  connect:
    image: confluentinc/cp-kafka-connect:7.9.2
    environment:
      CONNECT_BOOTSTRAP_SERVERS: kafka:9092
      CONNECT_GROUP_ID: connect
      CONNECT_CONFIG_STORAGE_TOPIC: connect-configs
      CONNECT_CONFIG_STORAGE_REPLICATION_FACTOR: 1
      CONNECT_OFFSET_STORAGE_TOPIC: connect-offsets
      CONNECT_OFFSET_STORAGE_REPLICATION_FACTOR: 1
      CONNECT_STATUS_STORAGE_TOPIC: connect-status
      CONNECT_STATUS_STORAGE_REPLICATION_FACTOR: 1
      CONNECT_KEY_CONVERTER: org.apache.kafka.connect.storage.StringConverter
      CONNECT_VALUE_CONVERTER: org.apache.kafka.connect.storage.StringConverter
      CONNECT_REST_ADVERTISED_HOST_NAME: connect
`,
  },
  check: context =>
    context.model.services.filter(isConnect).flatMap(service => {
      const cluster = clusterOf(service, context);
      return cluster ? [...tooManyCopies(service, cluster, context), ...tooFewCopies(service, cluster)] : [];
    }),
};

const TOPICS = ['CONFIG', 'OFFSET', 'STATUS'].map(name => `CONNECT_${name}_STORAGE`);
/** The topic of states is written without waiting for all copies by some versions. */
const CERTAIN = TOPICS.slice(0, 2);
const BUILT_IN = 3;

/**
 * Confluent's image, which makes a setting of every variable and brings none of its own; since Kafka 0.11 Connect makes its topics.
 * Sources: kafka-connect-base/include/etc/confluent/docker in confluentinc/kafka-images; DistributedConfig and KafkaConfigBackingStore
 * of Kafka Connect
 */
function isConnect(service: Service): boolean {
  const image = service.image && readImage(service.image);
  if (!image || imageFacts(image)?.role !== 'connect' || imageFacts(image)?.family !== 'confluent')
    return false;
  const version = readVersion(image.tag?.text);
  return (
    (version?.major ?? 4) >= 4 && service.environmentComplete && !service.builds && runsOwnProgram(service)
  );
}

/** The cluster it is told of; undefined when not all of the addresses are of one cluster of the project. */
function clusterOf(service: Service, { kafka, model }: LintContext): Cluster | undefined {
  const addresses = clientSettings(service)
    .filter(({ variable }) => variable === 'CONNECT_BOOTSTRAP_SERVERS')
    .flatMap(setting => setting.addresses);
  const named = addresses.map(({ host }) => serviceNamed(model, host));
  const clusters = named.map(each =>
    kafka.clusters.find(({ brokers }) => brokers.some(broker => broker.service === each)),
  );
  const [first] = clusters;
  return first && clusters.every(cluster => cluster === first) ? first : undefined;
}

const factorOf = ({ environment }: Service, topic: string): EnvironmentEntry | undefined =>
  environment.get(`${topic}_REPLICATION_FACTOR`);

function tooManyCopies(service: Service, { brokers, complete }: Cluster, { model }: LintContext): Problem[] {
  if (!complete || brokers.length === 0 || isWrapped(service)) return [];
  const count = brokers.length;
  const short = TOPICS.flatMap(topic => {
    const entry = factorOf(service, topic);
    const number = entry ? numberIn(entry) : BUILT_IN;
    const name = service.environment.get(`${topic}_TOPIC`)?.value;
    const isKnown =
      name && name.unresolved.length === 0 && !isMadeElsewhere(name.text, service, model.services);
    return isKnown && number !== undefined && number > count ? [{ topic, entry, number }] : [];
  });
  const [first] = short;
  if (!first) return [];
  const variables = short.map(({ topic }) => `${topic}_REPLICATION_FACTOR`);
  const numbers = short.map(({ entry, number }) => (entry ? `${number}` : `${number} (not set)`));
  const there = count === 1 ? 'there is one broker' : `there are ${count} brokers`;
  return [
    {
      place: first.entry?.value.place ?? service.environmentPlace,
      message: `"${service.name}" makes topics with more copies than brokers (${inWords(variables)}: ${[...new Set(numbers)].join(', ')}), and ${there}: it stops.`,
      hint: `Set ${inWords(variables)} to ${count}.`,
      proposal: variables.map(variable => `${variable}: ${count}`).join('\n'),
    },
  ];
}

/** What a command before the program sets is not seen. */
const isWrapped = (service: Service): boolean => /REPLICATION_FACTOR/.test(ownCommandText(service));

/** A topic that a command or a list of another service names is there already, in as many copies as that one says. */
const isMadeElsewhere = (topic: string, service: Service, services: readonly Service[]): boolean =>
  services.some(
    other =>
      other !== service &&
      (ownCommandText(other).includes(topic) ||
        [...other.environment.values()].some(
          ({ name, value }) => !name.startsWith('CONNECT_') && value.text.includes(topic),
        )),
  );

function tooFewCopies(service: Service, { brokers }: Cluster): Problem[] {
  const inSync = brokers.map(node =>
    isMinIsrStrict(node) ? numberIn(node.settings.get('min.insync.replicas')) : undefined,
  );
  const [least] = inSync;
  if (least === undefined || !inSync.every(number => number === least)) return [];
  const short = CERTAIN.flatMap(topic => {
    const entry = factorOf(service, topic);
    const copies = entry && numberIn(entry);
    const isOwn = service.environment.has(`${topic}_MIN_INSYNC_REPLICAS`);
    return entry && copies !== undefined && copies > 0 && copies < least && !isOwn ? [{ entry, copies }] : [];
  });
  const variable = brokers[0]?.settings.get('min.insync.replicas')?.variable ?? '';
  return short.map(({ entry, copies }) => ({
    place: entry.value.place,
    cause: `in sync ${service.name}`,
    message: `"${service.name}" gives its topics ${copies === 1 ? 'one copy' : `${copies} copies`}, and ${variable} of the brokers wants ${least} in sync: Kafka takes nothing that Connect stores.`,
    hint: `Set it to ${least}, with as many brokers, or ${variable} to ${copies}.`,
  }));
}
