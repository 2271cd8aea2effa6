import { describe, expect, it } from 'vitest';
import { drill, EVERYTHING, ran } from '../../support/drills.ts';
import type { MemoryCluster } from '../../support/memory-kafka.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

describe('the drill', () => {
  it('restarts the broker that leads the first partition while messages flow', async () => {
    const { check, found, host, cluster, log } = drill();
    const { satisfied, detail } = await check();
    expect(satisfied).toBe(true);
    expect(detail).toMatch(
      /^\d+ of \d+ messages came back, p95 0\.0 ms, \d+ messages\/s; longest pause 0\.0 s, all replicas in sync 0\.0 s after the start$/,
    );
    expect(ran(host)).toEqual(EVERYTHING);
    expect(host.ran.find(words => words.includes('stop --time'))).toMatch(/kafka-broker-1-1$/);
    expect(found.drill).toMatchObject({
      kind: 'broker-restart',
      broker: { id: 1, address: 'localhost:19092', service: 'broker-1' },
      ...{ longestPauseMs: 0, inSyncAfterMs: 0 },
    });
    const counts = found.drill?.traffic?.counts;
    expect(counts).toMatchObject({ lost: 0, duplicated: 0, corrupted: 0, outOfOrder: 0 });
    // 1.5 s before the outage, 5 s of it, 1.5 s afterwards, a message every 20 ms.
    expect(counts?.acknowledged).toBeGreaterThan(350);
    expect(counts?.acknowledged).toBeLessThan(420);
    expect(found.drill?.timeline.map(({ event }) => event)).toEqual([
      'messages flow; broker 1 (broker-1) is told to stop',
      'broker 1 (broker-1) has stopped',
      'broker 1 (broker-1) is started',
      'every replica is in sync again',
      'messages stop',
    ]);
    const kinds = found.drill?.timeline.map(({ kind }) => kind);
    expect(kinds).toEqual(['stop-requested', 'stopped', 'started', 'in-sync', 'ended']);
    const times = found.drill?.timeline.map(({ atMs }) => Math.round(atMs / 100) / 10);
    expect(times).toEqual([1.5, 1.5, 6.5, 6.5, 8]);
    expect(log.text).toContain('info   6.5 s  every replica is in sync again');
    expect(cluster.connected).toEqual([]);
    expect([...cluster.groups.keys()]).toEqual([]);
  });

  it('stops another broker when that one leads', async () => {
    const { check, cluster, found, host } = drill();
    cluster.addTopic('test-topic', [[2, 3, 1]]);
    await check();
    expect(found.drill?.broker).toEqual({ id: 2, address: 'localhost:29092', service: 'broker-2' });
    expect(host.count(/ kafka-broker-2-1$/)).toBe(3);
  });

  it('restarts the broker on its own machine where there are several', async () => {
    const second = new ScriptedHost([
      [/^docker ps /, { stdout: 'p-kafka-1\tkafka\thash\trunning\tUp\n' }],
      [/^(systemd-run|docker (stop|start)|systemctl stop) /, 0],
    ]);
    const project = { name: 'p', directory: '/home/u/p', composeFiles: ['docker-compose.yml'] };
    const brokerPlaces = new Map([['broker-2', { host: second, project, service: 'kafka' }]]);
    const { check, cluster, host, found } = drill({ brokerPlaces });
    cluster.addTopic('test-topic', [[2, 3, 1]]);
    await check();
    expect(found.drill?.broker).toMatchObject({ id: 2, service: 'broker-2' });
    expect(ran(second)).toEqual(EVERYTHING);
    expect(second.ran.find(words => words.includes('stop --time'))).toMatch(/ p-kafka-1$/);
    expect(ran(host)).toEqual([]);
  });

  it('has a group and messages of its own', async () => {
    const groups = new Set<string>();
    const runs = new Set<string>();
    const { check } = drill({
      faults: {
        read: ({ headers }, { group }) => {
          groups.add(group);
          runs.add(`${headers['run-id']}`);
        },
      },
    });
    await check();
    expect([...groups]).toEqual(['test-group-ab12-drill']);
    expect([...runs]).toEqual(['ab12/drill', 'ab12/drill/handover']);
  });

  it('counts its times from its own start', async () => {
    const { check, found, clock } = drill();
    await clock.sleep(90_000);
    await check();
    expect(found.drill?.timeline[0]?.atMs).toBe(1_500);
  });

  it('waits until every replica is in sync again', async () => {
    const { check, found } = drill({
      onStart: cluster => void cluster.clock.sleep(3_000).then(() => cluster.startBroker(1)),
    });
    expect((await check()).detail).toMatch(/, all replicas in sync 3\.[0-2] s after the start$/);
    expect(found.drill?.inSyncAfterMs).toBeGreaterThanOrEqual(3_000);
    expect(found.drill?.inSyncAfterMs).toBeLessThan(3_300);
  });

  it('reports how long a message waited for its acknowledgement', async () => {
    let stopped: MemoryCluster | undefined;
    const { check, found } = drill({
      onStop: ({ cluster }) => {
        stopped = cluster;
      },
      faults: {
        before: async call => {
          if (call !== 'producer.send' || !stopped) return;
          const { clock } = stopped;
          stopped = undefined;
          await clock.sleep(2_000);
        },
      },
    });
    expect((await check()).detail).toContain('; longest pause 2.0 s, ');
    expect(found.drill?.longestPauseMs).toBe(2_000);
  });
});

describe('a drill that finds a fault', () => {
  it('reports a message that only the stopped broker had as lost', async () => {
    let isDown = false;
    let isLost = false;
    const { check, found, host } = drill({
      onStop: () => {
        isDown = true;
      },
      faults: {
        stored: ({ offset }, partition) => {
          if (isDown && !isLost) partition.remove(offset);
          isLost ||= isDown;
        },
      },
    });
    const error = await actionErrorOf(check);
    expect(error.code).toBe('messages-lost');
    expect(error.message).toMatch(/, 1 is lost on the broker$/);
    expect(found.drill?.traffic).toMatchObject({ counts: { lost: 1 }, missing: { gone: 1 } });
    expect(ran(host)).toEqual(EVERYTHING);
  });

  it('fails when the messages no longer flow, and has started the broker again', async () => {
    let isDown = false;
    const { check, found, host } = drill({
      onStop: () => {
        isDown = true;
      },
      faults: {
        before: call => {
          if (isDown && call === 'producer.send') throw new Error('NOT_ENOUGH_REPLICAS');
        },
      },
    });
    expect(await actionErrorOf(check)).toMatchObject({
      code: 'round-trip-failed',
      message: 'NOT_ENOUGH_REPLICAS',
    });
    expect(found.drill?.traffic?.interruption).toBe('NOT_ENOUGH_REPLICAS');
    expect(ran(host)).toEqual(EVERYTHING);
  });

  it('fails when the cluster does not recover, and reports how far it came', async () => {
    const { check, found, host, clock } = drill({ onStart: () => {} });
    const error = await actionErrorOf(check);
    expect(error.code).toBe('drill-failed');
    expect(error.message).toMatch(
      /^the cluster did not recover in time: 1 of 3 brokers does not serve: localhost:19092/,
    );
    expect(error.facts.silentBrokers).toEqual(['localhost:19092']);
    expect(found.drill?.timeline.at(-1)?.event).toBe('broker 1 (broker-1) is started');
    expect(found.drill?.inSyncAfterMs).toBeUndefined();
    expect(ran(host)).toEqual(EVERYTHING);
    expect(clock.now()).toBeGreaterThanOrEqual(60_000);
    expect(clock.now()).toBeLessThan(160_000);
  });
});
