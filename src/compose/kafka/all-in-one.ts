import type { Service } from '../reader/model.ts';
import { readImage } from './images.ts';
import type { Listener } from './listeners.ts';

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

/** The variable of `spotify/kafka` for the host that it advertises. */
export const ADVERTISED_HOST = 'ADVERTISED_HOST';

/**
 * The one listener of `spotify/kafka`, and what it advertises; undefined for another image, and when that is not known.
 * Source: start-kafka.sh in https://github.com/spotify/docker-kafka
 */
export function spotifyListener({
  image: text,
  environment,
  environmentComplete,
  ownCommand,
  builds,
}: Service): { readonly bound: Listener; readonly told: Listener } | undefined {
  const image = text && readImage(text);
  if (!text || image?.repository !== 'spotify/kafka' || !environmentComplete || ownCommand || builds)
    return undefined;
  const [host, port] = [environment.get(ADVERTISED_HOST)?.value, environment.get('ADVERTISED_PORT')?.value];
  if ([host, port].some(value => value && value.unresolved.length > 0)) return undefined;
  const bound = { name: 'PLAINTEXT', host: '', port: 9092, text };
  return { bound, told: { ...bound, host: host?.text ?? '', port: Number(port?.text || bound.port) } };
}
