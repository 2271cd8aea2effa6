import { isIP } from 'node:net';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Listener } from '../../compose/kafka/listeners.ts';
import type { Service } from '../../compose/reader/model.ts';
import { readOwnImage } from '../own-image.ts';
import { takesListenersAsGiven } from '../own-settings.ts';
import type { Problem, Rule } from '../rule.ts';
import { variableOf } from '../settings/settings-places.ts';

/** Source: `listenerListToEndPoints` in Kafka's CoreUtils, and since 4.1 in AbstractKafkaConfig. */
export const listenerDuplicate: Rule = {
  id: 'listener-duplicate',
  title: 'Two listeners with one port or one name',
  severity: 'error',
  why: 'Each listener needs a port and a name of its own, whatever address it is bound to: Kafka stops with "Each listener must have a different port" or "… a different name". Where `KAFKA_LISTENERS` is not set the images make it from `KAFKA_ADVERTISED_LISTENERS`, so two advertised addresses with one port clash too.',
  fix: 'Give the second listener another port, and advertise and publish that port.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092,HOST://localhost:9092
    ports:
      - '127.0.0.1:9092:9092'
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
`,
  },
  check: ({ kafka, model }) => {
    const read = new Set(kafka.nodes.filter(takesListenersAsGiven).map(({ service }) => service));
    return [
      ...kafka.nodes
        .filter(({ service }) => read.has(service))
        .flatMap(node => [...listenersTwice(node), ...namesTwice(node)]),
      ...model.services.filter(service => !read.has(service)).flatMap(ofOwnImage),
    ];
  },
};

/** An image that the project builds or that is not known hands on what it is told, or does not: it is not certain. */
function ofOwnImage(service: Service): Problem[] {
  const own = readOwnImage(service);
  if (!own?.saysWhereItListens) return [];
  return clashesIn(own.listeners, service).map(problem => ({ ...problem, severity: 'warning' }));
}

function listenersTwice(node: KafkaNode): Problem[] {
  const { listeners, settings, service } = node;
  const variable = settings.has('listeners') ? undefined : variableOf(node, 'listeners');
  return clashesIn(listeners, service, variable);
}

/** @param variable that would say where it listens, where that follows from what it advertises */
function clashesIn(
  listeners: readonly Listener[] | undefined,
  service: Service,
  variable?: string,
): Problem[] {
  const derived = variable ? ` Without ${variable} the image listens on every advertised port.` : '';
  const all = listeners ?? [];
  return all.flatMap((listener, index) => {
    const first = all.slice(0, index).find(other => clash(other, listener));
    if (!first || first.name === listener.name) return [];
    const message = `${first.name} and ${listener.name} of "${service.name}" both listen on port ${listener.port}: Kafka does not start.${derived}`;
    const hint = `Give ${listener.name} another port${derived ? `, or set ${variable} with one port for each` : ''}.`;
    return [{ place: listener.text.place, message, hint }];
  });
}

/** Port 0 is any free port; one address of version 4 and one of version 6 may share a port. */
function clash(a: Listener, b: Listener): boolean {
  if (a.port !== b.port || a.port === 0) return false;
  const versions = [isIP(a.host), isIP(b.host)];
  return !(versions.includes(4) && versions.includes(6));
}

function namesTwice({ settings, listeners, advertised, service }: KafkaNode): Problem[] {
  const lists = [
    settings.has('listeners') ? listeners : [],
    settings.has('advertised.listeners') ? advertised : [],
  ];
  return lists.flatMap((list = []) =>
    list
      .filter(({ name }, index) => list.findIndex(other => other.name === name) < index)
      .map(({ name, text }) => ({
        place: text.place,
        message: `Two listeners of "${service.name}" are called ${name}: Kafka does not start.`,
        hint: 'Give each listener a name of its own.',
      })),
  );
}
