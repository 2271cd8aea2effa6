import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { ownCommandText } from '../../compose/kafka/own-program.ts';
import { takesListenersAsGiven } from '../own-settings.ts';
import type { Problem, Rule } from '../rule.ts';
import { placeOfSetting, variableOf } from '../settings/settings-places.ts';

export const controllerAdvertisedListener: Rule = {
  id: 'controller-advertised-listener',
  title: 'A listener of controllers where none may be',
  severity: 'error',
  why: 'A node that is only a controller has no clients. The start scripts of `confluentinc/cp-kafka` and `apache/kafka` refuse `KAFKA_ADVERTISED_LISTENERS` there and stop the container. A broker that advertises a listener of controllers is refused by Kafka before 3.9, and a broker that is no controller may have none in `KAFKA_LISTENERS` either.',
  fix: "Take `KAFKA_ADVERTISED_LISTENERS` out of the controller, and the listener of controllers out of a broker's; `KAFKA_LISTENERS` is enough.",
  example: {
    bad: `services:
  controller:
    image: apache/kafka:4.1.1
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: controller
      KAFKA_LISTENERS: CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: CONTROLLER://controller:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@controller:9093
`,
    good: `services:
  controller:
    image: apache/kafka:4.1.1
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: controller
      KAFKA_LISTENERS: CONTROLLER://:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@controller:9093
`,
  },
  check: ({ kafka }) =>
    kafka.nodes.flatMap(node => [...ofController(node), ...ofBroker(node), ...ofBrokerAlone(node)]),
};

function ofController(node: KafkaNode): Problem[] {
  const { family, isBroker, isController, settings, service } = node;
  if (!['confluent', 'apache'].includes(family) || !isController || isBroker || service.ownCommand) return [];
  if ((settings.get('advertised.listeners')?.value.text ?? '') === '') return [];
  return [
    {
      place: placeOfSetting(node, 'advertised.listeners'),
      message: `"${service.name}" is only a controller: the image refuses KAFKA_ADVERTISED_LISTENERS there, and does not start.`,
      hint: 'Take KAFKA_ADVERTISED_LISTENERS out.',
    },
  ];
}

/** Source: `validateAdvertisedListenersDoesNotContainControllerListenersForKRaftBroker` in Kafka's KafkaConfig, until 3.8. */
function ofBroker(node: KafkaNode): Problem[] {
  const { isBroker, mode, version, settings, advertised = [], controllerNames, service } = node;
  const refuses = version?.major === 3 && version.minor < 9;
  if (!isBroker || mode !== 'kraft' || !refuses || !takesListenersAsGiven(node)) return [];
  if (!settings.get('advertised.listeners')?.variable || !settings.has('process.roles')) return [];
  return advertised
    .filter(({ name }) => controllerNames.includes(name))
    .map(({ name, text }) => ({
      place: text.place,
      message: `"${service.name}" advertises ${name}, a listener of controllers: Kafka ${version.major}.${version.minor} does not start.`,
      hint: `Take ${name} out of ${variableOf(node, 'advertised.listeners')}; ${variableOf(node, 'listeners')} is enough.`,
    }));
}

/**
 * A node that is no controller, with a listener of controllers. One that the quorum names as a controller is told so there.
 * Source: validateValues in core/src/main/scala/kafka/server/KafkaConfig.scala of Kafka 3.0 to 4.1
 */
function ofBrokerAlone(node: KafkaNode): Problem[] {
  const { isBroker, isController, mode, settings, id, listeners = [], controllerNames, service } = node;
  const roles = settings.get('process.roles');
  const isAlone = isBroker && !isController && roles?.value.unresolved.length === 0;
  const variable = settings.get('listeners')?.variable;
  if (!isAlone || mode !== 'kraft' || !variable || !takesListenersAsGiven(node)) return [];
  if (/roles/i.test(ownCommandText(service))) return [];
  const voters = settings.get('controller.quorum.voters')?.value.text ?? '';
  if (id && new RegExp(`(?:^|,)\\s*${id.number}@`).test(voters)) return [];
  return listeners
    .filter(({ name }) => controllerNames.includes(name))
    .map(({ name, text }) => ({
      place: text.place,
      message: `"${service.name}" is no controller, and ${variable} has ${name}, a listener of controllers: Kafka does not start.`,
      hint: `Take ${name} out of ${variable}, or give the node the role controller, too.`,
    }));
}
