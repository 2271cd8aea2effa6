import type { Step } from '../step.ts';

/**
 * The steps of several machines in one list: a step on all of them before the next one, as the log shows them. Lists may differ; each
 * keeps its order.
 * @param lists the steps of each machine
 */
export function sideBySide(lists: readonly (readonly Step[])[]): Step[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap(list => list[index] ?? [])).flat();
}
