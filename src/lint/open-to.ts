import { httpListeners } from '../compose/kafka/http-listeners.ts';
import { imageFacts, knownImage, readImage } from '../compose/kafka/images.ts';
import { serviceNamed } from '../compose/kafka/kafka-model.ts';
import { isWrapped, type KafkaNode } from '../compose/kafka/kafka-node.ts';
import { isLoopback } from '../compose/kafka/listeners.ts';
import { type Redpanda, readRedpanda } from '../compose/kafka/redpanda.ts';
import type { Service } from '../compose/reader/model.ts';
import type { Port } from '../compose/reader/ports.ts';
import { asMap, textAt, valueAt } from '../compose/reader/value.ts';
import { openPart } from './open-all-in-one.ts';
import { plainListener } from './open-by-variables.ts';
import { isDebugger } from './open-debugger.ts';
import { openHttp } from './open-http.ts';
import { jmxByOptions, openJmx } from './open-jmx.ts';
import { readOwnImage } from './own-image.ts';
import type { LintContext } from './rule.ts';

interface Open {
  /** What answers there. */
  readonly what: string;
  /** The name beyond the project by which clients on other machines are told to reach it. */
  readonly elsewhere?: string;
  /** The name in the project by which clients are told to reach it: nobody but its containers can. */
  readonly inside?: string;
  /** Nobody but the nodes of the project has to reach it. */
  readonly isForNodes?: boolean;
  /** How it would ask who somebody is. */
  readonly remedy: string;
}

/** What answers at a published port without asking who it is; undefined when it asks, or when that is not known. */
export function openTo(service: Service, { target, protocol }: Port, context: LintContext): Open | undefined {
  if (protocol !== 'tcp') return undefined;
  const { kafka } = context;
  const isPort = (port: number | undefined) => port !== undefined && target.from <= port && port <= target.to;
  if (isDebugger(service, isPort))
    return { what: "Java's debugger, which runs any code,", remedy: 'take the debugger out' };
  const jmx = jmxOf(service, isPort, context);
  if (jmx) return jmx;
  const node = kafka.nodes.find(each => each.service === service);
  if (node?.complete) return openListener(node, isPort, context);
  const plain = plainListener(service, isPort);
  if (plain) return { what: `Kafka (${plain.name})`, remedy: REMEDY, ...usersOf(plain.told, context) };
  if (node) return openListener(node, isPort, context);
  const part = openPart(service, isPort);
  if (part !== undefined) return { what: part, remedy: 'keep it to this machine' };
  const redpanda = readRedpanda(service);
  if (redpanda) return openRedpanda(redpanda, isPort, context);
  const zookeeper = kafka.zookeepers.find(each => each.service === service);
  if (zookeeper && isPort(zookeeper.clientPort))
    return hasJaas(service) ? undefined : { what: 'ZooKeeper', remedy: 'let it ask for a login (SASL)' };
  const http = openHttp(service, isPort);
  if (http !== undefined) return { what: http, remedy: 'let it ask for a password' };
  return openRegistry(service, isPort, context);
}

function openRegistry(service: Service, isPort: IsPort, { kafka }: LintContext): Open | undefined {
  const registry = kafka.registries.find(each => each.service === service);
  if (!registry || !isPort(registry.port) || !registry.complete) return undefined;
  // Certificates are asked for where TLS is spoken.
  const isPlain = httpListeners(service).some(each => each.protocol === 'http' && isPort(each.port));
  const certificates = isPlain ? [] : ['ssl.client.auth', 'ssl.client.authentication'];
  return ['authentication.method', ...certificates].some(key => registry.settings.has(key))
    ? undefined
    : { what: 'The schema registry', remedy: 'let it ask for a password' };
}

function openRedpanda({ isOpen, listeners, advertised }: Redpanda, isPort: IsPort, context: LintContext) {
  const listener = listeners.find(({ port, host }) => isPort(port) && !isLoopback(host));
  if (!isOpen || !listener) return undefined;
  const told = advertised.find(({ name }) => name === listener.name);
  return { what: `Kafka (${listener.name})`, remedy: REMEDY, elsewhere: elsewhereOf(told, context) };
}

const REMEDY = 'give them a listener with SASL or client certificates';

type IsPort = (port: number | undefined) => boolean;

/** JMX of Kafka and of the programs of Confluent, which are started as Kafka is. */
function jmxOf(service: Service, isPort: IsPort, context: LintContext): Open | undefined {
  const image = service.image && readImage(service.image);
  const isNode = context.kafka.nodes.some(each => each.service === service);
  const isPlatform = image !== undefined && imageFacts(image)?.platform !== undefined;
  const isKnown = isNode || isPlatform || readOwnImage(service)?.listeners !== undefined;
  const jmx = isKnown ? openJmx(service, isPort) : jmxByOptions(service, isPort);
  if (!jmx) return undefined;
  const remedy = `let it ask for a password (jmxremote.authenticate in ${jmx.variable})`;
  return { what: 'JMX', remedy, elsewhere: elsewhereOf(jmx, context) };
}

