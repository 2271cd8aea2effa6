import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { variableFor } from '../../compose/kafka/kafka-settings.ts';
import type { Problem, Rule } from '../rule.ts';
import { placeOfSetting } from '../settings/settings-places.ts';

export const controllerListenerMissing: Rule = {
  id: 'controller-listener-missing',
  title: 'A controller without a controller listener',
  severity: 'error',
  why: 'A controller must listen on one of the listeners that `KAFKA_CONTROLLER_LISTENER_NAMES` names. Where `KAFKA_LISTENERS` is not set the images make it from `KAFKA_ADVERTISED_LISTENERS`, where controllers do not belong: then there is none, and Kafka stops.',
  fix: 'Set `KAFKA_LISTENERS` and name the controller listener in it.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
`,
  },
  check: ({ kafka }) => kafka.nodes.flatMap(problemOf),
};

function problemOf(node: KafkaNode): Problem[] {
  const { isController, controllerNames, settings, listeners, complete, service, family } = node;
  if (!isController || controllerNames.length === 0) return [];
  const isSet = settings.has('listeners');
  if (isSet ? listeners === undefined : !complete) return [];
  if (isSet && listeners?.some(({ name }) => controllerNames.includes(name))) return [];
  const [name] = controllerNames;
  const variable = settings.get('listeners')?.variable || variableFor('listeners', family);
  const message = isSet
    ? `${variable} of the controller "${service.name}" has no listener ${name}: it does not start.`
    : `The controller "${service.name}" has no ${variable}, so nothing listens for ${name}: it does not start.`;
  const has = (listeners ?? []).map(listener => `${listener.name}://:${listener.port}`);
  const proposal = `${variable}: ${[...has, `${name}://:9093`].join(',')}`;
  return [
    { place: placeOfSetting(node, 'listeners'), message, hint: `Name ${name} in ${variable}.`, proposal },
  ];
}
