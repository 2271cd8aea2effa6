import type { Cluster } from '../../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { EnvironmentEntry } from '../../compose/reader/model.ts';
import type { Problem, Rule } from '../rule.ts';

const BAD_ID = 'CLUSTER_ID: AAAAAAAAQkCAAAAAAAAAAA';
const node = (name: string, id: number, cluster: string) => `  ${name}:
    image: confluentinc/cp-kafka:8.1.1
    environment:
      ${cluster}
      KAFKA_NODE_ID: ${id}
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://${name}:9092
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@one:9093,2@two:9093
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 2
`;
const GOOD_ID = 'CLUSTER_ID: 4L6g3nShT-eMCtK--X86sw';

export const clusterIdDiffers: Rule = {
  id: 'cluster-id-differs',
  title: 'Nodes of one quorum with different cluster ids',
  severity: 'error',
  why: 'With KRaft each node writes the id of its cluster into its data when it starts for the first time, and nodes with different ids refuse each other: no leader is elected, and brokers do not register. `confluentinc/cp-kafka` and `apache/kafka` take the id from `CLUSTER_ID`, the images of Bitnami from `KAFKA_KRAFT_CLUSTER_ID`; without it each node of Bitnami makes up one of its own.',
  fix: 'Give all nodes of a cluster the same id. A new one for data that is there already needs that data to be removed.',
  example: {
    bad: `services:\n${node('one', 1, GOOD_ID)}${node('two', 2, BAD_ID)}`,
    good: `services:\n${node('one', 1, GOOD_ID)}${node('two', 2, GOOD_ID)}`,
  },
  check: ({ kafka }) => kafka.clusters.flatMap(problemsOf),
};

/** The variables that carry the id. Source: kafka_kraft_storage_initialize in libkafka.sh of bitnami/containers */
const VARIABLES: Partial<Readonly<Record<KafkaNode['family'], readonly string[]>>> = {
  confluent: ['CLUSTER_ID'],
  apache: ['CLUSTER_ID'],
  bitnami: ['KAFKA_KRAFT_CLUSTER_ID', 'KAFKA_CLUSTER_ID'],
};

/** What apache/kafka starts with when it is given none. Source: docker/resources/common-scripts/configureDefaults in apache/kafka */
const APACHE_ID = '5L6g3nShT-eMCtK--X86sw';
const HINT = 'Give all nodes of a cluster the same id.';

interface Member {
  readonly node: KafkaNode;
  readonly id: string;
  /** None where the image brings the id along. */
  readonly entry?: EnvironmentEntry;
}

function problemsOf({ nodes }: Cluster): Problem[] {
  const kraft = nodes.filter(({ mode }) => mode === 'kraft');
  const [first, ...others] = kraft.flatMap(memberOf);
  if (!first) return [];
  const different = others.flatMap(({ node: member, id, entry }): Problem[] => {
    if (id === first.id) return [];
    const message = `"${member.service.name}" has the cluster id ${id}${entry ? '' : ', which its image brings along,'} and "${first.node.service.name}" has ${first.id}: nodes of one quorum with different ids refuse each other.`;
    const place = entry?.value.place ?? member.service.environmentPlace;
    return [{ place, message, hint: HINT, proposal: entry ? first.id : `CLUSTER_ID: ${first.id}` }];
  });
  return [...different, ...kraft.flatMap(member => withoutId(member, first.id))];
}

function memberOf(member: KafkaNode): Member[] {
  const { family, service, complete } = member;
  const names = VARIABLES[family] ?? [];
  const entry = names.map(name => service.environment.get(name)).find(each => each !== undefined);
  if (entry && (entry.value.unresolved.length > 0 || entry.value.text === '')) return [];
  if (entry) return [{ node: member, id: entry.value.text, entry }];
  return family === 'apache' && complete ? [{ node: member, id: APACHE_ID }] : [];
}

/** Bitnami's image makes up an id where it is given none: beside a node with an id that is another one. */
function withoutId({ family, service, complete }: KafkaNode, given: string): Problem[] {
  const [variable = '', ...more] = VARIABLES[family] ?? [];
  const names = [variable, ...more].flatMap(name => [name, `${name}_FILE`]);
  if (family !== 'bitnami' || !complete || names.some(name => service.environment.has(name))) return [];
  const message = `"${service.name}" has no ${variable} and makes up an id of its own: the nodes with ${given} refuse it.`;
  return [{ place: service.environmentPlace, message, hint: HINT, proposal: `${variable}: ${given}` }];
}
