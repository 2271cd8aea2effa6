import { isWildcard } from '../../compose/kafka/listeners.ts';
import type { Rule } from '../rule.ts';

export const advertisedWildcard: Rule = {
  id: 'advertised-wildcard',
  title: 'A broker advertises 0.0.0.0',
  severity: 'error',
  why: 'On 0.0.0.0 a program listens at all of its addresses; nobody can connect to it. Kafka refuses it in `KAFKA_ADVERTISED_LISTENERS` and does not start.',
  fix: 'Advertise the name that clients use: the name of the service, or `localhost` with the published port. 0.0.0.0 belongs in `KAFKA_LISTENERS`.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://0.0.0.0:9092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
  },
  check: ({ kafka }) =>
    kafka.nodes
      .filter(({ isBroker, settings }) => isBroker && settings.has('advertised.listeners'))
      .flatMap(({ advertised = [], service }) =>
        advertised
          .filter(({ host }) => isWildcard(host))
          .map(({ host, text, name, port }) => ({
            place: text.place,
            message: `"${service.name}" tells clients to connect to ${host}, which is no address to connect to: Kafka does not start.`,
            hint: 'Advertise the name of the service, or localhost with the published port.',
            proposal: `${name}://${service.name}:${port}`,
          })),
      ),
};
