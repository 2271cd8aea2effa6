import { readImage } from '../compose/kafka/images.ts';
import { ownCommandTexts } from '../compose/kafka/own-program.ts';
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
 * Whether a service stops when Kafka does not answer yet at its start: it `stops`, it `may-stop` because the project builds the
 * program, or it waits for so long (`40-seconds`) that several brokers behind a ZooKeeper can take longer; undefined when it waits, is
 * started again, or is not known.
 * Source of the 40 seconds: `ensure` in schema-registry/include/etc/confluent/docker of confluentinc/schema-registry-images.
 */
export function impatienceOf(service: Service, { kafka }: LintContext): Impatience | undefined {
  const { restart = 'no', environment, whole, builds } = service;
  const isRestarted = restart !== 'no' || deployedAgain(whole);
  const isNode = [...kafka.nodes, ...kafka.zookeepers].some(each => each.service === service);
  if (isRestarted || isNode) return undefined;
  if (kafka.registries.some(each => each.service === service)) {
    const isSlow = kafka.zookeepers.length > 0 && kafka.nodes.filter(({ isBroker }) => isBroker).length > 1;
    return isSlow && !builds && !service.ownCommand ? '40-seconds' : undefined;
  }
  const named = [...environment.keys()].filter(name => /WAIT|RETR/.test(name));
  if (named.length > 0 || ownCommandTexts(service).some(text => WAITING.test(text))) return undefined;
  const image = service.image && readImage(service.image);
  if (image && STOPPING.has(image.repository)) return 'stops';
  // An image on top of Confluent's has its start script, which waits.
  const isOnTop = [...environment.keys()].some(name =>
    /^(CONNECT|KSQL|KAFKA_REST|SCHEMA_REGISTRY)_/.test(name),
  );
  return builds && !isOnTop ? 'may-stop' : undefined;
}

/** `deploy.restart_policy` is a restart policy, too. */
function deployedAgain({ entries }: Service['whole']): boolean {
  const deploy = entries.get('deploy')?.value;
  return deploy?.kind === 'map' && deploy.entries.has('restart_policy');
}
