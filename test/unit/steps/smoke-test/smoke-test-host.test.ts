import { describe, expect, it } from 'vitest';
import type { SmokeTestConfig } from '../../../../src/config/smoke-test-inputs.ts';
import { hostClientsStep } from '../../../../src/steps/smoke-test/smoke-test-host.ts';
import { type Faults, refuses } from '../../support/memory-kafka.ts';
import { foreignRecord } from '../../support/memory-topic.ts';
import type { Answer } from '../../support/scripted-host.ts';
import { smokeTest } from '../../support/smoke-tests.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

/** Messages 0 to 9 at the offsets 0 to 9 of the first partition. */
const OFFSETS = { 0: [[0, 9]] };
const sent: Answer = { stdout: JSON.stringify({ acknowledged: 10, problem: null, offsets: OFFSETS }) };
const received = (more: object = {}): Answer => ({
  stdout: JSON.stringify({ received: 10, others: 0, offsets: OFFSETS, ...more }),
});

function hostClients({ producer = sent, consumer = received(), faults = {}, clients }: Setting = {}) {
  const test = smokeTest(hostClientsStep, {
    faults,
    config: clients ? { clients } : {},
    script: [
      [/ producer\.py /, producer],
      [/ consumer\.py /, consumer],
    ],
  });
  for (let sequence = 0; sequence < 10; sequence++)
    test.cluster.partition(0).append(foreignRecord({ 'run-id': 'ab12/host', sequence: `${sequence}` }));
  return test;
}
interface Setting {
  readonly producer?: Answer;
  readonly consumer?: Answer;
  readonly faults?: Faults;
  readonly clients?: SmokeTestConfig['clients'];
}

describe('the smoke test on the machine', () => {
  it('has passed when everything came back', async () => {
    const { check, found, log, step, cluster } = hostClients();
    expect(await check()).toEqual({ satisfied: true, detail: '10 of 10 messages came back' });
    expect(found.hostClients).toMatchObject({ produced: 10, consumed: 10, counts: { lost: 0 } });
    expect(log.lines.filter(line => line.includes('members'))).toEqual([]);
    expect(step.needs).toEqual(['topic', 'virtual-environment', 'clients']);
    expect(cluster.connected).toEqual([]);
  });

  it('has failed when a script did, and reports its counts all the same', async () => {
    const { check, found } = hostClients({ producer: { exitCode: 1, stdout: '{"acknowledged": 4}' } });
    expect((await actionErrorOf(check)).code).toBe('host-client-failed');
    expect(found.hostClients).toMatchObject({ produced: 4, consumed: 0 });
  });

  it('looks for the messages that did not come back', async () => {
    const { check, cluster, found } = hostClients({
      consumer: received({ received: 8, offsets: { 0: [[0, 7]] } }),
    });
    cluster.partition(0).cutOff(9);
    expect(await actionErrorOf(check)).toMatchObject({
      code: 'messages-lost',
      message:
        'of 10 messages that the brokers acknowledged in test-topic, 1 is lost on the broker; ' +
        '1 is not received by the consumer, but still on the broker',
      details: expect.arrayContaining([
        'partition 0, offset 9: the partition ends at offset 9: it was cut off before the record',
        'partition 0, offset 8: it is there',
      ]),
    });
    expect(found.hostClients?.missing).toMatchObject({ gone: 1, unread: 1, unknown: 0 });
    expect([...cluster.groups.keys()].filter(name => name.includes('search'))).toEqual([]);
    expect(cluster.connected).toEqual([]);
  });
});

describe('a topic with a codec that Python cannot read', () => {
  const problem = { name: 'UnsupportedCodecError', code: null, message: 'Libraries for lz4 not found' };
  const consumer: Answer = {
    exitCode: 1,
    stdout: JSON.stringify({ received: 0, others: 0, offsets: {}, problem }),
  };

  it('is read by the runner, and the pair says what it could do', async () => {
    const { check, found, log } = hostClients({ consumer, clients: ['host', 'runner'] });
    expect(await check()).toEqual({
      satisfied: true,
      detail: '10 of 10 messages acknowledged; a codec to read them is missing',
    });
    expect(found.hostClients).toBeUndefined();
    expect(log.warnings).toEqual([
      'consumer.py on the machine: 0 of 10 messages received: Libraries for lz4 not found. ' +
        "The runner's clients read every codec: they go on.",
    ]);
  });

  it('is not proven where the pair is all that is asked for', async () => {
    const { check } = hostClients({ consumer, clients: ['host'] });
    expect((await actionErrorOf(check)).code).toBe('codec-missing');
  });
});

describe('a consumer group with members that are not ours', () => {
  it('is reported before the test, which it need not disturb', async () => {
    const { check, cluster, log } = hostClients();
    cluster.group('test-group').strangers.push('billing-1', 'billing-2');
    expect((await check()).satisfied).toBe(true);
    expect(log.text).toContain(
      'info consumer group test-group has members already: billing-1 (10.0.0.7), billing-2 (10.0.0.7)',
    );
  });

  it.each<[string, Answer]>([
    ['did not get everything', received({ received: 8, offsets: { 0: [[0, 7]] } })],
    ['failed', { exitCode: 1, stderr: 'timeout' }],
  ])('is to blame when the consumer %s', async (_, consumer) => {
    const { check, cluster } = hostClients({ consumer });
    cluster.group('test-group').strangers.push('billing-1');
    const error = await actionErrorOf(check);
    expect(error.code).toBe('consumer-group-stuck');
    expect(error.message).toMatch(
      /^consumer group test-group is Stable and has other members: billing-1 \(10\.0\.0\.7\); /,
    );
  });

  it.each<[string, Setting]>([
    ['a message was lost', { consumer: received({ received: 9, offsets: { 0: [[0, 8]] } }) }],
    ['a copy came', { consumer: received({ duplicated: 1 }) }],
  ])('is not to blame when %s', async (_, setting) => {
    const { check, cluster } = hostClients(setting);
    cluster.partition(0).cutOff(9);
    cluster.group('test-group').strangers.push('billing-1');
    expect((await actionErrorOf(check)).code).toMatch(/^messages-(lost|duplicated)$/);
  });

  it.each<[string, Faults]>([
    ['has none', {}],
    ['cannot be described', { before: refuses('admin.describeGroups', 'NO') }],
  ])('is not to blame when it %s', async (_, faults) => {
    const { check } = hostClients({ faults, consumer: { exitCode: 1, stderr: 'timeout' } });
    expect((await actionErrorOf(check)).code).toBe('host-client-failed');
  });
});
