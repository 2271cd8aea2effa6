import { formatDuration } from '../clock.ts';
import type { Context, GroupedContext } from '../context.ts';
import { ActionError, toActionError } from '../errors.ts';
import { onceMore } from '../host/once-more.ts';
import { logFailure, OrderedGroups, warningOnce } from '../log.ts';
import { unlessAborted, within } from '../waiting.ts';
import { explain } from './explain.ts';
import { FirstLooks } from './first-looks.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { Limit } from './limit.ts';
import { contextOf } from './logging-to.ts';
import { stepsBefore, stepsNamed } from './needs.ts';
import type { CheckResult, Step, StepName, StepResult, StepStatus, Versions } from './step.ts';

export interface StepsOutcome {
  readonly results: readonly StepResult[];
  /** The first failure in the order of the steps. */
  readonly failure?: { readonly step: StepName; readonly error: ActionError; readonly machine?: string };
}

/** What runs steps on several machines. */
interface RunOptions extends GroupedContext {
  /** On how many machines steps run at the same time; without it on all of them. */
  readonly limit?: Limit;
}

/**
 * Checks, applies and checks again, each step as soon as the steps it needs have succeeded. When one fails, those that
 * run may finish (a half-done installation is worse than a late error), and those that wait are skipped.
 * @param ahead those of the steps whose checks are asked at once: they count where nothing has been changed that the step needs
 */
export async function runSteps(
  steps: readonly Step[],
  options: RunOptions,
  ahead: readonly Step[] = [],
): Promise<StepsOutcome> {
  await using looks = new FirstLooks(ahead, options);
  const groups = new OrderedGroups(
    options.log,
    steps.map(step => step.title),
  );
  const running = new Map<Step, Promise<Attempt>>();
  /** What was changed, and what needs it. */
  const touched = new Set<Step>();
  let failed = false;
  for (const [index, step] of steps.entries()) {
    const earlier = steps.slice(0, index);
    const needs = stepsBefore(step, earlier);
    const needsToApply = stepsNamed(step.needsToApply ?? [], step, earlier);
    const attempt = async (): Promise<Attempt> => {
      const isThere = needsToApply.length > 0 && (await looks.isSatisfied(step));
      const awaited = isThere ? needs : [...needs, ...needsToApply];
      const before = await Promise.all(awaited.map(need => running.get(need)));
      const log = warningOnce(groups.logger(index));
      const isBlocked = () =>
        failed || before.some(need => need?.status === 'failed' || need?.status === 'skipped');
      const isFresh = !awaited.some(need => touched.has(need));
      const first = () => looks.take(step, isFresh, log);
      const work = async () =>
        isBlocked() ? skipped : await runStep(step, first, contextOf(step, log, options));
      const result = await (step.place && options.limit ? options.limit.run(step.place.name, work) : work());
      failed ||= result.status === 'failed';
      if (!isFresh || result.changed) touched.add(step);
      groups.close(index, closingLine(step, result));
      return result;
    };
    running.set(step, attempt());
  }
  return outcome(steps, await Promise.all(running.values()));
}

interface Attempt {
  readonly status: StepStatus;
  readonly changed: boolean;
  readonly detail: string;
  readonly durationMs: number;
  readonly versions?: Versions;
  readonly error?: ActionError;
}

const skipped: Attempt = {
  status: 'skipped',
  changed: false,
  detail: 'an earlier step failed',
  durationMs: 0,
};

/** What a check has said that was asked before its turn; undefined when it is to be asked now. */
type FirstAnswer = () => Promise<CheckResult | undefined>;

async function runStep(step: Step, first: FirstAnswer, context: Context): Promise<Attempt> {
  const started = context.clock.now();
  const progress: Progress = { changed: false };
  const duration = () => context.clock.now() - started;
  try {
    context.signal.throwIfAborted();
    const found = await untilLeft(
      context,
      withHeartbeat(context, step.title, () => bringAbout(step, first, context, progress)),
    );
    const { detail, versions } = found;
    const status = doneStatus(step, progress);
    return { status, ...progress, detail, durationMs: duration(), versions };
  } catch (thrown) {
    const failure = toActionError(context.signal.aborted ? context.signal.reason : thrown);
    const error = await explain(context, step, failure);
    logFailure(context.log, error);
    return { status: 'failed', ...progress, detail: error.message, durationMs: duration(), error };
  }
}

