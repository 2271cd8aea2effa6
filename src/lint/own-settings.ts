import type { KafkaNode } from '../compose/kafka/kafka-node.ts';
import { ownCommandText } from '../compose/kafka/own-program.ts';

/**
 * True when Kafka gets its listeners as the environment gives them: an image that the project builds, or a command that speaks of
 * listeners, may change them.
 */
export const takesListenersAsGiven = ({ service }: KafkaNode): boolean =>
  !service.builds && !/listener/i.test(ownCommandText(service));
