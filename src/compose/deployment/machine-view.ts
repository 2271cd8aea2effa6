import type { KafkaModel } from '../kafka/kafka-model.ts';
import type { KafkaNode } from '../kafka/kafka-node.ts';
import { isLoopback } from '../kafka/listeners.ts';
import type { ComposeModel } from '../reader/model.ts';
import { onAllInterfaces, type Port, publishedAt } from '../reader/ports.ts';

/** A port of the machine that a service publishes; `0.0.0.0` for all of its addresses. */
export interface PublishedPort {
  readonly service: string;
  readonly address: string;
  readonly port: number;
}

/** A project as a client on the machine that runs it meets it. */
export interface MachineView {
  readonly services: readonly string[];
  readonly images: readonly string[];
  readonly publishedPorts: readonly PublishedPort[];
  /** Every broker, with the address at which a client on the machine reaches it, if it has one. */
  readonly brokers: readonly { readonly service: string; readonly bootstrapServer?: string }[];
  /** One a broker that can be reached. */
  readonly bootstrapServers: readonly string[];
  readonly schemaRegistryUrl?: string;
}

export function machineView(model: ComposeModel, kafka: KafkaModel): MachineView {
  const brokers = kafka.nodes
    .filter(({ isBroker }) => isBroker)
    .map(node => ({ service: node.service.name, bootstrapServer: bootstrapServerOf(node) }));
  return {
    services: model.services.map(({ name }) => name),
    images: [...new Set(model.services.flatMap(({ image }) => image?.text ?? []))],
    publishedPorts: model.services.flatMap(({ name, ports }) =>
      ports.flatMap(port => portsOf(port).map(each => ({ service: name, ...each }))),
    ),
    brokers,
    bootstrapServers: brokers.flatMap(({ bootstrapServer }) => bootstrapServer ?? []),
    schemaRegistryUrl: registryUrl(kafka),
  };
}

/** More ports than anybody publishes one by one: of a range, only so many are told. */
const MAX_RANGE = 1000;

function portsOf({ published, address = '0.0.0.0' }: Port): { address: string; port: number }[] {
  if (!published) return [];
  const { from, to } = published;
  const length = Math.min(to - from + 1, MAX_RANGE);
  // As the kernel's list of sockets writes it.
  const host = address.includes(':') ? `[${address}]` : address;
  return Array.from({ length }, (_, index) => ({ address: host, port: from + index }));
}

/** The advertised listener that names the machine itself and whose port is published there. */
function bootstrapServerOf({ service, advertised = [], listeners }: KafkaNode): string | undefined {
  const usable = advertised.find(({ name, host, port }) => {
    if (!isLoopback(host)) return false;
    if (service.networkMode === 'host') return true;
    const inside = listeners?.find(listener => listener.name === name)?.port ?? port;
    return publishedAt(service.ports, inside).some(
      at => at.port === port && (onAllInterfaces(at) || isLoopback(at.address ?? '')),
    );
  });
  return usable && `${usable.host}:${usable.port}`;
}

function registryUrl({ registries: [registry] }: KafkaModel): string | undefined {
  if (registry?.port === undefined) return undefined;
  if (registry.service.networkMode === 'host') return `http://localhost:${registry.port}`;
  const [at] = publishedAt(registry.service.ports, registry.port);
  return at && `http://localhost:${at.port}`;
}
