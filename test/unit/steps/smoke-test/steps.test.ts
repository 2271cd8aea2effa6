import { describe, expect, it } from 'vitest';
import type { SmokeTestConfig } from '../../../../src/config/smoke-test-inputs.ts';
import { smokeTestSteps } from '../../../../src/steps/smoke-test/steps.ts';
import { CONFIG } from '../../support/smoke-tests.ts';
import { readProject } from '../../support/stacks.ts';

const stepsFor = (config: Partial<SmokeTestConfig>) =>
  smokeTestSteps({
    config: { ...CONFIG, ...config },
    project: { name: 'kafka', directory: '/k', composeFiles: ['docker-compose.yml'] },
    directory: '/k',
    cluster: readProject(JSON.stringify({ services: { broker: {} } })).cluster,
    runId: 'ab12',
    note: () => {},
  });
const ON_HOST = ['topic', 'virtual-environment', 'clients'];
const BOTH: SmokeTestConfig['clients'] = ['host', 'runner'];
const SIDE_BY_SIDE = {
  'smoke-test-host': ON_HOST,
  'smoke-test-runner': ['topic'],
  'probe-topic': ['topic'],
};
const ONE_BY_ONE = {
  'smoke-test-host': ON_HOST,
  'smoke-test-runner': ['smoke-test-host'],
  'probe-topic': ['smoke-test-runner'],
};

describe('the smoke test', () => {
  it.each<[string, Partial<SmokeTestConfig>, Record<string, string[]>]>([
    ['side by side', { clients: BOTH }, SIDE_BY_SIDE],
    [
      'of the runner alone',
      { clients: ['runner'] },
      { 'smoke-test-runner': ['topic'], 'probe-topic': ['topic'] },
    ],
    ['of the machine alone', { clients: ['host'] }, { 'smoke-test-host': ON_HOST }],
    [
      'after all others',
      { clients: ['host'], drill: 'broker-restart' },
      { 'smoke-test-host': ON_HOST, drill: ['smoke-test-host'] },
    ],
    [
      'after all others',
      { clients: BOTH, drill: 'broker-restart' },
      { ...SIDE_BY_SIDE, drill: Object.keys(SIDE_BY_SIDE) },
    ],
    ['one after the other', { clients: BOTH, messages: 1_001 }, ONE_BY_ONE],
    ['one after the other', { clients: BOTH, thresholds: { maxLatencyP95Ms: 50 } }, ONE_BY_ONE],
    ['one after the other', { clients: BOTH, thresholds: { minThroughput: 5 } }, ONE_BY_ONE],
  ])('has its steps, %s, and none that could be applied: %j', (_, config, expected) => {
    const steps = stepsFor(config);
    expect(Object.fromEntries(steps.map(({ name, needs }) => [name, needs]))).toEqual(expected);
    expect(steps.every(step => step.apply === undefined)).toBe(true);
    for (const { title } of steps) expect(title).not.toBe('');
  });
});
