import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { takesListenersAsGiven } from '../own-settings.ts';
import type { Problem, Rule } from '../rule.ts';

/** Source: `getInterBrokerListenerNameAndSecurityProtocol` in Kafka's KafkaConfig, from 0.10.2 to 4.1. */
export const interBrokerSetTwice: Rule = {
  id: 'inter-broker-set-twice',
  title: 'Two settings for the inter-broker listener',
  severity: 'error',
  why: '`KAFKA_INTER_BROKER_LISTENER_NAME` names the listener that brokers use among themselves, and `KAFKA_SECURITY_INTER_BROKER_PROTOCOL` is the older way to do so. Kafka does not start with both: "Only one of inter.broker.listener.name and security.inter.broker.protocol should be set".',
  fix: 'Keep `KAFKA_INTER_BROKER_LISTENER_NAME`. Its protocol stands in `KAFKA_LISTENER_SECURITY_PROTOCOL_MAP`.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_INTER_BROKER_LISTENER_NAME: PLAINTEXT
      KAFKA_SECURITY_INTER_BROKER_PROTOCOL: PLAINTEXT
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_INTER_BROKER_LISTENER_NAME: PLAINTEXT
`,
  },
  check: ({ kafka }) => kafka.nodes.filter(takesListenersAsGiven).flatMap(problemOf),
};

function problemOf({ settings, service }: KafkaNode): Problem[] {
  const name = settings.get('inter.broker.listener.name');
  const protocol = settings.get('security.inter.broker.protocol');
  // A default of the image gives way, and an empty value may be left out by the image.
  if (!name?.variable || !protocol?.variable) return [];
  if (name.value.text.trim() === '' || protocol.value.text.trim() === '') return [];
  return [
    {
      place: protocol.value.place,
      message: `"${service.name}" sets both ${name.variable} and ${protocol.variable}: Kafka does not start.`,
      hint: `Take ${protocol.variable} out: ${name.variable.replace(/INTER_BROKER_LISTENER_NAME$/, 'LISTENER_SECURITY_PROTOCOL_MAP')} says which protocol ${name.value.text.trim()} has.`,
    },
  ];
}
