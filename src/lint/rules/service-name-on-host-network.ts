import { clientSettings } from '../../compose/kafka/clients.ts';
import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { ComposeModel, Service } from '../../compose/reader/model.ts';
import { partOf, splitText, type Text } from '../../compose/reader/value.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const serviceNameOnHostNetwork: Rule = {
  id: 'service-name-on-host-network',
  title: "A service's name where only the machine's names are known",
  severity: 'error',
  why: "With `network_mode: host` a container has the machine's network and its names. The names of services are known only in the project's networks: they lead nowhere from there.",
  fix: 'Take `network_mode: host` out, so that the service joins the network of the others, or name `localhost` with the published port.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:29092,HOST://localhost:9092
    ports:
      - '127.0.0.1:9092:9092'
  ui:
    image: provectuslabs/kafka-ui:v0.7.2
    network_mode: host
    environment:
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: kafka:29092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:29092,HOST://localhost:9092
    ports:
      - '127.0.0.1:9092:9092'
  ui:
    image: provectuslabs/kafka-ui:v0.7.2
    network_mode: host
    environment:
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: localhost:9092
`,
  },
  check: context =>
    context.model.services
      .filter(({ networkMode }) => networkMode === 'host')
      .flatMap(service =>
        addressLists(service, context).flatMap(list => problemsOf(service, list, context.model)),
      ),
};

/** Every list of addresses that a service is told: the hosts, as they stand. */
function addressLists(service: Service, { kafka }: LintContext): Text[][] {
  const node = kafka.nodes.find(each => each.service === service);
  const zookeepers = node?.mode === 'zookeeper' ? node.settings.get('zookeeper.connect')?.value : undefined;
  if (node)
    return zookeepers && zookeepers.unresolved.length === 0 ? [splitText(zookeepers, ',').map(hostIn)] : [];
  const registry = kafka.registries.find(each => each.service === service);
  const lists = registry
    ? [registry.bootstrap ?? []]
    : clientSettings(service).map(({ addresses }) => addresses);
  return lists.map(addresses => addresses.map(({ text }) => hostIn(text)));
}

function hostIn(address: Text): Text {
  const from = /^\w+:\/\//.exec(address.text)?.[0].length ?? 0;
  const length = /^[^:/]*/.exec(address.text.slice(from))?.[0].length ?? 0;
  return partOf(address, from, from + length);
}

/** A list in which one name is no service's may name machines, whose services are called after them. */
function problemsOf(service: Service, hosts: readonly Text[], model: ComposeModel): Problem[] {
  const isService = ({ text }: Text) =>
    /^[\w-]+$/.test(text) &&
    text !== service.hostname?.text &&
    !service.extraHosts.includes(text) &&
    serviceNamed(model, text) !== undefined;
  if (hosts.length === 0 || !hosts.every(isService)) return [];
  return hosts.map(({ text, place }) => ({
    place,
    message: `"${service.name}" is on the machine's own network, where the name "${text}" of a service is not known.`,
    hint: 'Take network_mode out, or name localhost with the published port.',
  }));
}
