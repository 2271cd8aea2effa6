import type { Service } from '../reader/model.ts';
import { scalarsIn, valueAt } from '../reader/value.ts';

/**
 * What a service runs. `image`: what its image starts by itself. `own-start`: a command of its own that ends in the image's start
 * script or in Kafka's. `tool`: one of Kafka's tools, or nothing but waiting. `unknown`: any other command or script.
 */
export type Program = 'image' | 'own-start' | 'tool' | 'unknown';

/** The start scripts of the images and of Kafka and ZooKeeper themselves. */
const STARTS =
  /(?:confluent|kafka)\/docker\/(?:run|launch)|(?:kafka|zookeeper)-server-start|start-kafka(?:\.sh)?\b|zkServer\.sh|scripts\/(?:kafka|zookeeper)\/(?:entrypoint|run)\.sh|start-zk\.sh|redpanda start/;
const TOOLS =
  /\bkafka-(?:topics|configs|acls|storage|features|consumer-groups|console-\w+|avro-console-\w+|producer-perf-test|consumer-perf-test|verifiable-\w+|reassign-partitions|leader-election|delete-records|get-offsets|metadata-quorum|broker-api-versions|mirror-maker|run-class|cluster|rest-start)\b|\bconnect-(?:distributed|standalone|mirror-maker)\b|\b(?:kcat|kafkacat|cub|ub)\s|^\s*(?:sleep|tail)\b/;

/** The texts in a service's own `entrypoint` and `command`. */
export const ownCommandTexts = ({ whole }: Service): string[] =>
  ['entrypoint', 'command'].flatMap(key => scalarsIn(valueAt(whole, key))).map(({ text }) => text);

/** The words of a service's own `entrypoint` and `command`. */
export const ownCommandText = (service: Service): string => ownCommandTexts(service).join(' ');

export function programOf(service: Service): Program {
  if (!service.ownCommand) return 'image';
  const text = ownCommandText(service);
  if (STARTS.test(text)) return 'own-start';
  return TOOLS.test(text) ? 'tool' : 'unknown';
}

/** True where the image's own program runs, started by itself or by a command that does something before. */
export const runsOwnProgram = (service: Service): boolean =>
  ['image', 'own-start'].includes(programOf(service));
