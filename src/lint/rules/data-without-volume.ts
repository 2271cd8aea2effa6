import { knownImage, readImage } from '../../compose/kafka/images.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Service } from '../../compose/reader/model.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const dataWithoutVolume: Rule = {
  id: 'data-without-volume',
  title: 'Data that does not outlive its container',
  severity: 'warning',
  why: 'Without a volume of its own the data of a broker, a controller or ZooKeeper is in the container, or in a volume without a name: `docker compose down` and the next `up` begin with nothing. Half of it is worse: when ZooKeeper keeps its data and the brokers do not, or the other way round, they refuse to work together.',
  fix: 'Mount a named volume at the folder that the message names. It is not added by itself: a cluster that runs would lose sight of the data it has.',
  example: {
    bad: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
`,
    good: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
    volumes:
      - zookeeper-data:/var/lib/zookeeper/data
      - zookeeper-log:/var/lib/zookeeper/log
volumes:
  zookeeper-data:
  zookeeper-log:
`,
  },
  check: context => context.model.services.flatMap(service => problemOf(service, context)),
};

function problemOf(service: Service, context: LintContext): Problem[] {
  if (service.builds || service.ownCommand) return [];
  const bare = dataFolders(service, context).filter(folder => !isMounted(service, folder));
  const [folder] = bare;
  if (folder === undefined) return [];
  const message = `The data of "${service.name}" in ${folder} is gone with its container.`;
  const proposal = [
    'volumes:',
    ...bare.map(each => `  - ${service.name}-${each.split('/').at(-1)}:${each}`),
  ].join('\n');
  return [{ place: service.place, message, hint: `Mount a named volume at ${folder}.`, proposal }];
}

const isMounted = ({ mounts }: Service, folder: string) =>
  mounts.some(
    ({ target }) =>
      `${folder}/`.startsWith(`${target.replace(/\/$/, '')}/`) || target.startsWith(`${folder}/`),
  );

/** Where an image keeps its data; none when that is not known. */
function dataFolders(service: Service, { kafka }: LintContext): string[] {
  const node = kafka.nodes.find(each => each.service === service);
  if (node) return kafkaFolders(node);
  const image = service.image && readImage(service.image);
  const known = image && knownImage(image);
  if (known?.role !== 'zookeeper') return [];
  if (known.family === 'confluent') return ['/var/lib/zookeeper/data', '/var/lib/zookeeper/log'];
  if (known.family === 'zookeeper') return ['/data', '/datalog'];
  return known.family === 'bitnami' ? ['/bitnami/zookeeper'] : [];
}

/** Defaults: the configure script of Confluent's image; log.dir of Kafka for apache/kafka; the images' own documentation. */
const KAFKA_FOLDERS: Partial<Readonly<Record<KafkaNode['family'], string>>> = {
  confluent: '/var/lib/kafka/data',
  apache: '/tmp/kafka-logs',
  bitnami: '/bitnami/kafka',
  wurstmeister: '/kafka',
};

function kafkaFolders({ settings, family, complete }: KafkaNode): string[] {
  const stated = settings.get('log.dirs')?.value ?? settings.get('log.dir')?.value;
  if (stated) return stated.unresolved.length > 0 ? [] : stated.text.split(',').map(folder => folder.trim());
  if (!complete) return [];
  // With no settings at all apache/kafka takes those of its own file.
  if (family === 'apache' && settings.get('process.roles')?.variable === '')
    return ['/tmp/kraft-combined-logs'];
  const folder = KAFKA_FOLDERS[family];
  return folder === undefined ? [] : [folder];
}
