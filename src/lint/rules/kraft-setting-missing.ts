import { isLatest, type Version } from '../../compose/kafka/images.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isMisplaced } from '../misplaced-environment.ts';
import type { Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const kraftSettingMissing: Rule = {
  id: 'kraft-setting-missing',
  title: 'A KRaft setting is missing',
  severity: 'error',
  why: "Without ZooKeeper a node must be told what it is (`KAFKA_PROCESS_ROLES`), its number (`KAFKA_NODE_ID`), who the controllers are (`KAFKA_CONTROLLER_QUORUM_VOTERS` or `KAFKA_CONTROLLER_QUORUM_BOOTSTRAP_SERVERS`) and which listener is theirs (`KAFKA_CONTROLLER_LISTENER_NAMES`). Confluent's image also needs `CLUSTER_ID`, the same for every node; `apache/kafka` brings one along. With one of them missing the container stops at once. As soon as one setting is given, `apache/kafka` uses none of its defaults any more.",
  fix: 'Set what the message names. A cluster id comes from `kafka-storage random-uuid`.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:8.1.1
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:8.1.1
    environment:
      CLUSTER_ID: 4L6g3nShT-eMCtK--X86sw
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
`,
  },
  check: ({ kafka, faults }) =>
    kafka.nodes.filter(({ service }) => !isMisplaced(service, faults)).flatMap(problemOf),
};

/** Each with the settings of which one is enough. */
const NEEDED: readonly { readonly variable: string; readonly keys: readonly string[] }[] = [
  { variable: 'KAFKA_PROCESS_ROLES', keys: ['process.roles'] },
  { variable: 'KAFKA_NODE_ID', keys: ['node.id', 'broker.id'] },
  {
    variable: 'KAFKA_CONTROLLER_QUORUM_VOTERS',
    keys: ['controller.quorum.voters', 'controller.quorum.bootstrap.servers'],
  },
  { variable: 'KAFKA_CONTROLLER_LISTENER_NAMES', keys: ['controller.listener.names'] },
];

/** Confluent's image asks for ZooKeeper up to 7.3, which has Kafka 3.3 (`configure` in confluentinc/kafka-images). */
const isBeforeKraft = ({ major, minor }: Version) => major < 3 || (major === 3 && minor < 4);

function problemOf({ family, complete, mode, settings, service, version, image }: KafkaNode): Problem[] {
  if (!complete || mode === 'zookeeper' || (family !== 'confluent' && family !== 'apache')) return [];
  const missing = NEEDED.filter(({ keys }) => !keys.some(key => settings.has(key))).map(
    ({ variable }) => variable,
  );
  if (family === 'confluent' && !service.environment.has('CLUSTER_ID')) missing.push('CLUSTER_ID');
  if (missing.length === 0) return [];
  const hasZooKeeper =
    mode === undefined && family === 'confluent' && (version ? version.major < 4 : !isLatest(image));
  const place = service.environmentPlace;
  // Nodes are copied with what they lack.
  const cause = JSON.stringify([image.name, image.tag?.text, missing]);
  if (hasZooKeeper && version && isBeforeKraft(version)) {
    const message = `"${service.name}" has no KAFKA_ZOOKEEPER_CONNECT, without which the image does not start it before version 7.4.`;
    return [
      {
        place,
        cause,
        message,
        hint: 'Set KAFKA_ZOOKEEPER_CONNECT, or name an image from 7.4 on and set up KRaft.',
      },
    ];
  }
  const message = hasZooKeeper
    ? `"${service.name}" has neither KAFKA_ZOOKEEPER_CONNECT nor the settings of KRaft, and does not start.`
    : `"${service.name}" has no ZooKeeper, and ${inWords(missing)} ${missing.length === 1 ? 'is' : 'are'} not set: it does not start.`;
  const hint = hasZooKeeper
    ? `Set KAFKA_ZOOKEEPER_CONNECT, or for KRaft ${inWords(missing)}.`
    : `Set ${inWords(missing)}.`;
  return [{ place, cause, message, hint }];
}
