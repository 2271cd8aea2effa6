import type { Service } from '../reader/model.ts';
import { scalarsIn, valueAt } from '../reader/value.ts';
import { readImage } from './images.ts';
import { type Listener, readListeners } from './listeners.ts';

/** A broker of Redpanda, by the flags of its command. */
export interface Redpanda {
  readonly service: Service;
  readonly listeners: readonly Listener[];
  readonly advertised: readonly Listener[];
  readonly controllerNames: readonly string[];
  /** Nothing in its command asks clients who they are. */
  readonly isOpen: boolean;
}

const REPOSITORIES = ['redpandadata/redpanda', 'vectorized/redpanda'];

/**
 * Each listener has a name, as `--kafka-addr internal://0.0.0.0:9092,external://0.0.0.0:19092`.
 * Source: https://docs.redpanda.com/current/reference/rpk/rpk-redpanda/rpk-redpanda-start/
 * @returns undefined for another image, for flags that are missing or depend on variables, and beside a configuration of its own
 */
export function readRedpanda(service: Service): Redpanda | undefined {
  const image = service.image && readImage(service.image);
  if (!image || !REPOSITORIES.includes(image.repository) || service.builds) return undefined;
  if (service.mounts.some(({ target }) => target.startsWith('/etc/redpanda'))) return undefined;
  const texts = ['entrypoint', 'command'].flatMap(key => scalarsIn(valueAt(service.whole, key)));
  if (texts.some(({ unresolved }) => unresolved.length > 0)) return undefined;
  const words = texts.flatMap(({ text }) => text.split(/[\s\\]+/));
  const addresses = (flag: string) => {
    const at = words.findIndex(word => word === flag || word.startsWith(`${flag}=`));
    const text = words[at]?.includes('=') ? words[at].slice(flag.length + 1) : words[at + 1];
    return at < 0 || !text || /[$'"]/.test(text)
      ? undefined
      : readListeners({ text, place: service.place, unresolved: [] });
  };
  const listeners = addresses('--kafka-addr');
  const advertised = addresses('--advertise-kafka-addr');
  if (!listeners || !advertised) return undefined;
  const isOpen = !words.some(word => /sasl|tls|authentication/i.test(word));
  return { service, listeners, advertised, controllerNames: [], isOpen };
}
