import { formatDuration } from '../clock.ts';
import type { Context, GroupedContext } from '../context.ts';
import { ActionError, toActionError } from '../errors.ts';
import { onceMore } from '../host/once-more.ts';
import { logFailure, OrderedGroups, warningOnce } from '../log.ts';
import { unlessAborted, within } from '../waiting.ts';
import { explain } from './explain.ts';
import { FirstLooks } from './first-looks.ts';
import { withHeartbeat } from './heartbeat.ts';
import { loggingTo } from './logging-to.ts';
import type { CheckResult, Step, StepName, StepResult, StepStatus, Versions } from './step.ts';

export interface StepsOutcome {
  readonly results: readonly StepResult[];
  /** The first failure in the order of the steps. */
  readonly failure?: { readonly step: StepName; readonly error: ActionError };
}

/**
 * Checks, applies and checks again, each step as soon as the steps it needs have succeeded. When one fails, those that
 * run may finish (a half-done installation is worse than a late error), and those that wait are skipped.
 * @param ahead those of the steps whose checks are asked at once: they count where nothing has been changed that the step needs
 */
export async function runSteps(
  steps: readonly Step[],
  options: GroupedContext,
  ahead: readonly Step[] = [],
): Promise<StepsOutcome> {
  await using looks = new FirstLooks(ahead, options);
  const groups = new OrderedGroups(
    options.log,
    steps.map(step => step.title),
  );
  const running = new Map<StepName, Promise<Attempt>>();
  /** What was changed, and what needs it. */
  const touched = new Set<StepName>();
  let failed = false;
  for (const [index, step] of steps.entries()) {
    const ended = (name: StepName) => running.get(name) ?? unknownNeed(step, name);
    const { needs, needsToApply = [] } = step;
    for (const name of [...needs, ...needsToApply]) ended(name);
    const attempt = async (): Promise<Attempt> => {
      const isThere = needsToApply.length > 0 && (await looks.isSatisfied(step));
      const names = isThere ? needs : [...needs, ...needsToApply];
      const before = await Promise.all(names.map(ended));
      const log = warningOnce(groups.logger(index));
      const blocked = failed || before.some(need => need.status === 'failed' || need.status === 'skipped');
      const isFresh = !names.some(name => touched.has(name));
      const first = () => looks.take(step, isFresh, log);
      const result = blocked ? skipped : await runStep(step, first, loggingTo(log, options));
      failed ||= result.status === 'failed';
      if (!isFresh || result.changed) touched.add(step.name);
      groups.close(index, closingLine(step, result));
      return result;
    };
    running.set(step.name, attempt());
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

function unknownNeed(step: Step, name: StepName): never {
  throw new RangeError(`step ${step.name} needs ${name}, which does not come before it`);
}

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
    return { name: step.name, title: step.title, ...attempt };
  });
  const index = attempts.findIndex(attempt => attempt.error);
  const error = attempts[index]?.error;
  const step = steps[index];
  return { results, failure: error && step && { step: step.name, error } };
}
