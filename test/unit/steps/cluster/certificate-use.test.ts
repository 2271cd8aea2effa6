import { describe, expect, it } from 'vitest';
import type { Context } from '../../../../src/context.ts';
import { certificateUseStep } from '../../../../src/steps/cluster/certificate-use.ts';
import type { ClusterNode } from '../../../../src/steps/cluster/node.ts';
import { InstantClock } from '../../support/clocks.ts';
import { contextOf } from '../../support/kafka-contexts.ts';
import { LOOK as CONTAINERS, containerState, lookOutput } from '../../support/machine-looks.ts';
import { MemoryCluster, SERVERS } from '../../support/memory-kafka.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const LOOK = /made\(\) \{ stat/;
const RESTART = / restart /;

/** What the machines `a`, `b` and `c` say of their containers; once those are restarted, nothing. */
function on(
  says: Readonly<Record<string, string>>,
  {
    onRestart,
    leader = 3,
  }: { onRestart?: (name: string, cluster: MemoryCluster) => void; leader?: number } = {},
) {
  const clock = new InstantClock();
  const cluster = new MemoryCluster(clock);
  const log = new RecordingLog();
  const events: string[] = [];
  const nodes = ['a', 'b', 'c'].map((name, index): ClusterNode => {
    const host = new ScriptedHost([
      [LOOK, { stdout: says[name] ?? '' }],
      [RESTART, 0],
      [CONTAINERS, { stdout: lookOutput([containerState('kafka')]) }],
      [/ kafka-metadata-quorum /, { stdout: `ClusterId: x\nLeaderId:              ${leader}\n` }],
    ]);
    const run = host.run.bind(host);
    host.run = async command => {
      const words = command.argv.join(' ');
      if (!RESTART.test(words)) return run(command);
      events.push(`${name}${words.slice(words.search(RESTART))} begins`);
      onRestart?.(name, cluster);
      const result = await run(command);
      await new Promise(resolve => setImmediate(resolve));
      events.push(`${name} ends`);
      return result;
    };
    return {
      context: { ...contextOf({}, { clock, log, host }), machine: { name, address: '10.0.1.5' } },
      facts: { home: '/home/ec2-user' },
      plan: { nodeId: index + 1, roles: 'controller+broker', clusterPorts: [9092, 9093] },
      deployment: { cluster: { members: [] } },
      project: { name: 'p', directory: '/home/ec2-user/p', composeFiles: ['docker-compose.yml'] },
    } as unknown as ClusterNode;
  });
  const context: Context = contextOf(cluster.clients, { clock, log });
  const step = certificateUseStep({ nodes, bootstrapServers: SERVERS, timeoutMs: 10_000 });
  return { step, context, cluster, events, log, apply: async () => step.apply?.(context) };
}

describe('the use of certificates', () => {
  it('is there when every container began after its certificate was made', async () => {
    const { step, context } = on({});
    expect(await step.check(context)).toMatchObject({ satisfied: true });
  });

  it('names the machines whose nodes began before', async () => {
    const { step, context } = on({ a: 'stale=kafka\nstale=schema-registry\n', c: 'stale=kafka\n' });
    expect(await step.check(context)).toMatchObject({
      satisfied: false,
      detail: 'with a certificate of before: a, c',
    });
  });

  it('comes by a restart of one node after the other, and of no other one', async () => {
    const { apply, events } = on({ a: 'stale=kafka\nstale=schema-registry\n', c: 'stale=kafka\n' });
    await apply();
    expect(events).toEqual([
      'a restart kafka schema-registry begins',
      'a ends',
      'c restart kafka begins',
      'c ends',
    ]);
  });

  it("comes to the quorum's leader last", async () => {
    const { apply, events } = on({ a: 'stale=kafka\n', c: 'stale=kafka\n' }, { leader: 1 });
    await apply();
    expect(events.filter(event => event.endsWith('begins')).map(event => event[0])).toEqual(['c', 'a']);
  });

  it('comes in the order of the ids while no node names the leader', async () => {
    const { apply, events, log } = on({ a: 'stale=kafka\n', c: 'stale=kafka\n' }, { leader: -1 });
    await apply();
    expect(events.filter(event => event.endsWith('begins')).map(event => event[0])).toEqual(['a', 'c']);
    expect(log.text).toContain("the quorum's leader is not known");
  });

  it('waits for every replica before the next restart', async () => {
    const { apply, events } = on(
      { a: 'stale=kafka\n', b: 'stale=kafka\n' },
      {
        onRestart: (name, cluster) => {
          if (name === 'a') cluster.partition(1).isr = [2, 3];
        },
      },
    );
    expect(await actionErrorOf(apply)).toMatchObject({
      code: 'replicas-out-of-sync',
      message:
        'node 2 on b was not touched: not so within 10 s: replicas are missing or behind at 1 partitions, such as partition 1 of test-topic; started anew before: node 1 on a',
    });
    expect(events).toEqual(['a restart kafka begins', 'a ends']);
  });

  it('restarts nothing while a replica is missing already', async () => {
    const { apply, events, cluster } = on({ b: 'stale=kafka\n' });
    cluster.partition(0).isr = [1, 2];
    expect(await actionErrorOf(apply)).toMatchObject({ code: 'replicas-out-of-sync' });
    expect(events).toEqual([]);
  });

  it('comes to all at once when none would believe the others', async () => {
    const { apply, events, log } = on({
      a: 'stale=kafka\ntogether\n',
      b: 'stale=kafka\n',
      c: 'stale=kafka\ntogether\n',
    });
    await apply();
    expect(events.slice(0, 3)).toEqual(['a', 'b', 'c'].map(name => `${name} restart kafka begins`));
    expect(log.text).toContain('restarted together');
  });
});
