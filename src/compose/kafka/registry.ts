import type { EnvironmentEntry, Service } from '../reader/model.ts';
import type { Text } from '../reader/value.ts';
import { type Bootstrap, readBootstrap } from './bootstrap.ts';
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
    bootstrap: bootstrap && readBootstrap(bootstrap),
    port,
  };
}

function portOf(listeners: Text | undefined): number | undefined {
  if (!listeners) return DEFAULT_PORT;
  if (listeners.unresolved.length > 0) return undefined;
  const port = /:(\d{1,5})(?:\/|,|\s|$)/.exec(listeners.text)?.[1];
  return port === undefined ? undefined : Number(port);
}
