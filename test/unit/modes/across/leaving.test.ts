import { describe, expect, it } from 'vitest';
import type { Config } from '../../../../src/config/config.ts';
import type { MachinesConfig } from '../../../../src/config/machines-inputs.ts';
import type { Machine } from '../../../../src/machine/facts.ts';
import { planLeaving } from '../../../../src/modes/across/leaving.ts';
import type { HeldMachine, Machines } from '../../../../src/modes/across/machines.ts';
import { Run, type RunDependencies } from '../../../../src/modes/run.ts';
import { ManualClock } from '../../support/clocks.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { type Answer, ScriptedHost } from '../../support/scripted-host.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const CLUSTER = 'KafkaAl2023MultiStackA';

interface Given {
  /** The ids of the nodes on the machines that stay. */
  readonly ids?: readonly number[];
  /** What the machine `d` has: the id of a node, of which cluster. It does not answer without it. */
  readonly d?: { readonly nodeId?: number; readonly clusterId?: string };
  /** `ID ADDRESS STATE` of each broker that the cluster has in its books; none runs without them. */
  readonly members?: readonly string[];
  /** The addresses that the name `d` has. */
  readonly resolved?: readonly string[];
}

const FOUR = ['1 10.0.1.5 unfenced', '2 10.0.1.6 unfenced', '3 10.0.1.7 unfenced'];
const ALIVE = [...FOUR, '4 10.0.1.8 unfenced'];
const DEAD = [...FOUR, '4 10.0.1.8 fenced'];

/** Machines `a`, `b` and `c` stay, by default with the nodes 1 to 3, at 10.0.1.5 and on; `d` leaves. */
function on({ ids = [1, 2, 3], d, members, resolved }: Given) {
  const log = new RecordingLog();
  const hostOf = (index: number, nodeId?: number, clusterId = CLUSTER) => {
    const rows = members?.map(row => row.split(' '));
    const table = rows
      ?.map(([id, address, state]) => `${id} ${address} 9092 null ${state} broker\n`)
      .join('');
    const data = nodeId === undefined ? '' : `node.id=${nodeId}\ncluster.id=${clusterId}\n`;
    const names: Answer = resolved ? { stdout: resolved.map(each => `${each} STREAM d\n`).join('') } : 2;
    return new ScriptedHost([
      [/ip -4 /, { stdout: `address 10.0.1.${5 + index}\n` }],
      [/docker volume inspect/, { stdout: `\n--- volume\n${data}` }],
      [/ list-endpoints /, table === undefined ? 3 : { stdout: table }],
      [/^getent ahosts d$/, names],
      [/\/\.kafka-al2023\/deployments$/, { stdout: '' }],
    ]);
  };
  const held = (name: string, host: ScriptedHost) =>
    ({
      listed: { name, connection: { kind: 'ssh', target: { host: name } } },
      connected: { host, log, clock, machine: { home: '/home/u', hasSudo: true } as Machine },
    }) as unknown as HeldMachine;
  const clock = new ManualClock();
  const all = ['a', 'b', 'c'].map((name, index) => held(name, hostOf(index, ids[index])));
  const leaving = held('d', hostOf(3, d?.nodeId, d?.clusterId));
  const machines = {
    all,
    leaving: d ? [leaving] : [],
    unreached: d ? [] : [{ listed: leaving.listed }],
  } as unknown as Machines;
  const config = { projectName: 'p', directory: 'kafka', timeoutMs: 60_000 } as unknown as Config;
  const run = new Run(config, {
    ...{ log, clock, env: {}, runId: 'ab12', startedAt: new Date(0) },
    cancelled: new AbortController().signal,
  } as unknown as RunDependencies);
  const wanted: MachinesConfig = {
    ...{ machines: [], controllers: 3, parallel: 16 },
    leaving: { machines: [leaving.listed], throttle: 1_000_000 },
  };
  const plan = () => planLeaving(run, machines, wanted);
  const node = async () => {
    const [found] = (await plan()).steps?.nodes ?? [];
    return found && { nodeId: found.nodeId, down: found.down.map(({ name }) => name) };
  };
  return { log, plan, node };
}

describe('a machine that leaves', () => {
  it('is the node that its data say, is taken down there, and is reached until then', async () => {
    const { plan, node } = on({ d: { nodeId: 4 }, members: ALIVE });
    expect(await node()).toEqual({ nodeId: 4, down: ['containers', 'networks'] });
    expect([...(await plan()).hosts.keys()]).toEqual([4]);
  });

  it('has nothing to leave when it is no member any more, and its node may run no longer', async () => {
    expect(await on({ d: { nodeId: 4 }, members: FOUR }).node()).toEqual({
      ...{ nodeId: undefined, down: ['containers', 'networks'] },
    });
  });

  it('is not taken for the machine that has its id now', async () => {
    expect(await on({ d: { nodeId: 3 }, members: FOUR }).node()).toMatchObject({ nodeId: undefined });
  });

  it('is left alone without a node: it may be anything', async () => {
    expect(await on({ d: {}, members: FOUR }).node()).toEqual({ nodeId: undefined, down: [] });
  });

  it('is left alone when it is of another cluster', async () => {
    const clusterId = 'AbCdEfGhIjKlMnOpQrStUv';
    expect(await actionErrorOf(on({ d: { nodeId: 4, clusterId }, members: FOUR }).plan)).toMatchObject({
      code: 'machines-of-different-clusters',
      message: `d is of cluster ${clusterId}, and the machines in host are of cluster ${CLUSTER}: nothing of it is touched`,
    });
  });
});

describe('a machine that leaves and does not answer', () => {
  it.each([
    ['is known by its address', ['10.0.1.8']],
    ['is known by its name', ['10.0.9.9', '10.0.1.8']],
  ])('%s', async (_, resolved) => {
    expect(await on({ members: DEAD, resolved }).node()).toEqual({ nodeId: 4, down: [] });
  });

  it('has left when every member is known', async () => {
    const { node, log } = on({ members: FOUR });
    expect(await node()).toEqual({ nodeId: undefined, down: [] });
    expect(log.text).toContain('d: does not answer, and every member of the cluster is known');
  });

  it.each<[Given, string]>([
    [
      { members: ALIVE, resolved: ['10.0.1.8'] },
      'd does not answer by SSH, and its broker, node 4, runs: it cannot be stopped',
    ],
    [
      { members: DEAD, resolved: ['10.0.1.9'] },
      'd does not answer, and none of the brokers that no machine has is there: node 4 at 10.0.1.8',
    ],
    [{}, 'd does not answer, and no node of the cluster runs that could say which one it was'],
  ])('has to stay: %j', async (given, message) => {
    expect(await actionErrorOf(on(given).plan)).toMatchObject({ code: 'node-cannot-leave', message });
  });
});

describe('a machine that decides for the cluster', () => {
  const ids = [1, 2, 5];
  const message =
    'd has node 3, one of the 3 that decide for the cluster, and their number cannot be changed';

  it.each<[string, Given]>([
    ['answers', { ids, d: { nodeId: 3 }, members: FOUR }],
    ['does not', { ids, members: [...FOUR.slice(0, 2), '3 10.0.1.8 fenced'], resolved: ['10.0.1.8'] }],
  ])('can only be replaced, whether it %s', async (_, given) => {
    const error = await actionErrorOf(on(given).plan);
    expect(error).toMatchObject({ code: 'node-cannot-leave', message });
    expect(error.hint).toContain('replace: OLD=NEW');
  });
});
