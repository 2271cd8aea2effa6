import type { Context, GroupedContext } from '../context.ts';
import { type ActionError, toActionError } from '../errors.ts';
import { onceMore } from '../host/once-more.ts';
import { HeldLog, logFailure } from '../log.ts';
import { askIfDone, readFirst } from './ask.ts';
import { explain } from './explain.ts';
import type { Limit } from './limit.ts';
import { contextOf } from './logging-to.ts';
import { stepsNamed } from './needs.ts';
import type { StepsOutcome } from './run.ts';
import { closingLine, failureAt, identityOf } from './run.ts';
import type { CheckResult, Step, StepName, StepResult, StepStatus } from './step.ts';

/**
 * Checks every step and applies none, to say what a deployment would change. Checks only read, so all run side by side, on as many
 * machines as `limit` lets, but for one that looks at the work of others: it is not asked while that is still to be done. A check that
 * fails without the work that its step needs is not believed. What comes after the first failure, in the order of the steps, counts as
 * not looked at.
 */
export async function planSteps(
  steps: readonly Step[],
  { limit, ...options }: PlanOptions,
): Promise<StepsOutcome> {
  const plans = new Map<Step, Promise<Plan>>();
  const logs = new Map(steps.map(step => [step, new HeldLog()]));
  for (const step of readFirst(steps)) {
    const before = steps.slice(0, steps.indexOf(step));
    const context = contextOf(step, logs.get(step) ?? options.log, options);
    plans.set(step, planStep(step, { plans, before, limit }, context));
  }
  const results: StepResult[] = [];
  let failure: StepsOutcome['failure'];
  for (const step of steps) {
    const { error, ...found } = (!failure && (await plans.get(step))) || SKIPPED;
    options.log.startGroup(step.title);
    if (!failure) logs.get(step)?.passTo(options.log);
    options.log.endGroup();
    options.log.info(closingLine(step, found));
    if (error) failure = failureAt(step, error);
    results.push({ ...identityOf(step), changed: false, ...found });
  }
  await Promise.all(plans.values());
  return { results, failure };
}

interface Plan extends Pick<StepResult, 'status' | 'detail' | 'durationMs' | 'versions' | 'foreseen'> {
  readonly error?: ActionError;
}

const isDone = (status: StepStatus) => status === 'unchanged' || status === 'passed';

/** A step that changes nothing is not planned: its check will come later. */
const after = (step: Step, names: readonly string[]): Found => ({
  status: step.apply ? 'planned' : 'skipped',
  detail: `to ${step.apply ? 'do' : 'be seen'} after ${names.join(', ')}`,
});

const SKIPPED: Plan = { status: 'skipped', detail: 'an earlier step failed', durationMs: 0 };

interface PlanOptions extends GroupedContext {
  /** On how many machines checks are asked at the same time; without it on all of them. */
  readonly limit?: Limit;
}

interface Plans {
  readonly plans: ReadonlyMap<Step, Promise<Plan>>;
  readonly before: readonly Step[];
  readonly limit: Limit | undefined;
}

async function planStep(step: Step, { plans, before, limit }: Plans, context: Context): Promise<Plan> {
  const { clock } = context;
  const undone = async (names: readonly StepName[]) => {
    const needed = stepsNamed(names, step, before);
    const found = await Promise.all(
      needed.map(async each => ({ name: each.name, plan: await plans.get(each) })),
    );
    const left = found.filter(({ plan }) => plan && !isDone(plan.status)).map(({ name }) => name);
    return [...new Set(left)];
  };
  const read = undone(step.reads ?? []);
  const areDone = read.then(names => names.length === 0);
  let askedAtMs = 0;
  // Whoever waits for others has no place meanwhile: they may need it.
  const ask = (inner: Context) =>
    inPlace(step, limit, () => {
      inner.signal.throwIfAborted();
      askedAtMs = clock.now();
      return onceMore(inner, step.title, () => step.check(inner));
    });
  const answer = askIfDone(step, areDone, context, ask);
  answer.catch(() => {});
  await read;
  const readAtMs = clock.now();
  const foresee = async () => inPlace(step, limit, async () => (await step.foresee?.(context)) ?? []);
  const found = await look(step, { answer, undone, foresee }, context);
  return { ...found, durationMs: clock.now() - Math.max(readAtMs, askedAtMs) };
}

/** Work on the whole cluster has no place, and is not waited for by anybody. */
function inPlace<T>({ place }: Step, limit: Limit | undefined, work: () => Promise<T>): Promise<T> {
  return place && limit ? limit.run(place.name, work) : work();
}

type Found = Omit<Plan, 'durationMs'>;

interface Asked {
  /** Of the check; undefined when it was not asked. */
  readonly answer: Promise<CheckResult | undefined>;
  /** Which of these steps have something left to do. */
  readonly undone: (names: readonly StepName[]) => Promise<readonly StepName[]>;
  readonly foresee: () => Promise<readonly string[]>;
}

async function look(step: Step, { answer, undone, foresee }: Asked, context: Context): Promise<Found> {
  try {
    context.signal.throwIfAborted();
    const result = await answer;
    if (!result) return after(step, await undone(step.reads ?? []));
    const { satisfied, detail, versions } = result;
    if (satisfied) return { status: step.apply ? 'unchanged' : 'passed', detail, versions };
    context.log.info(`to do: ${detail}`);
    const foreseen = await foresee();
    for (const line of foreseen) context.log.info(`  ${line}`);
    return { status: 'planned', detail, versions, ...(foreseen.length > 0 ? { foreseen } : {}) };
  } catch (thrown) {
    const needed = await undone([...step.needs, ...(step.needsToApply ?? [])]);
    if (needed.length > 0 && !context.signal.aborted) return after(step, needed);
    const failure = toActionError(context.signal.aborted ? context.signal.reason : thrown);
    const error = await explain(context, step, failure);
    logFailure(context.log, error);
    return { status: 'failed', detail: error.message, error };
  }
}
