import { describe, expect, it } from 'vitest';
import type { Context } from '../../../../src/context.ts';
import type { ClusterNode } from '../../../../src/steps/cluster/node.ts';
import { isRunningChanged, rollingChangeStep } from '../../../../src/steps/cluster/rolling-change.ts';
import { compare } from '../../../../src/steps/deploy/stack-comparison.ts';
import { InstantClock } from '../../support/clocks.ts';
import { contextOf } from '../../support/kafka-contexts.ts';
import { containerState, LOOK, lookOutput } from '../../support/machine-looks.ts';
import { MemoryCluster, SERVERS } from '../../support/memory-kafka.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { type Script, ScriptedHost } from '../../support/scripted-host.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const PROJECT = { name: 'p', directory: '/home/u/p', composeFiles: ['docker-compose.yml'] };
const FILE = 'services: {}\n';

interface Machine {
  /** Of the configuration that its node was made from; the files want `new`. */
  hash: string;
  readonly state?: string;
  readonly file?: string;
  /** Of the certificates on it: what it says of those in use. */
  readonly use?: string;
  /** What becomes of the node when it is started anew. */
  readonly onUp?: (cluster: MemoryCluster) => void;
  readonly ends?: string;
}

const answer = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });

/** What is seen of a node's container while it is waited for. */
function stateOf({ ends }: Machine, isUp: boolean) {
  if (!isUp || ends === undefined) return containerState('kafka');
  return containerState('kafka', { state: 'exited', exitCode: 1, error: ends });
}

function hostOf(
  machine: Machine,
  { name, events, cluster }: { name: string; events: string[]; cluster: MemoryCluster },
): ScriptedHost {
  let isUp = false;
  const rows: Script = [
    [/made\(\) \{ stat/, answer(machine.use ?? '')],
    [/ config --hash /, answer('kafka new\n')],
    [/ kafka-metadata-quorum /, answer('LeaderId:              2\n')],
    [/^sh -c .*\bdd /s, answer(`${Buffer.from(machine.file ?? FILE).toString('base64')}\nsaid \n`)],
    [/^docker logs /, answer('')],
  ];
  const host = new ScriptedHost(rows);
  const run = host.run.bind(host);
  const up = async () => {
    events.push(`${name} begins`);
    isUp = true;
    machine.hash = 'new';
    machine.onUp?.(cluster);
    await new Promise(resolve => setImmediate(resolve));
    events.push(`${name} ends`);
    return answer('');
  };
  host.run = async command => {
    const words = command.argv.join(' ');
    if (LOOK.test(words)) return answer(lookOutput([stateOf(machine, isUp)]));
    if (words.startsWith('docker ps --all'))
      return answer(
        ['p-kafka-1', 'kafka', machine.hash, machine.state ?? 'running', 'Up 5 minutes'].join('\t'),
      );
    return / up --detach$/.test(words) ? up() : run(command);
  };
  return host;
}

/** Nodes 1, 2 and 3 on the machines `a`, `b` and `c`, of which the quorum's leader is node 2. */
function on(machines: readonly Machine[]) {
  const clock = new InstantClock();
  const cluster = new MemoryCluster(clock);
  const log = new RecordingLog();
  const events: string[] = [];
  const nodes = machines.map((machine, index): ClusterNode => {
    const name = 'abc'[index] ?? '';
    const host = hostOf(machine, { name, events, cluster });
    return {
      context: { ...contextOf({}, { clock, log, host }), machine: { name, address: `10.0.1.${index + 5}` } },
      facts: { home: '/home/u' },
      plan: { nodeId: index + 1, roles: 'controller+broker', clusterPorts: [9092, 9093] },
      deployment: {
        files: new Map([['docker-compose.yml', FILE]]),
        cluster: { members: [{ service: 'kafka', role: 'broker' }] },
      },
      project: PROJECT,
    } as unknown as ClusterNode;
  });
  const context: Context = contextOf(cluster.clients, { clock, log });
  const step = rollingChangeStep({ nodes, bootstrapServers: SERVERS, timeoutMs: 10_000 });
  return { step, nodes, context, cluster, events, log, apply: async () => step.apply?.(context) };
}

const changed = (more: Partial<Machine> = {}): Machine => ({ hash: 'old', ...more });
const same = (more: Partial<Machine> = {}): Machine => ({ hash: 'new', ...more });

describe('a change of nodes that run', () => {
  it('is not needed when each was made from its files', async () => {
    const { step, context } = on([same(), same(), same()]);
    expect(await step.check(context)).toMatchObject({ satisfied: true });
  });

  it('names the machines and what differs there', async () => {
    const { step, context } = on([changed(), same(), changed()]);
    expect(await step.check(context)).toEqual({
      satisfied: false,
      detail: 'a: kafka was made from another configuration; c: kafka was made from another configuration',
    });
  });

  it('is foreseen before the new files are there', async () => {
    const { step, context } = on([same(), same({ file: 'services: {old: {}}\n' }), same()]);
    expect(await step.check(context)).toEqual({
      satisfied: false,
      detail: 'b: docker-compose.yml would become another version',
    });
    expect(await step.foresee?.(context)).toEqual([
      'node 2 on b would be started anew, while the others run',
    ]);
  });

  it('leaves a node that does not run to the start of all', async () => {
    const { step, context, nodes } = on([changed({ state: 'exited' }), same(), same()]);
    expect(await step.check(context)).toMatchObject({ satisfied: true });
    const first = nodes[0] ?? expect.unreachable();
    expect(isRunningChanged(await compare(first.context.host, PROJECT))).toBe(false);
  });

  it("comes to one node after the other, the quorum's leader last", async () => {
    const { apply, events } = on([changed(), changed(), changed()]);
    await apply();
    expect(events).toEqual(['a begins', 'a ends', 'c begins', 'c ends', 'b begins', 'b ends']);
  });

  it('stops at a node whose container ends, and says what became of the others', async () => {
    const { apply, events } = on([changed(), changed(), changed({ ends: 'no such file' })]);
    expect((await actionErrorOf(apply)).message).toMatch(
      /^node 3 on c did not come back: kafka .*; started anew before: node 1 on a; as they were: node 2 on b$/,
    );
    expect(events.at(-1)).toBe('c ends');
  });

  it('stops while a replica is missing', async () => {
    const lose = (cluster: MemoryCluster) => {
      cluster.partition(1).isr = [2, 3];
    };
    const { apply, events } = on([changed({ onUp: lose }), changed(), changed()]);
    expect(await actionErrorOf(apply)).toMatchObject({
      code: 'replicas-out-of-sync',
      message: expect.stringMatching(/^node 3 on c was not touched: .*as they were: node 2 on b$/),
    });
    expect(events).toEqual(['a begins', 'a ends']);
  });

  it('touches none while a replica is missing already', async () => {
    const { apply, events, cluster } = on([changed(), same(), same()]);
    cluster.partition(0).isr = [1, 2];
    expect(await actionErrorOf(apply)).toMatchObject({
      code: 'replicas-out-of-sync',
      message: expect.stringMatching(/^node 1 on a was not touched: /),
    });
    expect(events).toEqual([]);
  });

  it('comes to all at once where old and new certificates do not believe each other', async () => {
    const { apply, events, log } = on([changed({ use: 'stale=kafka\ntogether\n' }), changed(), changed()]);
    await apply();
    expect(events.slice(0, 3)).toEqual(['a begins', 'b begins', 'c begins']);
    expect(log.text).toContain('all at once');
  });
});
