import { describe, expect, it } from 'vitest';
import type { Context } from '../../../src/context.ts';
import { ContainerWatch } from '../../../src/machine/container-watch.ts';
import type { ContainerState } from '../../../src/machine/machine-look.ts';
import { SimulatedClock } from '../support/clocks.ts';
import { containerState, LOOK, lookOutput } from '../support/machine-looks.ts';
import type { Answer, Script } from '../support/scripted-host.ts';
import { scriptedContext } from '../support/step-context.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const project = { name: 'kafka', directory: '/k', composeFiles: [] };
const members = [
  { service: 'zookeeper', role: 'zookeeper' },
  { service: 'broker', role: 'broker' },
  { service: 'registry', role: 'schema-registry' },
  { service: 'job', role: 'other' },
] as const;

interface Setting {
  /** What is seen at each look, the last one for ever. */
  readonly looks: readonly (readonly ContainerState[])[];
  readonly log?: string;
  readonly isStarting?: boolean;
  readonly more?: Script;
}

function watching({ looks, log = 'INFO nothing\n', isStarting = false, more = [] }: Setting) {
  const clock = new SimulatedClock();
  const answers = looks.map((containers): Answer => ({ stdout: lookOutput(containers) }));
  const made = scriptedContext([[LOOK, ...answers], [/^docker logs/, { stdout: log }], ...more], clock);
  const watch = new ContainerWatch(made.context, { project, members, isStarting });
  const during = () => watch.during(inner => clock.sleep(120_000, inner.signal).then(() => 'done'));
  return { ...made, clock, watch, during };
}

const broker = (more: Partial<ContainerState> = {}) => containerState('broker', more);
const restarting = (restarts: number) => broker({ state: 'restarting', exitCode: 1, restarts });

describe('a watch over containers', () => {
  it('reads what a container said before the engine noted down that it had started', async () => {
    const looks = [1, 5].map(restarts => [{ ...restarting(restarts), startedAt: '2026-11-26T13:50:01.5Z' }]);
    const { during, host } = watching({ looks });
    await actionErrorOf(during);
    expect(host.commands.findLast(({ argv }) => argv[1] === 'logs')?.argv).toContain(
      '2026-11-26T13:49:59.500Z',
    );
  });

  it('names no container whose log is empty among the last lines', async () => {
    const { during } = watching({ looks: [[restarting(1)], [restarting(5)]], log: '' });
    expect(await actionErrorOf(during)).toMatchObject({ code: 'container-failed', details: [] });
  });

  it('lets work end when all is well', async () => {
    const { during, clock, log } = watching({ looks: [[broker(), containerState('zookeeper')]] });
    expect(await during()).toBe('done');
    expect(clock.now()).toBe(120_000);
    expect(log.lines).toEqual([]);
    expect(clock.sleeping).toBe(0);
  });

  it.each<[string, ContainerState, string, RegExp, RegExp]>([
    [
      'a paused broker',
      broker({ state: 'paused' }),
      'broker-down',
      /^broker is paused$/,
      /: sudo docker unpause kafka-broker-1$/,
    ],
    [
      'a halted broker',
      broker({ isHalted: true }),
      'broker-down',
      /^broker hangs: a signal \(SIGSTOP\)/,
      /sudo docker kill --signal CONT kafka-broker-1/,
    ],
    [
      'a paused registry',
      containerState('registry', { state: 'paused' }),
      'container-failed',
      /^registry is paused$/,
      /unpause kafka-registry-1/,
    ],
    [
      'one that has stopped',
      broker({ state: 'exited', exitCode: 137, finishedAt: '2026-11-26T13:50:01.5Z' }),
      'container-failed',
      /^broker has stopped: exit code 137 \(killed by SIGKILL\) at 13:50:01 UTC$/,
      /sudo docker start kafka-broker-1/,
    ],
    [
      'one that the kernel has killed',
      broker({ state: 'exited', exitCode: 137, isOutOfMemory: true, memoryLimit: 300 << 20 }),
      'container-failed',
      /killed by the kernel, it used up its limit of 300 MiB of memory/,
      /^Raise the memory limit/,
    ],
    [
      'a dead one',
      broker({ state: 'dead' }),
      'container-failed',
      /^broker is dead/,
      /sudo docker rm -f kafka-broker-1/,
    ],
    [
      'one that could not be started',
      broker({ state: 'created', error: 'no such device' }),
      'container-failed',
      /could not be started: no such device/,
      /./,
    ],
    [
      'a job that failed',
      containerState('job', { state: 'exited', exitCode: 2 }),
      'container-failed',
      /^job has stopped: exit code 2: ERROR why$/,
      /./,
    ],
  ])('ends at the first look for %s', async (_, container, code, message, hint) => {
    const { during, clock } = watching({ looks: [[container]], log: 'ERROR why\n' });
    const error = await actionErrorOf(during);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(error.details).toEqual([`${container.name}:`, '  ERROR why']);
    expect(clock.now()).toBe(0);
  });

  it('does not take a job that is done for a fault, nor one that was only made', async () => {
    const done = containerState('job', { state: 'exited' });
    const { during } = watching({ looks: [[done, broker({ state: 'created' })]] });
    expect(await during()).toBe('done');
  });

  it('leaves what has stopped alone while it is being started', async () => {
    const { during } = watching({ looks: [[broker({ state: 'exited', exitCode: 1 })]], isStarting: true });
    expect(await during()).toBe('done');
  });

  it('names a container that is restarted at once, with its last words, and gives it 15 seconds', async () => {
    const looks = Array.from({ length: 20 }, (_, index) => [restarting(index)]);
    const { during, clock, log } = watching({ looks, log: 'FATAL no config\n' });
    const error = await actionErrorOf(during);
    expect(error.message).toMatch(
      /^broker keeps being restarted \(\d times\): exit code 1: FATAL no config$/,
    );
    expect(clock.now()).toBeGreaterThan(15_000);
    expect(clock.now()).toBeLessThan(20_000);
    expect(log.lines).toEqual(['info broker keeps being restarted (0 times): exit code 1: FATAL no config']);
  });

  it('sees a container that is restarted between the looks', async () => {
    const looks = Array.from({ length: 20 }, (_, restarts) => [broker({ restarts })]);
    const { during, log } = watching({ looks });
    expect((await actionErrorOf(during)).message).toMatch(/^broker has ended and was restarted/);
    expect(log.lines).toHaveLength(1);
  });

  it('lets a container be that was restarted once', async () => {
    const { during } = watching({ looks: [[broker()], [restarting(1)], [broker({ restarts: 1 })]] });
    expect(await during()).toBe('done');
  });

  it('gives a broker 40 seconds whose last session ZooKeeper still holds', async () => {
    const looks = Array.from({ length: 40 }, (_, index) => [restarting(index)]);
    const { during, clock } = watching({ looks, log: 'ERROR NodeExists\n' });
    expect((await actionErrorOf(during)).code).toBe('container-failed');
    expect(clock.now()).toBeGreaterThan(40_000);
    expect(clock.now()).toBeLessThan(45_000);
  });

  it('gives an unhealthy container ten seconds, counted anew when it was healthy between', async () => {
    const sick = broker({ isUnhealthy: true, healthOutput: 'a\nno answer' });
    const looks = [[sick], [sick], [broker()], [sick]];
    const { during, clock } = watching({ looks });
    const error = await actionErrorOf(during);
    expect(error.message).toBe('broker is unhealthy: no answer');
    expect(error.hint).toContain('sudo docker restart kafka-broker-1');
    expect(clock.now()).toBe(18_000);
  });

  it('ends as its work ends, when that fails', async () => {
    const { watch, clock } = watching({ looks: [[broker()]] });
    const work = async (inner: Context) => {
      await clock.sleep(3_000, inner.signal);
      throw new Error('no');
    };
    await expect(watch.during(work)).rejects.toThrow('no');
    expect(clock.now()).toBe(3_000);
    expect(clock.sleeping).toBe(0);
  });

  it('tells its work to stop', async () => {
    const { watch } = watching({ looks: [[broker()], [broker({ state: 'paused' })]] });
    const told = Promise.withResolvers<unknown>();
    const work = (inner: Context) => {
      inner.signal.addEventListener('abort', () => told.resolve(inner.signal.reason));
      return new Promise<never>(() => {});
    };
    const error = await actionErrorOf(() => watch.during(work));
    expect(await told.promise).toBe(error);
  });
});

