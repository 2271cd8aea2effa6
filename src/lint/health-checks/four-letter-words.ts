import type { Service } from '../../compose/reader/model.ts';
import { imageOf, isBefore, isSince, runsStartScript, type ServiceImage } from '../images/service-image.ts';

/** ZooKeeper's commands of four letters, without those that change something. */
export const FOUR_LETTER_WORDS = [
  'ruok',
  'stat',
  'mntr',
  'conf',
  'cons',
  'dump',
  'envi',
  'wchs',
  'srvr',
] as const;

/** What ZooKeeper answers to a word that is not on its list. */
export const refusalOf = (word: string) => `${word} is not executed because it is not in the whitelist`;

/** Where a configuration file of one's own may name the words. */
const CONFIGURATION = ['/conf', '/opt/bitnami/zookeeper/conf', '/bitnami/zookeeper/conf', '/etc/kafka'];

/**
 * Whether a ZooKeeper answers a word; undefined when that is not known. Up to 3.4 (in Confluent's images up to 5.3) it answers all,
 * since 3.5.3 only `srvr`, unless the property `4lw.commands.whitelist` names others. The official image takes them from
 * ZOO_4LW_COMMANDS_WHITELIST, Bitnami's too, with `srvr, mntr` by default; Confluent's has no variable for them, only KAFKA_OPTS.
 * Sources: https://zookeeper.apache.org/doc/current/zookeeperAdmin.html (4lw.commands.whitelist), docker-entrypoint.sh of
 * 31z4/zookeeper-docker, zookeeper-env.sh of bitnami/containers, zookeeper.properties.template of confluentinc/kafka-images.
 */
export function answersWord(service: Service, word: string): boolean | undefined {
  const image = imageOf(service);
  if (image?.role !== 'zookeeper' || !service.environmentComplete || !runsStartScript(service))
    return undefined;
  if (service.mounts.some(({ target }) => CONFIGURATION.some(folder => target.startsWith(folder))))
    return undefined;
  const named = namedWords(service, image);
  if (named === undefined) return undefined;
  if (named !== 'default') return named.includes('*') || named.includes(word);
  return wordsByDefault(image)?.some(each => each === word);
}

function wordsByDefault(image: ServiceImage): readonly string[] | undefined {
  if (image.family === 'bitnami') return ['srvr', 'mntr'];
  // The first versions of 3.5 were betas, some without a list.
  if (image.family === 'zookeeper' && /^3\.5\.[0-4](?!\d)/.test(image.image.tag?.text ?? ''))
    return undefined;
  const [major, minor] = image.family === 'confluent' ? [5, 4] : [3, 5];
  if (image.family !== 'confluent' && image.family !== 'zookeeper') return undefined;
  if (isSince(image, major, minor)) return ['srvr'];
  return isBefore(image, major, minor) ? FOUR_LETTER_WORDS : undefined;
}

/** The words that the environment names; undefined when it names some in a way that is not known. */
function namedWords({ environment }: Service, { family }: ServiceImage): string[] | 'default' | undefined {
  const variable = environment.get('ZOO_4LW_COMMANDS_WHITELIST')?.value;
  if (variable && family !== 'confluent')
    return variable.unresolved.length > 0 ? undefined : variable.text.split(/[\s,]+/);
  const entries = [...environment.values()];
  const property = entries.find(({ value }) => value.text.includes('4lw.commands.whitelist'))?.value;
  if (property) {
    const [, words] = /4lw\.commands\.whitelist=(\S+)/.exec(property.text) ?? [];
    return property.unresolved.length > 0 || words === undefined
      ? undefined
      : words.replaceAll(/["']/g, '').split(',');
  }
  if (family === 'bitnami' && entries.some(({ name }) => /4lw/i.test(name))) return undefined;
  // Java takes its properties from variables whose value is not known.
  return entries.some(({ name, value }) => /OPTS|FLAGS|JAVA/.test(name) && value.unresolved.length > 0)
    ? undefined
    : 'default';
}
