import type { Service } from '../reader/model.ts';
import { publishedAt } from '../reader/ports.ts';
import type { ImageFamily } from './images.ts';
import type { Setting } from './kafka-settings.ts';
import type { Listener } from './listeners.ts';

const DEFAULT_PORT = 9092;
const KEYS = ['listeners', 'advertised.listeners', 'host.name'];

/**
 * The one listener of a broker that is told `advertised.host.name`, as Kafka had it before 3.0. With Docker's socket the image asks
 * Docker at which port of the machine it is published.
 * Source: start-kafka.sh in wurstmeister/kafka-docker; `getListeners` and `getAdvertisedListeners` in KafkaConfig of Kafka 2.8.
 * @returns undefined for other images, and where the newer settings are used
 */
export function deprecatedListeners(
  family: ImageFamily,
  settings: ReadonlyMap<string, Setting>,
  service: Service,
): { readonly listeners: Listener[]; readonly advertised: Listener[] } | undefined {
  const host = settings.get('advertised.host.name')?.value;
  if (family !== 'wurstmeister' || !host || KEYS.some(key => settings.has(key))) return undefined;
  const isKnown = host.unresolved.length === 0 && /^[\w.-]+$/.test(host.text);
  const inside = deprecatedPort(settings);
  if (!isKnown || inside === undefined) return undefined;
  const outside = settings.has('advertised.port')
    ? portOf(settings.get('advertised.port'))
    : askDocker(service, inside);
  if (outside === undefined) return undefined;
  const listener = { name: 'PLAINTEXT', text: host };
  return {
    listeners: [{ ...listener, host: '', port: inside }],
    advertised: [{ ...listener, host: host.text, port: outside }],
  };
}

/** The port of a broker that is told no `listeners`; undefined when that is not known. */
export const deprecatedPort = (settings: ReadonlyMap<string, Setting>): number | undefined =>
  settings.has('port') ? portOf(settings.get('port')) : DEFAULT_PORT;

function portOf(setting: Setting | undefined): number | undefined {
  const text = setting && setting.value.unresolved.length === 0 ? setting.value.text.trim() : '';
  return /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

function askDocker({ mounts, ports, portsComplete }: Service, inside: number): number | undefined {
  if (!mounts.some(({ target }) => target === '/var/run/docker.sock')) return inside;
  const published = publishedAt(ports, inside);
  return portsComplete && published.length === 1 ? published[0]?.port : undefined;
}
