import type { Service } from '../../compose/reader/model.ts';
import { type Storage, storagesOf } from '../images/data-storage.ts';
import { imageOf } from '../images/service-image.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const sharedData: Rule = {
  id: 'shared-data',
  title: 'Two nodes that write into the same folder',
  severity: 'error',
  why: "A broker, a controller or a ZooKeeper has its data for itself. The second one to start in the same folder finds the first one's lock, and when that is gone the first one's number in `meta.properties` or `myid`: it stops, or passes itself off as the other.",
  fix: 'Give each node a volume of its own.',
  example: {
    bad: `x-kafka: &kafka
  image: confluentinc/cp-kafka:7.9.2
services:
  kafka-1:
    <<: *kafka
    environment:
      KAFKA_BROKER_ID: 1
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-1:9092
    volumes: ['data:/var/lib/kafka/data']
  kafka-2:
    <<: *kafka
    environment:
      KAFKA_BROKER_ID: 2
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-2:9092
    volumes: ['data:/var/lib/kafka/data']
volumes: { data: }
`,
    good: `x-kafka: &kafka
  image: confluentinc/cp-kafka:7.9.2
services:
  kafka-1:
    <<: *kafka
    environment:
      KAFKA_BROKER_ID: 1
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-1:9092
    volumes: ['data-1:/var/lib/kafka/data']
  kafka-2:
    <<: *kafka
    environment:
      KAFKA_BROKER_ID: 2
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-2:9092
    volumes: ['data-2:/var/lib/kafka/data']
volumes: { data-1: , data-2: }
`,
  },
  check: problemsOf,
};

function problemsOf({ model, kafka }: LintContext): Problem[] {
  const first = new Map<string, Service[]>();
  const found: Problem[] = [];
  for (const service of model.services) {
    const storages = storagesOf(service, model, kafka);
    const shared = storages.flatMap(storage => {
      const key = `${imageOf(service)?.role} ${storage.key}`;
      const others = first.get(key) ?? [];
      first.set(key, [...others, service]);
      const other = others.find(each => mayRunTogether(each, service));
      return other ? [problemOf(service, other, storage)] : [];
    });
    found.push(...shared.slice(0, 1));
  }
  return found;
}

/** Services of different profiles are often alternatives. */
const mayRunTogether = (a: Service, b: Service) =>
  a.profiles.length === 0 ||
  b.profiles.length === 0 ||
  a.profiles.some(profile => b.profiles.includes(profile));

function problemOf({ name }: Service, other: Service, storage: Storage): Problem {
  const message = `"${other.name}" and "${name}" both keep their data in ${storage.name}: the second one to start finds the first one's lock or number, and stops.`;
  const hint = 'Give each node a volume of its own.';
  return { place: storage.mount.place, message, hint, proposal: `${name}-data:${storage.mount.target}` };
}
