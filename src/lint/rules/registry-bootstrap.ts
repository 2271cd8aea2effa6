import { isUnknownHost, serviceNamed } from '../../compose/kafka/kafka-model.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import type { Bootstrap, Registry } from '../../compose/kafka/registry.ts';
import { internalAddresses, securityProtocol } from '../registry-addresses.ts';
import type { Edit, LintContext, Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const registryBootstrap: Rule = {
  id: 'registry-bootstrap',
  title: 'The schema registry looks for Kafka in the wrong place',
  severity: 'error',
  why: 'The registry runs in a container of its own: there `localhost` is the registry, a name that no service has leads nowhere, and a broker answers only on its listeners. A listener that advertises `localhost` is wrong too: the registry would be sent on to itself. Addresses that begin with another protocol than `SCHEMA_REGISTRY_KAFKASTORE_SECURITY_PROTOCOL` (PLAINTEXT when it is not set) are skipped.',
  fix: "Name each broker's service with the port of the listener that the brokers use among themselves.",
  safeFix:
    "Addresses at `localhost` are replaced by those of the brokers' inter-broker listeners that the list does not have yet, when all brokers of the project's one cluster advertise their service's name there with the protocol that the registry uses. At `localhost` nothing answers the registry, so nothing that works is lost, and a longer list of first contacts does no harm.",
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
  registry:
    image: confluentinc/cp-schema-registry:7.9.2
    environment:
      SCHEMA_REGISTRY_HOST_NAME: registry
      SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: localhost:9092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
  registry:
    image: confluentinc/cp-schema-registry:7.9.2
    environment:
      SCHEMA_REGISTRY_HOST_NAME: registry
      SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: kafka:9092
`,
  },
  check: context =>
    context.kafka.registries
      .filter(({ service }) => service.networkMode === undefined)
      .flatMap(registry => problemsOf(registry, context)),
};

function problemsOf(registry: Registry, context: LintContext): Problem[] {
  const { bootstrap = [] } = registry;
  const addresses = internalAddresses(registry, context);
  const hint =
    addresses.length > 0
      ? `Name ${inWords(addresses)}.`
      : 'Name the service of each broker with the port of its listener.';
  const fixed = localhostFix(registry, addresses);
  return bootstrap.flatMap((entry): Problem[] => {
    const message = faultOf(entry, registry, context);
    if (message === undefined) return [];
    const { place } = entry.text;
    if (isLoopback(entry.host) && fixed) return [{ place, message, hint, edits: [fixed] }];
    return [{ place, message, hint, proposal: addresses.join(',') || undefined }];
  });
}

function faultOf(
  { host, port, protocol }: Bootstrap,
  registry: Registry,
  { model, kafka }: LintContext,
): string | undefined {
  if (isLoopback(host))
    return `Inside its container the registry finds itself at ${host}:${port}, not Kafka.`;
  if (isUnknownHost(model, registry.service, host)) return `No service of the project is called "${host}".`;
  const expected = securityProtocol(registry);
  if (protocol !== undefined && expected !== undefined && protocol !== expected)
    return `The registry skips an address that begins with ${protocol}://: it uses ${expected}.`;
  const service = serviceNamed(model, host);
  const node = kafka.nodes.find(each => each.service === service);
  if (!node?.listeners) return undefined;
  const listener = node.listeners.find(each => each.port === port);
  if (!listener) {
    const ports = [...new Set(node.listeners.map(each => String(each.port)))];
    return `"${host}" does not listen on port ${port}, but on ${inWords(ports)}.`;
  }
  if (!node.isBroker || node.controllerNames.includes(listener.name))
    return `Port ${port} of "${host}" is for controllers only.`;
  const told = node.advertised?.find(({ name }) => name === listener.name);
  if (!told || !isLoopback(told.host)) return undefined;
  return `At ${host}:${port} the registry is told to go on to ${told.host}:${told.port}, which in its container is itself.`;
}

/** The whole list with every address at localhost replaced; none when that is not safe. */
function localhostFix(
  { settings, bootstrap = [] }: Registry,
  addresses: readonly string[],
): Edit | undefined {
  const value = settings.get('kafkastore.bootstrap.servers')?.value;
  if (value?.contentStart === undefined || addresses.length === 0) return undefined;
  const kept = bootstrap.filter(({ host }) => !isLoopback(host));
  const has = new Set(kept.map(({ host, port }) => `${host}:${port}`));
  const added = addresses.filter(address => !has.has(address.replace(/^\w+:\/\//, '')));
  const list = [...kept.map(({ text }) => text.text), ...added];
  const { contentStart: start, place, text } = value;
  return { file: place.file, start, end: start + text.length, text: list.join(',') };
}
