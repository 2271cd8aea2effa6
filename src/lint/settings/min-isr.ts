import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Setting } from '../../compose/kafka/kafka-settings.ts';
import { numberIn } from './settings-places.ts';

/**
 * True where a topic that wants more copies in sync than it has takes no message that must be in all of them. From 3.7 on Kafka asks
 * for as many as there are at most. An image whose version is not known may be one of these.
 * Source: effectiveMinIsr in core/src/main/scala/kafka/cluster/Partition.scala, since https://github.com/apache/kafka/pull/14594
 */
export const isMinIsrStrict = ({ version }: Pick<KafkaNode, 'version'>): boolean =>
  version !== undefined && (version.major < 3 || (version.major === 3 && version.minor < 7));

/** More copies in sync than a topic has. */
interface Excess {
  readonly minIsr: Setting;
  readonly inSync: number;
  readonly factor: Setting;
  readonly copies: number;
}

/** What a broker's `min.insync.replicas` asks for, where that is more than the copies that another setting gives. */
export function minIsrAbove(node: KafkaNode, key: string): Excess | undefined {
  const minIsr = node.settings.get('min.insync.replicas');
  const factor = node.settings.get(key);
  const [inSync, copies] = [numberIn(minIsr), numberIn(factor)];
  if (!minIsr || !factor || inSync === undefined || copies === undefined) return undefined;
  return inSync > copies && isMinIsrStrict(node) ? { minIsr, inSync, factor, copies } : undefined;
}
