import { knownImage, readImage } from '../../compose/kafka/images.ts';
import { isWrapped, type KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Service } from '../../compose/reader/model.ts';
import type { LintContext } from '../rule.ts';

/**
 * The folder that the images of Confluent and Apache make for the data. A named volume anywhere else belongs to root, and these
 * images do not run as root.
 * Source: the Dockerfiles in confluentinc/kafka-images and in docker/jvm of apache/kafka.
 */
export const OWNED = '/var/lib/kafka/data';

/** A mount at the folder, above it, or in it. */
export const covers = (target: string, folder: string) =>
  `${folder}/`.startsWith(`${target.replace(/\/$/, '')}/`) || target.startsWith(`${folder}/`);

/** Where an image keeps its data; none when that is not known. */
export function dataFolders(service: Service, { kafka }: LintContext): string[] {
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

function kafkaFolders(node: KafkaNode): string[] {
  const { settings, family, complete } = node;
  const stated = settings.get('log.dirs')?.value ?? settings.get('log.dir')?.value;
  if (stated) return stated.unresolved.length > 0 ? [] : stated.text.split(',').map(folder => folder.trim());
  if (!complete && !isWrapped(node, /log[._]?dir/i)) return [];
  // With no settings at all apache/kafka takes those of its own file: a single one that is added takes all of them away.
  if (family === 'apache' && settings.get('process.roles')?.variable === '') return [];
  const folder = KAFKA_FOLDERS[family];
  return folder === undefined ? [] : [folder];
}
