import { type ClientSetting, clientSettings } from '../../compose/kafka/clients.ts';
import { brokerFault, kafkaFaults, reachableBrokers } from '../kafka-address.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const clientBootstrap: Rule = {
  id: 'client-bootstrap',
  title: 'A client that looks for Kafka in the wrong place',
  severity: 'error',
  why: 'In the container of a client `localhost` is that container, a name that no service has leads nowhere, and a broker answers only on its listeners. The first address is not enough: the broker answers with the address that it advertises for this listener, and a client that is told `localhost` there goes on to itself. Known are Kafka Connect, Debezium, the REST proxy, ksqlDB, Control Center, Kafka UI, Kafdrop, AKHQ, Redpanda Console and others; in any other service a list of brokers of the project is judged by their listeners.',
  fix: "Name each broker's service with the port of a listener that advertises this name. A broker that advertises only `localhost` needs a second listener for the containers.",
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:29092,HOST://localhost:9092
    ports:
      - '127.0.0.1:9092:9092'
  ui:
    image: provectuslabs/kafka-ui:v0.7.2
    environment:
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: kafka:9092
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
  ui:
    image: provectuslabs/kafka-ui:v0.7.2
    environment:
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: kafka:29092
`,
  },
  check: context => {
    const { nodes, registries } = context.kafka;
    const judged = new Set([...nodes, ...registries].map(({ service }) => service));
    return context.model.services
      .filter(service => !judged.has(service))
      .flatMap(clientSettings)
      .filter(({ target }) => target === 'kafka')
      .flatMap(setting => problemsOf(setting, context));
  },
};

/** A client tries the addresses in turn: it fails only when all of them lead nowhere. */
function problemsOf(
  { service, program, isKnown, addresses }: ClientSetting,
  context: LintContext,
): Problem[] {
  const faultOf = isKnown
    ? kafkaFaults(service, program, context)
    : (address: (typeof addresses)[number]) => brokerFault(address, service, program, context);
  const faults = addresses.map(address => ({ place: address.text.place, message: faultOf(address) }));
  const reachable = reachableBrokers(service, context);
  const hint =
    reachable.length > 0
      ? `Name ${inWords(reachable)}.`
      : 'Name the service of each broker with the port of a listener that advertises this name.';
  const told = faults.flatMap(({ place, message }) =>
    message === undefined ? [] : [{ place, message, hint }],
  );
  return told.length === faults.length
    ? told.map(problem => ({ ...problem, proposal: reachable.join(',') || undefined }))
    : [];
}
