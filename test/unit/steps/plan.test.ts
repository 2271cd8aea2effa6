import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { planSteps } from '../../../src/steps/plan.ts';
import { notYet, type Step, satisfied } from '../../../src/steps/step.ts';
import { InstantClock } from '../support/clocks.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { noKafka } from '../support/step-context.ts';
import { named, statusOf, thing } from '../support/step-runs.ts';

async function plan(steps: readonly Step[], signal = new AbortController().signal) {
  const log = new RecordingLog();
  const clock = new InstantClock();
  return {
    log,
    ...(await planSteps(steps, { log, clock, signal, kafka: noKafka, host: new ScriptedHost([]) })),
  };
}
/** A step that only looks. */
const look = (name: string, needs: string[], more: Partial<Step> = {}): Step => {
  const { apply: _, ...step } = thing(name, needs, [], { there: true, ...more });
  return step;
};
const fails =
  (code: 'port-in-use' | 'command-failed' = 'command-failed') =>
  async () => {
    throw new ActionError(code, `${code} is why`, { details: ['a line'], hint: 'do something' });
  };

describe('a plan', () => {
  it('looks at all steps side by side, and shows them in their order', async () => {
    const first = Promise.withResolvers<void>();
    const waiting = async () => {
      await first.promise;
      return satisfied('there');
    };
    const releasing = async () => {
      first.resolve();
      return satisfied('there');
    };
    const { log } = await plan([
      thing('a', [], [], { check: waiting }),
      thing('b', ['a'], [], { check: releasing }),
    ]);
    expect(log.lines.filter(line => line.startsWith('group'))).toEqual([
      'group Title of a',
      'group Title of b',
    ]);
  });

  it('looks at each step and applies none', async () => {
    const events: string[] = [];
    const steps = [
      thing('a', [], events, { there: true }),
      thing('b', ['a'], events),
      thing('c', ['b'], events),
    ];
    const { results, failure } = await plan(steps);
    expect(events).toEqual(['check a', 'check b', 'check c']);
    expect(failure).toBeUndefined();
    expect(statusOf(results)).toEqual({ a: 'unchanged', b: 'planned', c: 'planned' });
    expect(results.map(({ changed }) => changed)).toEqual([false, false, false]);
    expect(results[1]).toMatchObject({ title: 'Title of b', detail: 'b is missing', durationMs: 0 });
  });

  it('says of a step that only looks that it passed', async () => {
    expect(statusOf((await plan([look('a', [])])).results)).toEqual({ a: 'passed' });
  });

  it('has the versions of what was found', async () => {
    const check = async () => satisfied('there', { Docker: '25' });
    expect((await plan([thing('a', [], [], { check })])).results[0]).toMatchObject({
      versions: { Docker: '25' },
    });
  });

  it('has a group for each step in the log, and a line below it', async () => {
    const { log } = await plan([thing('a', [], [])]);
    expect(log.lines).toEqual([
      'group Title of a',
      'info looking at a',
      'info to do: a is missing',
      'endgroup',
      'info ✎ Title of a: planned in 0.0 s (a is missing)',
    ]);
  });
});

describe('a step that depends on the work of another one', () => {
  it('is not asked, but planned', async () => {
    const events: string[] = [];
    const steps = [
      thing('a', [], events),
      thing('b', [], events, { reads: ['a'].map(named) }),
      thing('c', [], events, { reads: ['b', 'a'].map(named) }),
    ];
    const { results } = await plan(steps);
    expect(events).toEqual(['check a']);
    expect(statusOf(results)).toEqual({ a: 'planned', b: 'planned', c: 'planned' });
    expect(results.map(({ detail }) => detail)).toEqual([
      ...['a is missing', 'to do after a', 'to do after b, a'],
    ]);
  });

  it('is skipped when it only looks, and so is each step that depends on it', async () => {
    const { results } = await plan([
      thing('a', [], []),
      look('b', [], { reads: ['a'].map(named), check: fails() }),
      look('c', [], { reads: ['b'].map(named), check: fails() }),
    ]);
    expect(statusOf(results)).toEqual({ a: 'planned', b: 'skipped', c: 'skipped' });
    expect(results[1]?.detail).toBe('to be seen after a');
  });

  it('is asked when that work is done', async () => {
    const events: string[] = [];
    const steps = [
      thing('a', [], events, { there: true }),
      thing('b', [], events, { reads: ['a'].map(named) }),
    ];
    await plan(steps);
    expect(events).toEqual(['check a', 'check b']);
  });
});

