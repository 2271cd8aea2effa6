import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import { takesListenersAsGiven } from '../own-settings.ts';
import { misledListeners, publishedListeners } from '../published-ports.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const publishedInternalName: Rule = {
  id: 'published-internal-name',
  title: 'A published port that sends clients on to a name inside',
  severity: 'warning',
  why: "A client connects twice: first to the published port, then to the address that the broker advertises for the listener there. The name of a service or of a container is known only in the project's networks: a client on the machine connects, gets that name, and fails. A broker that has a published listener for the machine too is not told.",
  fix: 'Have a second listener that advertises `localhost` with its published port. When only containers use the listener, do not publish its port.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
    ports:
      - '127.0.0.1:9092:9092'
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
`,
  },
  check: context =>
    context.kafka.nodes
      .filter(node => node.isBroker && node.service.networkMode === undefined && takesListenersAsGiven(node))
      .flatMap(node => problemsOf(node, context)),
};

function problemsOf(node: KafkaNode, context: LintContext): Problem[] {
  // Names of machines by `extra_hosts`: brokers and clients may stand on several, which know each other so.
  if (node.service.extraHosts.some(name => !name.endsWith('.docker.internal'))) return [];
  const published = publishedListeners(node);
  // Clients on the machine have a listener of their own: the other ports are for somebody else.
  if (published.some(({ told: { host } }) => host.includes('.') || isLoopback(host))) return [];
  // A port that is published in place of another one is told there.
  const wanted = new Set(misledListeners(node, context).map(({ port }) => port));
  return published
    .filter(({ port, told }) => told.host !== '' && !wanted.has(port.published?.from ?? 0))
    .filter(({ told }) => serviceNamed(context.model, told.host))
    .map(({ port, told: { name, host, port: toldPort } }) => ({
      place: port.place,
      cause: name,
      message: `A client that comes to port ${port.published?.from ?? port.target.from} is sent on to ${host}:${toldPort}, a name that only containers of the project know.`,
      hint: `Add a listener that advertises localhost and publish its port, or publish none when only containers use ${name}.`,
    }));
}
