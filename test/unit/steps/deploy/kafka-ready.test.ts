import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import type { ContainerState } from '../../../../src/machine/machine-look.ts';
import { kafkaReadyStep } from '../../../../src/steps/deploy/kafka-ready.ts';
import type { SmokeTestOptions } from '../../../../src/steps/smoke-test/options.ts';
import { containerState, LOOK, lookOutput } from '../../support/machine-looks.ts';
import { type Faults, refuses } from '../../support/memory-kafka.ts';
import { registryServer } from '../../support/registry-server.ts';
import type { Answer } from '../../support/scripted-host.ts';
import { smokeTest } from '../../support/smoke-tests.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const UP = containerState('broker-1');

interface Setting {
  readonly faults?: Faults;
  readonly registryPort?: number;
  /** What is seen of the container at each look, the last one for ever. */
  readonly containers?: readonly ContainerState[];
}

function ready({ faults = {}, registryPort, containers = [UP] }: Setting = {}) {
  const step = ({ project, cluster }: Pick<SmokeTestOptions, 'project' | 'cluster'>) =>
    kafkaReadyStep({ project, cluster, group: 'test-group', timeoutMs: 60_000, needs: [] });
  return smokeTest(step, {
    ...{ faults, registryPort },
    script: [
      [LOOK, ...containers.map((container): Answer => ({ stdout: lookOutput([container]) }))],
      [/^docker ps --all/, { stdout: 'kafka-broker-1\tbroker-1\thash\trunning\tUp 5 minutes\n' }],
      [
        /^docker logs .*--tail \d+ kafka-broker-1/,
        { stdout: 'one\ntwo\n', stderr: 'FATAL KAFKA_BROKER_ID is required\n' },
      ],
    ],
  });
}
const LOOK_AS_ROOT = /^sudo sh -c \nprintf 'boot /;
const DOWN = { before: refuses('admin.connect', 'ECONNREFUSED') };

describe('waiting for Kafka on the machine', () => {
  it('ends when every broker and the coordinator answer', async () => {
    const { check, cluster, host } = ready();
    expect(await check()).toEqual({ satisfied: true, detail: '3 brokers, coordinator answer' });
    expect(cluster.connected).toEqual([]);
    expect(host.count(LOOK_AS_ROOT)).toBe(1);
  });

  it('asks the schema registry by way of the machine', async () => {
    const { url, calls } = await registryServer({ 'GET /subjects': [] });
    const { check } = ready({ registryPort: Number(new URL(url).port) });
    expect((await check()).detail).toBe('3 brokers, coordinator and schema registry answer');
    expect(calls()).toEqual(['GET /subjects']);
  });

  it('is given up at once when a container has stopped: it is named, with its log, although the brokers answer', async () => {
    const { check, clock } = ready({
      containers: [containerState('broker-1', { name: 'kafka-broker-1', state: 'exited', exitCode: 1 })],
    });
    const error = await actionErrorOf(check);
    expect(error).toMatchObject({
      code: 'container-failed',
      message: 'broker-1 has stopped: exit code 1: FATAL KAFKA_BROKER_ID is required',
    });
    expect(error.details.at(-1)).toBe('  FATAL KAFKA_BROKER_ID is required');
    expect(clock.now()).toBe(0);
  });

  it('ends when a broker is paused meanwhile', async () => {
    const paused = containerState('broker-1', { name: 'kafka-broker-1', state: 'paused' });
    const { check, clock } = ready({ faults: DOWN, containers: [UP, UP, paused] });
    expect(await actionErrorOf(check)).toMatchObject({
      code: 'broker-down',
      message: 'broker-1 is paused',
      hint: 'On the machine: sudo docker unpause kafka-broker-1',
    });
    expect(clock.now()).toBe(4_000);
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

  it('of a broker that runs and does not answer says how it is started anew, with everything filled in', async () => {
    const { check } = ready({ faults: DOWN });
    const error = await actionErrorOf(check);
    expect(error.hint).toBe(
      'broker-1 runs and does not answer, and a second run leaves a container that runs as it is. On a small machine it may only be slow: raise smoke-timeout. To start it anew, on the machine: cd /k && sudo /usr/local/bin/docker-compose --project-name kafka restart broker-1',
    );
    expect(error.facts.silentBrokers).toHaveLength(3);
  });

  it('of a schema registry that runs and does not answer says the same', async () => {
    const registry = containerState('registry');
    const { check } = ready({ registryPort: 1, containers: [registry] });
    const error = await actionErrorOf(check);
    expect(error).toMatchObject({
      code: 'schema-registry-not-ready',
      hint: expect.stringMatching(/^registry runs and does not answer, .* restart registry$/),
    });
  });

  it('ends with a failure of the connection as it is', async () => {
    const lost = new ActionError('ssh-forwarding-refused', 'no');
    const faults: Faults = {
      before: () => {
        throw lost;
      },
    };
    const { check, clock } = ready({ faults });
    expect(await actionErrorOf(check)).toBe(lost);
    expect(clock.now()).toBe(0);
  });

  it('never changes anything', () => {
    expect(ready().step.apply).toBeUndefined();
  });
});
