import { ADVERTISED_HOST, spotifyListener } from '../../compose/kafka/all-in-one.ts';
import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback, type Listener } from '../../compose/kafka/listeners.ts';
import { readRedpanda } from '../../compose/kafka/redpanda.ts';
import type { Service } from '../../compose/reader/model.ts';
import type { SourceText } from '../../compose/reader/place.ts';
import { onAllInterfaces, type Port } from '../../compose/reader/ports.ts';
import { readOwnImage } from '../own-image.ts';
import { takesListenersAsGiven } from '../own-settings.ts';
import {
  type Listening,
  leadsTo,
  misledListeners,
  type PublishedListener,
  publishedListeners,
} from '../published-ports.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';
import { variableOf } from '../settings/settings-places.ts';

export const publishedInternalName: Rule = {
  id: 'published-internal-name',
  title: 'A published port that sends clients on to a name inside',
  severity: 'warning',
  why: "A client connects twice: first to the published port, then to the address that the broker advertises for the listener there. The name of a service or of a container is known only in the project's networks: a client on the machine connects, gets that name, and fails. So it is where nothing is advertised and the image leaves it to Kafka, which then gives the name of its container. Nothing is told of brokers whose names a list of hosts knows (`extra_hosts`, a comment on `/etc/hosts`).",
  fix: 'Have a second listener that advertises `localhost` with its published port. When only containers use the listener, do not publish its port: they reach each other without.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
    ports:
      - '127.0.0.1:9092:9092'
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
`,
  },
  check: context => {
    const nodes = context.kafka.nodes.filter(node => node.isBroker && takesListenersAsGiven(node));
    const brokers = [
      ...nodes.map(node => ({ ...node, variable: variableOf(node, 'advertised.listeners') })),
      ...context.model.services.flatMap(
        service => readRedpanda(service) ?? ofSpotify(service) ?? ofOwnImage(service),
      ),
    ];
    return brokers
      .filter(({ service }) => service.networkMode === undefined)
      .flatMap(broker => problemsOf(broker, context));
  },
};

/** A broker of an image that the project builds or that is not known, where it says on what it listens. */
function ofOwnImage(service: Service): Listening[] {
  const own = readOwnImage(service);
  return own?.saysWhereItListens ? [{ ...own, service, controllerNames: [] }] : [];
}

function ofSpotify(service: Service): Broker | undefined {
  const listener = spotifyListener(service);
  if (!listener) return undefined;
  const { bound, told } = listener;
  const hint = `Set ${ADVERTISED_HOST} to localhost. When only containers use the broker, set it to the name of the service and do not publish the port.`;
  return { service, listeners: [bound], advertised: [told], controllerNames: [], hint };
}

interface Broker extends Listening {
  /** The variable that says what it advertises, where it is one. */
  readonly variable?: string;
  readonly settings?: KafkaNode['settings'];
  /** What to do about it, where the image has one listener only. */
  readonly hint?: string;
}

function problemsOf(node: Broker, context: LintContext): Problem[] {
  // Names of machines by `extra_hosts`: brokers and clients may stand on several, which know each other so.
  if (node.service.extraHosts.some(name => !name.endsWith('.docker.internal'))) return [];
  if (speaksOfHosts(context.sources.get(node.service.place.file))) return [];
  const published = publishedListeners(node);
  const outside = published.find(({ told }) => isForOutside(told))?.told;
  // A port that is published in place of another one is told there.
  const wanted = new Set(misledListeners(node, context).map(({ port }) => port));
  return published
    .filter(({ port }) => !wanted.has(port.published?.from ?? 0))
    .filter(each => !outside || isOfNoUse(each, node, context))
    .flatMap(({ port, told }) => {
      const name = insideName(node, told, context);
      return name === undefined ? [] : [problemAt(node, port, told, name, outside)];
    });
}

/**
 * Where clients outside have another listener: false for a port on an address of its own, and for a listener beside one that containers
 * have to themselves. Both may be meant for machines that know the name.
 */
function isOfNoUse({ port, told }: PublishedListener, node: Listening, { model }: LintContext): boolean {
  const isOpen = ({ port: inside }: Listener) => node.service.ports.some(each => leadsTo(each, inside));
  const others = node.advertised?.filter(({ name, host }) => name !== told.name && serviceNamed(model, host));
  const isBesides = others?.some(({ name }) => {
    const bound = node.listeners?.find(listener => listener.name === name);
    return bound !== undefined && !node.controllerNames.includes(name) && !isOpen(bound);
  });
  return !isBesides && (onAllInterfaces(port) || isLoopback(port.address ?? ''));
}

/** A name of a machine, or the machine itself. */
const isForOutside = ({ host }: Pick<Listener, 'host'>) => host.includes('.') || isLoopback(host);

/** The name that a client is given, as the message calls it; undefined when others may know it. */
function insideName(
  { service: { hostname } }: Listening,
  { host, port }: Listener,
  { model }: LintContext,
): string | undefined {
  if (isForOutside({ host })) return undefined;
  if (host !== '')
    return serviceNamed(model, host) && `${host}:${port}, a name that only containers of the project know`;
  // Kafka takes the name of its container, which Docker makes up.
  if (hostname) {
    const isInside = hostname.unresolved.length === 0 && !hostname.text.includes('.');
    if (!isInside || isLoopback(hostname.text)) return undefined;
  }
  return 'the host name of its container, which only containers of the project know';
}

function problemAt(
  { variable = 'what it advertises', settings, hint: ofImage }: Broker,
  { place, published, target }: Port,
  { name, host }: Listener,
  inside: string,
  outside: Listener | undefined,
): Problem {
  const message = `A client that comes to port ${published?.from ?? target.from} is sent on to ${inside}`;
  if (outside) {
    const { name: other, host: address, port } = outside;
    const known = `clients from outside have ${other} at ${address}:${port}`;
    const hint = 'Take the entry out: containers reach each other without a published port.';
    return { place, cause: 'beside another', message: `${message}; ${known}.`, hint };
  }
  return {
    place,
    cause: 'inside',
    message: `${message}.`,
    hint: ofImage ?? hintFor(name, host, variable, settings),
  };
}

function hintFor(name: string, host: string, variable: string, settings: Broker['settings']): string {
  if (host !== '')
    return `Add a listener that advertises localhost and publish its port, or publish none when only containers use ${name}.`;
  if (settings?.get('advertised.listeners')?.variable)
    return `Name localhost as the host of ${name} in ${variable}, beside a listener with the name of the service for containers.`;
  return `Set ${variable}: a listener that advertises localhost, and another one with the name of the service for containers. When only containers use ${name}, do not publish its port.`;
}

/** True where a comment speaks of a list of hosts, in which machines may know the names. */
export const speaksOfHosts = (source: SourceText | undefined): boolean =>
  source?.text
    .split('\n')
    .map(line => line.slice(line.indexOf('#') + 1 || line.length))
    .some(comment => /etc[/\\]hosts|\bhosts? file/i.test(comment)) ?? false;