function openListener(node: KafkaNode, isPort: IsPort, context: LintContext): Open | undefined {
  const { listeners, advertised, protocols, settings, controllerNames } = node;
  const isKnown = node.complete || isWrapped(node, /listener|ssl[._]/i);
  const listener = listeners?.find(({ port }) => isPort(port));
  const protocol = listener && protocols?.get(listener.name);
  if (!listener || !isKnown || protocol === undefined || protocol.startsWith('SASL_')) return undefined;
  // Nobody reaches that one; listener-on-localhost tells so.
  if (isLoopback(listener.host) || refusesStrangers(node)) return undefined;
  const asks = ['ssl.client.auth', `listener.name.${listener.name.toLowerCase()}.ssl.client.auth`];
  if (protocol === 'SSL' && asks.some(key => settings.get(key)?.value.text === 'required')) return undefined;
  const remedy = REMEDY;
  if (controllerNames.includes(listener.name))
    return { what: `Kafka's controller (${listener.name})`, remedy, isForNodes: hasOwnVoters(node, context) };
  const told = advertised?.find(({ name }) => name === listener.name);
  return { what: `Kafka (${listener.name})`, remedy, ...usersOf(told, context) };
}

/** True when all controllers of a quorum are services of the project. */
function hasOwnVoters({ settings }: KafkaNode, { model }: LintContext): boolean {
  const value = (
    settings.get('controller.quorum.voters') ?? settings.get('controller.quorum.bootstrap.servers')
  )?.value;
  if (!value || value.unresolved.length > 0) return false;
  const hosts = value.text.split(',').map(each => each.trim().replace(/^.*@/, '').replace(/:\d+$/, ''));
  return hosts.every(host => isLoopback(host) || serviceNamed(model, host) !== undefined);
}

/** Whoever gives no name may do nothing, unless an authorizer is told otherwise (AclAuthorizer and StandardAuthorizer of Kafka). */
function refusesStrangers({ settings }: KafkaNode): boolean {
  const textOf = (key: string) => settings.get(key)?.value.text ?? '';
  return (
    textOf('authorizer.class.name') !== '' &&
    textOf('allow.everyone.if.no.acl.found').toLowerCase() !== 'true' &&
    !/User:ANONYMOUS/i.test(textOf('super.users'))
  );
}

interface Told {
  readonly host: string;
  readonly port: number;
}

/** What clients beyond the project are told, where that is a name of its own. */
const elsewhereOf = (told: Told | undefined, context: LintContext): string | undefined =>
  told && isElsewhere(told.host, context) ? `${told.host}:${told.port}` : undefined;

/** Who is told to come to a listener: somebody beyond the project, or only its containers. */
function usersOf(told: Told | undefined, context: LintContext): Pick<Open, 'elsewhere' | 'inside'> {
  // A container may be called by an address or a name that others find, too.
  const isName = told !== undefined && !told.host.includes('.') && !isLoopback(told.host);
  const isInside = isName && serviceNamed(context.model, told.host) !== undefined;
  return {
    elsewhere: elsewhereOf(told, context),
    ...(isInside ? { inside: `${told.host}:${told.port}` } : {}),
  };
}

/** A name of neither the container, nor the machine to itself, nor the project. */
const isElsewhere = (host: string, { model }: LintContext): boolean =>
  host !== '' &&
  !isLoopback(host) &&
  // The machine, for its own containers.
  !host.endsWith('.docker.internal') &&
  host !== DOCKER_BRIDGE &&
  !isContainerAddress(host, model) &&
  serviceNamed(model, host) === undefined;

/** The machine as containers see it, where the engine has its usual addresses. */
const DOCKER_BRIDGE = '172.17.0.1';

/** An address that the project gives to one of its containers. */
const isContainerAddress = (host: string, { services }: LintContext['model']): boolean =>
  services.some(({ whole }) =>
    [...(asMap(valueAt(whole, 'networks'))?.entries.values() ?? [])].some(
      ({ value }) => textAt(value, 'ipv4_address')?.text === host,
    ),
  );

/** ZooKeeper asks for a login only with a JAAS file. */
function hasJaas(service: Service): boolean {
  const image = service.image && readImage(service.image);
  const isKnown =
    image && ['confluent', 'zookeeper', 'wurstmeister', 'bitnami'].includes(knownImage(image)?.family ?? '');
  if (!isKnown || !service.environmentComplete) return true;
  return [...service.environment.values()].some(
    ({ name, value }) => /auth|sasl/i.test(name) || /jaas|authProvider/i.test(value.text),
  );
}
