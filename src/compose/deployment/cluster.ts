import type { KafkaModel } from '../kafka/kafka-model.ts';
import type { ComposeModel, Service } from '../reader/model.ts';
import type { MachineView } from './machine-view.ts';

/** A cluster as clients on the machine reach it, whoever deployed it. */
export interface Cluster {
  /** The brokers that clients on the machine can reach, in the order of the files. */
  readonly brokers: readonly Broker[];
  /** The addresses of the same brokers. */
  readonly bootstrapServers: readonly string[];
  readonly schemaRegistryUrl?: string;
  readonly members: readonly Member[];
}

interface Broker {
  readonly service: string;
  /** As the broker advertises it to clients on the machine, and so as metadata name it: `localhost:19092`. */
  readonly address: string;
}

/** A service, and what it is in the cluster. */
export interface Member {
  readonly service: string;
  readonly role: 'zookeeper' | 'broker' | 'schema-registry' | 'other';
  /** Where clients on the machine reach it, if they can. */
  readonly address?: string;
}

/** @param view of the same model and its Kafka */
export function clusterOf(model: ComposeModel, kafka: KafkaModel, view: MachineView): Cluster {
  const brokers = view.brokers.flatMap(({ service, bootstrapServer }) =>
    bootstrapServer === undefined ? [] : [{ service, address: bootstrapServer }],
  );
  return {
    brokers,
    bootstrapServers: view.bootstrapServers,
    schemaRegistryUrl: view.schemaRegistryUrl,
    members: model.services.map(service => memberOf(service, kafka, brokers, view)),
  };
}

function memberOf(
  { name }: Service,
  { nodes, zookeepers, registries }: KafkaModel,
  brokers: readonly Broker[],
  { publishedPorts, schemaRegistryUrl }: MachineView,
): Member {
  const isMe = ({ service }: { readonly service: Service }) => service.name === name;
  if (nodes.some(node => node.isBroker && isMe(node))) {
    const address = brokers.find(({ service }) => service === name)?.address;
    return { service: name, role: 'broker', address };
  }
  if (registries.some(isMe)) {
    const address = schemaRegistryUrl?.replace('http://', '');
    return { service: name, role: 'schema-registry', address };
  }
  const port = publishedPorts.find(({ service }) => service === name)?.port;
  const address = port === undefined ? undefined : `localhost:${port}`;
  return { service: name, role: zookeepers.some(isMe) ? 'zookeeper' : 'other', address };
}