describe('a broker with the data of another cluster', () => {
  const words =
    'java.lang.RuntimeException: Invalid cluster.id in: /d/meta.properties. Expected NEW, but read OLD';
  const older =
    "kafka.common.InconsistentClusterIdException: The Cluster ID NEW doesn't match stored clusterId Some(OLD) in meta.properties.";
  const mine = { ...restarting(1), volumes: ['kafka_broker'] };
  const keeper = containerState('zookeeper', { volumes: ['kafka_zookeeper'] });
  const times = (zookeeper: string) => ({
    stdout: `${Date.parse('2026-11-26T13:00:00Z') / 1000} kafka_broker\n${Date.parse(zookeeper) / 1000} kafka_zookeeper\n`,
  });
  const seen = (log: string, zookeeper: string) =>
    watching({ looks: [[mine, keeper]], log, more: [[/docker volume inspect/, times(zookeeper)]] });

  it.each([words, older])('is told at once, when ZooKeeper began anew, with what is kept: %s', async log => {
    const { during, clock } = seen(log, '2026-11-26T13:10:00Z');
    const error = await actionErrorOf(during);
    expect(error.message).toMatch(
      /holds the data of cluster OLD, but the cluster is NEW: zookeeper began anew .*Kept: kafka_broker, with the messages$/,
    );
    expect(error.hint).toMatch(/volumes of zookeeper back from a backup/);
    expect(clock.now()).toBe(0);
  });

  it('is told to have had another volume, when ZooKeeper is as old', async () => {
    const error = await actionErrorOf(seen(words, '2026-11-26T13:00:30Z').during);
    expect(error.message).toMatch(/used by another one\. Kept: kafka_broker/);
    expect(error.hint).toMatch(/sudo docker rm -f kafka-broker-1 && sudo docker volume rm kafka_broker/);
  });

  it('is known by the age of containers where volumes have no names', async () => {
    const looks = [[restarting(1), containerState('zookeeper', { createdAt: '2026-11-26T14:00:00Z' })]];
    const { during } = watching({ looks, log: words });
    expect((await actionErrorOf(during)).message).toMatch(/zookeeper began anew/);
  });
});