describe('a check that fails', () => {
  it('is planned when another step is still to be done, and the plan goes on', async () => {
    const { results, failure, log } = await plan([
      thing('a', [], []),
      thing('b', ['a'], [], { check: fails() }),
      look('c', ['b'], { check: fails() }),
      thing('d', [], []),
    ]);
    expect(failure).toBeUndefined();
    expect(statusOf(results)).toEqual({ a: 'planned', b: 'planned', c: 'skipped', d: 'planned' });
    expect(results[1]?.detail).toBe('to do after a');
    expect(log.text).not.toContain('is why');
  });

  it('ends the plan when everything it needs is there', async () => {
    const events: string[] = [];
    const { results, failure, log } = await plan([
      thing('a', [], events, { there: true }),
      thing('b', ['a'], events, { check: fails() }),
      thing('c', [], events, { there: true }),
    ]);
    expect(failure).toMatchObject({ step: 'b', error: { code: 'command-failed' } });
    expect(statusOf(results)).toEqual({ a: 'unchanged', b: 'failed', c: 'skipped' });
    expect(results[1]?.detail).toBe('command-failed is why');
    expect(results[2]).toMatchObject({ detail: 'an earlier step failed', durationMs: 0 });
    // The checks run side by side: what came out of the third one is not shown.
    expect(events).toEqual(['check a', 'check c']);
    expect(log.lines).not.toContain('info looking at c');
    for (const line of [
      'info   | a line',
      'info command-failed: command-failed is why',
      'info what to do: do something',
    ])
      expect(log.lines).toContain(line);
  });

  it('is reported as a fault of the action when it is one', async () => {
    const check = async () => {
      throw new TypeError('x is undefined');
    };
    expect((await plan([thing('a', [], [], { check })])).failure?.error).toMatchObject({ code: 'internal' });
  });
});

describe('the foresight of a step', () => {
  it('is part of the plan, and of the log', async () => {
    const foresee = async () => ['-old', '+new'];
    const { results, log } = await plan([thing('a', [], [], { foresee })]);
    expect(results[0]?.foreseen).toEqual(['-old', '+new']);
    expect(log.lines.slice(2, 5)).toEqual(['info to do: a is missing', 'info   -old', 'info   +new']);
  });

  it('may be nothing', async () => {
    const [result] = (await plan([thing('a', [], [], { foresee: async () => [] })])).results;
    expect(result?.status).toBe('planned');
    expect(result).not.toHaveProperty('foreseen');
  });

  it('is not asked for when nothing is to be done', async () => {
    const { results } = await plan([thing('a', [], [], { there: true, foresee: fails() })]);
    expect(statusOf(results)).toEqual({ a: 'unchanged' });
  });

  it('may be a refusal: the deployment would fail there', async () => {
    const steps = [thing('a', [], [], { foresee: fails('port-in-use') }), thing('b', [], [])];
    const { results, failure } = await plan(steps);
    expect(failure).toMatchObject({ step: 'a', error: { code: 'port-in-use' } });
    expect(statusOf(results)).toEqual({ a: 'failed', b: 'skipped' });
  });
});

describe('a plan that is cancelled', () => {
  const cancelled = new ActionError('cancelled', 'the run was cancelled (SIGINT)');

  it('asks nothing more', async () => {
    const abort = new AbortController();
    const events: string[] = [];
    const check: Step['check'] = async () => {
      abort.abort(cancelled);
      return notYet('missing');
    };
    const steps = [thing('a', [], events, { check }), thing('b', ['a'], events), thing('c', [], events)];
    const { results, failure } = await plan(steps, abort.signal);
    expect(events).toEqual([]);
    expect(statusOf(results)).toEqual({ a: 'planned', b: 'failed', c: 'skipped' });
    expect(failure).toEqual({ step: 'b', error: cancelled });
  });

  it('has not failed for want of another step when a check is cut off', async () => {
    const abort = new AbortController();
    const check: Step['check'] = async () => {
      abort.abort(cancelled);
      throw new Error('the connection is closed');
    };
    const steps = [thing('a', [], []), thing('b', ['a'], [], { check })];
    expect((await plan(steps, abort.signal)).failure).toEqual({ step: 'b', error: cancelled });
  });
});
