import { isLoopback, type Listener } from '../compose/kafka/listeners.ts';
import type { Service } from '../compose/reader/model.ts';
import { readOwnImage } from './own-image.ts';

/** The listener in plain text at a port of an image that the project builds or that is not known. */
export function plainListener(
  service: Service,
  isPort: (port: number) => boolean,
): { readonly name: string; readonly told?: Listener } | undefined {
  const own = readOwnImage(service);
  const listener = own?.listeners?.find(({ port }) => isPort(port));
  if (!own || !listener || (own.saysWhereItListens && isLoopback(listener.host))) return undefined;
  if ([...service.environment.keys()].some(name => /AUTHORIZER/.test(name))) return undefined;
  const { name } = listener;
  if (own.protocolOf(name) !== 'PLAINTEXT') return undefined;
  return { name, told: own.advertised?.find(each => each.name === name) };
}
