import { isNewest } from '../../compose/kafka/images.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Problem, Rule } from '../rule.ts';

export const nodeIdDiffers: Rule = {
  id: 'node-id-differs',
  title: 'A node with two numbers',
  severity: 'error',
  why: '`KAFKA_NODE_ID` and `KAFKA_BROKER_ID` are two names for one number. Where both are set and differ, Kafka does not start: "You must set `node.id` to the same value as `broker.id`" (`KafkaConfig`, from Kafka 3.0 on).',
  fix: 'Set one of them: `KAFKA_NODE_ID` with KRaft, `KAFKA_BROKER_ID` with ZooKeeper.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_NODE_ID: 2
      KAFKA_BROKER_ID: 1
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_BROKER_ID: 1
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
  },
  check: ({ kafka }) => kafka.nodes.flatMap(problemOf),
};

function problemOf({ settings, service, version, image, mode }: KafkaNode): Problem[] {
  const [node, broker] = [settings.get('node.id'), settings.get('broker.id')];
  const isChecked = version ? version.major >= 3 : isNewest(image);
  if (!isChecked || service.builds || !node?.variable || !broker?.variable) return [];
  if ([node, broker].some(({ value }) => value.unresolved.length > 0)) return [];
  const [first, second] = [node.value.text.trim(), broker.value.text.trim()];
  if (first === second || ![first, second].every(text => /^\d+$/.test(text))) return [];
  const [kept, spare] = mode === 'kraft' ? [node, broker] : [broker, node];
  const message = `"${service.name}" has ${node.variable} ${first} and ${broker.variable} ${second}, which are one number under two names: it does not start.`;
  const hint = `Take ${spare.variable} out, or set it to ${kept.value.text.trim()}.`;
  return [{ place: spare.value.place, message, hint, proposal: kept.value.text.trim() }];
}
