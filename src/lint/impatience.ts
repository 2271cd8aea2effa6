import { readImage } from '../compose/kafka/images.ts';
import { serviceNamed } from '../compose/kafka/kafka-model.ts';
import { ownCommandTexts } from '../compose/kafka/own-program.ts';
import type { Registry } from '../compose/kafka/registry.ts';
import type { Service } from '../compose/reader/model.ts';
import type { LintContext } from './rule.ts';

/**
 * Programs that ask Kafka once at their start and stop when nothing answers. All others are taken to wait, or are not known: most
 * clients try again for as long as it takes.
 * Source: NewExporter in kafka_exporter.go of danielqsj/kafka_exporter (panics when the first connection fails).
 */
const STOPPING: ReadonlySet<string> = new Set([
  'danielqsj/kafka-exporter',
  'bitnami/kafka-exporter',
  'bitnamilegacy/kafka-exporter',
]);

export type Impatience = 'stops' | 'may-stop' | '40-seconds';

/** What a start script is called, or does, that waits before it starts the program. */
const WAITING = /wait|sleep|ready|until|while|retry|dockerize|timeout|\b(nc|ncat|cub|ub)\b/i;

/**
 * Variables of frameworks whose programs go on and try again when Kafka does not answer.
 * Sources: the documentation of Spring for Apache Kafka (`fatalIfBrokerNotAvailable`) and of Quarkus (SmallRye Reactive Messaging).
 */
const TRIES_AGAIN = /^(?:SPRING_|spring\.|QUARKUS_|MP_MESSAGING_|mp\.messaging\.)/;

/**
 * Whether a service stops when Kafka does not answer yet at its start: it `stops`, it `may-stop` because the project builds the
 * program and tells it where Kafka is, or it waits for so long (`40-seconds`) that several brokers behind a ZooKeeper can take longer;
 * undefined when it waits, is started again, or is not known. Whoever writes `restart: "no"` for a program that waits means it.
 * Source of the 40 seconds: `ensure` in schema-registry/include/etc/confluent/docker of confluentinc/schema-registry-images.
 */
export function impatienceOf(service: Service, context: LintContext): Impatience | undefined {
  const { restart = 'no', environment, whole, builds } = service;
  const { kafka } = context;
  const isRestarted = restart !== 'no' || deployedAgain(whole);
  const isNode = [...kafka.nodes, ...kafka.zookeepers].some(each => each.service === service);
  if (isRestarted || isNode) return undefined;
  const registry = kafka.registries.find(each => each.service === service);
  if (registry) {
    const isSlow = kafka.zookeepers.length > 0 && hasSeveralBrokers(registry, context);
    // By ZooKeeper's address it waits for that first, and then for one broker.
    const asksBrokers = registry.settings.has('kafkastore.bootstrap.servers');
    return isSlow && asksBrokers && !builds && !service.ownCommand && service.restart === undefined
      ? '40-seconds'
      : undefined;
  }
  const names = [...environment.keys()];
  if (names.some(name => /WAIT|RETR/.test(name) || TRIES_AGAIN.test(name))) return undefined;
  if (ownCommandTexts(service).some(text => WAITING.test(text))) return undefined;
  const image = service.image && readImage(service.image);
  if (image && STOPPING.has(image.repository)) return 'stops';
  // An image on top of Confluent's has its start script, which waits.
  const isOnTop = names.some(name => /^(CONNECT|KSQL|KAFKA_REST|SCHEMA_REGISTRY)_/.test(name));
  return builds && !isOnTop && isToldOf(service, kafka) ? 'may-stop' : undefined;
}

/** Whether the cluster that a registry asks has several brokers; false when it is not known which cluster that is. */
function hasSeveralBrokers(
  { bootstrap = [] }: Registry,
  { model, kafka: { clusters } }: LintContext,
): boolean {
  const asked = bootstrap.map(({ host }) => serviceNamed(model, host));
  return clusters.some(
    ({ brokers }) => brokers.length > 1 && brokers.some(({ service }) => asked.includes(service)),
  );
}

/** True when a service is told where a broker or the registry is. */
function isToldOf(service: Service, { nodes, registries }: LintContext['kafka']): boolean {
  const texts = [...service.environment.values()].map(({ value }) => value.text);
  const words = [...texts, ...ownCommandTexts(service)].flatMap(text => text.split(/[^\w.-]+/));
  return [...nodes, ...registries].some(({ service: { name, hostname, containerName } }) =>
    [name, hostname?.text, containerName?.text].some(host => host !== undefined && words.includes(host)),
  );
}

/** `deploy.restart_policy` is a restart policy, too. */
function deployedAgain({ entries }: Service['whole']): boolean {
  const deploy = entries.get('deploy')?.value;
  return deploy?.kind === 'map' && deploy.entries.has('restart_policy');
}
