import { describe, expect, it } from 'vitest';
import type { SmokeTestConfig } from '../../../../src/config/smoke-test-inputs.ts';
import { runnerClientsStep } from '../../../../src/steps/smoke-test/smoke-test-runner.ts';
import type { Faults, MemoryCluster } from '../../support/memory-kafka.ts';
import { smokeTest } from '../../support/smoke-tests.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const runner = (faults: Faults = {}, config: Partial<SmokeTestConfig> = {}) =>
  smokeTest(options => runnerClientsStep(options, ['topic']), { faults, config });

/** Message 4 of the run is removed before anyone has read it. */
const loses: Faults = {
  readableAfterMs: () => 50,
  stored: ({ headers, offset }, partition) => {
    if (`${headers['run-id']}` === 'ab12/runner' && `${headers.sequence}` === '4') partition.remove(offset);
  },
};

describe('the smoke test from the runner', () => {
  it('has passed when everything came back, in a group of its own', async () => {
    const { check, found, cluster, step } = runner({ readableAfterMs: () => 20 });
    const { satisfied, detail } = await check();
    expect(satisfied).toBe(true);
    expect(detail).toMatch(/^10 of 10 messages came back, p95 20\.0 ms, \d+ messages\/s$/);
    expect(found.runnerClients?.counts).toMatchObject({ acknowledged: 10, consumed: 10 });
    expect(cluster.partition(0).from(0)[0]?.headers['run-id']?.toString()).toBe('ab12/runner');
    expect([...cluster.groups.keys()]).toEqual([]);
    expect(cluster.connected).toEqual([]);
    expect(step).toMatchObject({ name: 'smoke-test-runner', needs: ['topic'] });
    expect(step.apply).toBeUndefined();
  });

  it('does not touch the group that the host clients use', async () => {
    const { check, cluster } = runner();
    cluster.group('test-group').offsets.set('test-topic/0', 7);
    await check();
    expect(cluster.groups.get('test-group')).toMatchObject({ joined: 0 });
  });

  it('has time for the intervals, too', async () => {
    const slow = { messages: 40, messageIntervalMs: 2_000 };
    const { check, clock } = runner({}, { ...slow, timeoutMs: 10_000 });
    await check();
    expect(clock.now()).toBeGreaterThan(78_000);
  });

  it('is not begun with a broker down', async () => {
    const { check, cluster, found } = runner();
    cluster.stopBroker(3);
    expect(await actionErrorOf(check)).toMatchObject({ code: 'broker-down' });
    expect(found.runnerClients).toBeUndefined();
    expect(cluster.calls).not.toContain('producer.send');
  });

  it('waits half a minute for replicas that are behind', async () => {
    const { check, cluster, clock } = runner();
    cluster.partition(0).isr = [1, 2];
    void clock.sleep(20_000).then(() => cluster.startBroker(3));
    expect((await check()).satisfied).toBe(true);
    cluster.partition(0).isr = [1, 2];
    const started = clock.now();
    expect((await actionErrorOf(check)).code).toBe('replicas-out-of-sync');
    expect(clock.now() - started).toBe(30_000);
  });
});

describe('the smoke test from the runner that has failed', () => {
  it('reports its counts all the same', async () => {
    const { check, found } = runner(loses);
    expect(await actionErrorOf(check)).toMatchObject({
      code: 'messages-lost',
      message: 'of 10 messages that the brokers acknowledged in test-topic, 1 is lost on the broker',
      details: ['message 4: partition 1, offset 1: no record is at its offset, but there are later ones'],
    });
    expect(found.runnerClients).toMatchObject({ counts: { lost: 1 }, missing: { gone: 1 } });
  });

  it.each<[string, Partial<SmokeTestConfig>, string | undefined]>([
    ['the latency at its bound', { thresholds: { maxLatencyP95Ms: 40 } }, undefined],
    ['the latency over its bound', { thresholds: { maxLatencyP95Ms: 39.9 } }, 'latency-too-high'],
    ['a throughput above its bound', { thresholds: { minThroughput: 1 } }, undefined],
    ['a throughput below its bound', { thresholds: { minThroughput: 1e6 } }, 'throughput-too-low'],
  ])('has its own code for each bound: %s', async (_, config, code) => {
    const { check } = runner({ readableAfterMs: () => 40 }, config);
    const end = await check().then(
      () => undefined,
      error => error.code,
    );
    expect(end).toBe(code);
  });

  /** The broker goes down with the last message. */
  const breaks = (cluster: MemoryCluster) => ({
    at: (sends: number) => {
      if (sends === 10) cluster.stopBroker(2);
    },
  });

  it('names the lost messages first, and then the broker that went down', async () => {
    let sends = 0;
    const test: ReturnType<typeof runner> = runner({
      ...loses,
      before: call => {
        if (call === 'producer.send') breaks(test.cluster).at(++sends);
      },
    });
    const error = await actionErrorOf(test.check);
    expect(error.code).toBe('messages-lost');
    expect(error.details).toHaveLength(2);
    expect(error.details[1]).toMatch(/^1 of 3 brokers does not serve: localhost:29092/);
    expect(error.facts.silentBrokers).toEqual(['localhost:29092']);
  });

  it('names the broker that went down first, when only the round trip broke off', async () => {
    let sends = 0;
    const test: ReturnType<typeof runner> = runner({
      before: call => {
        if (call !== 'producer.send') return;
        breaks(test.cluster).at(++sends);
        if (sends === 10) throw new Error('NOT_LEADER');
      },
    });
    const error = await actionErrorOf(test.check);
    expect(error).toMatchObject({ code: 'broker-down', details: ['NOT_LEADER'] });
    expect(test.found.runnerClients?.interruption).toBe('NOT_LEADER');
  });

  it('names the broker that went down although every message came back', async () => {
    let sends = 0;
    const test: ReturnType<typeof runner> = runner({
      before: call => {
        if (call === 'producer.send') breaks(test.cluster).at(++sends);
      },
    });
    expect((await actionErrorOf(test.check)).code).toBe('broker-down');
    expect(test.found.runnerClients?.counts.consumed).toBe(10);
  });

  it('ends with the run', async () => {
    const test: ReturnType<typeof runner> = runner({
      before: call => {
        if (call === 'producer.send') test.abort.abort(new Error('cancelled'));
      },
    });
    await expect(test.check()).rejects.toThrow('cancelled');
    expect(test.found.runnerClients).toBeUndefined();
  });
});
