import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback, isWildcard, type Listener } from '../../compose/kafka/listeners.ts';
import type { Service } from '../../compose/reader/model.ts';
import { readOwnImage } from '../own-image.ts';
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
  check: ({ kafka, model }) => {
    const known = kafka.clusters.flatMap(({ brokers }) => problemsOf(brokers.flatMap(brokerOf)));
    const read = new Set(kafka.nodes.map(({ service }) => service));
    const others = model.services.filter(service => !read.has(service)).flatMap(otherOf);
    const clusters = [...Map.groupBy(others, ({ leaders }) => leaders).values()];
    return [...known, ...clusters.flatMap(problemsOf).map(mayBeRead)];
  },
};

/** A broker with what it says that it advertises. */
interface Broker {
  readonly service: Service;
  readonly stated: readonly Listener[];
}

function problemsOf(brokers: readonly Broker[]): Problem[] {
  const owners = new Map<string, Broker>();
  return brokers.flatMap(broker =>
    broker.stated.flatMap(({ host, port, text }) => {
      const address = `${host.toLowerCase()}:${port}`;
      const owner = owners.get(address);
      if (!owner) owners.set(address, broker);
      if (!owner || owner === broker) return [];
      const message = `"${broker.service.name}" and "${owner.service.name}" both advertise ${address}.`;
      return [{ place: text.place, message, hint: 'Give each broker an address of its own.' }];
    }),
  );
}

const brokerOf = ({ service, settings, advertised, mode }: KafkaNode): Broker[] =>
  settings.get('advertised.listeners')?.variable ? [{ service, stated: statedOf(advertised, mode) }] : [];

/** A broker of an image that the project builds or that is not known, by its variables. */
function otherOf(service: Service): (Broker & { readonly leaders: string })[] {
  const { leaders, advertised, mode } = readOwnImage(service) ?? {};
  return leaders === undefined ? [] : [{ service, leaders, stated: statedOf(advertised, mode) }];
}

/** What such an image makes of its variables is not certain. */
const mayBeRead = (problem: Problem): Problem => ({ ...problem, cause: 'own image', severity: 'warning' });

/** Without a host a broker advertises its container's own name, and 0.0.0.0 is refused. */
function statedOf(advertised: readonly Listener[] | undefined, mode: KafkaNode['mode']): readonly Listener[] {
  // Only ZooKeeper's mode refuses an address that another broker has (KafkaServer.scala); one at localhost may be meant for nobody.
  const counts = ({ host }: Listener) =>
    host !== '' && !isWildcard(host) && (mode !== 'kraft' || !isLoopback(host));
  return (advertised ?? []).filter(counts);
}
