import type { Service } from '../../compose/reader/model.ts';
import { imageOf, runsStartScript } from '../images/service-image.ts';
import type { Problem, Rule } from '../rule.ts';

/**
 * Variables of Kafka's early versions, at which `configure` of Confluent's images ends when they are not empty; other images hand
 * them on. Source: kafka/include/etc/confluent/docker/configure in confluentinc/kafka-images, from 5.4 to 8.4 the same.
 */
const REFUSED = ['KAFKA_ADVERTISED_PORT', 'KAFKA_ADVERTISED_HOST', 'KAFKA_HOST', 'KAFKA_PORT'];

export const imageSettingRefused: Rule = {
  id: 'image-setting-refused',
  title: 'A variable at which the image stops',
  severity: 'error',
  why: "The start script of Confluent's Kafka images ends as soon as it sees `KAFKA_ADVERTISED_PORT`, `KAFKA_ADVERTISED_HOST`, `KAFKA_HOST` or `KAFKA_PORT`, settings of Kafka's early versions. Other images, such as `wurstmeister/kafka`, read them.",
  fix: 'Take the variable out. `KAFKA_ADVERTISED_LISTENERS` has the host and the port.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_ADVERTISED_PORT: 9092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
  },
  check: ({ model }) => model.services.flatMap(problemsOf),
};

/** The variables of a service at which its image stops. */
export function refusedVariables(service: Service): string[] {
  const image = imageOf(service);
  const isConfluent = image?.family === 'confluent' || image?.family === 'confluent-local';
  if (!isConfluent || image?.role !== 'kafka' || !runsStartScript(service)) return [];
  return REFUSED.filter(name => (service.environment.get(name)?.value.text ?? '') !== '');
}

function problemsOf(service: Service): Problem[] {
  return refusedVariables(service).flatMap(name => {
    const place = service.environment.get(name)?.namePlace;
    const message = `${name} is set: the image of "${service.name}" stops at it.`;
    return place
      ? [{ place, message, hint: 'Take it out: KAFKA_ADVERTISED_LISTENERS has host and port.' }]
      : [];
  });
}
