import { describe, expect, it, vi } from 'vitest';
import { drillStep } from '../../../src/steps/drill.ts';
import type { Faults, MemoryCluster } from '../support/memory-kafka.ts';
import type { Answer } from '../support/scripted-host.ts';
import { smokeTest } from '../support/smoke-tests.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

vi.mock('../../../src/kafka/client.ts', () => import('../support/memory-host.ts'));

const containerOf = (id: number) => `kafka-broker-${id}-1\tbroker-${id}\thash\trunning\tUp`;
const CONTAINERS = `${[1, 2, 3].map(containerOf).join('\n')}\n`;

interface Setting {
  readonly faults?: Faults;
  readonly answers?: Partial<Record<'arm' | 'stop' | 'start', Answer>>;
  readonly containers?: string;
  /** Called when the container has stopped, or is started. */
  readonly onStop?: (at: { cluster: MemoryCluster; abort: AbortController }) => void;
  readonly onStart?: (cluster: MemoryCluster) => void;
}

/** A drill on a cluster whose first broker stops and starts as its container does. */
function drill(setting: Setting = {}) {
  const { faults = {}, answers = {}, containers = CONTAINERS } = setting;
  const { onStop = () => {}, onStart = cluster => cluster.startBroker(1) } = setting;
  return smokeTest(options => drillStep(options, 'topic'), {
    faults,
    script: [
      [/^docker ps /, { stdout: containers }],
      [/^systemd-run /, answers.arm ?? 0],
      [/^docker stop /, answers.stop ?? 0],
      [/^docker start /, answers.start ?? 0],
      [/^systemctl stop /, 0],
    ],
    onCommand: (words, at) => {
      if (words.startsWith('docker stop')) {
        at.cluster.stopBroker(1);
        onStop(at);
      }
      if (words.startsWith('docker start')) onStart(at.cluster);
    },
  });
}
const ran = (host: { ran: readonly string[] }) =>
  host.ran.map(words => /^sudo (systemd-run|docker \w+|systemctl)/.exec(words)?.[1]);
const EVERYTHING = ['docker ps', 'systemd-run', 'docker stop', 'docker start', 'systemctl'];

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
    const times = found.drill?.timeline.map(({ atMs }) => Math.round(atMs / 100) / 10);
    expect(times).toEqual([1.5, 1.5, 6.5, 6.5, 8]);
    expect(log.text).toContain('info   6.5 s  every replica is in sync again');
    expect(cluster.connected).toEqual([]);
    expect([...cluster.groups.keys()]).toEqual([]);
  });

  it('waits until every replica is in sync again', async () => {
    const { check, found } = drill({
      onStart: cluster => void cluster.clock.sleep(3_000).then(() => cluster.startBroker(1)),
    });
    await check();
    expect(found.drill?.inSyncAfterMs).toBeGreaterThanOrEqual(3_000);
    expect(found.drill?.inSyncAfterMs).toBeLessThan(3_300);
  });

  it('tells how long a message waited for its acknowledgement', async () => {
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
  it('has lost a message that the stopped broker alone had', async () => {
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

  it('has failed when the messages no longer flowed, and has started the broker again', async () => {
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

  it('has failed when the cluster does not recover, and tells how far it came', async () => {
    const { check, found, host, clock } = drill({ onStart: () => {} });
    const error = await actionErrorOf(check);
    expect(error.code).toBe('drill-failed');
    expect(error.message).toMatch(
      /^the cluster did not recover in time: 1 of 3 brokers does not serve: localhost:19092/,
    );
    expect(found.drill?.timeline.at(-1)?.event).toBe('broker 1 (broker-1) is started');
    expect(found.drill?.inSyncAfterMs).toBeUndefined();
    expect(ran(host)).toEqual(EVERYTHING);
    expect(clock.now()).toBeGreaterThanOrEqual(60_000);
    expect(clock.now()).toBeLessThan(160_000);
  });
});

describe('a drill that cannot be carried out', () => {
  it.each<[string, Setting, string, RegExp, string[]]>([
    [
      'without a safety net',
      { answers: { arm: { exitCode: 1, stderr: 'no systemd' } } },
      'drill-failed',
      /no systemd$/,
      EVERYTHING.slice(0, 2),
    ],
    [
      'as the broker cannot be stopped',
      { answers: { stop: { exitCode: 1, stderr: 'permission denied' } } },
      'command-failed',
      /docker stop/,
      ['docker ps', 'systemd-run', 'docker stop', ...EVERYTHING.slice(2)],
    ],
    [
      'as its container is not there',
      { containers: `${containerOf(2)}\n` },
      'drill-failed',
      /^service broker-1 has no container$/,
      ['docker ps'],
    ],
  ])('%s says so', async (_, setting, code, words, commands) => {
    const { check, host, cluster } = drill(setting);
    const error = await actionErrorOf(check);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(ran(host)).toEqual(commands);
    expect(cluster.connected).toEqual([]);
  });

  it('as nobody knows the leader says so', async () => {
    const { check, cluster, host } = drill();
    cluster.partition(0).leader = 7;
    expect(await actionErrorOf(check)).toMatchObject({
      code: 'drill-failed',
      message:
        'broker 7 at undefined, which leads partition 0 of test-topic, is no service of the compose file',
    });
    expect(host.ran).toEqual([]);
  });
});

describe('a drill that is cancelled', () => {
  it.each([
    ['before the outage', 700, ['docker ps']],
    ['in the middle of the outage', 4_000, EVERYTHING],
    ['while the messages flow on', 7_000, EVERYTHING],
  ])('%s has started the broker again, if it had stopped it', async (_, afterMs, commands) => {
    const { check, host, clock, abort, cluster, found } = drill();
    void clock.sleep(afterMs).then(() => abort.abort(new Error('cancelled')));
    await expect(check()).rejects.toThrow('cancelled');
    expect(ran(host)).toEqual(commands);
    expect(clock.now()).toBeLessThan(afterMs + 1_000);
    expect(found.drill?.traffic).toBeUndefined();
    expect(found.drill?.timeline.length).toBe([0, 2, 4][[700, 4_000, 7_000].indexOf(afterMs)]);
    expect(cluster.connected).toEqual([]);
    expect([...cluster.groups.keys()]).toEqual([]);
  });

  it('while the broker is being stopped has started it again', async () => {
    const { check, host } = drill({ onStop: ({ abort }) => abort.abort(new Error('cancelled')) });
    await expect(check()).rejects.toThrow('cancelled');
    expect(ran(host)).toEqual(EVERYTHING);
  });
});
