import type { Bootstrap } from '../../compose/kafka/bootstrap.ts';
import { KAFKA_ITSELF } from '../../compose/kafka/client-images.ts';
import { type ClientSetting, clientSettings, guessedSettings } from '../../compose/kafka/clients.ts';
import { imageFacts, readImage } from '../../compose/kafka/images.ts';
import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { Service } from '../../compose/reader/model.ts';
import { brokerFault, kafkaFaults, nameFault, networkHint, reachableBrokers } from '../kafka-address.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const clientBootstrap: Rule = {
  id: 'client-bootstrap',
  title: 'A client that looks for Kafka in the wrong place',
  severity: 'error',
  why: 'In the container of a client `localhost` is that container, a name that no service has leads nowhere, and a broker answers only on its listeners. The first address is not enough: the broker answers with the address that it advertises for this listener, and a client that is told `localhost` there goes on to itself. Known are Kafka Connect, Debezium, the REST proxy, ksqlDB, Control Center, Kafka UI, Kafdrop, AKHQ, Redpanda Console and others; in any other service a list of brokers of the project is judged by their listeners, and a name that leads nowhere is a warning.',
  fix: "Name each broker's service with the port of a listener that advertises this name. A broker that advertises only `localhost` needs a second listener for the containers.",
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:29092,HOST://localhost:9092
    ports:
      - '127.0.0.1:9092:9092'
  ui:
    image: provectuslabs/kafka-ui:v0.7.2
    environment:
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: kafka:9092
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
  ui:
    image: provectuslabs/kafka-ui:v0.7.2
    environment:
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: kafka:29092
`,
  },
  check: context => {
    const { nodes, registries } = context.kafka;
    const judged = new Set([...nodes, ...registries].map(({ service }) => service));
    const services = context.model.services.filter(service => !judged.has(service));
    return [
      ...services
        .flatMap(service => clientSettings(service))
        .filter(({ target }) => target === 'kafka')
        .flatMap(setting => problemsOf(setting, context, faultsOf(setting, context))),
      ...services
        .flatMap(service => guessedSettings(service))
        .flatMap(setting => problemsOf(setting, context, guessedFaults(setting, context))),
    ];
  },
};

interface Fault {
  readonly message: string;
  /** The program may not use the address, or may not be alone in its container. */
  readonly severity?: 'warning';
}

type FaultOf = (address: Bootstrap) => Fault | undefined;

/** A client tries the addresses in turn: it fails only when all of them lead nowhere. */
function problemsOf(
  { service, addresses }: ClientSetting,
  context: LintContext,
  faultOf: FaultOf,
): Problem[] {
  const faults = addresses.map(address => ({ place: address.text.place, fault: faultOf(address) }));
  if (faults.some(({ fault }) => fault === undefined)) return [];
  const reachable = reachableBrokers(service, context);
  const apart = addresses.map(address => networkHint(address, service, context));
  const hint =
    apart.find(each => each !== undefined) ??
    (reachable.length > 0
      ? `Name ${inWords(reachable)}.`
      : 'Name the service of each broker with the port of a listener that advertises this name.');
  const proposal = reachable.join(',') || undefined;
  return faults.flatMap(({ place, fault }) => (fault ? [{ place, ...fault, hint, proposal }] : []));
}

function faultsOf(setting: ClientSetting, context: LintContext): FaultOf {
  const { service, program, isKnown, variable } = setting;
  const told = (message: string | undefined) => (message === undefined ? undefined : { message });
  if (isKnown) {
    const fault = kafkaFaults(service, program, context);
    return address => told(fault(address));
  }
  const isName = /kafka|bootstrap/i.test(variable);
  return address =>
    told(brokerFault(address, service, program, context)) ??
    (isName ? nameWarning(address, setting, context) : undefined);
}

/** An address in a variable of any name is judged where it is that of a listener of the project: then somebody means Kafka by it. */
function guessedFaults(setting: ClientSetting, context: LintContext): FaultOf {
  const { service, program, variable } = setting;
  return address => {
    const { host, port } = address;
    const target = serviceNamed(context.model, host);
    const node = context.kafka.nodes.find(each => each.service === target);
    const isListener = node?.listeners?.some(
      each => each.port === port && !node.controllerNames.includes(each.name),
    );
    const message = isListener ? brokerFault(address, service, program, context) : undefined;
    if (message !== undefined) return { message, severity: 'warning' };
    return KAFKA_ITSELF.test(variable) ? nameWarning(address, setting, context) : undefined;
  };
}

/** Settings of a broker: what is in the container is Kafka itself. */
const BROKER = /^KAFKA_(?:CFG_)?(?:ADVERTISED|LISTENERS|BROKER_ID|NODE_ID|PROCESS_ROLES|ZOOKEEPER_CONNECT)/;

/** A name that leads nowhere, told to a program that is not known here: the variable's name says that Kafka is meant. */
function nameWarning(
  address: Bootstrap,
  { service, program }: ClientSetting,
  context: LintContext,
): Fault | undefined {
  const { model, kafka } = context;
  const isKafka = (other: Service) => {
    const image = other.image && readImage(other.image);
    return ['kafka', 'all-in-one'].includes((image && imageFacts(image)?.role) ?? '');
  };
  if (isKafka(service) || [...service.environment.keys()].some(name => BROKER.test(name))) return undefined;
  if (/^https?$/i.test(address.protocol ?? '')) return undefined;
  const hasKafka = kafka.nodes.some(({ isBroker }) => isBroker) || model.services.some(isKafka);
  if (!hasKafka) return undefined;
  const message = nameFault(address, service, `${program} finds itself`, 'Kafka', context);
  return message === undefined ? undefined : { message, severity: 'warning' };
}
