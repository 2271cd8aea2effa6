import type { Dependency, Service } from '../../compose/reader/model.ts';
import { dependencyEdits } from '../fixes/dependency-edits.ts';
import { healthcheckEdit } from '../fixes/healthcheck-edit.ts';
import { type Impatience, impatienceOf } from '../impatience.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const dependsOnWithoutHealth: Rule = {
  id: 'depends-on-without-health',
  title: 'Started after Kafka, but not when Kafka is ready',
  severity: 'warning',
  why: "`depends_on` with a name alone waits until the container exists, not until what runs in it answers: a broker takes ten seconds and more for that. Most programs wait by themselves: brokers for ZooKeeper, Confluent's registry, Connect and REST proxy for Kafka (40 seconds), Kafka's own tools (a minute), user interfaces for as long as it takes. Judged are programs that are known to stop at once, those that the project builds itself and tells where Kafka is, and a registry whose cluster has several brokers that wait for ZooKeeper first, when their `depends_on` is a list of names with a broker or the registry and they have no `restart` policy: they stay down.",
  fix: 'Give what is depended on a `healthcheck`, and write `condition: service_healthy`; or let the program try again.',
  safeFix:
    'For an image that is known to stop, the names become conditions, and a health check that opens the client port is added where there is none, when everything depended on is a Kafka of Confluent, whose images have the bash that the check needs, with a port that answers on every address. The containers and their settings stay the same; only the start waits for what it needs anyway. A `depends_on` that comes from elsewhere (an anchor, another file) changes there.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
  exporter:
    image: danielqsj/kafka-exporter:v1.9.0
    command: ['--kafka.server=kafka:9092']
    depends_on:
      - kafka
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
    healthcheck:
      test: ['CMD', 'bash', '-c', 'exec 3<>/dev/tcp/localhost/9092']
  exporter:
    image: danielqsj/kafka-exporter:v1.9.0
    command: ['--kafka.server=kafka:9092']
    depends_on:
      kafka:
        condition: service_healthy
`,
  },
  check: context => context.model.services.flatMap(service => problemOf(service, context)),
};

const OUTCOMES: Readonly<Record<Impatience, string>> = {
  stops: 'and stops when Kafka does not answer yet',
  'may-stop': 'and stops when Kafka does not answer yet, unless it tries again by itself',
  '40-seconds':
    'and waits 40 seconds by itself: brokers that wait for ZooKeeper first may need longer, and it stops then',
};

function problemOf(service: Service, context: LintContext): Problem[] {
  const { dependsOn, dependsOnValue, name } = service;
  const impatience = impatienceOf(service, context);
  if (!dependsOnValue || impatience === undefined) return [];
  const early = dependsOn.filter(dependency => startsTooEarly(dependency, context));
  if (early.length === 0) return [];
  const names = early.map(dependency => dependency.service);
  const message = `"${name}" starts as soon as ${inWords(names)} ${names.length === 1 ? 'is' : 'are'} started, ${OUTCOMES[impatience]}.`;
  const hint = 'Write "condition: service_healthy", with a healthcheck to go by.';
  const found = { place: dependsOnValue.key, cause: names.join(), message, hint };
  const checks = early.map(({ service: target }) => healthcheckEdit(target, context));
  if (checks.includes(undefined)) return [found];
  const added = checks.flatMap(check => check ?? []);
  const conditions = dependencyEdits(service, early, context.sources);
  // What the project builds may work without Kafka, and would not start any more where Kafka does not.
  if (impatience !== 'may-stop' && conditions) return [{ ...found, edits: [...conditions, ...added] }];
  const waits = names.flatMap(each => [`  ${each}:`, '    condition: service_healthy']);
  const lines = ['depends_on:', ...waits, ...added.map(({ text }) => `# ${inWords(names)}:${text}`)];
  return [{ ...found, proposal: lines.join('\n') }];
}

/** In a list of names; whoever writes `condition: service_started` means it. */
function startsTooEarly({ service: target, item }: Dependency, { kafka }: LintContext): boolean {
  const answering = [...kafka.nodes.filter(({ isBroker }) => isBroker), ...kafka.registries];
  return item !== undefined && answering.some(({ service: { name } }) => name === target);
}
