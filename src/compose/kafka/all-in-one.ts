import type { Service } from '../reader/model.ts';
import { readImage } from './images.ts';

/**
 * Images with ZooKeeper, Kafka and a registry in one container, by the variable and the default of the registry's port. Other HTTP
 * programs of theirs listen beside it: the REST proxy on 8082, Connect on 8083.
 * Source: README.md of https://github.com/lensesio/fast-data-dev, "Change the ports"
 */
const REGISTRY_PORTS: ReadonlyMap<string, { readonly variable: string; readonly port: number }> = new Map(
  Object.entries({
    'landoop/fast-data-dev': { variable: 'REGISTRY_PORT', port: 8081 },
    'lensesio/fast-data-dev': { variable: 'REGISTRY_PORT', port: 8081 },
  }),
);

/** The port of the registry in a container that runs all of Kafka; undefined for another one, and when that is not known. */
export function registryPortIn({
  image: text,
  environment,
  environmentComplete,
  ownCommand,
  builds,
}: Service): number | undefined {
  const image = text && readImage(text);
  const known = image && REGISTRY_PORTS.get(image.repository);
  if (!known || !environmentComplete || ownCommand || builds) return undefined;
  const set = environment.get(known.variable)?.value;
  if (!set) return known.port;
  return set.unresolved.length === 0 && /^[1-9]\d{0,4}$/.test(set.text) ? Number(set.text) : undefined;
}
