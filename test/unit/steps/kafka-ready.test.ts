import { describe, expect, it } from 'vitest';
import { readStack } from '../../../src/compose/stack.ts';
import { kafkaReadyStep } from '../../../src/steps/kafka-ready.ts';
import type { Answer } from '../support/scripted-host.ts';
import { scriptedContext } from '../support/step-context.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const services = {
  broker: { environment: { KAFKA_ADVERTISED_LISTENERS: 'P://broker:9092,H://localhost:19092' } },
};
const stack = readStack(JSON.stringify({ services }));
const container = (state: string, status: string) =>
  ['kafka-broker-1', 'broker', 'hash', state, status].join('\t');

/** The step on a machine to which no Kafka connection can be made, because there is no SSH connection at all. */
function ready(dialError: Error, ...containers: string[]) {
  const { context, host } = scriptedContext([
    [/^docker ps --all/, ...containers.map((line): Answer => ({ stdout: `${line}\n` }))],
    [
      /^docker logs --tail \d+ kafka-broker-1/,
      { stdout: 'one\ntwo\n', stderr: 'FATAL KAFKA_BROKER_ID is required\n' },
    ],
  ]);
  host.dial = () => Promise.reject(dialError);
  const step = kafkaReadyStep({ name: 'kafka', directory: '/k' }, stack, 'test-group', 20_000);
  return { host, context, check: () => step.check(context), step };
}

describe('waiting for Kafka on the machine', () => {
  it('ends at once when a container has stopped, with its log', async () => {
    const status = 'Exited (1) 3 seconds ago';
    const { check, host } = ready(new Error('ECONNREFUSED'), container('exited', status));
    const error = await actionErrorOf(check);
    expect(error).toMatchObject({ code: 'container-failed', message: `not up: broker (${status})` });
    expect(error.details.at(-1)).toBe('  FATAL KAFKA_BROKER_ID is required');
    expect(host.count(/docker ps/)).toBe(1);
  });

  it('never changes anything', () => {
    expect(ready(new Error()).step.apply).toBeUndefined();
  });
});
