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

describe('the smoke test', () => {
  it.each<[SmokeTestConfig['clients'], SmokeTestConfig['drill'], Record<string, string[]>]>([
    [
      ['host', 'runner'],
      'none',
      {
        'smoke-test-host': ON_HOST,
        'smoke-test-runner': ['smoke-test-host'],
        'probe-topic': ['smoke-test-runner'],
      },
    ],
    [['runner'], 'none', { 'smoke-test-runner': ['topic'], 'probe-topic': ['smoke-test-runner'] }],
    [['host'], 'none', { 'smoke-test-host': ON_HOST }],
    [['host'], 'broker-restart', { 'smoke-test-host': ON_HOST, drill: ['smoke-test-host'] }],
    [
      ['host', 'runner'],
      'broker-restart',
      {
        'smoke-test-host': ON_HOST,
        'smoke-test-runner': ['smoke-test-host'],
        'probe-topic': ['smoke-test-runner'],
        drill: ['probe-topic'],
      },
    ],
  ])(
    'has its steps one after the other, and none that could be applied, for %j and drill %s',
    (clients, drill, expected) => {
      const steps = stepsFor({ clients, drill });
      expect(Object.fromEntries(steps.map(({ name, needs }) => [name, needs]))).toEqual(expected);
      expect(steps.every(step => step.apply === undefined)).toBe(true);
      for (const { title } of steps) expect(title).not.toBe('');
    },
  );
});
