import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Service } from '../../compose/reader/model.ts';
import { removedJavaOptions } from '../images/java-options.ts';
import { imageOf, runsStartScript } from '../images/service-image.ts';
import type { Problem, Rule } from '../rule.ts';
import { placeIn } from './command-program-missing.ts';

/**
 * Variables of Kafka's early versions, at which `configure` of Confluent's images ends when they are not empty; other images hand
 * them on. Source: kafka/include/etc/confluent/docker/configure in confluentinc/kafka-images, from 5.4 to 8.4 the same.
 */
const REFUSED = ['KAFKA_ADVERTISED_PORT', 'KAFKA_ADVERTISED_HOST', 'KAFKA_HOST', 'KAFKA_PORT'];

export const imageSettingRefused: Rule = {
  id: 'image-setting-refused',
  title: 'A variable at which the image stops',
  severity: 'error',
  why: "The start script of Confluent's Kafka images ends as soon as it sees `KAFKA_ADVERTISED_PORT`, `KAFKA_ADVERTISED_HOST`, `KAFKA_HOST` or `KAFKA_PORT`, settings of Kafka's early versions. Other images, such as `wurstmeister/kafka`, read them. A broker also stops at a class that is not there: `ConfluentMetricsReporter` is in `cp-server` and `cp-enterprise-kafka`, and in no other image. Java itself stops at an option that it no longer knows, such as `-XX:+UseBiasedLocking` since version 19.",
  fix: 'Take the variable out, or name the image that has what it asks for. `KAFKA_ADVERTISED_LISTENERS` has the host and the port.',
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
  check: ({ model, kafka }) => [
    ...model.services.flatMap(service => [...problemsOf(service), ...javaProblems(service)]),
    ...kafka.nodes.flatMap(withoutReporter),
  ],
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

const REPORTER = 'io.confluent.metrics.reporter.ConfluentMetricsReporter';
const WITH_REPORTER = /^confluentinc\/cp-(?:server|enterprise-kafka)$/;
/** Where Kafka and the images look for classes. */
const CLASSES = /\.jar$|^\/(?:usr(?:\/share(?:\/java.*)?)?|opt(?:\/(?:kafka|bitnami).*)?)\/?$/;

/**
 * A metrics reporter of Confluent Server in an image that has Apache Kafka alone, and no class of one's own mounted.
 * Sources: the packages in kafka/Dockerfile and server/Dockerfile of confluentinc/kafka-images; `getConfiguredInstances` of
 * AbstractConfig.java in apache/kafka; https://github.com/confluentinc/cp-docker-images/issues/916
 */
function withoutReporter({ settings, service, image, complete }: KafkaNode): Problem[] {
  const setting = settings.get('metric.reporters');
  if (!setting?.value.text.includes(REPORTER) || !complete || WITH_REPORTER.test(image.repository)) return [];
  const { environment, mounts, name } = service;
  if (environment.has('CLASSPATH') || mounts.some(({ target }) => CLASSES.test(target))) return [];
  const { value, variable } = setting;
  const message = `The image of "${name}" has no ConfluentMetricsReporter, which is part of Confluent Server: Kafka stops with "Class ${REPORTER} cannot be found".`;
  return [
    {
      place: value.place,
      cause: REPORTER,
      message,
      hint: `Take ${variable} out, or use confluentinc/cp-server.`,
    },
  ];
}

/** Java ends before the program begins. */
function javaProblems(service: Service): Problem[] {
  return removedJavaOptions(service).map(({ entry, option, java }) => {
    const message = `The Java of the image of "${service.name}" has no ${option}, which was taken out by version ${java}: it stops with "Unrecognized VM option".`;
    const hint = `Take ${option} out of ${entry.name}.`;
    return { place: placeIn(entry.value, option), cause: option, message, hint };
  });
}
