import { describe, expect, it } from 'vitest';
import type { Context } from '../../../../src/context.ts';
import { drainStep } from '../../../../src/steps/cluster/drain.ts';
import { leaveSteps } from '../../../../src/steps/cluster/leave.ts';
import { membersStep } from '../../../../src/steps/cluster/members.ts';
import { unregisterStep } from '../../../../src/steps/cluster/unregister.ts';
import { type Step, satisfied } from '../../../../src/steps/step.ts';
import { SimulatedClock } from '../../support/clocks.ts';
import { type Given, movingCluster } from '../../support/moving-cluster.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

/** Nodes 1 to 3 stay, node 4 leaves; by default it runs and has a replica of two of three partitions. */
function on({ members = [1, 2, 3, 4], replicas = WITH_FOUR, ...given }: Partial<Given> = {}) {
  const cluster = movingCluster({ nodeIds: [1, 2, 3], members, replicas, ...given });
  const options = { nodes: cluster.nodes, leaving: [4] };
  const drain = drainStep({ ...options, throttle: 5_000_000, timeoutMs: 10_000 });
  const unregister = unregisterStep({ ...options, needs: [] });
  return { ...cluster, drain, unregister };
}

const WITH_FOUR = [
  [1, 2, 3],
  [4, 1, 2],
  [3, 1, 4],
];
const WITHOUT_FOUR = [[1, 2, 3]];
const REASSIGN =
  'kafka-reassign-partitions --bootstrap-server 10.0.1.1:9092,10.0.1.2:9092,10.0.1.3:9092 --command-config /etc/kafka/tls/client.properties --reassignment-json-file /dev/stdin';

describe('a broker that leaves', () => {
  it('is drained of its partitions alone, at the pace that is given', async () => {
    const { drain, context, calls, log, partitions } = on();
    expect(await drain.check(context)).toMatchObject({
      satisfied: false,
      detail: '2 of 3 partitions have a replica on node 4',
    });
    expect(await drain.foresee?.(context)).toEqual([
      '2 of 3 partitions move: replicas copied: 2, each broker at 5000000 bytes a second at most',
      'node 1: replicas 3 -> 3',
      'node 2: replicas 2 -> 3',
      'node 3: replicas 2 -> 3',
    ]);
    await drain.apply?.(context);
    expect(partitions.map(({ replicas }) => replicas)).toEqual([
      [1, 2, 3],
      [2, 1, 3],
      [3, 1, 2],
    ]);
    expect(calls).toEqual([`${REASSIGN} --execute --throttle 5000000`, `${REASSIGN} --verify`]);
    expect(log.text).toContain('partitions on their way: 3');
    expect(await drain.check(context)).toMatchObject({ satisfied: true, detail: 'node 4: no partitions' });
  });

  it('that does not run is drained from the replicas that are left, without a pace', async () => {
    const { drain, context, calls, partitions } = on({ members: [1, 2, 3], fenced: [4] });
    expect((await drain.foresee?.(context))?.[0]).toMatch(/copied: 2, as fast as it goes, since node 4 does/);
    await drain.apply?.(context);
    // With --throttle Kafka's tool waits a minute for node 4, and fails.
    expect(calls[0]).toBe(`${REASSIGN} --execute`);
    expect(partitions.flatMap(({ replicas }) => replicas)).not.toContain(4);
  });

  it('is drained on from where an earlier run was ended', async () => {
    const copying = on({ onTheMove: [2, 2, 1, 0, 0] });
    expect((await copying.drain.check(copying.context)).detail).toBe(
      '2 of 3 partitions are on their way since an earlier run',
    );
    await copying.drain.apply?.(copying.context);
    expect(await copying.drain.check(copying.context)).toMatchObject({ satisfied: true });

    const throttled = on({ replicas: WITHOUT_FOUR, isThrottled: true });
    expect((await throttled.drain.check(throttled.context)).detail).toBe(
      'the throttle of an earlier run is still set',
    );
    await throttled.drain.apply?.(throttled.context);
    expect(throttled.calls).toEqual([`${REASSIGN} --verify`]);
    expect(await throttled.drain.check(throttled.context)).toMatchObject({ satisfied: true });
  });

  it('has to stay while those that stay cannot have all that it has', async () => {
    const wide = on({ replicas: [[1, 2, 3, 4]] });
    expect(await actionErrorOf(() => wide.drain.check(wide.context))).toMatchObject({
      code: 'node-cannot-leave',
      message: 'node 4 cannot leave: 3 brokers would stay, and a topic has more replicas than that: orders',
    });
    const alone = on({ members: [1, 2, 3], fenced: [4], replicas: [[1, 2, 3], [4]] });
    expect(await actionErrorOf(() => alone.drain.check(alone.context))).toMatchObject({
      code: 'node-cannot-leave',
      message:
        'node 4 cannot leave: no broker that runs has the messages of 1 partitions, such as partition 1 of orders',
    });
    expect([...wide.calls, ...alone.calls]).toEqual([]);
  });

  it('is unregistered when it is empty, and only then', async () => {
    const empty = on({ members: [1, 2, 3], fenced: [4], replicas: WITHOUT_FOUR });
    expect((await empty.unregister.check(empty.context)).detail).toBe('node 4: still registered');
    await empty.unregister.apply?.(empty.context);
    expect(empty.calls[0]).toMatch(/^kafka-cluster unregister .*--config \S+ --id 4$/);
    expect(await empty.unregister.check(empty.context)).toMatchObject({ satisfied: true });

    const late = on({ members: [1, 2, 3], fenced: [4] });
    expect(await actionErrorOf(async () => late.unregister.apply?.(late.context))).toMatchObject({
      code: 'node-cannot-leave',
      message: '2 partitions have come to node 4 since it was drained, such as partition 1 of orders',
    });
    expect(late.calls).toEqual([]);
    expect(late.registered).toContain(4);
  });

  it('tells what the tool says that does not unregister it', async () => {
    const run = on({ members: [1, 2, 3], fenced: [4], replicas: WITHOUT_FOUR, failing: 'all' });
    expect(await actionErrorOf(async () => run.unregister.apply?.(run.context))).toMatchObject({
      code: 'node-cannot-leave',
      message: 'kafka-cluster ended with exit code 1',
      details: ['Error: it does not work'],
    });
  });
});

