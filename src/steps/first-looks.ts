import type { Context } from '../context.ts';
import { HeldLog } from '../log.ts';
import { within } from '../waiting.ts';
import { askIfDone, readFirst } from './ask.ts';
import { contextOf } from './logging-to.ts';
import { stepsCalled } from './needs.ts';
import type { CheckResult, Step } from './step.ts';

const GOODBYE_MS = 2_000;

interface Look {
  readonly log: HeldLog;
  /** Undefined when a step whose work the check looks at is still to be done. */
  readonly answer: Promise<CheckResult | undefined>;
  readonly isSatisfied: Promise<boolean>;
  readonly end: () => void;
}

/**
 * Checks that are asked all at once at the start of a run, before a step has changed anything: where nothing is to be done, a run
 * takes as long as the slowest of them, not as long as all together. Checks only read.
 */
export class FirstLooks implements AsyncDisposable {
  private readonly looks = new Map<Step, Look>();
  private readonly context: Context;

  /** @param steps in their order */
  constructor(steps: readonly Step[], context: Context) {
    this.context = context;
    for (const step of readFirst(steps))
      this.looks.set(step, this.begin(step, steps.slice(0, steps.indexOf(step)), context));
  }

  /** Whether the check of a step has found nothing to do; false where it was not asked. */
  async isSatisfied(step: Step): Promise<boolean> {
    return (await this.looks.get(step)?.isSatisfied) ?? false;
  }

  /**
   * What the check of a step has said; its lines go into the step's own log. Once: what is asked again is asked of the machine.
   * @param isFresh whether no step that this one needs has changed anything since; otherwise the look is ended
   * @returns undefined when there is none, or none that counts
   * @throws what the check threw
   */
  async take(step: Step, isFresh: boolean, log: Context['log']): Promise<CheckResult | undefined> {
    const look = this.looks.get(step);
    if (!look) return undefined;
    this.looks.delete(step);
    if (isFresh) {
      look.log.passTo(log);
      return look.answer;
    }
    // It is waited for: yum, for example, does not answer two at once.
    await ended(look);
    return undefined;
  }

  /** Ends what no step has taken. A client of Kafka may not be over by then: it must not keep a failed or cancelled run from ending. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { clock, signal } = this.context;
    const all = Promise.all([...this.looks.values()].map(ended)).then(() => {});
    if (!signal.aborted && this.looks.size > 0) await within(clock, GOODBYE_MS, all, () => {});
  }

  private begin(step: Step, before: readonly Step[], common: Context): Look {
    const log = new HeldLog();
    const over = new AbortController();
    const context = contextOf(step, log, common);
    const signal = AbortSignal.any([context.signal, over.signal]);
    const areDone = this.areDone(step, before);
    const answer = askIfDone(step, areDone, { ...context, signal }, inner => step.check(inner));
    const isSatisfied = answer.then(
      result => result?.satisfied === true,
      () => false,
    );
    return { log, answer, isSatisfied, end: () => over.abort(new Error('it is not asked any more')) };
  }

  /** Whether the steps whose work a check looks at have nothing left to do; of those that were not asked it is not known. */
  private async areDone(step: Step, before: readonly Step[]): Promise<boolean> {
    const read = (step.reads ?? []).map(name => stepsCalled(name, step, before));
    const answers = await Promise.all(read.flat().map(other => this.isSatisfied(other)));
    return read.every(found => found.length > 0) && answers.every(Boolean);
  }
}

async function ended({ answer, end }: Look): Promise<void> {
  end();
  await answer.catch(() => {});
}
