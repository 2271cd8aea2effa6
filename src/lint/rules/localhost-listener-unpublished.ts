import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Listener } from '../../compose/kafka/listeners.ts';
import { scalarsIn } from '../../compose/reader/value.ts';
import { misledListeners, unreachedListeners } from '../published-ports.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const localhostListenerUnpublished: Rule = {
  id: 'localhost-listener-unpublished',
  title: 'A listener for the machine that nobody there can reach',
  severity: 'warning',
  why: 'A listener that advertises `localhost` is for clients on the machine, and these reach it only at a published port. The cluster works without it, but a client on the machine does not get in. A listener that the brokers or a health check use inside the container is not told.',
  fix: 'Publish its port on 127.0.0.1, or take the listener out when no client runs on the machine.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:29092,HOST://localhost:9092
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
  check: context => {
    // Ports may come with the file that extends this one.
    if (isBase(context)) return [];
    return context.kafka.nodes
      .filter(({ isBroker, settings }) => isBroker && settings.get('advertised.listeners')?.variable)
      .flatMap(node => problemsOf(node, context));
  },
};

/** A file that publishes nothing of several brokers' or of other services': what is missing may be meant for another file. */
const isBase = ({ model, sources }: LintContext): boolean =>
  model.services.every(({ ports }) => ports.length === 0) &&
  [...sources.keys()].some(path => /\bbase\b/.test(path));

function problemsOf(node: KafkaNode, context: LintContext): Problem[] {
  const misled = misledListeners(node, context);
  return unreachedListeners(node, context)
    .filter(listener => !misled.includes(listener) && listener.name !== node.interBroker)
    .filter(listener => !isUsedInside(node, listener))
    .map(({ name, host, port, text }) => {
      const inside = node.listeners?.find(each => each.name === name)?.port ?? port;
      return {
        place: text.place,
        message: `${name} is for clients on the machine, at ${host}:${port}, but its port is not published.`,
        hint: `Publish ${port}:${inside} on 127.0.0.1, or take ${name} out when no client runs on the machine.`,
      };
    });
}

/** A health check, a command or another setting of the service names the address. */
const isUsedInside = ({ service, settings }: KafkaNode, { host, port }: Listener): boolean =>
  scalarsIn(service.whole).some(
    ({ text }) =>
      text.includes(`${host}:${port}`) && text !== settings.get('advertised.listeners')?.value.text,
  );
