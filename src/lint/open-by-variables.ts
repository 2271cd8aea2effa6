import { imageFacts, readImage } from '../compose/kafka/images.ts';
import {
  isLoopback,
  type Listener,
  readListeners,
  readListenersWithoutHosts,
  readProtocolMap,
} from '../compose/kafka/listeners.ts';
import { programOf } from '../compose/kafka/own-program.ts';
import type { Service } from '../compose/reader/model.ts';
import type { Text } from '../compose/reader/value.ts';

/** Variables of the images that people build their own upon, and copy the variables of. */
const PREFIXES = ['KAFKA_', 'KAFKA_CFG_'];

/**
 * The listener in plain text at a port of an image that the project builds or that is not known, by the variables that all images of
 * Kafka have in common. What such an image makes of them is not certain, so that nothing but a warning may come of it.
 */
export function plainListener(
  service: Service,
  isPort: (port: number) => boolean,
): { readonly name: string; readonly told?: Listener } | undefined {
  const { environment, environmentComplete } = service;
  if (!isOfItsOwn(service) || !environmentComplete || programOf(service) !== 'image') return undefined;
  if ([...environment.keys()].some(name => /AUTHORIZER/.test(name))) return undefined;
  const variable = (name: string): Text | undefined =>
    PREFIXES.map(prefix => environment.get(prefix + name)?.value).find(value => value !== undefined);
  const own = variable('LISTENERS');
  const told = variable('ADVERTISED_LISTENERS');
  const listeners = own ? readListeners(own) : told && readListenersWithoutHosts(told);
  const listener = listeners?.find(({ port }) => isPort(port));
  if (!listener || (own && isLoopback(listener.host))) return undefined;
  const map = variable('LISTENER_SECURITY_PROTOCOL_MAP');
  const protocol = map ? readProtocolMap(map).get(listener.name) : listener.name;
  if (protocol !== 'PLAINTEXT' || map?.unresolved.length) return undefined;
  const advertised = told && readListeners(told);
  return { name: listener.name, told: advertised?.find(({ name }) => name === listener.name) };
}

function isOfItsOwn({ image: text, builds }: Service): boolean {
  const image = text && readImage(text);
  return builds || (image !== undefined && imageFacts(image) === undefined);
}
