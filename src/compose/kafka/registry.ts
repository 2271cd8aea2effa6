import type { EnvironmentEntry, Service } from '../reader/model.ts';
import { splitText, type Text } from '../reader/value.ts';
import { knownImage, readImage } from './images.ts';
import { intendedName, settingKey } from './kafka-settings.ts';

/** A service that runs Confluent's schema registry. */
export interface Registry {
  readonly service: Service;
  /** Variables by the registry's name of the setting. */
  readonly settings: ReadonlyMap<string, EnvironmentEntry>;
  /** True when everything that it is told can be seen here. */
  readonly complete: boolean;
  /** Where it looks for Kafka; undefined when that is not known. */
  readonly bootstrap?: readonly Bootstrap[];
  /** The port it answers on; undefined when that is not known. */
  readonly port?: number;
}

/** `[PROTOCOL://]HOST:PORT` */
export interface Bootstrap {
  readonly protocol?: string;
  readonly host: string;
  readonly port: number;
  readonly text: Text;
}

const PREFIX = 'SCHEMA_REGISTRY_';
const DEFAULT_PORT = 8081;

export function readRegistry(service: Service): Registry | undefined {
  const image = service.image && readImage(service.image);
  if (!image || knownImage(image)?.role !== 'registry') return undefined;
  const settings = new Map<string, EnvironmentEntry>();
  for (const entry of service.environment.values()) {
    const key = settingKey(intendedName(entry.name), PREFIX);
    if (key !== undefined) settings.set(key, entry);
  }
  const bootstrap = settings.get('kafkastore.bootstrap.servers')?.value;
  const port = portOf(settings.get('listeners')?.value);
  return {
    service,
    settings,
    complete: service.environmentComplete && !service.ownCommand && !service.builds,
    bootstrap: bootstrap?.unresolved.length === 0 ? readBootstrap(bootstrap) : undefined,
    port,
  };
}

function readBootstrap(setting: Text): Bootstrap[] {
  return splitText(setting, ',').flatMap(text => {
    const match = /^(?:(\w+):\/\/)?(\[[^\]]*\]|[^:/]+):(\d{1,5})$/.exec(text.text);
    if (!match) return [];
    const [, protocol, host = '', port] = match;
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    return [{ protocol, host: bare, port: Number(port), text }];
  });
}

function portOf(listeners: Text | undefined): number | undefined {
  if (!listeners) return DEFAULT_PORT;
  if (listeners.unresolved.length > 0) return undefined;
  const port = /:(\d{1,5})(?:\/|,|\s|$)/.exec(listeners.text)?.[1];
  return port === undefined ? undefined : Number(port);
}
