import type { Dependency, Service } from '../../compose/reader/model.ts';
import { dependencyEdits } from '../fixes/dependency-edits.ts';
import { healthcheckEdit } from '../fixes/healthcheck-edit.ts';
import type { Edit, LintContext, Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const dependsOnWithoutHealth: Rule = {
  id: 'depends-on-without-health',
  title: 'Started after Kafka, but not when Kafka is ready',
  severity: 'warning',
  why: "`depends_on` with a name alone waits until the container exists, not until what runs in it answers: a broker takes ten seconds and more for that. Confluent's broker and registry wait 40 seconds by themselves and stop then; other programs stop at once. Without a `restart` policy they stay down. Judged are services without such a policy that depend on ZooKeeper, a broker or the registry; KRaft nodes wait for each other.",
  fix: 'Give what is depended on a `healthcheck`, and write `condition: service_healthy`.',
  safeFix:
    'The names become conditions, and a health check that opens the client port is added where there is none, when everything depended on is a ZooKeeper or a Kafka of Confluent, whose images have the bash that the check needs, with a port that answers on every address. The containers and their settings stay the same; only the start waits for what it needs anyway. A `depends_on` that comes from elsewhere (an anchor, another file) changes there.',
  example: {
    bad: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
  app:
    image: busybox:1.37
    depends_on:
      - zookeeper
`,
    good: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
    healthcheck:
      test: ['CMD', 'bash', '-c', 'exec 3<>/dev/tcp/localhost/2181']
  app:
    image: busybox:1.37
    depends_on:
      zookeeper:
        condition: service_healthy
`,
  },
  check: context => context.model.services.flatMap(service => problemOf(service, context)),
};

function problemOf(service: Service, context: LintContext): Problem[] {
  const { dependsOn, dependsOnValue, restart = 'no', name } = service;
  if (!dependsOnValue || restart !== 'no') return [];
  const early = dependsOn.filter(dependency => startsTooEarly(service, dependency, context));
  if (early.length === 0) return [];
  const names = early.map(dependency => dependency.service);
  const message = `"${name}" starts as soon as ${inWords(names)} ${names.length === 1 ? 'is' : 'are'} started, not when ${names.length === 1 ? 'it answers' : 'they answer'}.`;
  const edits = fixOf(service, early, context);
  const hint = 'Write "condition: service_healthy", with a healthcheck to go by.';
  return [
    {
      place: dependsOnValue.key,
      message,
      hint,
      edits,
      proposal: edits ? undefined : 'condition: service_healthy',
    },
  ];
}

function startsTooEarly(
  service: Service,
  { service: target, condition }: Dependency,
  { kafka }: LintContext,
): boolean {
  if (condition !== 'service_started') return false;
  if (kafka.zookeepers.some(({ service: { name } }) => name === target)) return true;
  const isNode = kafka.nodes.some(node => node.service === service);
  if (isNode) return false;
  return [...kafka.nodes, ...kafka.registries].some(({ service: { name } }) => name === target);
}

function fixOf(service: Service, early: readonly Dependency[], context: LintContext): Edit[] | undefined {
  const checks = early.map(({ service: target }) => healthcheckEdit(target, context));
  const conditions = dependencyEdits(service, early, context.sources);
  if (!conditions || checks.includes(undefined)) return undefined;
  return [...conditions, ...checks.flatMap(check => check ?? [])];
}
