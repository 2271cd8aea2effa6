import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../../../src/config/config.ts';
import type { Machine } from '../../../../src/machine/facts.ts';
import type { HeldMachine } from '../../../../src/modes/across/machines.ts';
import { planCluster } from '../../../../src/modes/across/nodes.ts';
import { Run, type RunDependencies } from '../../../../src/modes/run.ts';
import { ManualClock } from '../../support/clocks.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { type Answer, ScriptedHost } from '../../support/scripted-host.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const file = (name: string) => readFileSync(`stacks/kraft-node/${name}`, 'utf8');
const STACK = {
  node: file('docker-compose.yml'),
  registry: file('docker-compose.schema-registry.yml'),
  rack: file('docker-compose.rack.yml'),
};
const CLUSTER_ID = 'KafkaAl2023MultiStackA';

interface Found {
  readonly mode?: Config['mode'];
  readonly imageRegistry?: Config['imageRegistry'];
  /** What the metadata service of each machine says. */
  readonly zones?: readonly string[];
  /** What the input `racks` says. */
  readonly racks?: readonly string[];
  /** What Kafka's tool says of the brokers; an exit code when no node runs. */
  readonly members?: Answer;
  readonly parallel?: number;
}

/** What is found on the machines `a`, `b` and `c` (10.0.1.5 and on), whose data say these ids. */
function planned(
  ids: readonly (number | undefined)[] = [],
  { mode = 'deploy', imageRegistry, zones = [], racks = [], members = 3, parallel = 16 }: Found = {},
) {
  const log = new RecordingLog();
  const busy = new Set<string>();
  let mostBusy = 0;
  const names = { projectName: 'p', directory: 'kafka' };
  const config = { ...names, mode, timeoutMs: 60_000, imageRegistry } as unknown as Config;
  const machines = ['a', 'b', 'c', 'd'].slice(0, Math.max(3, ids.length)).map((name, index) => {
    const id = ids[index];
    const data = id === undefined ? '' : `node.id=${id}\ncluster.id=${CLUSTER_ID}\n`;
    const host = new ScriptedHost([
      [/ip -4 /, { stdout: `address 10.0.1.${5 + index}\n` }],
      [/ kafka-cluster list-endpoints /, members],
      [/docker volume inspect/, { stdout: `\n--- volume\n${data}` }],
      [/169\.254\.169\.254/, { stdout: zones[index] ?? '' }],
    ]);
    const facts = { home: '/home/u', hasSudo: true } as Machine;
    const answer = host.run.bind(host);
    host.run = async command => {
      busy.add(name);
      mostBusy = Math.max(mostBusy, busy.size);
      await nextTurn();
      busy.delete(name);
      return answer(command);
    };
    return {
      listed: { name, connection: { kind: 'local' }, rack: racks[index] },
      connected: { host, machine: facts },
    } as unknown as HeldMachine;
  });
  const clock = new ManualClock();
  const run = new Run(config, {
    ...{ log, clock, env: {}, runId: 'ab12', startedAt: new Date(0) },
    cancelled: new AbortController().signal,
  } as unknown as RunDependencies);
  const nodes = planCluster(run, machines, { machines: [], controllers: 3, parallel }, STACK);
  return { log, nodes, mostBusy: () => mostBusy };
}

