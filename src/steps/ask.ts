import type { Context } from '../context.ts';
import { HeldLog } from '../log.ts';
import { loggingTo } from './logging-to.ts';
import type { Step } from './step.ts';

/**
 * Asks something of a step that looks at the work of others (`reads`).
 * @param areDone whether those others have nothing left to do
 * @returns undefined when they have: the answer would not be believed, is not shown, and nothing that was asked goes on
 * @throws what `ask` throws
 */
export async function askIfDone<T>(
  { isAskedMeanwhile }: Pick<Step, 'isAskedMeanwhile'>,
  areDone: Promise<boolean>,
  context: Context,
  ask: (context: Context) => Promise<T>,
): Promise<T | undefined> {
  if (!isAskedMeanwhile) return (await areDone) ? ask(context) : undefined;
  const log = new HeldLog();
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const answer = ask(loggingTo(log, { ...context, signal }));
  answer.catch(() => {});
  if (await areDone) {
    log.passTo(context.log);
    return answer;
  }
  over.abort(new Error('it is not asked any more'));
  await answer.catch(() => {});
  return undefined;
}

/** The steps in the order in which their checks are begun: sshd takes ten commands at once, and what others wait for goes first. */
export function readFirst(steps: readonly Step[]): Step[] {
  const read = new Set(steps.flatMap(({ reads = [] }) => reads));
  return [...steps.filter(({ name }) => read.has(name)), ...steps.filter(({ name }) => !read.has(name))];
}
