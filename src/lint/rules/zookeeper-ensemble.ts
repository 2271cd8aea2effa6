import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { ComposeModel } from '../../compose/reader/model.ts';
import { splitText } from '../../compose/reader/value.ts';
import { type EnsembleServer, ensembleServer } from '../images/zookeeper-servers.ts';
import type { Problem, Rule } from '../rule.ts';

export const zookeeperEnsemble: Rule = {
  id: 'zookeeper-ensemble',
  title: 'ZooKeepers that are no ensemble',
  severity: 'error',
  why: 'Several ZooKeepers keep the same data only if each is told of all of them and has a number of its own: `ZOOKEEPER_SERVERS` and `ZOOKEEPER_SERVER_ID` in Confluent\'s image, which stops when the list is there without the number, `ZOO_SERVERS` and `ZOO_MY_ID` in the official one, `ZOO_SERVERS` and `ZOO_SERVER_ID` in Bitnami\'s. Without the list each stands alone, and brokers that connect to "any of them" are in different clusters (a warning for one broker alone, which works until it changes over). Two servers with one number never agree on a leader.',
  fix: 'Give every ZooKeeper the same list, and each a number: its place in the list.',
  example: {
    bad: `services:
  zookeeper-1:
    image: confluentinc/cp-zookeeper:7.9.2
    environment:
      ZOOKEEPER_CLIENT_PORT: 2181
      ZOOKEEPER_SERVERS: zookeeper-1:2888:3888;zookeeper-2.example.org:2888:3888
`,
    good: `services:
  zookeeper-1:
    image: confluentinc/cp-zookeeper:7.9.2
    environment:
      ZOOKEEPER_CLIENT_PORT: 2181
      ZOOKEEPER_SERVER_ID: 1
      ZOOKEEPER_SERVERS: zookeeper-1:2888:3888;zookeeper-2.example.org:2888:3888
`,
  },
  check: ({ model, kafka }) => {
    const servers = model.services.flatMap(service => ensembleServer(service, model) ?? []);
    return [
      ...servers.flatMap(numberMissing),
      ...servers.flatMap((server, index) => numberTaken(server, servers.slice(0, index))),
      ...strangers(servers, kafka.nodes, model),
    ];
  },
};

/** Confluent's image alone has no number by itself. */
function numberMissing({ service, variables, servers, id }: EnsembleServer): Problem[] {
  if (!servers || id || variables.defaultId !== undefined) return [];
  const message = `"${service.name}" has ${variables.servers}, but no ${variables.id}: the image stops.`;
  const hint = `Set ${variables.id} to the server's place in the list.`;
  return [{ place: servers.namePlace, message, hint, proposal: `${variables.id}: 1` }];
}

function numberTaken(server: EnsembleServer, others: readonly EnsembleServer[]): Problem[] {
  const number = numberOf(server);
  const other = others.find(
    each =>
      number !== undefined &&
      numberOf(each) === number &&
      each.members.includes(server.service) &&
      server.members.includes(each.service),
  );
  if (!other) return [];
  const message = `"${other.service.name}" and "${server.service.name}" are servers of one ensemble and both have the number ${number}.`;
  const place = server.id?.value.place ?? server.service.environmentPlace;
  return [{ place, message, hint: `Set ${server.variables.id} to the server's place in the list.` }];
}

/** The number that a server has; undefined when a file on the machine may hold one. */
function numberOf({ service, variables, id }: EnsembleServer): string | undefined {
  if (id) return id.value.text.trim();
  return service.mounts.some(({ type }) => type === 'bind') ? undefined : variables.defaultId;
}

/** ZooKeepers of one `zookeeper.connect` that have no list at all. */
function strangers(
  servers: readonly EnsembleServer[],
  nodes: readonly KafkaNode[],
  model: ComposeModel,
): Problem[] {
  const together = nodes
    .filter(({ mode }) => mode === 'zookeeper')
    .map(node => ({ node, named: namedBy(node, servers, model) }))
    .filter(({ named }) => named.length > 1);
  const alone = servers.filter(
    server => !server.servers && together.some(({ named }) => named.includes(server)),
  );
  return alone.map(server => {
    const users = together.filter(each => each.named.includes(server));
    const { node, named = [] } = users[0] ?? {};
    const { service, variables } = server;
    const list = named
      .map(({ service: { name } }, index) => variables.entry(name, index))
      .join(variables.separator);
    const message = `"${node?.service.name}" takes "${service.name}" for one of ${named.length} ZooKeepers with the same data, but it has no ${variables.servers} and stands alone.`;
    const hint = `Set ${variables.servers} and ${variables.id} in each of them, or name one ZooKeeper only.`;
    const problem = {
      place: service.environmentPlace,
      cause: named.map(each => each.service.name).join(),
      message,
      hint,
      proposal: `${variables.servers}: ${list}`,
    };
    // One broker alone works as long as it stays with the ZooKeeper that it found first.
    return users.length > 1 ? problem : { ...problem, severity: 'warning' };
  });
}

function namedBy(
  { settings }: KafkaNode,
  servers: readonly EnsembleServer[],
  model: ComposeModel,
): EnsembleServer[] {
  const connect = settings.get('zookeeper.connect')?.value;
  if (!connect || connect.unresolved.length > 0) return [];
  const hosts = splitText(connect, ',').map(({ text }) => text.replace(/[:/].*$/s, ''));
  const named = hosts.flatMap(host => serviceNamed(model, host) ?? []);
  return servers.filter(({ service }) => named.includes(service));
}
