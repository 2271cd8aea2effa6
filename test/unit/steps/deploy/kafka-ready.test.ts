import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import { kafkaReadyStep } from '../../../../src/steps/deploy/kafka-ready.ts';
import type { SmokeTestOptions } from '../../../../src/steps/smoke-test/options.ts';
import { type Faults, refuses } from '../../support/memory-kafka.ts';
import { registryServer } from '../../support/registry-server.ts';
import type { Answer } from '../../support/scripted-host.ts';
import { smokeTest } from '../../support/smoke-tests.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const container = (state: string, status: string) =>
  ['kafka-broker-1', 'broker', 'hash', state, status].join('\t');
const UP = container('running', 'Up 5 minutes');

interface Setting {
  readonly faults?: Faults;
  readonly registryPort?: number;
  /** What docker ps says, line by line, each once and the last one for ever. */
  readonly containers?: readonly string[];
}

function ready({ faults = {}, registryPort, containers = [UP] }: Setting = {}) {
  const step = ({ project, cluster }: Pick<SmokeTestOptions, 'project' | 'cluster'>) =>
    kafkaReadyStep({ project, cluster, group: 'test-group', timeoutMs: 60_000, needs: [] });
  return smokeTest(step, {
    ...{ faults, registryPort },
    script: [
      [/^docker ps --all/, ...containers.map((line): Answer => ({ stdout: `${line}\n` }))],
      [
        /^docker logs --tail \d+ kafka-broker-1/,
        { stdout: 'one\ntwo\n', stderr: 'FATAL KAFKA_BROKER_ID is required\n' },
      ],
    ],
  });
}
const DOWN = { before: refuses('admin.connect', 'ECONNREFUSED') };

describe('waiting for Kafka on the machine', () => {
  it('ends when every broker and the coordinator answer', async () => {
    const { check, cluster, host } = ready();
    expect(await check()).toEqual({ satisfied: true, detail: '3 brokers, coordinator answer' });
    expect(cluster.connected).toEqual([]);
    expect(host.ran).toEqual([]);
  });

  it('asks the schema registry by way of the machine', async () => {
    const { url, calls } = await registryServer({ 'GET /subjects': [] });
    const { check } = ready({ registryPort: Number(new URL(url).port) });
    expect((await check()).detail).toBe('3 brokers, coordinator and schema registry answer');
    expect(calls()).toEqual(['GET /subjects']);
  });

  it('ends at once when a container has stopped, with its log', async () => {
    const status = 'Exited (1) 3 seconds ago';
    const { check, host, clock } = ready({ faults: DOWN, containers: [container('exited', status)] });
    const error = await actionErrorOf(check);
    expect(error).toMatchObject({ code: 'container-failed', message: `not up: broker (${status})` });
    expect(error.details.at(-1)).toBe('  FATAL KAFKA_BROKER_ID is required');
    expect(host.count(/docker ps/)).toBe(1);
    expect(clock.now()).toBe(0);
  });

  it('ends when a container has been restarted for too long', async () => {
    const { check, clock } = ready({ faults: DOWN, containers: [container('restarting', 'Restarting (1)')] });
    expect((await actionErrorOf(check)).code).toBe('container-failed');
    expect(clock.now()).toBeGreaterThan(40_000);
    expect(clock.now()).toBeLessThan(42_000);
  });

  it('ends at its time limit, with what the containers said last', async () => {
    const { check, clock } = ready({ faults: DOWN });
    const error = await actionErrorOf(check);
    expect(error.code).toBe('kafka-not-ready');
    expect(error.details).toEqual([
      'kafka-broker-1: Up 5 minutes',
      ...['  one', '  two', '  FATAL KAFKA_BROKER_ID is required'],
    ]);
    expect(clock.now()).toBeGreaterThanOrEqual(60_000);
  });

  it('ends with a failure of the connection as it is', async () => {
    const lost = new ActionError('ssh-forwarding-refused', 'no');
    const faults: Faults = {
      before: () => {
        throw lost;
      },
    };
    const { check, host } = ready({ faults });
    expect(await actionErrorOf(check)).toBe(lost);
    expect(host.ran).toEqual([]);
  });

  it('never changes anything', () => {
    expect(ready().step.apply).toBeUndefined();
  });
});
