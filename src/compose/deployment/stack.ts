import type { KafkaModel } from '../kafka/kafka-model.ts';
import { memoryOf, type ServiceMemory } from '../kafka/service-memory.ts';
import type { ComposeModel, Service } from '../reader/model.ts';
import type { MachineView } from './machine-view.ts';

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

/** @param view of the same model and its Kafka */
export function stackOf(model: ComposeModel, kafka: KafkaModel, view: MachineView): Stack {
  const { brokers, ...seen } = view;
  const reachable = brokers.flatMap(({ service, bootstrapServer }) =>
    bootstrapServer === undefined ? [] : [{ service, address: bootstrapServer }],
  );
  return {
    ...seen,
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
  { publishedPorts, schemaRegistryUrl }: MachineView,
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
