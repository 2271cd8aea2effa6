import type { Bootstrap } from '../../compose/kafka/bootstrap.ts';
import { CLIENT_IMAGES, type ClientTarget } from '../../compose/kafka/client-images.ts';
import { type ClientSetting, clientSettings } from '../../compose/kafka/clients.ts';
import { readImage } from '../../compose/kafka/images.ts';
import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import { listeningPorts } from '../../compose/kafka/listening-ports.ts';
import { nameFault } from '../kafka-address.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const clientService: Rule = {
  id: 'client-service',
  title: 'A program that looks for Kafka Connect or ksqlDB where none is',
  severity: 'warning',
  why: 'The program starts all the same, and its pages for Connect or ksqlDB stay empty: in its container `localhost` is that container, a name that no service has leads nowhere, and between containers a service answers on its own port, not on the one that is published. Judged are Control Center, Kafka UI, Redpanda Console and ksqlDB itself.',
  fix: 'Name the service and its own port, or take the variable out.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
  ui:
    image: kafbat/kafka-ui:v1.3.0
    environment:
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: kafka:9092
      KAFKA_CLUSTERS_0_KSQLDBSERVER: http://ksqldb:8088
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
  ui:
    image: kafbat/kafka-ui:v1.3.0
    environment:
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: kafka:9092
`,
  },
  check: context =>
    context.model.services
      .flatMap(service => clientSettings(service))
      .filter(({ target, isKnown }) => WHAT[target] !== undefined && isKnown)
      .flatMap(setting => problemsOf(setting, context)),
};

/** What answers at these addresses, as messages call it. */
const WHAT: Readonly<Partial<Record<ClientTarget, string>>> = { connect: 'Kafka Connect', ksqldb: 'ksqlDB' };

/** A program tries the addresses in turn: it fails only when all of them lead nowhere. */
function problemsOf({ service, program, target, addresses }: ClientSetting, context: LintContext): Problem[] {
  const what = WHAT[target] ?? '';
  const problems = addresses.flatMap((address): Problem[] => {
    const message =
      nameFault(address, service, `${program} finds itself`, what, context) ??
      (service.networkMode === undefined ? portFault(address, context) : undefined);
    const hint = `Name the service and the port of ${what}, or take the variable out.`;
    return message === undefined ? [] : [{ place: address.text.place, message, hint }];
  });
  return problems.length === addresses.length ? problems : [];
}

function portFault({ host, port }: Bootstrap, { kafka, model }: LintContext): string | undefined {
  const service = serviceNamed(model, host);
  const repository = service?.image && readImage(service.image)?.repository;
  const isKnown = CLIENT_IMAGES.some(({ repositories }) => repositories.includes(repository ?? ''));
  if (!service || !isKnown || service.networkMode !== undefined) return undefined;
  // The image's own port counts only where no variable sets another one.
  if ([...service.environment.keys()].some(name => /LISTENERS|PORT/.test(name))) return undefined;
  const { ports } = listeningPorts(service, kafka) ?? {};
  if (!ports || ports.includes(port)) return undefined;
  return `"${host}" listens on port ${inWords(ports.map(String))}, not on ${port}.`;
}
