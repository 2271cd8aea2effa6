import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/report/report.ts';
import { verdictOf } from '../../../src/report/verdict.ts';
import { EMPTY, FAILED, JUDGEMENT, PASSED, PLAN, step, trip } from '../support/reports.ts';

const { hostClients: _host, runnerClients: _runner, ...withoutClients } = PASSED;
const { runnerClients, ...onMachine } = PASSED;
const passed = (more: Partial<Report>): Report => ({ ...EMPTY, result: 'passed', ...more });

describe('the verdict in one sentence', () => {
  it.each<[string, Report, string]>([
    [
      'of a deployment that passed',
      PASSED,
      'Passed: every message came back, 10 of 10 on the machine and 10 of 10 from the runner.',
    ],
    [
      'of one pair, the one on the machine',
      onMachine,
      'Passed: every message came back, 10 of 10 on the machine.',
    ],
    [
      'of one pair, the one from the runner',
      { ...withoutClients, mode: 'smoke-test', runnerClients: trip(30) },
      'Passed: every message came back, 30 of 30 from the runner.',
    ],
    ['of a failure', FAILED, 'Failed at stack: container-failed: not up: broker (Exited (1))'],
    [
      'of a plan that failed',
      { ...PLAN, failure: FAILED.failure ?? expect.unreachable('it failed') },
      'Failed at stack: container-failed: not up: broker (Exited (1))',
    ],
    ['of a plan', PLAN, 'Plan: a deployment would change the machine in 2 steps (compose-file, stack).'],
    [
      'of a plan with one step',
      { ...PLAN, steps: [step('stack', 'planned'), step('kafka-ready', 'skipped')] },
      'Plan: a deployment would change the machine in 1 step (stack).',
    ],
    [
      'of a plan with nothing to do',
      { ...PLAN, steps: [step('stack', 'unchanged')] },
      'Plan: a deployment would change nothing.',
    ],
    [
      'of something taken down',
      passed({ mode: 'down', steps: [step('containers', 'changed'), step('networks', 'changed')] }),
      'Passed: taken down: containers, networks.',
    ],
    [
      'of nothing to take down',
      passed({ mode: 'down', steps: [step('containers', 'unchanged')] }),
      'Passed: nothing was there to take down.',
    ],
    [
      'of a compose file',
      passed({ mode: 'lint', lint: { ...JUDGEMENT, level: 'off', files: ['a.yml', 'b.yml'] } }),
      'Passed: a.yml, b.yml: 1 error, 1 warning; 1 fixed.',
    ],
  ])('%s', (_, report, sentence) => {
    expect(verdictOf(report)).toBe(sentence);
  });

  it('speaks of the messages when a compose file of the user is deployed', () => {
    expect(verdictOf({ ...PASSED, lint: JUDGEMENT })).toMatch(/^Passed: every message came back/);
    expect(runnerClients).toBeDefined();
  });
});
