import { describe, expect, it } from 'vitest';
import { rebalanceStep } from '../../../../src/steps/cluster/rebalance.ts';
import { type Given, movingCluster } from '../../support/moving-cluster.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

function on(given: Given) {
  const cluster = movingCluster(given);
  const step = rebalanceStep({ nodes: cluster.nodes, throttle: 5_000_000, timeoutMs: 10_000 });
  return { ...cluster, step, apply: async () => step.apply?.(cluster.context) };
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
