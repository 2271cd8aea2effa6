import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback, isWildcard, type Listener } from '../../compose/kafka/listeners.ts';
import type { Problem, Rule } from '../rule.ts';

export const advertisedListenerDuplicate: Rule = {
  id: 'advertised-listener-duplicate',
  title: 'Two brokers at the same address',
  severity: 'error',
  why: 'Clients go to the address that a broker advertises. When two brokers advertise the same one, half of the requests reach the wrong broker: with ZooKeeper the second broker is refused, otherwise clients fail with NOT_LEADER_OR_FOLLOWER again and again.',
  fix: 'Give each broker an address of its own: its service name inside, a port of its own outside.',
  example: {
    bad: `services:
  kafka-1:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-1:9092
  kafka-2:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-1:9092
`,
    good: `services:
  kafka-1:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-1:9092
  kafka-2:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-2:9092
`,
  },
  check: ({ kafka }) => kafka.clusters.flatMap(({ brokers }) => problemsOf(brokers)),
};

function problemsOf(brokers: readonly KafkaNode[]): Problem[] {
  const owners = new Map<string, KafkaNode>();
  return brokers.flatMap(broker =>
    statedListeners(broker).flatMap(({ host, port, text }) => {
      const address = `${host.toLowerCase()}:${port}`;
      const owner = owners.get(address);
      if (!owner) owners.set(address, broker);
      if (!owner || owner === broker) return [];
      const message = `"${broker.service.name}" and "${owner.service.name}" both advertise ${address}.`;
      return [{ place: text.place, message, hint: 'Give each broker an address of its own.' }];
    }),
  );
}

/** Without a host a broker advertises its container's own name, and 0.0.0.0 is refused. */
function statedListeners({ settings, advertised, mode }: KafkaNode): readonly Listener[] {
  const isStated = settings.get('advertised.listeners')?.variable;
  // Only ZooKeeper's mode refuses an address that another broker has (KafkaServer.scala); one at localhost may be meant for nobody.
  const counts = ({ host }: Listener) =>
    host !== '' && !isWildcard(host) && (mode !== 'kraft' || !isLoopback(host));
  return isStated ? (advertised ?? []).filter(counts) : [];
}
