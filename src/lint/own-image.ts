import { imageFacts, readImage } from '../compose/kafka/images.ts';
import {
  type Listener,
  readListeners,
  readListenersWithoutHosts,
  readProtocolMap,
} from '../compose/kafka/listeners.ts';
import { programOf } from '../compose/kafka/own-program.ts';
import type { Service } from '../compose/reader/model.ts';
import type { Text } from '../compose/reader/value.ts';

/**
 * What the variables that all images of Kafka have in common say of a service with an image that the project builds or that is not
 * known. What such an image makes of them is not certain, so that nothing but a warning may come of it.
 */
export interface OwnImage {
  readonly listeners?: readonly Listener[];
  readonly advertised?: readonly Listener[];
  /** False where it listens on what it advertises. */
  readonly saysWhereItListens: boolean;
  /** The security protocol of a listener; undefined when that is not known. */
  readonly protocolOf: (listener: string) => string | undefined;
  /** The controllers or the ZooKeeper of its cluster, as written. */
  readonly leaders?: string;
  readonly mode?: 'zookeeper' | 'kraft';
}

/** Variables of the images that people build their own upon, and copy the variables of. */
const PREFIXES = ['KAFKA_', 'KAFKA_CFG_'];

/** @returns undefined for an image that is known, another program, and where variables are missing */
export function readOwnImage(service: Service): OwnImage | undefined {
  const { environment, environmentComplete } = service;
  if (!isOfItsOwn(service) || !environmentComplete || programOf(service) !== 'image') return undefined;
  const variable = (name: string): Text | undefined =>
    PREFIXES.map(prefix => environment.get(prefix + name)?.value).find(value => value !== undefined);
  const known = (name: string): string | undefined => {
    const value = variable(name);
    return value && value.text !== '' && value.unresolved.length === 0 ? value.text : undefined;
  };
  const own = variable('LISTENERS');
  const told = variable('ADVERTISED_LISTENERS');
  const map = variable('LISTENER_SECURITY_PROTOCOL_MAP');
  const protocols = map && map.unresolved.length === 0 ? readProtocolMap(map) : undefined;
  const controllers = known('CONTROLLER_QUORUM_VOTERS') ?? known('CONTROLLER_QUORUM_BOOTSTRAP_SERVERS');
  return {
    listeners: own ? readListeners(own) : told && readListenersWithoutHosts(told),
    advertised: told && readListeners(told),
    saysWhereItListens: own !== undefined,
    protocolOf: listener => (map ? protocols?.get(listener) : listener),
    leaders: controllers ?? known('ZOOKEEPER_CONNECT'),
    mode: controllers ? 'kraft' : 'zookeeper',
  };
}

/** Known, and told its listeners as all are: https://github.com/obsidiandynamics/docker-kafka */
const TAKEN_AT_THEIR_WORD = ['obsidiandynamics/kafka'];

function isOfItsOwn({ image: text, builds }: Service): boolean {
  const image = text && readImage(text);
  return (
    builds ||
    (image !== undefined &&
      (image.isRenamed || imageFacts(image) === undefined || TAKEN_AT_THEIR_WORD.includes(image.repository)))
  );
}
