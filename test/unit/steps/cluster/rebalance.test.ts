import { describe, expect, it } from 'vitest';
import type { Context } from '../../../../src/context.ts';
import type { KafkaClients } from '../../../../src/kafka/client.ts';
import type { Placement } from '../../../../src/kafka/placement/placement.ts';
import type { ClusterNode } from '../../../../src/steps/cluster/node.ts';
import { rebalanceStep } from '../../../../src/steps/cluster/rebalance.ts';
import { InstantClock } from '../../support/clocks.ts';
import { contextOf } from '../../support/kafka-contexts.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const TOOL = / (kafka-[a-z-]+) /;

interface Given {
  /** The ids of the nodes on the machines; the brokers that answer are `members`. */
  readonly nodeIds?: readonly number[];
  readonly members?: readonly number[];
  readonly replicas: readonly number[][];
  /** How often Kafka says that partitions are on their way, before and after a tool is called. */
  readonly onTheMove?: readonly number[];
  readonly isThrottled?: boolean;
  /** A tool that fails. */
  readonly failing?: string;
}

/** A cluster with one topic, and what Kafka's tools are told to do with it. */
function on({ nodeIds = [1, 2, 3, 4], members = nodeIds, failing, ...given }: Given) {
  const partitions = given.replicas.map(replicas => ({ replicas, leader: replicas[0] ?? -1 }));
  const moving = [...(given.onTheMove ?? [])];
  let { isThrottled = false } = given;
  const calls: string[] = [];
  const doings: Record<string, (args: string, stdin: string) => void> = {
    'kafka-reassign-partitions': (args, stdin) => {
      if (args.includes('--verify')) isThrottled = false;
      if (!args.includes('--execute')) return;
      isThrottled = true;
      moving.push(3, 1);
      const told = JSON.parse(stdin) as { partitions: Placement[] };
      for (const { partition, replicas } of told.partitions)
        partitions[partition] = { replicas: [...replicas], leader: partitions[partition]?.leader ?? -1 };
    },
    'kafka-leader-election': () => {
      for (const each of partitions) each.leader = each.replicas[0] ?? -1;
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
          partitions: partitions.map((each, partitionId) => ({ ...each, partitionId, isr: each.replicas })),
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
  const host = new ScriptedHost([[TOOL, failing ? { exitCode: 1, stderr: 'Error: it does not work' } : 0]]);
  const run = host.run.bind(host);
  host.run = async command => {
    const words = command.argv.join(' ');
    const tool = TOOL.exec(words)?.[1] ?? '';
    calls.push(words.slice(words.indexOf(tool)));
    doings[tool]?.(words, command.stdin ?? '');
    return run(command);
  };
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
  const clients = { of: () => ({ admin: () => admin }) } as unknown as KafkaClients;
  const context: Context = contextOf(clients, { clock, log, host });
  const step = rebalanceStep({ nodes, throttle: 5_000_000, timeoutMs: 10_000 });
  return { step, context, calls, log, partitions, apply: async () => step.apply?.(context) };
}

/** Four partitions on three brokers. */
const ON_THREE = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
  [1, 3, 2],
];

describe('the spreading of partitions', () => {
  it('is done when every broker has its share', async () => {
    const { step, context } = on({ nodeIds: [1, 2, 3], replicas: ON_THREE.slice(0, 3) });
    expect(await step.check(context)).toMatchObject({
      satisfied: true,
      detail: '3 partitions, evenly on 3 brokers',
    });
  });

  it('says what would move to a broker that has none, and to one that is still to join', async () => {
    for (const members of [
      [1, 2, 3, 4],
      [1, 2, 3],
    ]) {
      const { step, context } = on({ members, replicas: ON_THREE });
      expect((await step.check(context)).detail).toContain('3 of 4 partitions are to be moved');
      expect(await step.foresee?.(context)).toEqual([
        '3 of 4 partitions move: replicas copied: 3, each broker at 5000000 bytes a second at most',
        expect.stringMatching(/^node 1: replicas 4 -> 3, leader of 2 -> 1$/),
        expect.stringMatching(/^node 2: replicas 4 -> 3, leader of 1 -> 1$/),
        expect.stringMatching(/^node 3: replicas 4 -> 3, leader of 1 -> 1$/),
        'node 4: replicas 0 -> 3, leader of 0 -> 1',
      ]);
    }
  });

  it("is Kafka's own work, throttled, seen to its end, with the preferred leaders elected", async () => {
    const { step, context, apply, calls, log } = on({ replicas: ON_THREE });
    await apply();
    const servers = '--bootstrap-server 10.0.1.1:9092,10.0.1.2:9092,10.0.1.3:9092,10.0.1.4:9092';
    const reassign = `kafka-reassign-partitions ${servers} --command-config /etc/kafka/tls/client.properties --reassignment-json-file /dev/stdin`;
    expect(calls).toEqual([
      `${reassign} --execute --throttle 5000000`,
      `${reassign} --verify`,
      `kafka-leader-election ${servers} --admin.config /etc/kafka/tls/client.properties --election-type preferred --all-topic-partitions`,
    ]);
    expect(log.text).toContain('partitions on their way: 3');
    expect(await step.check(context)).toMatchObject({ satisfied: true });
  });

  it('first waits for what an earlier run began, and then lifts its throttle', async () => {
    const { step, context, apply, calls } = on({
      ...{ nodeIds: [1, 2, 3], replicas: ON_THREE.slice(0, 3), isThrottled: true, onTheMove: [2, 2, 1] },
    });
    expect((await step.check(context)).detail).toBe(
      '2 of 3 partitions are on their way since an earlier run',
    );
    await apply();
    expect(calls.map(call => /--(verify|execute|election)/.exec(call)?.[1])).toEqual(['verify', 'election']);
    expect(await step.check(context)).toMatchObject({ satisfied: true });
  });

  it('counts a throttle that was left, and partitions that others lead', async () => {
    const left = on({ nodeIds: [1, 2, 3], replicas: ON_THREE.slice(0, 3), isThrottled: true });
    expect((await left.step.check(left.context)).detail).toBe('the throttle of an earlier run is still set');
    const led = on({ nodeIds: [1, 2, 3], replicas: ON_THREE.slice(0, 3) });
    for (const each of led.partitions) each.leader = 3;
    expect((await led.step.check(led.context)).detail).toBe(
      '2 of 3 partitions are not led by the broker that is preferred',
    );
    await led.apply();
    expect(await led.step.check(led.context)).toMatchObject({ satisfied: true });
  });

  it('tells what a tool says that fails', async () => {
    const { apply } = on({ replicas: ON_THREE, failing: 'all' });
    expect(await actionErrorOf(apply)).toMatchObject({
      code: 'rebalance-failed',
      message: 'kafka-reassign-partitions ended with exit code 1',
      details: ['Error: it does not work'],
    });
  });
});