describe('the steps of leaving', () => {
  const step = (name: Step['name'], needs: Step['needs']): Step => ({
    ...{ name, title: name, needs, check: async () => satisfied('') },
    place: { name: 'd', context: {} as Context },
  });
  const down = [step('containers', []), step('networks', ['containers']), step('volumes', ['containers'])];
  const steps = (nodeId: number | undefined, isThere = true) =>
    leaveSteps({
      ...{ nodes: on().nodes, throttle: 1, timeoutMs: 1 },
      leaving: [{ name: 'd', nodeId, down: isThere ? down : [] }],
    }).map(({ name, needs }) => [name, ...needs]);

  it('stop a node when it is drained, and keep its data until it is unregistered', () => {
    expect(steps(4)).toEqual([
      ['drain', 'kafka-ready'],
      ['containers', 'drain'],
      ['networks', 'containers'],
      ['unregister', 'drain', 'containers'],
      ['volumes', 'containers', 'unregister'],
    ]);
  });

  it('are those of the cluster alone for a machine that does not answer', () => {
    expect(steps(4, false)).toEqual([
      ['drain', 'kafka-ready'],
      ['unregister', 'drain'],
    ]);
  });

  it('are those of the machine alone for one that is no member any more', () => {
    expect(steps(undefined)).toEqual([['containers'], ['networks', 'containers'], ['volumes', 'containers']]);
  });
});

describe('the members of a cluster', () => {
  const judge = (given: Partial<Given>, leaving: readonly number[] = []) => {
    const { nodes, context, log } = on(given);
    return { log, answer: async () => membersStep({ nodes, leaving, needs: [] }).check(context) };
  };

  it('are well when each is in the list, or leaves', async () => {
    const { answer, log } = judge({ members: [1, 2, 3], replicas: WITHOUT_FOUR });
    expect((await answer()).detail).toBe('brokers: 3');
    expect((await judge({}, [4]).answer()).detail).toBe('brokers: 4');
    expect(log.text).not.toContain('warning');
  });

  it('that run on a machine of nobody are refused, with what they are, where, and what to do', async () => {
    expect(await actionErrorOf(judge({}).answer)).toMatchObject({
      code: 'member-not-listed',
      message:
        'node 4 at 10.0.1.4 is still a member of the cluster and runs, and no machine in host has it: the runner has no way to it, and it has a replica of 2 partitions and leads 1',
      hint: 'Name its machine in host again, or let it leave: remove-hosts: 10.0.1.4, or the name that host had for it.',
    });
  });

  it('that do not run are told of', async () => {
    const { answer, log } = judge({ members: [1, 2, 3], fenced: [4] });
    expect((await answer()).detail).toBe('not on one of them: node 4');
    expect(log.text).toContain(
      'node 4 at 10.0.1.4 is still a member of the cluster, does not run, and no machine in host has it: 2 partitions have a replica less for it.',
    );
  });

  /** How long it takes to find out who the members are where some brokers do not answer. */
  const askedOf = async (connect: (server: string) => Promise<void> | undefined, patienceMs: number) => {
    const { nodes, context } = on({ members: [1, 2, 3], replicas: WITHOUT_FOUR });
    const onlyTo = (server: string) => {
      const kafka = context.kafka.onlyTo(server);
      const refused = connect(server);
      const silent = { connect: () => refused, disconnect: async () => {} };
      return refused ? { admin: () => silent } : kafka;
    };
    const clock = new SimulatedClock();
    const kafka = { ...context.kafka, onlyTo } as unknown as Context['kafka'];
    const step = membersStep({ nodes, needs: [], patienceMs });
    const { detail } = await step.check({ ...context, kafka, clock });
    return { detail, tookMs: clock.now() };
  };
  const NOT_KNOWN = 'no broker says yet who they are: not known';
  const hangs = () => new Promise<void>(() => {});

  it.each([
    ['refuses', () => Promise.reject(new Error('no'))],
    ['answers', hangs],
  ])('are not known while no broker %s, and that is said in time', async (_, connect) => {
    for (const patienceMs of [2_000, 8_000])
      expect(await askedOf(connect, patienceMs)).toEqual({ detail: NOT_KNOWN, tookMs: patienceMs });
  });

  it('are known to the next broker where the first one hangs', async () => {
    const { detail, tookMs } = await askedOf(at => (at === 'localhost:19091' ? hangs() : undefined), 3_000);
    expect(detail).toBe('brokers: 3');
    expect(tookMs).toBe(1_000);
  });
});
