import type { Context, GroupedContext } from '../context.ts';
import { type ActionError, toActionError } from '../errors.ts';
import { onceMore } from '../host/once-more.ts';
import { logFailure } from '../log.ts';
import { explain } from './explain.ts';
import type { StepsOutcome } from './run.ts';
import { closingLine } from './run.ts';
import type { Step, StepResult, StepStatus } from './step.ts';

/**
 * Checks every step and applies none, to say what a deployment would change. A check that depends on the work of a step
 * still to be done is not asked, and a check that fails without that work is not believed.
 */
export async function planSteps(steps: readonly Step[], options: GroupedContext): Promise<StepsOutcome> {
  const results: StepResult[] = [];
  const undone = new Set<string>();
  let failure: StepsOutcome['failure'];
  for (const step of steps) {
    const started = options.clock.now();
    options.log.startGroup(step.title);
    const plan = failure ? SKIPPED : await planStep(step, undone, options);
    options.log.endGroup();
    const durationMs = options.clock.now() - started;
    options.log.info(closingLine(step, { ...plan, durationMs }));
    if (plan.error) failure = { step: step.name, error: plan.error };
    if (!isDone(plan.status)) undone.add(step.name);
    const { error: _, ...rest } = plan;
    results.push({ name: step.name, title: step.title, changed: false, durationMs, ...rest });
  }
  return { results, failure };
}

interface Plan extends Pick<StepResult, 'status' | 'detail' | 'versions' | 'foreseen'> {
  readonly error?: ActionError;
}

const isDone = (status: StepStatus) => status === 'unchanged' || status === 'passed';

/** A step that changes nothing is not planned: its check will come later. */
const after = (step: Step, names: readonly string[]): Plan => ({
  status: step.apply ? 'planned' : 'skipped',
  detail: `to ${step.apply ? 'do' : 'be seen'} after ${names.join(', ')}`,
});

const SKIPPED: Plan = { status: 'skipped', detail: 'an earlier step failed' };

async function planStep(step: Step, undone: ReadonlySet<string>, context: Context): Promise<Plan> {
  const waitsFor = (names: readonly string[]) => names.filter(name => undone.has(name));
  const unreadable = waitsFor(step.reads ?? []);
  try {
    context.signal.throwIfAborted();
    if (unreadable.length > 0) return after(step, unreadable);
    const { satisfied, detail, versions } = await onceMore(context, step.title, () => step.check(context));
    if (satisfied) return { status: step.apply ? 'unchanged' : 'passed', detail, versions };
    context.log.info(`to do: ${detail}`);
    const foreseen = (await step.foresee?.(context)) ?? [];
    for (const line of foreseen) context.log.info(`  ${line}`);
    return { status: 'planned', detail, versions, ...(foreseen.length > 0 ? { foreseen } : {}) };
  } catch (thrown) {
    const needed = waitsFor(step.needs);
    if (needed.length > 0 && !context.signal.aborted) return after(step, needed);
    const failure = toActionError(context.signal.aborted ? context.signal.reason : thrown);
    const error = await explain(context, step, failure);
    logFailure(context.log, error);
    return { status: 'failed', detail: error.message, error };
  }
}
