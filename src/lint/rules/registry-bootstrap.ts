import type { Bootstrap } from '../../compose/kafka/bootstrap.ts';
import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import type { Registry } from '../../compose/kafka/registry.ts';
import { brokerFault, nameFault, networkHint } from '../kafka-address.ts';
import { internalAddresses, securityProtocol } from '../registry-addresses.ts';
import type { Edit, LintContext, Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const registryBootstrap: Rule = {
  id: 'registry-bootstrap',
  title: 'The schema registry looks for Kafka in the wrong place',
  severity: 'error',
  why: 'The registry runs in a container of its own: there `localhost` is the registry, a name that no service has leads nowhere, and a broker answers only on its listeners. A listener that advertises `localhost` is wrong too: the registry would be sent on to itself. Addresses that begin with another protocol than `SCHEMA_REGISTRY_KAFKASTORE_SECURITY_PROTOCOL` (PLAINTEXT when it is not set) are skipped. The registry tries the addresses in turn, so one that leads nowhere beside a right one is not told.',
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

/**
 * The registry tries the addresses in turn: one that leads nowhere is a fault only when none is right. At `localhost` there is
 * never a broker, so such an address is told in any case, beside a right one as a warning.
 */
function problemsOf(registry: Registry, context: LintContext): Problem[] {
  const { bootstrap = [] } = registry;
  const addresses = internalAddresses(registry, context);
  const hint =
    addresses.length > 0
      ? `Name ${inWords(addresses)}.`
      : 'Name the service of each broker with the port of its listener.';
  const hintFor = (entry: Bootstrap) => networkHint(entry, registry.service, context) ?? hint;
  const fixed = localhostFix(registry, addresses);
  const faults = bootstrap.map(entry => ({ entry, message: faultOf(entry, registry, context) }));
  const isOneRight = faults.some(({ message }) => message === undefined);
  return faults.flatMap(({ entry, message }): Problem[] => {
    const { place } = entry.text;
    if (message === undefined || (isOneRight && !isLoopback(entry.host))) return [];
    const severity = isOneRight ? { severity: 'warning' as const } : {};
    if (isLoopback(entry.host) && fixed) return [{ place, message, hint, ...severity, edits: [fixed] }];
    return [
      { place, message, hint: hintFor(entry), ...severity, proposal: addresses.join(',') || undefined },
    ];
  });
}

function faultOf(address: Bootstrap, registry: Registry, context: LintContext): string | undefined {
  const { service } = registry;
  const who = 'the registry';
  const { host, port, protocol } = address;
  const name = nameFault(address, service, `${who} finds itself`, 'Kafka', context);
  if (name) return name;
  const expected = securityProtocol(registry);
  const isOther = protocol !== undefined && expected !== undefined && protocol !== expected;
  // The address is right when the listener there speaks this protocol.
  if (isOther && speaks(host, port, context) === protocol) return undefined;
  if (isOther) return `The registry skips an address that begins with ${protocol}://: it uses ${expected}.`;
  return brokerFault(address, service, who, context);
}

/** The protocol of the listener at an address; undefined when that is not known. */
function speaks(host: string, port: number, { model, kafka }: LintContext): string | undefined {
  const service = serviceNamed(model, host);
  const node = kafka.nodes.find(each => each.service === service);
  const listener = node?.listeners?.find(each => each.port === port);
  return listener && node?.protocols?.get(listener.name);
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
