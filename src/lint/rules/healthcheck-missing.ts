import { knownImage, readImage } from '../../compose/kafka/images.ts';
import type { Rule } from '../rule.ts';

export const healthcheckMissing: Rule = {
  id: 'healthcheck-missing',
  title: 'A wait for a health check that is not there',
  severity: 'error',
  why: '`condition: service_healthy` waits for a health check. The known images of Kafka, ZooKeeper and the registry bring none along: Compose starts the container and then stops with "has no healthcheck configured".',
  fix: 'Add a `healthcheck` to the service that is depended on.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
  app:
    image: busybox:1.37
    depends_on:
      kafka:
        condition: service_healthy
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    healthcheck:
      test: ['CMD', 'bash', '-c', 'exec 3<>/dev/tcp/localhost/9092']
  app:
    image: busybox:1.37
    depends_on:
      kafka:
        condition: service_healthy
`,
  },
  check: ({ model: { services } }) =>
    services.flatMap(service =>
      service.dependsOn
        .filter(({ condition, required }) => condition === 'service_healthy' && required)
        .flatMap(({ service: name, place }) => {
          const target = services.find(each => each.name === name);
          const image = target?.image && readImage(target.image);
          const family = image && knownImage(image)?.family;
          const isKnown = family === 'confluent' || family === 'apache';
          if (!target || target.builds || !isKnown || (target.healthcheck && !target.healthcheck.disabled))
            return [];
          const message = `"${service.name}" waits until "${name}" is healthy, but "${name}" has no health check: Compose stops.`;
          return [{ place, cause: name, message, hint: `Add a healthcheck to "${name}".` }];
        }),
    ),
};
