import { describe, expect, it } from 'vitest';
import type { Context } from '../../../src/context.ts';
import { ActionError } from '../../../src/errors.ts';
import { Limit } from '../../../src/steps/limit.ts';
import { planSteps } from '../../../src/steps/plan.ts';
import { runSteps } from '../../../src/steps/run.ts';
import { type Step, satisfied } from '../../../src/steps/step.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { scriptedContext } from '../support/step-context.ts';
import { named, run, statusOf, thing } from '../support/step-runs.ts';

const { context } = scriptedContext([]);
const on = (machine: string, step: Step, own: Context = context): Step => ({
  ...step,
  title: `${step.title} · ${machine}`,
  place: { name: machine, context: own },
});

describe('steps on several machines', () => {
  it('wait for the step of their own machine, not for that of another', async () => {
    const events: string[] = [];
    const slow = Promise.withResolvers<void>();
    const first = (machine: string, ready: Promise<void>) =>
      on(machine, { ...thing('a', [], events), check: async () => ready.then(() => satisfied('there')) });
    const second = (machine: string) =>
      on(machine, {
        ...thing('b', ['a'], events),
        check: async () => {
          events.push(machine);
          if (machine === 'two') slow.resolve();
          return satisfied('there');
        },
      });
    const steps = [first('one', slow.promise), first('two', Promise.resolve()), second('one'), second('two')];
    const { failure } = await run(steps).outcome;
    expect(failure).toBeUndefined();
    expect(events).toEqual(['two', 'one']);
  });

  it('are a barrier for a step on the whole cluster, and that for each machine', async () => {
    const events: string[] = [];
    const steps = [
      on('one', thing('a', [], events)),
      on('two', thing('a', [], events)),
      thing('b', ['a'], events),
      on('one', thing('c', ['b'], events)),
    ];
    await run(steps).outcome;
    expect(events.indexOf('check b')).toBeGreaterThan(events.lastIndexOf('apply a'));
    expect(events.indexOf('check c')).toBeGreaterThan(events.lastIndexOf('apply b'));
  });

  it('work with the context of their machine', async () => {
    const events: string[] = [];
    const other = scriptedContext([[/^uname$/, { stdout: 'two' }]]);
    const ask: Step = {
      ...thing('a', [], events),
      check: async ({ host }) => satisfied((await host.run({ argv: ['uname'] })).stdout),
    };
    const { results } = await run([on('two', ask, other.context)]).outcome;
    expect(results[0]).toMatchObject({ machine: 'two', detail: 'two', title: 'Title of a · two' });
  });

  it('name the machine of a failure, and tell those of the others', async () => {
    const events: string[] = [];
    const fails = (machine: string): Step =>
      on(machine, {
        ...thing('a', [], events),
        check: async () => {
          throw new ActionError('stack-failed', `no luck on ${machine}`);
        },
      });
    const { failure, results } = await run([fails('one'), fails('two'), thing('b', ['a'], events)]).outcome;
    expect(failure).toMatchObject({ step: 'a', machine: 'one' });
    expect(failure?.error.message).toBe('one: no luck on one');
    expect(failure?.error.details).toContain('two: no luck on two');
    expect(statusOf(results)).toEqual({ a: 'failed', b: 'skipped' });
  });

  describe.each([
    ['run', runSteps],
    ['are planned', planSteps],
  ])('%s', (_, work) => {
    it.each([
      [1, 1],
      [2, 2],
      [16, 4],
    ])('on %i machines at most at the same time', async (most, seen) => {
      let [busy, highest] = [0, 0];
      const step = (machine: string): Step =>
        on(machine, {
          ...thing('a', [], []),
          check: async () => {
            highest = Math.max(highest, ++busy);
            await new Promise(resolve => setImmediate(resolve));
            busy--;
            return satisfied('there');
          },
        });
      const log = new RecordingLog();
      const { results } = await work(['one', 'two', 'three', 'four'].map(step), {
        ...{ ...context, log, limit: new Limit(most) },
      });
      expect(highest).toBe(seen);
      expect(results).toHaveLength(4);
    });
  });

  it('have no place in a plan while they wait for others', async () => {
    const seen = Promise.withResolvers<void>();
    const there = (name: string, check: () => Promise<void>): Step => ({
      ...thing(name, [], []),
      check: () => check().then(() => satisfied('there')),
    });
    const steps = [
      there('a', () => seen.promise),
      on('one', { ...there('b', async () => {}), reads: [named('a')] }),
      on(
        'two',
        there('c', async () => seen.resolve()),
      ),
    ];
    const limit = new Limit(1);
    const { results } = await planSteps(steps, { ...context, log: new RecordingLog(), limit });
    expect(results.map(({ status }) => status)).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });

  it('are planned after what their own machine still needs', async () => {
    const events: string[] = [];
    const reads = [named('a')];
    const steps = [
      on('one', thing('a', [], events, { there: true })),
      on('two', thing('a', [], events)),
      on('one', { ...thing('b', ['a'], events, { there: true }), reads }),
      on('two', { ...thing('b', ['a'], events, { there: true }), reads }),
      { ...thing('c', ['b'], events, { there: true }), reads: [named('b')] },
    ];
    const { results } = await planSteps(steps, { ...context, log: new RecordingLog() });
    expect(results.map(({ machine, status }) => `${machine} ${status}`)).toEqual([
      ...['one unchanged', 'two planned', 'one unchanged', 'two planned', 'undefined planned'],
    ]);
  });
});
