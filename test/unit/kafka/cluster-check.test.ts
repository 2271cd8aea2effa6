import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { checkCluster } from '../../../src/kafka/cluster-check.ts';
import { SimulatedClock } from '../support/clocks.ts';
import { contextOf } from '../support/kafka-contexts.ts';
import {
  addressOf,
  type Faults,
  forever,
  hangs,
  MemoryCluster,
  SERVERS,
  TOPIC,
} from '../support/memory-kafka.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

function check(faults: Faults = {}, { patienceMs = 0, topic = TOPIC } = {}) {
  const clock = new SimulatedClock();
  const cluster = new MemoryCluster(clock, faults);
  const abort = new AbortController();
  const context = contextOf(cluster.clients, { clock, signal: abort.signal });
  const run = () => checkCluster(context, { bootstrapServers: SERVERS, topic, patienceMs });
  return { clock, cluster, abort, run };
}

describe('a cluster that is well', () => {
  it('is described with its topic, at once, and no connection stays', async () => {
    const { run, cluster, clock } = check();
    expect(await run()).toEqual(cluster.state());
    expect(clock.now()).toBe(0);
    expect(clock.sleeping).toBe(0);
    expect(cluster.connected).toEqual([]);
    expect(cluster.calls.filter(call => call === 'admin.connect')).toHaveLength(4);
  });

  it.each(['1', '3', ''])('may want %s in-sync replicas', async minInSyncReplicas => {
    const { run, cluster } = check();
    cluster.minInSyncReplicas = minInSyncReplicas;
    expect((await run()).topic).toBe(TOPIC);
  });

  it('may have fewer replicas than it wants in sync: it needs those that there are', async () => {
    const { run, cluster } = check();
    cluster.addTopic(TOPIC, [[1], [2], [3]]);
    expect((await run()).minInSyncReplicas).toBe(2);
  });
});

describe('a broker that has not heard of the topic yet', () => {
  /** The first ones that are asked to describe it do not know it. */
  function unknownTo(most: number): Faults {
    let asked = 0;
    return {
      before: call => {
        if (call !== 'admin.fetchTopicMetadata' || asked++ >= most) return;
        const unknown = Object.assign(new Error('This server does not host this topic-partition'), {
          code: 3,
        });
        throw new Error('retries exceeded', { cause: unknown });
      },
    };
  }

  it('is given time', async () => {
    const { run, cluster } = check(unknownTo(2), { patienceMs: 5_000 });
    expect(await run()).toEqual(cluster.state());
  });

  it('means that the topic is not there, when time is up', async () => {
    const { run } = check(unknownTo(99), { patienceMs: 5_000 });
    expect(await actionErrorOf(run)).toMatchObject({ code: 'topic-not-found' });
  });
});