/** The time that a step has to undo its work once the run is cancelled or out of time. */
const UNDO_MS = 4_500;

/** A client that does not give up must not take the time that a cancelled run has for its outputs. */
async function untilLeft<T>({ clock, signal }: Context, work: Promise<T>): Promise<T> {
  try {
    return await unlessAborted(signal, work);
  } catch (error) {
    if (!signal.aborted) throw error;
    return await within(clock, UNDO_MS, work, () => {
      throw signal.reason;
    });
  }
}

/** What a step has done so far, also when it fails later. */
interface Progress {
  changed: boolean;
}

function doneStatus(step: Step, { changed }: Progress): StepStatus {
  if (!step.apply) return 'passed';
  return changed ? 'changed' : 'unchanged';
}

/** A step whose connection broke is done once more: its check sees how far it had come. */
function bringAbout(
  step: Step,
  first: FirstAnswer,
  context: Context,
  progress: Progress,
): Promise<CheckResult> {
  return onceMore(context, step.title, () => checkApplyCheck(step, first, context, progress));
}

/** @returns what the last check said */
async function checkApplyCheck(
  step: Step,
  first: FirstAnswer,
  context: Context,
  progress: Progress,
): Promise<CheckResult> {
  const before = (await first()) ?? (await step.check(context));
  if (before.satisfied) {
    context.log.info(`found: ${before.detail}`);
    return before;
  }
  context.log.info(`to do: ${before.detail}`);
  if (!step.apply) throw new ActionError('step-without-effect', before.detail);
  progress.changed = true;
  await step.apply(context);
  const after = await step.check(context);
  if (!after.satisfied) throw new ActionError('step-without-effect', `${step.title}: ${after.detail}`);
  context.log.info(`done: ${after.detail}`);
  return after;
}

const SIGNS: Record<StepStatus, string> = {
  changed: '✔',
  unchanged: '✔',
  passed: '✔',
  planned: '✎',
  failed: '✘',
  skipped: '–',
};

/** The line below a step's fold. */
export function closingLine(
  step: Step,
  { status, detail, durationMs }: Pick<Attempt, 'status' | 'detail' | 'durationMs'>,
): string {
  const time = status === 'skipped' ? '' : ` in ${formatDuration(durationMs)}`;
  return `${SIGNS[status]} ${step.title}: ${status}${time} (${detail})`;
}

function outcome(steps: readonly Step[], attempts: readonly Attempt[]): StepsOutcome {
  const results = steps.map((step, index): StepResult => {
    const { error: _, ...attempt } = attempts[index] ?? skipped;
    return { ...identityOf(step), ...attempt };
  });
  const failed = steps.flatMap((step, index) => {
    const error = attempts[index]?.error;
    return error ? [{ step, error }] : [];
  });
  return { results, failure: firstOf(failed) };
}

/** What a result says of its step. */
export const identityOf = ({ name, title, place }: Step): Pick<StepResult, 'name' | 'title' | 'machine'> => ({
  name,
  title,
  ...(place ? { machine: place.name } : {}),
});

/** The first failure: of several machines it says which, and of the others what failed there. */
function firstOf(failed: readonly { step: Step; error: ActionError }[]): StepsOutcome['failure'] {
  const [first, ...others] = failed;
  if (!first) return undefined;
  const elsewhere = others.flatMap(({ step: { place }, error: { message } }) =>
    place ? [`${place.name}: ${message}`] : [],
  );
  const { step, error } = first;
  const told = elsewhere.length > 0 ? error.with({ details: [...error.details, ...elsewhere] }) : error;
  return failureAt(step, told);
}

/** A failure, which names the machine where it was one of several. */
export function failureAt({ name, place }: Step, error: ActionError): NonNullable<StepsOutcome['failure']> {
  if (!place) return { step: name, error };
  const named = error.message.startsWith(`${place.name}:`);
  return {
    step: name,
    machine: place.name,
    error: named ? error : error.with({ message: `${place.name}: ${error.message}` }),
  };
}
