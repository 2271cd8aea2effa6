import type { Problem, Rule } from '../rule.ts';

export const variableTwice: Rule = {
  id: 'variable-twice',
  title: 'A variable that stands in a list twice',
  severity: 'warning',
  why: 'In a list of `NAME=VALUE` Compose takes the last item with a name, without a word about the others. Whoever changes the first one wonders why nothing happens. In a mapping a key that stands twice is a mistake in the YAML.',
  fix: 'Keep the one that is meant.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      - KAFKA_ZOOKEEPER_CONNECT=zookeeper.example.org:2181
      - KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://kafka:9092
      - KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://kafka.example.org:9092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      - KAFKA_ZOOKEEPER_CONNECT=zookeeper.example.org:2181
      - KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://kafka.example.org:9092
`,
  },
  check: ({ model }) =>
    model.services.flatMap(({ environment }) =>
      [...environment.values()].flatMap(({ name, namePlace, replaced = [] }) =>
        replaced.map(
          (place): Problem => ({
            place,
            message: `${name} stands in this list again at line ${namePlace.line}, and only that one counts.`,
            hint: 'Keep the one that is meant.',
          }),
        ),
      ),
    ),
};
