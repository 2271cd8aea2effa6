import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectCleanEnd, interrupted, jobOf } from './support/interruptions.ts';
import { type Cluster, clusterOn, tracesOn } from './support/kafka.ts';
import { asRoot, deployTo, type Machine, startMachine, stopMachine } from './support/lab.ts';

describe('a run that is cancelled in the middle of something', () => {
  let machine: Machine;
  let cluster: Cluster | undefined;

  beforeAll(async () => {
    machine = await startMachine('test-cancelled');
  });
  afterAll(async () => {
    await cluster?.close();
    await stopMachine('test-cancelled');
  });

  // The machine is bare at first: each run goes on from the point at which the one before was cancelled.
  test.each<[what: string, line: string, step: string, stopped: RegExp, delayMs: number]>([
    ['yum', 'yum update -y', 'system-update', /yum .*(update -y|check-update)/, 100],
    ['yum, which installs Docker', 'yum install -y docker', 'docker-package', /yum .*install -y docker/, 600],
    ['docker-compose pull', 'docker-compose pull', 'images', /docker-compose /, 500],
    ['docker-compose up', 'docker-compose up --detach', 'stack', /docker-compose /, 3_000],
  ])('%s is stopped within seconds', async (_, line, step, stopped, delayMs) => {
    const run = await interrupted(machine, { signal: 'SIGINT', after: text => text.includes(line), delayMs });
    await expectCleanEnd(machine, run, step);
    expect(run.log).toMatch(new RegExp(`stopped on the machine: .*${stopped.source}`));
  });

  test('a plain run passes at once after all of that, and the next finds nothing to do', async () => {
    const run = await deployTo(machine, {}, { environment: jobOf('2') });
    expect(run.exitCode, run.log).toBe(0);
    expect(run.log).not.toContain('in use by');
    expect(run.log).not.toContain('taken over');
    const next = await deployTo(machine, { clients: 'runner' });
    expect(next.outputs, next.log).toMatchObject({ result: 'passed', changed: '' });
    cluster = await clusterOn(machine);
  });

  test('pip is stopped, and the next run makes the environment anew', async () => {
    await asRoot(machine, 'rm -rf /home/ec2-user/docker_exp/kafka_env');
    const run = await interrupted(machine, {
      ...{ signal: 'SIGINT', delayMs: 100 },
      after: text => text.includes('-m pip install'),
    });
    await expectCleanEnd(machine, run, 'virtual-environment');
    expect(run.log).toMatch(/stopped on the machine: .*python.* -m pip install/);
    const next = await deployTo(machine, { clients: 'host' });
    expect(next.outputs, next.log).toMatchObject({ result: 'passed', changed: 'virtual-environment' });
  });

  test.each<[what: string, line: RegExp, step: string, delayMs: number]>([
    ['the pair on the machine', /^python producer\.py/, 'smoke-test-host', 300],
    ['the pair on the runner', /^::group::Smoke test from the runner/, 'smoke-test-runner', 500],
    ['the topic of its own', /^::group::Topic led by every broker/, 'probe-topic', 700],
  ])('the smoke test is stopped (%s), and its traces are removed', async (_, line, step, delayMs) => {
    const run = await interrupted(machine, {
      ...{ signal: 'SIGTERM', after: text => line.test(text), delayMs },
      // With a bound the parts run one after the other, and the log is where the run is.
      inputs: { messages: '50', 'message-interval': '0.1', 'max-latency-p95-ms': '60000' },
    });
    await expectCleanEnd(machine, run, step);
    expect(run.log).not.toContain('could not be removed');
    expect(await tracesOn(cluster as Cluster)).toEqual([]);
  });
});
