import { knownImage, readImage } from '../../compose/kafka/images.ts';
import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import type { Service } from '../../compose/reader/model.ts';
import { onAllInterfaces, type Port } from '../../compose/reader/ports.ts';
import { bindEdit } from '../fixes/bind-edit.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const openPort: Rule = {
  id: 'open-port',
  title: 'A port without authentication, open to everybody',
  severity: 'warning',
  why: 'A port without an address is published on all addresses of the machine, past its firewall: Docker writes rules of its own. Whoever reaches the machine can then read and write every topic of a listener without authentication, change ZooKeeper, or run code through JMX. Judged are Kafka, ZooKeeper and the schema registry, whose ways to authenticate are known.',
  fix: 'Publish on 127.0.0.1 (`127.0.0.1:9092:9092`) and reach it from elsewhere through SSH, or use a listener with SASL or client certificates.',
  safeFix:
    'The port is bound to 127.0.0.1 when every broker of the project advertises a listener at `localhost` and none advertises a name beyond the project. Clients elsewhere are sent to `localhost` by such brokers and cannot use the cluster today, so nobody is locked out.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:9092
    ports:
      - '9092:9092'
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:9092
    ports:
      - '127.0.0.1:9092:9092'
`,
  },
  check: context => {
    const isLocal = onlyForTheMachine(context);
    return context.model.services.flatMap(service =>
      service.ports.filter(onAllInterfaces).flatMap(port => problemOf(service, port, isLocal, context)),
    );
  },
};

function problemOf(service: Service, port: Port, isLocal: boolean, context: LintContext): Problem[] {
  const what = openTo(service, port, context);
  if (what === undefined) return [];
  const { from, to } = port.published ?? port.target;
  const shown = from === to ? `port ${from}` : `ports ${from}-${to}`;
  const message = `${what} on ${shown} is open to everybody who reaches the machine, without authentication.`;
  const hint = 'Publish it on 127.0.0.1.';
  const source = context.sources.get(port.place.file);
  const edit = isLocal && source ? bindEdit(port, source) : undefined;
  return [
    {
      place: port.place,
      message,
      hint,
      edits: edit && [edit],
      proposal: edit ? undefined : `127.0.0.1:${from}`,
    },
  ];
}

/** What answers there without asking who it is; undefined when it asks, or when that is not known. */
function openTo(service: Service, { target }: Port, { kafka }: LintContext): string | undefined {
  const isPort = (port: number | undefined) => port !== undefined && target.from <= port && port <= target.to;
  const node = kafka.nodes.find(each => each.service === service);
  if (node) return openOnNode(node, isPort);
  const zookeeper = kafka.zookeepers.find(each => each.service === service);
  if (zookeeper && isPort(zookeeper.clientPort)) return hasJaas(service) ? undefined : 'ZooKeeper';
  const registry = kafka.registries.find(each => each.service === service);
  if (!registry || !isPort(registry.port) || !registry.complete) return undefined;
  return registry.settings.has('authentication.method') ? undefined : 'The schema registry';
}

function openOnNode(
  { service, listeners, protocols, settings, controllerNames, complete }: KafkaNode,
  isPort: (port: number | undefined) => boolean,
): string | undefined {
  const jmx = service.environment.get('KAFKA_JMX_PORT')?.value.text;
  if (
    jmx &&
    isPort(Number(jmx)) &&
    !/authenticate=true/.test(service.environment.get('KAFKA_JMX_OPTS')?.value.text ?? '')
  )
    return 'JMX';
  const listener = listeners?.find(({ port }) => isPort(port));
  const protocol = listener && protocols?.get(listener.name);
  if (!listener || !complete || protocol === undefined || protocol.startsWith('SASL_')) return undefined;
  const asks = ['ssl.client.auth', `listener.name.${listener.name.toLowerCase()}.ssl.client.auth`];
  if (protocol === 'SSL' && asks.some(key => settings.get(key)?.value.text === 'required')) return undefined;
  return controllerNames.includes(listener.name)
    ? `Kafka's controller (${listener.name})`
    : `Kafka (${listener.name})`;
}

/** ZooKeeper asks for a login only with a JAAS file. */
function hasJaas(service: Service): boolean {
  const image = service.image && readImage(service.image);
  const isKnown =
    image && ['confluent', 'zookeeper', 'wurstmeister'].includes(knownImage(image)?.family ?? '');
  if (!isKnown || !service.environmentComplete) return true;
  return [...service.environment.values()].some(
    ({ name, value }) => /auth|sasl/i.test(name) || /jaas|authProvider/i.test(value.text),
  );
}

/** True when all brokers say that their clients are on the machine or in the project. */
function onlyForTheMachine({ kafka, model }: LintContext): boolean {
  const brokers = kafka.nodes.filter(({ isBroker }) => isBroker);
  return (
    brokers.length > 0 &&
    brokers.every(
      ({ advertised }) =>
        advertised?.some(({ host }) => isLoopback(host)) &&
        advertised.every(
          ({ host }) => isLoopback(host) || host === '' || serviceNamed(model, host) !== undefined,
        ),
    )
  );
}
