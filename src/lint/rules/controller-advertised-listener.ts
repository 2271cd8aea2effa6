import type { Rule } from '../rule.ts';
import { placeOfSetting } from '../settings/settings-places.ts';

export const controllerAdvertisedListener: Rule = {
  id: 'controller-advertised-listener',
  title: 'A controller advertises a listener',
  severity: 'error',
  why: 'A node that is only a controller has no clients. The start scripts of `confluentinc/cp-kafka` and `apache/kafka` refuse `KAFKA_ADVERTISED_LISTENERS` there and stop the container.',
  fix: 'Take `KAFKA_ADVERTISED_LISTENERS` out of the controller; `KAFKA_LISTENERS` is enough.',
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
    kafka.nodes
      .filter(
        ({ family, isBroker, isController }) =>
          ['confluent', 'apache'].includes(family) && isController && !isBroker,
      )
      .filter(
        ({ settings, service }) =>
          !service.ownCommand && (settings.get('advertised.listeners')?.value.text ?? '') !== '',
      )
      .map(node => ({
        place: placeOfSetting(node, 'advertised.listeners'),
        message: `"${node.service.name}" is only a controller: the image refuses KAFKA_ADVERTISED_LISTENERS there, and does not start.`,
        hint: 'Take KAFKA_ADVERTISED_LISTENERS out.',
      })),
};
