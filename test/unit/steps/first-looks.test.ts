import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { type CheckResult, type Step, satisfied } from '../../../src/steps/step.ts';
import { named, run, statusOf, thing } from '../support/step-runs.ts';

const never = new AbortController().signal;
const runAhead = (steps: readonly Step[]) => run(steps, never, steps);

/** A check that ends when it is told to, or by its signal. */
function slow(events: string[]) {
  const answer = Promise.withResolvers<CheckResult>();
  const check: Step['check'] = ({ signal, log }) => {
    events.push('check slow');
    log.info('looking');
    signal.addEventListener('abort', () => {
      events.push('ended slow');
      answer.reject(signal.reason);
    });
    return answer.promise;
  };
  return { check, answer };
}

describe('the checks of a run that are asked ahead', () => {
  it('are asked once and all at the same time where nothing is to be done, and shown in the order of the steps', async () => {
    const events: string[] = [];
    const first = slow(events);
    const steps = [
      thing('a', [], events, { check: first.check }),
      thing('b', ['a'], events, { there: true }),
      thing('c', ['b'], events, { there: true }),
    ];
    const { log, outcome } = runAhead(steps);
    await new Promise(setImmediate);
    expect(events).toEqual(['check slow', 'check b', 'check c']);
    first.answer.resolve(satisfied('a is there'));
    expect(statusOf((await outcome).results)).toEqual({ a: 'unchanged', b: 'unchanged', c: 'unchanged' });
    expect(events).toEqual(['check slow', 'check b', 'check c']);
    expect(log.lines.filter(line => !line.startsWith('info ✔'))).toEqual([
      ...['group Title of a', 'info looking', 'info found: a is there', 'endgroup'],
      ...['group Title of b', 'info looking at b', 'info found: b is there', 'endgroup'],
      ...['group Title of c', 'info looking at c', 'info found: c is there', 'endgroup'],
    ]);
  });

  it('are asked again after a change of what their step needs, however far away', async () => {
    const events: string[] = [];
    const steps = [
      thing('a', [], events),
      thing('b', ['a'], events, { there: true }),
      thing('c', ['b'], events, { there: true }),
    ];
    const { log, outcome } = runAhead(steps);
    await outcome;
    expect(events).toEqual([
      ...['check a', 'check b', 'check c', 'apply a', 'check a'],
      ...['check b', 'check c'],
    ]);
    expect(log.lines.filter(line => line === 'info looking at c')).toHaveLength(1);
  });

  it('count after a change of what their step does not need', async () => {
    const events: string[] = [];
    await runAhead([thing('a', [], events), thing('b', [], events, { there: true })]).outcome;
    expect(events.filter(event => event === 'check b')).toHaveLength(1);
  });

  it('say what is to be done where they found it, and the second check is asked of the machine', async () => {
    const events: string[] = [];
    const { results } = await runAhead([thing('a', [], events)]).outcome;
    expect(events).toEqual(['check a', 'apply a', 'check a']);
    expect(statusOf(results)).toEqual({ a: 'changed' });
  });

  it('wait for the steps whose work they look at, and are not asked while that is to be done', async () => {
    const events: string[] = [];
    const steps = [thing('a', [], events), thing('b', ['a'], events, { reads: [named('a')], there: true })];
    await runAhead(steps).outcome;
    expect(events).toEqual(['check a', 'apply a', 'check a', 'check b']);
  });

  it('begin with those that others wait for', async () => {
    const events: string[] = [];
    const steps = [
      thing('a', [], events, { there: true }),
      thing('b', [], events, { there: true }),
      thing('c', ['b'], events, { reads: [named('b')], there: true }),
    ];
    await runAhead(steps).outcome;
    expect(events).toEqual(['check b', 'check a', 'check c']);
  });

  it('fail the step as its own check would', async () => {
    const check = async () => {
      throw new ActionError('project-taken', 'no');
    };
    const { results, failure } = await runAhead([thing('a', [], [], { check })]).outcome;
    expect(failure?.error.code).toBe('project-taken');
    expect(results[0]?.changed).toBe(false);
  });

  it('are ended when a step fails before theirs', async () => {
    const events: string[] = [];
    const check = async () => {
      throw new ActionError('project-taken', 'no');
    };
    const steps = [
      thing('a', [], events, { check }),
      thing('b', ['a'], events, { check: slow(events).check }),
    ];
    expect(statusOf((await runAhead(steps).outcome).results)).toEqual({ a: 'failed', b: 'skipped' });
    expect(events).toEqual(['check slow', 'ended slow']);
  });
});

describe('a step that needs another one only to change something', () => {
  const steps = (events: string[], there: boolean, late: Step['check']) => [
    thing('a', [], events, { check: late }),
    thing('b', [], events, { there, needsToApply: [named('a')] }),
    thing('c', ['b'], events, { there: true }),
  ];

  it('does not wait for it where nothing is to be done', async () => {
    const events: string[] = [];
    const late = slow(events);
    const all = steps(events, true, late.check);
    const { outcome } = run(all, never, all.slice(0, 2));
    await new Promise(setImmediate);
    expect(events).toEqual(['check slow', 'check b', 'check c']);
    late.answer.resolve(satisfied('a is there'));
    expect((await outcome).failure).toBeUndefined();
  });

  it('waits for it where something is', async () => {
    const events: string[] = [];
    const a = thing('a', [], events);
    const [, b, c] = steps(events, false, a.check);
    if (!b || !c) return expect.unreachable();
    await runAhead([a, b, c]).outcome;
    expect(events.indexOf('apply b')).toBeGreaterThan(events.lastIndexOf('check a'));
  });

  it('is skipped where it fails', async () => {
    const check = async () => {
      throw new ActionError('project-taken', 'no');
    };
    const { results } = await runAhead(steps([], false, check)).outcome;
    expect(statusOf(results)).toEqual({ a: 'failed', b: 'skipped', c: 'skipped' });
  });
});

describe('a check that may be asked meanwhile', () => {
  const meanwhile = (there: boolean, events: string[]) => {
    const late = slow(events);
    const steps = [
      thing('a', [], events, { there }),
      thing('b', ['a'], events, { check: late.check, reads: [named('a')], isAskedMeanwhile: true }),
    ];
    return { late, ...runAhead(steps) };
  };

  it('counts when there is nothing to be done before it', async () => {
    const events: string[] = [];
    const { late, log, outcome } = meanwhile(true, events);
    late.answer.resolve(satisfied('b is there'));
    expect(statusOf((await outcome).results)).toEqual({ a: 'unchanged', b: 'unchanged' });
    expect(events).toEqual(['check slow', 'check a']);
    expect(log.lines).toContain('info looking');
  });

  it('is ended when there is, and asked again', async () => {
    const events: string[] = [];
    const { outcome } = meanwhile(false, events);
    expect(statusOf((await outcome).results)).toEqual({ a: 'changed', b: 'failed' });
    expect(events.filter(event => event === 'check slow')).toHaveLength(2);
    expect(events.indexOf('ended slow')).toBeLessThan(events.lastIndexOf('check slow'));
  });
});
