import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { takesListenersAsGiven } from '../own-settings.ts';
import type { Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

/** Source: `validateValues` in Kafka's KafkaConfig, the same from 1.0 to 4.1; listeners of controllers are left out there. */
export const advertisedNotAListener: Rule = {
  id: 'advertised-not-a-listener',
  title: 'A listener that is advertised, but that nothing listens on',
  severity: 'error',
  why: 'Every name in `KAFKA_ADVERTISED_LISTENERS` must be one in `KAFKA_LISTENERS`. Kafka stops with "listener names must be equal to or a subset of the ones defined in listeners".',
  fix: 'Name the listener in `KAFKA_LISTENERS` too, with a port of its own, or take it out of `KAFKA_ADVERTISED_LISTENERS`.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,REMOTE:PLAINTEXT
      KAFKA_LISTENERS: PLAINTEXT://:9092
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092,REMOTE://kafka.example.org:29092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,REMOTE:PLAINTEXT
      KAFKA_LISTENERS: PLAINTEXT://:9092,REMOTE://:29092
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092,REMOTE://kafka.example.org:29092
`,
  },
  check: ({ kafka }) => kafka.nodes.filter(takesListenersAsGiven).flatMap(problemsOf),
};

function problemsOf({
  isBroker,
  settings,
  listeners,
  advertised,
  controllerNames,
  service,
}: KafkaNode): Problem[] {
  const stated = settings.get('advertised.listeners')?.variable && settings.has('listeners');
  if (!isBroker || !stated || !listeners || !advertised) return [];
  const names = listeners.map(({ name }) => name);
  return advertised
    .filter(({ name }) => !names.includes(name) && !controllerNames.includes(name))
    .map(({ name, port, text }) => ({
      place: text.place,
      message: `"${service.name}" advertises ${name}, but listens only on ${inWords(names)}: Kafka does not start.`,
      hint: `Add ${name} to ${settings.get('listeners')?.variable || 'the listeners'}, or take it out here.`,
      proposal: listeners.some(listener => listener.port === port)
        ? undefined
        : `${settings.get('listeners')?.value.text.trim()},${name}://:${port}`,
    }));
}
