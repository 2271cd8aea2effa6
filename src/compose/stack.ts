import { parse } from 'yaml';
import { memoryOf, type ServiceMemory } from './service-memory.ts';

/** What the action needs to know of a compose file: read from it, never assumed. */
export interface Stack {
  /** The file's own text, byte for byte what is put on the machine. */
  readonly text: string;
  readonly services: readonly string[];
  readonly images: readonly string[];
  readonly publishedPorts: readonly PublishedPort[];
  readonly members: readonly StackMember[];
  /** Names of the volumes that the file declares, without the project's name that Docker Compose puts before them. */
  readonly volumes: readonly string[];
  /** The memory that each service takes at most, where the file tells. */
  readonly memory: readonly ServiceMemory[];
  /** The brokers that clients on the machine can reach, in the order of the file. */
  readonly brokers: readonly Broker[];
  /** Addresses at which clients on the machine reach the brokers, one a broker: what the brokers advertise there. */
  readonly bootstrapServers: readonly string[];
  /** The schema registry as seen from the machine; none when the stack has none. */
  readonly schemaRegistryUrl?: string;
}

/** A service, and what it is in the cluster. */
export interface StackMember {
  readonly service: string;
  readonly role: 'zookeeper' | 'broker' | 'schema-registry' | 'other';
  /** Where clients on the machine reach it, if they can. */
  readonly address?: string;
}

interface Broker {
  readonly service: string;
  /** What it advertises to clients on the machine. */
  readonly address: string;
}

export interface PublishedPort {
  readonly service: string;
  /** The machine's address it is bound to; `0.0.0.0` for all. */
  readonly address: string;
  readonly port: number;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

interface ComposeService {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
}

/** Reads one of the compose files under stacks/. */
export function readStack(text: string): Stack {
  const file = parse(text, { merge: true }) as ComposeFile;
  const services = Object.entries(file.services);
  const ports = services.flatMap(([name, service]) => publishedPorts(name, service));
  const registry = services.find(
    ([, service]) => service.environment?.SCHEMA_REGISTRY_LISTENERS !== undefined,
  )?.[0];
  const brokers = services.flatMap(([service, definition]) => {
    const address = hostListener(definition);
    return address === undefined ? [] : [{ service, address }];
  });
  const registryPort = ports.find(port => port.service === registry)?.port;
  return {
    text,
    services: services.map(([name]) => name),
    images: [...new Set(services.flatMap(([, service]) => service.image ?? []))],
    publishedPorts: ports,
    members: services.map(([service, { environment }]) => {
      const port = ports.find(published => published.service === service)?.port;
      const broker = brokers.find(candidate => candidate.service === service);
      const address = broker?.address ?? (port === undefined ? undefined : `localhost:${port}`);
      const isZooKeeper = environment?.ZOOKEEPER_CLIENT_PORT !== undefined;
      const role = broker
        ? 'broker'
        : service === registry
          ? 'schema-registry'
          : isZooKeeper
            ? 'zookeeper'
            : 'other';
      return { service, role, ...(address ? { address } : {}) };
    }),
    volumes: Object.keys(file.volumes ?? {}),
    memory: services.flatMap(([name, service]) => memoryOf(name, service) ?? []),
    brokers,
    bootstrapServers: brokers.map(({ address }) => address),
    ...(registryPort === undefined ? {} : { schemaRegistryUrl: `http://localhost:${registryPort}` }),
  };
}

/** `[ADDRESS:]HOST-PORT:CONTAINER-PORT`, the short form of the Compose specification. */
function publishedPorts(service: string, { ports = [] }: ComposeService): PublishedPort[] {
  return ports.flatMap(entry => {
    const match = /^(?:(.+):)?(\d+):\d+$/.exec(entry);
    return match ? [{ service, address: match[1] ?? '0.0.0.0', port: Number(match[2]) }] : [];
  });
}

/** The advertised listener that a client on the machine can use. */
function hostListener({ environment }: ComposeService): string | undefined {
  const listeners = String(environment?.KAFKA_ADVERTISED_LISTENERS ?? '').split(',');
  return listeners.map(listener => /^\w+:\/\/(localhost:\d+)$/.exec(listener.trim())?.[1]).find(Boolean);
}
