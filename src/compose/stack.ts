import { type KafkaModel, readKafka } from './kafka-model.ts';
import { type ComposeFile, type LoadOptions, loadCompose } from './load.ts';
import { type MachineView, machineView } from './machine-view.ts';
import type { Service } from './model.ts';
import { memoryOf, type ServiceMemory } from './service-memory.ts';

/** What the action needs to know of the compose files that it deploys: read from them, never assumed. */
export interface Stack extends Omit<MachineView, 'brokers'> {
  readonly members: readonly StackMember[];
  /** Names of the volumes that the files declare, without the project's name that Docker Compose puts before them. */
  readonly volumes: readonly string[];
  /** The memory that each service takes at most, where the files tell. */
  readonly memory: readonly ServiceMemory[];
  /** The brokers that clients on the machine can reach, in the order of the files. */
  readonly brokers: readonly Broker[];
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
  /** As the broker advertises it to clients on the machine, and so as metadata name it: `localhost:19092`. */
  readonly address: string;
}

/** Reads compose files as Docker Compose does; services with a profile are left out, as `up` leaves them out. */
export function readStack(files: readonly ComposeFile[], options: LoadOptions = {}): Stack {
  const loaded = loadCompose(files, { ...options, checkSchema: false }).model;
  const model = { ...loaded, services: loaded.services.filter(({ profiles }) => profiles.length === 0) };
  const kafka = readKafka(model);
  const { brokers, ...view } = machineView(model, kafka);
  const reachable = brokers.flatMap(({ service, bootstrapServer }) =>
    bootstrapServer === undefined ? [] : [{ service, address: bootstrapServer }],
  );
  return {
    ...view,
    members: model.services.map(service => memberOf(service, kafka, reachable, view)),
    volumes: [...model.volumes.keys()],
    memory: model.services.flatMap(service => memoryOf(service) ?? []),
    brokers: reachable,
  };
}

function memberOf(
  { name }: Service,
  { nodes, zookeepers, registries }: KafkaModel,
  brokers: readonly Broker[],
  { publishedPorts, schemaRegistryUrl }: Pick<Stack, 'publishedPorts' | 'schemaRegistryUrl'>,
): StackMember {
  const isMe = ({ service }: { readonly service: Service }) => service.name === name;
  const port = publishedPorts.find(({ service }) => service === name)?.port;
  const published = port === undefined ? {} : { address: `localhost:${port}` };
  if (nodes.some(node => node.isBroker && isMe(node))) {
    const address = brokers.find(({ service }) => service === name)?.address;
    return { service: name, role: 'broker', ...(address ? { address } : {}) };
  }
  if (registries.some(isMe)) {
    const address = schemaRegistryUrl?.replace('http://', '');
    return { service: name, role: 'schema-registry', ...(address ? { address } : {}) };
  }
  return { service: name, role: zookeepers.some(isMe) ? 'zookeeper' : 'other', ...published };
}
