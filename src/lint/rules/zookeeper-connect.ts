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
  why: "In the broker's container `localhost` is that container, a name that no service has leads nowhere, and inside the network ZooKeeper answers on its own port, not on the one that is published. Where no address of the list is right the broker gives up after 40 seconds; one wrong address among right ones is a warning.",
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

function problemsOf(node: KafkaNode, context: LintContext): Problem[] {
  const { kafka } = context;
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
  const addresses = splitText(setting, ',').map(text => ({ text, wrong: faultIn(text, node, context) }));
  const wrong = addresses.filter(({ wrong: fault }) => fault !== undefined);
  // ZooKeeper's client tries one address after the other: as long as one is right the broker starts.
  if (wrong.length === addresses.length)
    return wrong.map(({ text, wrong: fault }) => problem(text, fault?.message ?? ''));
  return wrong
    .filter(({ wrong: fault }) => !fault?.mayBeElsewhere)
    .map(({ text, wrong: fault }) => ({
      ...problem(text, fault?.message ?? ''),
      severity: 'warning' as const,
    }));
}

interface AddressFault {
  readonly message: string;
  /** A name that no service has may be another machine's, where others of the list are here and open to it. */
  readonly mayBeElsewhere?: boolean;
}

function faultIn({ text }: Text, node: KafkaNode, { model, kafka }: LintContext): AddressFault | undefined {
  const match = /^([^:/]+)(?::(\d+))?(?:\/.*)?$/.exec(text);
  const host = match?.[1];
  if (host === undefined) return undefined;
  if (isLoopback(host))
    return { message: `Inside the container ${host} is the container itself, where no ZooKeeper runs.` };
  if (isUnknownHost(model, node.service, host)) {
    // Without any ZooKeeper in the project it is on another machine, or in a file that is used together with this one.
    if (kafka.zookeepers.length === 0) return undefined;
    const mayBeElsewhere = kafka.zookeepers.some(
      each => each.service.ports.length > 0 || each.service.networkMode !== undefined,
    );
    return { message: `No service of the project is called "${host}".`, mayBeElsewhere };
  }
  const service = serviceNamed(model, host);
  const zookeeper = kafka.zookeepers.find(each => each.service === service);
  const port = Number(match?.[2] ?? DEFAULT_PORT);
  if (!zookeeper?.ports || zookeeper.ports.includes(port)) return undefined;
  return { message: `${host} listens on port ${zookeeper.ports.join(' and ')}, not on ${port}.` };
}
