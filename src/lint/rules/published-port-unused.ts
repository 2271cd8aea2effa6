import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { listeningPorts } from '../../compose/kafka/listening-ports.ts';
import type { Service } from '../../compose/reader/model.ts';
import type { Port } from '../../compose/reader/ports.ts';
import { leadsTo, misledListeners } from '../published-ports.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const publishedPortUnused: Rule = {
  id: 'published-port-unused',
  title: 'A published port at which nothing listens',
  severity: 'warning',
  why: 'A published port leads to a port of the container. Where no program listens there, clients of the machine are refused. Judged are Kafka, ZooKeeper, the schema registry and the programs around them whose ports are known, JMX among them; nothing is told where a Java agent, a command or a mounted configuration may open more ports.',
  fix: 'Publish the port that the program listens on, or take the entry out.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka.example.org:9092
      KAFKA_JMX_PORT: 9101
    ports:
      - '127.0.0.1:9999:9999'
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka.example.org:9092
      KAFKA_JMX_PORT: 9101
    ports:
      - '127.0.0.1:9101:9101'
`,
  },
  check: context => context.model.services.flatMap(service => problemsOf(service, context)),
};

function problemsOf(service: Service, context: LintContext): Problem[] {
  const { model, kafka } = context;
  const known = listeningPorts(service, kafka);
  // A container that shares this one's network may listen too.
  const isShared = model.services.some(({ networkMode }) => networkMode === `service:${service.name}`);
  if (!known || service.networkMode !== undefined || isShared) return [];
  const node = kafka.nodes.find(each => each.service === service);
  const told = new Set(node ? misledListeners(node, context).map(({ port }) => port) : []);
  return service.ports
    .filter(({ protocol, published }) => protocol === 'tcp' && !told.has(published?.from ?? 0))
    .filter(port => ![...known.ports, ...known.others].some(each => leadsTo(port, each)))
    .filter(({ target }) => !isMentioned(service, node, target.from))
    .filter(port => !(isSwitchedOff(port, context) && hasRemark(port, context)))
    .map(port => ({ ...port, isOff: isSwitchedOff(port, context) }))
    .map(({ place, target, isOff }) => ({
      place,
      message: `Nothing in the container of "${service.name}" listens on port ${target.from}${target.to > target.from ? ` to ${target.to}` : ''}.`,
      hint: hintFor(service, isOff ? [] : known.ports, node, context),
    }));
}

/** What it listens on, and what of that could be published instead: what is not published yet and has users outside. */
function hintFor(
  service: Service,
  ports: readonly number[],
  node: KafkaNode | undefined,
  { model }: LintContext,
): string {
  const isInside = (port: number) => {
    const name = node?.listeners?.find(listener => listener.port === port)?.name ?? '';
    const told = node?.advertised?.find(listener => listener.name === name);
    return node?.controllerNames.includes(name) || (told && serviceNamed(model, told.host) !== undefined);
  };
  if (ports.length === 0) return 'Take the entry out, until what listens there is switched on.';
  const free = ports.filter(port => !isInside(port) && !service.ports.some(each => leadsTo(each, port)));
  const listens = `It listens on ${inWords(ports.map(String))}`;
  if (free.length === 0) return `${listens}: take the entry out.`;
  const instead = ports.length === 1 ? 'that' : inWords(free.map(String));
  return `${listens}: publish ${instead}, or take the entry out.`;
}

const LISTENERS = ['listeners', 'advertised.listeners', 'controller.quorum.voters', 'zookeeper.connect'];

/** A variable other than the broker's listeners, which are known, may set the port of a part that is not known here. */
function isMentioned({ environment }: Service, node: KafkaNode | undefined, port: number): boolean {
  const known = LISTENERS.map(key => node?.settings.get(key)?.entry.name);
  const pattern = new RegExp(`(?<!\\d)${port}(?!\\d)`);
  return [...environment.values()].some(
    ({ name, value }) => !known.includes(name) && pattern.test(value.text),
  );
}

/** True where a line that is commented out has the port: what listened there is switched off. */
function isSwitchedOff({ place, target }: Port, { sources }: LintContext): boolean {
  const pattern = new RegExp(`^\\s*#.*(?<!\\d)${target.from}(?!\\d)`);
  return (
    sources
      .get(place.file)
      ?.text.split('\n')
      .some(line => pattern.test(line)) ?? false
  );
}

/** A remark behind the port, on its line. */
function hasRemark({ place }: Port, { sources }: LintContext): boolean {
  const source = sources.get(place.file);
  return /^\s*#/.test(source?.text.slice(place.end, source.lineEnd(place.end)) ?? '');
}
