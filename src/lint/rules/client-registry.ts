import { registryPortIn } from '../../compose/kafka/all-in-one.ts';
import type { Bootstrap } from '../../compose/kafka/bootstrap.ts';
import { type ClientSetting, clientSettings } from '../../compose/kafka/clients.ts';
import { httpListeners } from '../../compose/kafka/http-listeners.ts';
import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { Registry } from '../../compose/kafka/registry.ts';
import { nameFault } from '../kafka-address.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const clientRegistry: Rule = {
  id: 'client-registry',
  title: 'A client that looks for the schema registry in the wrong place',
  severity: 'error',
  why: 'In the container of a client `localhost` is that container, a name that no service has leads nowhere, and between containers the registry answers on its own port, not on the one that is published, and with `https` only where its listener has it. Records with a schema cannot be read or written then.',
  fix: "Name the registry's service and the port in `SCHEMA_REGISTRY_LISTENERS`, which is 8081 when it is not set.",
  example: {
    bad: `services:
  registry:
    image: confluentinc/cp-schema-registry:7.9.2
    environment:
      SCHEMA_REGISTRY_HOST_NAME: registry
      SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: kafka.example.org:9092
    ports:
      - '127.0.0.1:18081:8081'
  ksqldb:
    image: confluentinc/cp-ksqldb-server:7.9.2
    environment:
      KSQL_BOOTSTRAP_SERVERS: kafka.example.org:9092
      KSQL_KSQL_SCHEMA_REGISTRY_URL: http://registry:18081
`,
    good: `services:
  registry:
    image: confluentinc/cp-schema-registry:7.9.2
    environment:
      SCHEMA_REGISTRY_HOST_NAME: registry
      SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: kafka.example.org:9092
    ports:
      - '127.0.0.1:18081:8081'
  ksqldb:
    image: confluentinc/cp-ksqldb-server:7.9.2
    environment:
      KSQL_BOOTSTRAP_SERVERS: kafka.example.org:9092
      KSQL_KSQL_SCHEMA_REGISTRY_URL: http://registry:8081
`,
  },
  check: context =>
    context.model.services
      .flatMap(clientSettings)
      .filter(({ target, isKnown }) => target === 'registry' && isKnown)
      .flatMap(setting => problemsOf(setting, context)),
};

/** A client tries the addresses in turn: it fails only when all of them lead nowhere. */
function problemsOf({ service, program, addresses }: ClientSetting, context: LintContext): Problem[] {
  const known = knownRegistries(context);
  const hint = known.length > 0 ? `Name ${known.join(' or ')}.` : "Name the registry's service and its port.";
  const problems = addresses.flatMap((address): Problem[] => {
    const message =
      nameFault(address, service, `${program} finds itself`, 'the registry', context) ??
      portFault(address, service.networkMode, context);
    const proposal = known.length === 1 ? known[0] : undefined;
    return message === undefined ? [] : [{ place: address.text.place, message, hint, proposal }];
  });
  return problems.length === addresses.length ? problems : [];
}

function knownRegistries({ kafka, model }: LintContext): string[] {
  const own = kafka.registries.map(
    ({ service, port }) => [service, port, httpListeners(service)[0]?.protocol ?? 'http'] as const,
  );
  const inside = model.services.map(service => [service, registryPortIn(service), 'http'] as const);
  return [...own, ...inside].flatMap(([{ name }, port, protocol]) =>
    port === undefined ? [] : [`${protocol}://${name}:${port}`],
  );
}

function portFault(
  { host, port, protocol }: Bootstrap,
  networkMode: string | undefined,
  { kafka, model }: LintContext,
): string | undefined {
  const service = networkMode === undefined ? serviceNamed(model, host) : undefined;
  const inside = service?.networkMode === undefined ? service && registryPortIn(service) : undefined;
  if (inside !== undefined)
    return inside === port
      ? undefined
      : `The registry in "${host}" listens on port ${inside}, not on ${port}.`;
  const registry = kafka.registries.find(each => each.service === service);
  const listeners = registry?.settings.get('listeners')?.value.text ?? '';
  if (!registry?.complete || registry.port === undefined || listeners.includes(',')) return undefined;
  if (service?.networkMode !== undefined) return undefined;
  if (registry.port === port) return protocolFault(registry, host, protocol);
  return `"${host}" listens on port ${registry.port}, not on ${port}.`;
}

/** A registry that is told of no listeners has one without TLS. */
function protocolFault(
  { service, settings }: Registry,
  host: string,
  protocol: string | undefined,
): string | undefined {
  const [listener] = httpListeners(service);
  const spoken = settings.has('listeners') ? listener?.protocol : 'http';
  if (spoken === undefined || protocol === undefined || spoken === protocol) return undefined;
  return `"${host}" speaks ${spoken} there, not ${protocol}.`;
}
