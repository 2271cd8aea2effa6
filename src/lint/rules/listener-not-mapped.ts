import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { variableFor } from '../../compose/kafka/kafka-settings.ts';
import type { Text } from '../../compose/reader/value.ts';
import type { Problem, Rule } from '../rule.ts';

export const listenerNotMapped: Rule = {
  id: 'listener-not-mapped',
  title: 'A listener without a security protocol',
  severity: 'error',
  why: 'Kafka must know for each listener whether it is encrypted and authenticated. The four protocols are listeners of their own name; any other name needs an entry in `KAFKA_LISTENER_SECURITY_PROTOCOL_MAP`, and once that is set every listener needs one, those of the controllers too. Without it Kafka does not start.',
  fix: 'Add the listener to `KAFKA_LISTENER_SECURITY_PROTOCOL_MAP`. Which protocol it gets is a decision: nothing is put in by itself.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092,EXTERNAL://kafka.example.org:9093
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,EXTERNAL:PLAINTEXT
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092,EXTERNAL://kafka.example.org:9093
`,
  },
  check: ({ kafka }) => kafka.nodes.flatMap(problemsOf),
};

function problemsOf(node: KafkaNode): Problem[] {
  const { protocols, settings, service } = node;
  if (!protocols) return [];
  const map = settings.get('listener.security.protocol.map');
  const variable = map?.variable || variableFor('listener.security.protocol.map', node.family);
  const unmapped = namedListeners(node).filter(({ name }) => !protocols.has(name));
  // A listener is told once, at the first setting that names it.
  return unmapped
    .filter(({ name }, index) => unmapped.findIndex(other => other.name === name) === index)
    .map(({ name, text }) => {
      const message = `The listener ${name} of "${service.name}" has no security protocol: Kafka does not start.`;
      const entry = `${name}:PLAINTEXT`;
      const proposal = map
        ? `${map.value.text.trim()},${entry}`
        : `${variable}: PLAINTEXT:PLAINTEXT,${entry}`;
      const hint = `Add ${name} with its protocol to ${variable}.`;
      return { place: text.place, message, hint, proposal };
    });
}

/** Every name that Kafka looks up, with where it is written. */
function namedListeners(node: KafkaNode): { readonly name: string; readonly text: Text }[] {
  const { settings, listeners, advertised, controllerNames } = node;
  const controllers = settings.get('controller.listener.names')?.value;
  return [
    ...(settings.has('listeners') ? (listeners ?? []) : []),
    ...(settings.has('advertised.listeners') ? (advertised ?? []) : []),
    ...(controllers ? controllerNames.map(name => ({ name, text: controllers })) : []),
  ];
}