describe('a broker that does not serve', () => {
  it('is named, with the reason', async () => {
    const { run, cluster, clock } = check({}, { patienceMs: 30_000 });
    cluster.stopBroker(2);
    expect(await actionErrorOf(run)).toMatchObject({
      code: 'broker-down',
      message: '1 of 3 brokers does not serve: localhost:29092 (connect ECONNREFUSED)',
      facts: { silentBrokers: [addressOf(2)] },
    });
    expect(clock.now()).toBe(0);
  });

  it('takes five seconds when it accepts the connection and never answers', async () => {
    const before: Faults['before'] = (call, server) =>
      server === addressOf(3) && /connect$/.test(call) ? forever() : undefined;
    const { run, clock } = check({ before });
    expect((await actionErrorOf(run)).message).toBe(
      '1 of 3 brokers does not serve: localhost:39092 (no answer in 5 s)',
    );
    expect(clock.now()).toBe(5_000);
  });

  it('may be one of several', async () => {
    const { run, cluster } = check();
    for (const id of [1, 3]) cluster.silent.add(addressOf(id));
    expect(await actionErrorOf(run)).toMatchObject({
      code: 'broker-down',
      message:
        '2 of 3 brokers do not serve: localhost:19092 (connect ECONNREFUSED); ' +
        'localhost:39092 (connect ECONNREFUSED)',
      facts: { silentBrokers: [addressOf(1), addressOf(3)] },
    });
  });

  it('may be each of them: the cluster is down', async () => {
    const { run, cluster } = check();
    for (const server of [...SERVERS, 'any']) cluster.silent.add(server);
    const error = await actionErrorOf(run);
    expect(error.code).toBe('broker-down');
    expect(error.message).toMatch(/^3 of 3 brokers do not serve: /);
  });

  it('is not waited for, with whatever patience', async () => {
    const { run, cluster, clock } = check({}, { patienceMs: 30_000 });
    cluster.stopBroker(1);
    expect((await actionErrorOf(run)).code).toBe('broker-down');
    expect(clock.now()).toBe(0);
  });

  it.each([
    ['admin.connect', 'localhost:29092'],
    ['admin.fetchTopicMetadata', 'any'],
  ])('is not made out of a connection that cannot be had: %s', async (refused, at) => {
    const own = new ActionError('ssh-forwarding-refused', 'no');
    const before: Faults['before'] = (call, server) => {
      if (call === refused && server === at) throw new Error('Connection error', { cause: own });
    };
    const { run, cluster, clock } = check({ before }, { patienceMs: 30_000 });
    cluster.silent.add(addressOf(1));
    expect(await actionErrorOf(run)).toBe(own);
    expect(clock.now()).toBe(0);
  });

  it('may leave too few replicas, which is worse; it is named all the same', async () => {
    const { run, cluster } = check();
    for (const id of [1, 3]) cluster.stopBroker(id);
    const error = await actionErrorOf(run);
    expect(error.code).toBe('not-enough-replicas');
    expect(error.message).toMatch(
      /^topic test-topic takes messages only with 2 in-sync replicas .*, and has 1; /,
    );
    expect(error.message).toMatch(
      /; 2 of 3 brokers do not serve: localhost:19092 \(.*\); localhost:39092 \(.*\)$/,
    );
    expect(error.facts.silentBrokers).toEqual([addressOf(1), addressOf(3)]);
  });

  it('does not hide that the topic is not there', async () => {
    const { run, cluster } = check({}, { topic: 'other' });
    cluster.silent.add(addressOf(2));
    expect((await actionErrorOf(run)).code).toMatch(/^(broker-down|topic-not-found)$/);
  });

  it('is not reported when the run has ended meanwhile', async () => {
    const { run, abort, clock } = check({ before: hangs('admin.connect') });
    void clock.sleep(1_000).then(() => abort.abort(new Error('time is up')));
    await expect(run()).rejects.toThrow('time is up');
    expect(clock.now()).toBe(1_000);
  });
});

describe('replicas', () => {
  it('are an error when they are not in sync, with their partitions, after some patience', async () => {
    const { run, cluster, clock } = check({}, { patienceMs: 5_000 });
    cluster.partition(0).isr = [1, 3];
    expect(await actionErrorOf(run)).toMatchObject({
      code: 'replicas-out-of-sync',
      message: 'test-topic, partition 0: 2 of 3 replicas are in sync, without broker 2',
    });
    expect(clock.now()).toBe(5_000);
  });

  it('may catch up', async () => {
    const { run, cluster, clock } = check({}, { patienceMs: 5_000 });
    cluster.partition(2).isr = [3];
    void clock.sleep(1_200).then(() => cluster.startBroker(2));
    await run();
    expect(clock.now()).toBe(1_500);
  });

  it('are a worse error when they are too few for an acknowledgement', async () => {
    const { run, cluster } = check();
    cluster.partition(0).isr = [1, 3];
    cluster.partition(1).isr = [2];
    expect(await actionErrorOf(run)).toMatchObject({
      code: 'not-enough-replicas',
      message:
        'topic test-topic takes messages only with 2 in-sync replicas (min.insync.replicas), and has 1; ' +
        'test-topic, partition 0: 2 of 3 replicas are in sync, without broker 2; ' +
        'test-topic, partition 1: 1 of 3 replicas are in sync, without brokers 3, 1',
    });
  });

  it('are an error without a leader, whichever of them is in sync', async () => {
    const { run, cluster } = check();
    cluster.partition(1).leader = -1;
    expect(await actionErrorOf(run)).toMatchObject({
      code: 'replicas-out-of-sync',
      message: 'test-topic, partition 1: no broker leads it',
    });
  });
});

describe('a topic', () => {
  it('is an error when it is not there', async () => {
    const { run } = check({}, { topic: 'other' });
    expect(await actionErrorOf(run)).toMatchObject({
      code: 'topic-not-found',
      message: 'topic other is not there',
    });
  });

  it('may become known a moment later', async () => {
    const { run, cluster, clock } = check({}, { topic: 'fresh', patienceMs: 30_000 });
    void clock.sleep(700).then(() => cluster.addTopic('fresh', [[1, 2, 3]]));
    expect((await run()).topic).toBe('fresh');
    expect(cluster.connected).toEqual([]);
  });

  it('is waited for until the run ends', async () => {
    const { run, clock, abort, cluster } = check({}, { topic: 'fresh', patienceMs: 30_000 });
    void clock.sleep(700).then(() => abort.abort(new Error('time is up')));
    await expect(run()).rejects.toThrow('time is up');
    expect(cluster.connected).toEqual([]);
  });
});
