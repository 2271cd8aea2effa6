import { isUnknownHost, serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import { splitText, type Text } from '../../compose/reader/value.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

const DEFAULT_PORT = 2181;

export const zookeeperConnect: Rule = {
  id: 'zookeeper-connect',
  title: 'A ZooKeeper that the broker cannot reach',
  severity: 'error',
  why: "In the broker's container `localhost` is that container, a name that no service has leads nowhere, and inside the network ZooKeeper answers on its own port, not on the one that is published. The broker gives up after 40 seconds.",
  fix: "Name ZooKeeper's service and its client port.",
  example: {
    bad: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: localhost:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
`,
    good: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
`,
  },
  check: context =>
    context.kafka.nodes
      .filter(({ mode, service }) => mode === 'zookeeper' && service.networkMode === undefined)
      .flatMap(node => problemsOf(node, context)),
};

function problemsOf(node: KafkaNode, { model, kafka }: LintContext): Problem[] {
  const setting = node.settings.get('zookeeper.connect')?.value;
  if (!setting || setting.unresolved.length > 0) return [];
  const known = kafka.zookeepers.map(
    ({ service, clientPort }) => `${service.name}:${clientPort ?? DEFAULT_PORT}`,
  );
  const hint =
    known.length > 0 ? `Write ${known.join(',')}.` : "Name ZooKeeper's service and its client port.";
  const problem = (text: Text, message: string): Problem => ({
    place: text.place,
    message,
    hint,
    proposal: known.join(',') || undefined,
  });
  return splitText(setting, ',').flatMap(text => {
    const match = /^([^:/]+)(?::(\d+))?(?:\/.*)?$/.exec(text.text);
    const host = match?.[1];
    if (host === undefined) return [];
    if (isLoopback(host))
      return [
        problem(text, `Inside the container ${host} is the container itself, where no ZooKeeper runs.`),
      ];
    if (isUnknownHost(model, node.service, host))
      return [problem(text, `No service of the project is called "${host}".`)];
    const service = serviceNamed(model, host);
    const zookeeper = kafka.zookeepers.find(each => each.service === service);
    const port = Number(match?.[2] ?? DEFAULT_PORT);
    if (!zookeeper?.ports || zookeeper.ports.includes(port)) return [];
    return [problem(text, `${host} listens on port ${zookeeper.ports.join(' and ')}, not on ${port}.`)];
  });
}
