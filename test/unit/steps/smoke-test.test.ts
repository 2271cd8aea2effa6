import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SmokeTestConfig } from '../../../src/config.ts';
import type { RoundTripResult } from '../../../src/kafka/round-trip.ts';
import { roundTrip } from '../../../src/kafka/round-trip.ts';
import { smokeTestSteps } from '../../../src/steps/smoke-test.ts';
import type { Answer } from '../support/scripted-host.ts';
import { scriptedContext } from '../support/step-context.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

// What the clients do is proven by the lab; here it is only what is made of their counts.
vi.mock('../../../src/kafka/round-trip.ts', () => ({ roundTrip: vi.fn() }));
beforeEach(() => void vi.mocked(roundTrip).mockReset());

const config: SmokeTestConfig = {
  messages: 10,
  messageIntervalMs: 500,
  topic: 'test-topic',
  group: 'test-group',
  clients: ['host', 'runner'],
  timeoutMs: 60_000,
};
const good: RoundTripResult = {
  counts: { produced: 10, consumed: 10, lost: 0, duplicated: 0, corrupted: 0, outOfOrder: 0 },
  latencyMs: { p50: 1, p95: 2.25, p99: 3, max: 4 },
  durationMs: 5,
};

function smokeTest(
  part: Partial<SmokeTestConfig> = {},
  producer: Answer = { stdout: '{"acknowledged": 10}\n' },
) {
  const onHostClients = vi.fn();
  const onRunnerClients = vi.fn();
  const steps = smokeTestSteps({
    ...{
      config: { ...config, ...part },
      directory: '/k',
      bootstrapServers: ['localhost:19092'],
      runId: 'ab12',
    },
    ...{ onHostClients, onRunnerClients },
  });
  const { context } = scriptedContext([
    [/ producer\.py /, producer],
    [/ consumer\.py /, { stdout: '{"received": 10, "others": 0}\n' }],
  ]);
  const check = async (name: string) => steps.find(step => step.name === name)?.check(context);
  return { steps, check, onHostClients, onRunnerClients };
}

describe('the smoke test', () => {
  it.each<[SmokeTestConfig['clients'], Record<string, string[]>]>([
    [
      ['host', 'runner'],
      {
        'smoke-test-host': ['topic', 'virtual-environment', 'clients'],
        'smoke-test-runner': ['smoke-test-host'],
      },
    ],
    [['runner'], { 'smoke-test-runner': ['topic'] }],
    [['host'], { 'smoke-test-host': ['topic', 'virtual-environment', 'clients'] }],
  ])('of %j has its steps, one after the other, and changes nothing', (clients, expected) => {
    const { steps } = smokeTest({ clients });
    expect(Object.fromEntries(steps.map(({ name, needs }) => [name, needs]))).toEqual(expected);
    expect(steps.every(step => step.apply === undefined)).toBe(true);
  });

  it('on the machine has passed when everything came back', async () => {
    const { check, onHostClients } = smokeTest();
    expect(await check('smoke-test-host')).toEqual({
      satisfied: true,
      detail: '10 of 10 messages came back',
    });
    expect(onHostClients).toHaveBeenCalledWith({ produced: 10, consumed: 10 });
  });

  it('on the machine has failed when a script did, and its counts are told all the same', async () => {
    const { check, onHostClients } = smokeTest({}, { exitCode: 1, stdout: '{"acknowledged": 4}\n' });
    expect((await actionErrorOf(() => check('smoke-test-host'))).code).toBe('host-client-failed');
    expect(onHostClients).toHaveBeenCalledWith(expect.objectContaining({ produced: 4, consumed: 0 }));
  });

  it('from the runner gives the round trip its own group and id, and time for the intervals', async () => {
    vi.mocked(roundTrip).mockResolvedValue(good);
    const { check, onRunnerClients } = smokeTest();
    expect(await check('smoke-test-runner')).toEqual({
      satisfied: true,
      detail: '10 of 10 messages came back, p95 2.3 ms',
    });
    expect(onRunnerClients).toHaveBeenCalledWith(good);
    const options = vi.mocked(roundTrip).mock.calls[0]?.[0];
    expect(options).toMatchObject({
      group: 'test-group-ab12',
      runId: 'ab12/runner',
      timeoutMs: 65_000,
      messages: 10,
    });
    expect(options?.producerKafka).not.toBe(options?.consumerKafka);
  });

  const counts = (part: Partial<RoundTripResult['counts']>) => ({
    ...good,
    counts: { ...good.counts, ...part },
  });
  it.each<[string, RoundTripResult, string, RegExp]>([
    [
      'a message was lost',
      counts({ consumed: 9, lost: 1 }),
      'messages-lost',
      /of 10 acknowledged messages 9 came back: 1 lost/,
    ],
    ['a message came twice', counts({ duplicated: 1 }), 'messages-lost', /1 duplicated/],
    [
      'a message came back wrong',
      counts({ consumed: 9, lost: 1, corrupted: 1 }),
      'messages-lost',
      /1 corrupted/,
    ],
    ['messages changed places', counts({ outOfOrder: 2 }), 'messages-lost', /2 out of order/],
    [
      'it was interrupted after a loss',
      { ...counts({ consumed: 9, lost: 1 }), interruption: 'too late' },
      'messages-lost',
      /1 lost/,
    ],
    [
      'it was interrupted without a loss',
      { ...counts({ produced: 5, consumed: 5 }), interruption: 'too late' },
      'round-trip-failed',
      /too late/,
    ],
    [
      'it could not even begin',
      { ...counts({ produced: 0, consumed: 0 }), interruption: 'no leader' },
      'round-trip-failed',
      /no leader/,
    ],
    ['nothing was acknowledged', counts({ produced: 0, consumed: 0 }), 'round-trip-failed', /0 of 10/],
    ['not everything was acknowledged', counts({ produced: 9, consumed: 9 }), 'round-trip-failed', /9 of 10/],
  ])('from the runner has failed when %s', async (_, result, code, words) => {
    vi.mocked(roundTrip).mockResolvedValue(result);
    const { check, onRunnerClients } = smokeTest();
    const error = await actionErrorOf(() => check('smoke-test-runner'));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(onRunnerClients).toHaveBeenCalledWith(result);
  });
});
