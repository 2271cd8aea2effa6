import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Listener } from '../../compose/kafka/listeners.ts';
import { takesListenersAsGiven } from '../own-settings.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const advertisedPortWithoutListener: Rule = {
  id: 'advertised-port-without-listener',
  title: 'A broker sends containers to a port on which it does not listen',
  severity: 'error',
  why: "Between containers there are no published ports: a client that is told `kafka:29092` connects to port 29092 of the broker's container. When the listener has another port there, every client of this listener is refused after its first contact.",
  fix: 'Advertise the port that the listener has in `KAFKA_LISTENERS`, or let it listen on the port that is advertised.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENERS: PLAINTEXT://:9092
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:29092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENERS: PLAINTEXT://:9092
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
  },
  check: context =>
    context.kafka.nodes
      .filter(({ isBroker, settings }) => isBroker && settings.get('advertised.listeners')?.variable)
      .filter(node => takesListenersAsGiven(node) && node.service.networkMode === undefined)
      .flatMap(node => (node.advertised ?? []).flatMap(told => problemOf(node, told, context))),
};

function problemOf(node: KafkaNode, told: Listener, { model }: LintContext): Problem[] {
  const { service, listeners = [], controllerNames } = node;
  const { name, host, port, text } = told;
  const bound = listeners.find(listener => listener.name === name);
  if (!bound || controllerNames.includes(name) || listeners.some(each => [0, port].includes(each.port)))
    return [];
  if (host.includes('.') || serviceNamed(model, host) !== service) return [];
  // Clients on a machine that knows the name reach the port that is published under this number.
  const isPublished = service.ports.some(
    ({ published }) => published && published.from <= port && port <= published.to,
  );
  if (isPublished || !service.portsComplete) return [];
  const proposal = `${name}://${host}:${bound.port}`;
  return [
    {
      place: text.place,
      message: `Containers are told to connect to ${host}:${port}, but ${name} of "${service.name}" listens on port ${bound.port}.`,
      hint: `Advertise ${proposal}.`,
      proposal,
    },
  ];
}
