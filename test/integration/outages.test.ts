import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { problemsOf } from '../../src/kafka/topic.ts';
import { asAdmin, type Cluster, clusterOn, topicOn, tracesOn } from './support/kafka.ts';
import { asRoot, deployTo, type Machine, startMachine, stopMachine } from './support/lab.ts';

const BROKER_2 = 'docker_exp-kafka-broker-2-1';

/** Parts of the cluster that fail while the built action tests it, and the drill. */
describe('outages', () => {
  let machine: Machine;
  let cluster: Cluster;

  beforeAll(async () => {
    machine = await startMachine('test-outages');
    const run = await deployTo(machine);
    expect(run.exitCode, run.log).toBe(0);
    cluster = await clusterOn(machine);
  });
  afterAll(async () => {
    await cluster?.close();
    await stopMachine('test-outages');
  });
  afterEach(async () => {
    // The next deployment would heal this too, only slowly. The test is about the fault itself.
    await asRoot(machine, `docker start ${BROKER_2} docker_exp-schema-registry-1`);
    await vi.waitFor(async () => expect(problemsOf(await topicOn(cluster, 'test-topic'))).toEqual([]), {
      timeout: 60_000,
      interval: 1_000,
    });
  });

  const slowly = { clients: 'runner', messages: '20', 'message-interval': '0.2' };

  /** Runs the action and makes a fault on the machine when its log comes to a line. */
  async function deployAnd(inputs: Record<string, string>, line: RegExp, fault: string) {
    let made: Promise<string> | undefined;
    const run = await deployTo(machine, inputs, {
      onOutput: text => {
        if (line.test(text)) made ??= asRoot(machine, fault);
      },
    });
    expect(made, `the log never came to ${line}`).toBeDefined();
    await made;
    return run;
  }

  test('a broker stopped for good loses no message, and is named', async () => {
    const run = await deployAnd(slowly, /^::group::Smoke test from the runner/, `docker stop ${BROKER_2}`);
    expect(run.exitCode).toBe(1);
    expect(run.outputs, run.log).toMatchObject({
      'error-code': 'broker-down',
      'failed-step': 'smoke-test-runner',
      'messages-produced': '20',
      'messages-consumed': '20',
      'messages-lost': '0',
    });
    expect(run.log).toMatch(/1 of 3 brokers does not serve: localhost:29092 \(.+\)/);
    expect(run.log).toContain(`::group::Container ${BROKER_2}: Exited`);
    expect(run.log).toContain('::group::Disk and memory');
    expect(run.summary).toContain('kafka-broker-2');
  });

  test('a broker that hangs (SIGSTOP) loses no message, and is named', async () => {
    const run = await deployAnd(
      slowly,
      /^::group::Smoke test from the runner/,
      `docker kill --signal STOP ${BROKER_2}`,
    );
    await asRoot(machine, `docker kill --signal CONT ${BROKER_2}`);
    expect(run.exitCode).toBe(1);
    expect(run.outputs, run.log).toMatchObject({ 'error-code': 'broker-down', 'messages-lost': '0' });
    expect(run.log).toMatch(/does not serve: localhost:29092 \(no answer in 5 s\)/);
  });

  test('min.insync.replicas is not met once a broker is gone', async () => {
    await asAdmin(cluster, admin =>
      admin.createTopics({
        topics: [
          {
            ...{ topic: 'strict', replicationFactor: 3, numPartitions: 3 },
            configEntries: [{ name: 'min.insync.replicas', value: '3' }],
          },
        ],
      }),
    );
    const run = await deployAnd(
      { ...slowly, topic: 'strict' },
      /^::group::Smoke test from the runner/,
      `docker stop ${BROKER_2}`,
    );
    expect(run.exitCode).toBe(1);
    expect(run.outputs, run.log).toMatchObject({
      'error-code': 'not-enough-replicas',
      'failed-step': 'smoke-test-runner',
      'messages-lost': '0',
    });
    expect(Number(run.outputs['messages-produced'])).toBeLessThan(20);
    expect(run.log).toContain('takes messages only with 3 in-sync replicas (min.insync.replicas), and has 2');
  });

  test('a stopped schema registry fails its own part, which leaves nothing behind', async () => {
    const run = await deployAnd(
      // With a bound the parts run one after the other: the registry is gone before its part begins.
      { ...slowly, 'max-latency-p95-ms': '60000' },
      /^::group::Smoke test from the runner/,
      'docker stop docker_exp-schema-registry-1',
    );
    expect(run.outputs, run.log).toMatchObject({
      'error-code': 'schema-registry-failed',
      'failed-step': 'probe-topic',
      'messages-consumed': '20',
    });
    expect(run.log).toContain('the schema registry at http://localhost:8081');
  });

  test('the drill restarts a broker, and no acknowledged message is lost', async () => {
    const run = await deployTo(machine, { drill: 'broker-restart', clients: 'runner' });
    expect(run.exitCode, run.log).toBe(0);
    expect(run.outputs).toMatchObject({ result: 'passed', 'drill-messages-lost': '0' });
    expect(Number(run.outputs['drill-longest-pause-ms'])).toBeGreaterThan(0);
    expect(Number(run.outputs['drill-in-sync-after-ms'])).toBeGreaterThan(0);
    for (const event of ['is told to stop', 'has stopped', 'is started', 'every replica is in sync again'])
      expect(run.log).toContain(event);
    // A part that was stopped in the middle of an earlier test may have kept what that test had made.
    const { runId } = JSON.parse(await readFile(run.outputs.report ?? '', 'utf8'));
    expect((await tracesOn(cluster)).filter(name => name.includes(runId))).toEqual([]);
    expect(await safetyNets()).toBe('');
  });

  const safetyNets = () => asRoot(machine, 'systemctl list-units --all --no-legend "kafka-drill-*"');
  const running = () => asRoot(machine, 'docker ps --format "{{.Names}}" | grep -c kafka-broker || true');

  /** Starts a drill and ends the action with a signal while the broker is down. */
  async function drillUntilDown(killSignal: 'SIGINT' | 'SIGKILL') {
    const end = new AbortController();
    return deployTo(
      machine,
      { drill: 'broker-restart', clients: 'runner' },
      {
        signal: end.signal,
        killSignal,
        onOutput: text => {
          if (text.includes('has stopped')) end.abort();
        },
      },
    );
  }

  test('a drill that is cancelled starts the broker again', async () => {
    const run = await drillUntilDown('SIGINT');
    expect(run.exitCode).toBe(1);
    expect(run.outputs, run.log).toMatchObject({ 'error-code': 'cancelled', 'failed-step': 'drill' });
    expect(await running()).toBe('3');
    expect(await safetyNets()).toBe('');
  });

  test('the machine starts the broker by itself when the process of the drill is killed', async () => {
    await drillUntilDown('SIGKILL');
    expect(await running()).toBe('2');
    await delay(60_000);
    expect(await running()).toBe('3');
    expect(await safetyNets()).toBe('');
  });
});
