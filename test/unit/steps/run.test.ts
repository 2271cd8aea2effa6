import { describe, expect, it } from 'vitest';
import { notYet, satisfied } from '../../../src/steps/step.ts';
import { run, statusOf, thing } from '../support/step-runs.ts';

describe('a step', () => {
  it('is checked, applied and checked again; what is there already is left alone', async () => {
    const events: string[] = [];
    const { log, outcome } = run([thing('a', [], events), thing('b', ['a'], events, { there: true })]);
    const { results, failure } = await outcome;
    expect(events).toEqual(['check a', 'apply a', 'check a', 'check b']);
    expect(failure).toBeUndefined();
    expect(results).toEqual([
      {
        name: 'a',
        title: 'Title of a',
        status: 'changed',
        changed: true,
        detail: 'a is there',
        durationMs: 0,
      },
      {
        name: 'b',
        title: 'Title of b',
        status: 'unchanged',
        changed: false,
        detail: 'b is there',
        durationMs: 0,
      },
    ]);
    expect(log.lines).toEqual([
      ...[
        'group Title of a',
        'info looking at a',
        'info to do: a is missing',
        'info looking at a',
        'info done: a is there',
        'endgroup',
      ],
      'info ✔ Title of a: changed in 0.0 s (a is there)',
      ...['group Title of b', 'info looking at b', 'info found: b is there', 'endgroup'],
      'info ✔ Title of b: unchanged in 0.0 s (b is there)',
    ]);
  });

  it('shows once what both of its checks warn of', async () => {
    let there = false;
    const step = thing('a', [], [], {
      check: async ({ log }) => {
        log.warning('a neighbour is there');
        return there ? satisfied('there') : notYet('missing');
      },
      apply: async () => {
        there = true;
      },
    });
    const { log, outcome } = run([step]);
    await outcome;
    expect(log.warnings).toEqual(['a neighbour is there']);
  });

  it('passes or fails when it only checks', async () => {
    const { apply: _, ...proof } = thing('proof', [], [], { there: true });
    const { apply: __, ...disproof } = thing('disproof', [], []);
    const { results, failure } = await run([proof, disproof]).outcome;
    expect(statusOf(results)).toEqual({ proof: 'passed', disproof: 'failed' });
    expect(failure?.error).toMatchObject({ code: 'step-without-effect', message: 'disproof is missing' });
  });

  it('may report versions, and only those that its last check found', async () => {
    const answers = [
      { ...notYet('old'), versions: { docker: '1' } },
      satisfied('new', { docker: '2', compose: 'v2.40.3' }),
    ];
    const step = thing('a', [], [], { check: async () => answers.shift() ?? expect.unreachable() });
    const { results } = await run([step, thing('b', [], [], { there: true })]).outcome;
    expect(results.map(({ versions }) => versions)).toEqual([{ docker: '2', compose: 'v2.40.3' }, undefined]);
    expect(JSON.stringify(results[1])).not.toContain('versions');
  });

  it('reports no versions when it has failed', async () => {
    const check = async () => ({ ...notYet('old'), versions: { docker: '1' } });
    const { results } = await run([thing('a', [], [], { check })]).outcome;
    expect(results[0]?.status).toBe('failed');
    expect(results[0]?.versions).toBeUndefined();
  });

  it('has failed when it has no effect', async () => {
    const { results, failure } = await run([thing('a', [], [], { apply: async () => {} })]).outcome;
    expect(results[0]).toMatchObject({ status: 'failed', changed: true });
    expect(failure?.error).toMatchObject({
      code: 'step-without-effect',
      message: 'Title of a: a is missing',
    });
  });

  it('starts when the steps it needs have ended, side by side with others, while the log keeps the order', async () => {
    const events: string[] = [];
    const gate = Promise.withResolvers<void>();
    const slow = thing('slow', ['first'], events, {
      apply: () => gate.promise.then(() => void events.push('apply slow')),
    });
    let isThere = false;
    const after = thing('after', ['first'], events, {
      async apply() {
        events.push('apply after');
        isThere = true;
        gate.resolve();
      },
      check: async () => (isThere ? satisfied('done') : notYet('missing')),
    });
    const { log, outcome } = run([thing('first', [], events, { there: true }), slow, after]);
    const { results } = await outcome;
    expect(events.indexOf('apply after')).toBeLessThan(events.indexOf('apply slow'));
    expect(results.map(({ name }) => name)).toEqual(['first', 'slow', 'after']);
    const closing = log.lines.filter(line => /^info [✔✘–]/.test(line));
    expect(closing.map(line => line.split(':')[0])).toEqual([
      'info ✔ Title of first',
      'info ✘ Title of slow',
      'info ✔ Title of after',
    ]);
  });

  it('cannot need one that does not come before it', async () => {
    await expect(run([thing('a', ['b'], []), thing('b', [], [])]).outcome).rejects.toThrow(
      'step a needs b, which does not come before it',
    );
  });
});

describe('a long step', () => {
  it('says every 15 seconds that it still goes on, and stops saying so', async () => {
    const gate = Promise.withResolvers<void>();
    const { log, clock, outcome } = run([
      thing('a', [], [], { check: () => gate.promise.then(() => satisfied('done')) }),
    ]);
    await clock.advance(40_000);
    gate.resolve();
    const { results } = await outcome;
    await clock.advance(60_000);
    expect(log.lines.filter(line => line.includes('…'))).toEqual([
      'info … Title of a: 15 s so far',
      'info … Title of a: 30 s so far',
    ]);
    expect(results[0]).toMatchObject({ durationMs: 40_000 });
    expect(clock.sleeping).toBe(0);
  });
});
