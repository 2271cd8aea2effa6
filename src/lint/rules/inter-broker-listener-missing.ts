import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import type { Problem, Rule } from '../rule.ts';
import { inWords, placeOfSetting, variableOf } from '../settings/settings-places.ts';

export const interBrokerListenerMissing: Rule = {
  id: 'inter-broker-listener-missing',
  title: 'The inter-broker listener is not advertised',
  severity: 'error',
  why: 'Brokers talk to each other, and a single one to itself, over the listener that `KAFKA_INTER_BROKER_LISTENER_NAME` names. When it is not set that is the listener PLAINTEXT. It must be among those in `KAFKA_ADVERTISED_LISTENERS`, or Kafka does not start.',
  fix: 'Set `KAFKA_INTER_BROKER_LISTENER_NAME` to the listener that advertises the name of the service.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: INTERNAL:PLAINTEXT
      KAFKA_ADVERTISED_LISTENERS: INTERNAL://kafka:9092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: INTERNAL:PLAINTEXT
      KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL
      KAFKA_ADVERTISED_LISTENERS: INTERNAL://kafka:9092
`,
  },
  check: ({ kafka }) => kafka.nodes.flatMap(problemOf),
};

const KEY = 'inter.broker.listener.name';

function problemOf(node: KafkaNode): Problem[] {
  const { isBroker, interBroker, advertised, settings, service } = node;
  if (!isBroker || interBroker === undefined || !advertised || advertised.length === 0) return [];
  const names = [...new Set(advertised.map(({ name }) => name))];
  if (names.includes(interBroker)) return [];
  const place = placeOfSetting(node, settings.has(KEY) ? KEY : 'advertised.listeners');
  const by = settings.has(KEY) ? '' : ', the default,';
  const message = `"${service.name}" uses ${interBroker}${by} among brokers, but advertises ${inWords(names)}: Kafka does not start.`;
  // At localhost the other brokers would find themselves.
  const away = advertised.filter(
    ({ host, name }) => !isLoopback(host) && !node.controllerNames.includes(name),
  );
  const fit = away.length > 0 ? away : advertised;
  const variable = variableOf(node, KEY);
  const inside = fit.find(({ host }) => host === service.name || host === service.hostname?.text) ?? fit[0];
  return [
    {
      place,
      // Brokers are copied, and the mistake with them.
      cause: JSON.stringify([interBroker, names]),
      message,
      hint: `Set ${variable} to ${inWords(fit.map(({ name }) => name)).replace(' and ', ' or ')}.`,
      proposal: inside && `${variable}: ${inside.name}`,
    },
  ];
}
