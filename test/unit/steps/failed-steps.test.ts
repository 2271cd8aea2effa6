import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { notYet, type Step, satisfied } from '../../../src/steps/step.ts';
import { run, statusOf, thing } from '../support/step-runs.ts';

const lost = () => new ActionError('ssh-connection-lost', 'the SSH connection broke', { retriable: true });

describe('a failed step', () => {
  const error = new ActionError('no-sudo', 'it cannot', { details: ['a line'], hint: 'let it' });
  const fails = async () => {
    throw error;
  };

  it.each<[string, Partial<Step>, boolean]>([
    ['in its check', { check: fails }, false],
    ['while it is applied', { apply: fails }, true],
  ])('ends the run %s; the steps that wait are skipped', async (_, part, changed) => {
    const events: string[] = [];
    const steps = [
      thing('a', [], events, { there: true }),
      thing('b', ['a'], events, part),
      thing('c', ['b'], events),
      thing('d', ['c'], events),
    ];
    const { log, outcome } = run(steps);
    const { results, failure } = await outcome;
    expect(statusOf(results)).toEqual({ a: 'unchanged', b: 'failed', c: 'skipped', d: 'skipped' });
    expect(results[1]).toMatchObject({ changed, detail: 'it cannot' });
    expect(failure).toEqual({ step: 'b', error });
    expect(events).not.toContain('check c');
    expect(log.text).toContain(
      'info   | a line\ninfo no-sudo: it cannot\ninfo what to do: let it\nendgroup\n',
    );
    expect(log.lines.slice(-2)).toEqual([
      'info – Title of c: skipped (an earlier step failed)',
      'info – Title of d: skipped (an earlier step failed)',
    ]);
  });

  it('lets those that run side by side finish, and starts no other', async () => {
    const events: string[] = [];
    const gate = Promise.withResolvers<void>();
    const running = thing('running', [], events, {
      check: () => gate.promise.then(() => satisfied('finished')),
    });
    const failing = thing('failing', [], events, {
      check: async () => {
        setImmediate(gate.resolve);
        throw error;
      },
    });
    const { results } = await run([running, failing, thing('waiting', ['running'], events)]).outcome;
    expect(statusOf(results)).toEqual({ running: 'unchanged', failing: 'failed', waiting: 'skipped' });
  });

  it('is a fault of the action when the error is a foreign one', async () => {
    const { failure } = await run([
      thing('a', [], [], { check: () => Promise.reject(new TypeError('oops')) }),
    ]).outcome;
    expect(failure?.error).toMatchObject({ code: 'internal', message: 'oops' });
  });

  it('is the first one in the order of the steps, when there are several', async () => {
    const steps = ['a', 'b'].map(name => thing(name, [], [], { check: fails }));
    expect((await run(steps).outcome).failure?.step).toBe('a');
  });
});

describe('a step whose connection breaks', () => {
  it('is done once more, and has changed the machine when the first try did', async () => {
    const events: string[] = [];
    let there = false;
    const step = thing('a', [], events, {
      check: async () => (there ? satisfied('there') : notYet('missing')),
      apply: async () => {
        there = true;
        throw lost();
      },
    });
    const { log, outcome } = run([step]);
    const { results, failure } = await outcome;
    expect(failure).toBeUndefined();
    expect(results[0]).toMatchObject({ status: 'changed', changed: true });
    expect(log.warnings).toEqual([
      'the SSH connection broke; connecting again and going on with "Title of a"',
    ]);
  });

  it('has changed nothing when it broke in the check', async () => {
    const answers = [() => Promise.reject(lost()), async () => satisfied('there')];
    const step = thing('a', [], [], { check: () => (answers.shift() ?? expect.unreachable())() });
    expect((await run([step]).outcome).results[0]).toMatchObject({ status: 'unchanged', changed: false });
  });

  it('has failed when it breaks again', async () => {
    const events: string[] = [];
    const step = thing('a', [], events, {
      check: () => {
        events.push('check');
        return Promise.reject(lost());
      },
    });
    const { failure } = await run([step]).outcome;
    expect(failure?.error.code).toBe('ssh-connection-lost');
    expect(events).toEqual(['check', 'check']);
  });

  it('is not done again for any other error', async () => {
    let checks = 0;
    const check = async () => {
      checks++;
      throw new ActionError('image-pull-failed', 'no', { retriable: true });
    };
    await run([thing('a', [], [], { check })]).outcome;
    expect(checks).toBe(1);
  });
});

describe('the end of the run', () => {
  it('is the reason why a step failed', async () => {
    const abort = new AbortController();
    const step = thing('a', [], [], {
      check: async () => {
        abort.abort(new ActionError('run-timeout', 'the run did not end within 5 s'));
        throw lost();
      },
    });
    const { failure } = await run([step, thing('b', ['a'], [])], abort.signal).outcome;
    expect(failure).toMatchObject({ step: 'a', error: { code: 'run-timeout' } });
  });
});