describe('the nodes of a cluster', () => {
  it('are what their data say, at the addresses of their machines, and the rest of what is free', async () => {
    const { nodes, log } = planned([3, 1, 2]);
    expect((await nodes).map(({ plan, context }) => [plan.nodeId, context.machine.address])).toEqual([
      [3, '10.0.1.5'],
      [1, '10.0.1.6'],
      [2, '10.0.1.7'],
    ]);
    expect(log.text).toContain(
      'b: node 1, controller and broker, with the schema registry, at 10.0.1.6, as before',
    );
    expect((await nodes).map(({ deployment }) => deployment.files.get('.env'))).toEqual(
      [3, 1, 2].map(() => expect.stringContaining(`CLUSTER_ID=${CLUSTER_ID}`)),
    );
  });

  it('are looked for on so many machines at a time', async () => {
    for (const parallel of [1, 2, 16]) {
      const { nodes, mostBusy } = planned([1, 2, 3], { parallel });
      await nodes;
      expect(mostBusy()).toBe(Math.min(parallel, 3));
    }
  });

  it('are refused while one that decides is missing', async () => {
    expect(await actionErrorOf(() => planned([2, undefined, 1]).nodes)).toMatchObject({
      code: 'controller-missing',
      message:
        'none of the machines has node 3, of the 3 nodes that decide for the cluster: a has 2, c has 1',
    });
  });

  const ZONES = ['eu-west-3a', 'eu-west-3b', 'eu-west-3c'];
  const racksOf = async ({ nodes }: ReturnType<typeof planned>) =>
    (await nodes).map(({ plan, deployment }) => {
      const variable = /^KAFKA_BROKER_RACK=(.*)$/m.exec(deployment.files.get('.env') ?? '')?.[1];
      expect(variable).toBe(plan.rack);
      return plan.rack;
    });

  it('stand in the zones of their machines, or in the racks that are given', async () => {
    const found = planned([], { zones: ZONES });
    expect(await racksOf(found)).toEqual(ZONES);
    expect(found.log.text).toContain('c: node 3, controller and broker, in eu-west-3c at 10.0.1.7');
    const racks = ['row-1', 'row-2', 'row-1'];
    expect(await racksOf(planned([], { zones: ZONES, racks }))).toEqual(racks);
  });

  it('stand nowhere when one zone is not known, which is told', async () => {
    const found = planned([], { zones: ['eu-west-3a', '', 'eu-west-3c'] });
    expect(await racksOf(found)).toEqual([undefined, undefined, undefined]);
    expect(found.log.warnings).toEqual([expect.stringMatching(/^the rack of b is not known, .*Give racks/)]);
    const without = planned();
    expect(await racksOf(without)).toEqual([undefined, undefined, undefined]);
    expect(without.log.warnings).toEqual([]);
  });

  it('stand where they do, in a smoke test: their machines are not asked', async () => {
    expect(await racksOf(planned([1, 2, 3], { mode: 'smoke-test', zones: ZONES }))).toEqual(
      Array(3).fill(undefined),
    );
  });

  it('get no id of a broker that the cluster has on another machine, and that which they had', async () => {
    const table = ['1 10.0.1.5', '2 10.0.1.6', '3 10.0.1.7', '4 10.0.1.9'].map(
      row => `${row} 9092 null ${row.startsWith('4') ? 'fenced' : 'unfenced'} broker\n`,
    );
    const { nodes } = planned([1, 2, 3, undefined], { members: { stdout: table.join('') } });
    expect((await nodes).map(({ plan }) => plan.nodeId)).toEqual([1, 2, 3, 5]);
    const { nodes: lost } = planned([1, 2, 3, undefined], {
      members: { stdout: table.join('').replace('10.0.1.9', '10.0.1.8') },
    });
    expect((await lost).map(({ plan }) => plan.nodeId)).toEqual([1, 2, 3, 4]);
    const { log, nodes: unasked } = planned([1, 2, 3, undefined]);
    expect((await unasked).map(({ plan }) => plan.nodeId)).toEqual([1, 2, 3, 4]);
    expect(log.text).toContain('no node runs that could say which ids the cluster has given');
  });

  it('take their images from another registry, by a compose file that Docker Compose is given', async () => {
    const [first, second] = await planned([], { imageRegistry: { address: 'mirror.example/hub' } }).nodes;
    const layer = 'docker-compose.image-registry.yml';
    expect(first?.project.composeFiles).toEqual([
      ...['docker-compose.yml', 'docker-compose.schema-registry.yml', layer],
    ]);
    expect(second?.project.composeFiles).toEqual(['docker-compose.yml', layer]);
    expect(second?.deployment.files.get(layer)).toContain('mirror.example/hub/confluentinc/cp-kafka');
  });
});
