import type { Cluster } from '../../compose/kafka/kafka-model.ts';
import { runTogether } from '../../compose/reader/profiles.ts';
import type { Problem, Rule } from '../rule.ts';

export const duplicateNodeId: Rule = {
  id: 'duplicate-node-id',
  title: 'Two nodes with the same number',
  severity: 'error',
  why: 'Every node of a cluster has its own `KAFKA_NODE_ID` (with ZooKeeper `KAFKA_BROKER_ID`). The second node with a number is refused, or takes the place of the first.',
  fix: 'Give each node a number of its own.',
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
  kafka-2:
    <<: *kafka
    environment:
      KAFKA_BROKER_ID: 1
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-2:9092
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
  kafka-2:
    <<: *kafka
    environment:
      KAFKA_BROKER_ID: 2
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-2:9092
`,
  },
  check: ({ kafka }) => kafka.clusters.flatMap(problemsOf),
};

function problemsOf({ nodes }: Cluster): Problem[] {
  return nodes.flatMap((node, index) => {
    if (!node.id) return [];
    const { number, text } = node.id;
    const other = nodes
      .slice(0, index)
      .find(each => each.id?.number === number && runTogether(each.service, node.service));
    if (!other) return [];
    const taken = new Set(nodes.flatMap(({ id }) => id?.number ?? []));
    const free =
      nodes.map((_, position) => position + 1).find(candidate => !taken.has(candidate)) ??
      Math.max(...taken) + 1;
    const message = `"${node.service.name}" and "${other.service.name}" both have the number ${number}.`;
    return [
      { place: text.place, message, hint: 'Give each node a number of its own.', proposal: String(free) },
    ];
  });
}
