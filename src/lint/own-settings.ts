import type { KafkaNode } from '../compose/kafka/kafka-node.ts';
import type { Service } from '../compose/reader/model.ts';
import { scalarsIn, valueAt } from '../compose/reader/value.ts';

/** The words of a service's own `command` and `entrypoint`, in one line; '' when it has none. */
export const commandOf = ({ whole }: Service): string =>
  ['entrypoint', 'command']
    .flatMap(key => scalarsIn(valueAt(whole, key)))
    .map(({ text }) => text)
    .join(' ');

/**
 * True when Kafka gets its listeners as the environment gives them: an image that the project builds, or a command that speaks of
 * listeners, may change them.
 */
export const takesListenersAsGiven = ({ service }: KafkaNode): boolean =>
  !service.builds && !/listener/i.test(commandOf(service));
