import type { Context } from '../../../src/context.ts';
import type { KafkaClients } from '../../../src/kafka/client.ts';
import type { Placement } from '../../../src/kafka/placement/placement.ts';
import type { ClusterNode } from '../../../src/steps/cluster/node.ts';
import { InstantClock } from './clocks.ts';
import { contextOf } from './kafka-contexts.ts';
import { RecordingLog } from './recording-log.ts';
import { ScriptedHost } from './scripted-host.ts';

/** Kafka's tools, but for the question who is there. */
const TOOL = / (kafka-[a-z-]+) (?!list-endpoints)/;

export interface Given {
  /** The ids of the nodes on the machines; the brokers that answer are `members`. */
  readonly nodeIds?: readonly number[];
  readonly members?: readonly number[];
  readonly replicas: readonly number[][];
  /** How often Kafka says that partitions are on their way, before and after a tool is called. */
  readonly onTheMove?: readonly number[];
  readonly isThrottled?: boolean;
  /** A tool that fails. */
  readonly failing?: string;
  /** Ids of brokers that the cluster has in its books and that do not run. */
  readonly fenced?: readonly number[];
}

/** A cluster with one topic, of which a partition is led by its first replica that runs, and what Kafka's tools are told to do with it. */
export function movingCluster({
  nodeIds = [1, 2, 3, 4],
  members = nodeIds,
  failing,
  fenced = [],
  ...given
}: Given) {
  const leaderOf = (replicas: readonly number[]) => replicas.find(id => members.includes(id)) ?? -1;
  const partitions = given.replicas.map(replicas => ({ replicas, leader: leaderOf(replicas) }));
  const registered = new Set([...members, ...fenced]);
  const moving = [...(given.onTheMove ?? [])];
  let { isThrottled = false } = given;
  const calls: string[] = [];
  const doings: Record<string, (args: string, stdin: string) => void> = {
    'kafka-reassign-partitions': (args, stdin) => {
      if (args.includes('--verify')) isThrottled = false;
      if (!args.includes('--execute')) return;
      isThrottled = args.includes('--throttle');
      moving.push(3, 1);
      const told = JSON.parse(stdin) as { partitions: Placement[] };
      for (const { partition, replicas } of told.partitions)
        partitions[partition] = { replicas: [...replicas], leader: partitions[partition]?.leader ?? -1 };
    },
    'kafka-leader-election': () => {
      for (const each of partitions) each.leader = leaderOf(each.replicas);
    },
    'kafka-cluster': args => {
      registered.delete(Number(/--id (\d+)/.exec(args)?.[1]));
    },
  };
  const admin = {
    connect: async () => {},
    disconnect: async () => {},
    listTopics: async () => (partitions.length > 0 ? ['orders'] : []),
    describeCluster: async () => ({ brokers: members.map(nodeId => ({ nodeId })) }),
    fetchTopicMetadata: async () => ({
      topics: [
        {
          name: 'orders',
          partitions: partitions.map((each, partitionId) => ({
            ...{ ...each, partitionId },
            isr: each.replicas.filter(id => members.includes(id)),
          })),
        },
      ],
    }),
    listPartitionReassignments: async () => ({
      topics: [{ partitions: Array.from({ length: moving.shift() ?? 0 }, () => ({})) }],
    }),
    describeConfigs: async () => ({
      resources: [{ configEntries: [{ configSource: isThrottled ? 2 : 5 }] }],
    }),
  };
  const host = new ScriptedHost([
    [/ list-endpoints /, 0],
    [TOOL, failing ? { exitCode: 1, stderr: 'Error: it does not work' } : 0],
  ]);
  const run = host.run.bind(host);
  host.run = async command => {
    const words = command.argv.join(' ');
    if (/ list-endpoints /.test(words)) return { exitCode: 0, stdout: books(), stderr: '' };
    const tool = TOOL.exec(words)?.[1] ?? '';
    calls.push(words.slice(words.indexOf(tool)));
    doings[tool]?.(words, command.stdin ?? '');
    return run(command);
  };
  const books = () =>
    [...registered]
      .map(id => `${id} 10.0.1.${id} 9092 null ${members.includes(id) ? 'unfenced' : 'fenced'} broker\n`)
      .join('');
  const clock = new InstantClock();
  const log = new RecordingLog();
  const nodes = nodeIds.map(
    nodeId =>
      ({
        context: {
          ...contextOf({}, { clock, host }),
          machine: { name: `m${nodeId}`, address: `10.0.1.${nodeId}` },
        },
        plan: { nodeId, hostPort: 19_090 + nodeId, hasRegistry: nodeId === 1, clusterPorts: [9092] },
        deployment: { cluster: { members: [] } },
        project: { name: 'p', directory: '/home/ec2-user/p', composeFiles: ['docker-compose.yml'] },
      }) as unknown as ClusterNode,
  );
  const kafka = { admin: () => admin };
  const clients = { of: () => kafka, onlyTo: () => kafka } as unknown as KafkaClients;
  const context: Context = contextOf(clients, { clock, log, host });
  return { nodes, context, calls, log, partitions, registered };
}
