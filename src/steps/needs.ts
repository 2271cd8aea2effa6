import type { Step, StepName } from './step.ts';

/**
 * The steps of a name that count for a step. Of several machines it is the one on its own machine, where that has a step of the name;
 * otherwise those on all of them, which is how machines wait for each other.
 * @param before the steps that come before it in the list
 */
export function stepsCalled(name: StepName, step: Step, before: readonly Step[]): readonly Step[] {
  const found = before.filter(other => other.name === name);
  const near = found.filter(({ place }) => place?.name === step.place?.name);
  return near.length > 0 ? near : found;
}

/** The steps that a step waits for. @throws RangeError for a name that none before it has */
export function stepsNamed(names: readonly StepName[], step: Step, before: readonly Step[]): readonly Step[] {
  return names.flatMap(name => {
    const found = stepsCalled(name, step, before);
    if (found.length === 0)
      throw new RangeError(`step ${step.name} needs ${name}, which does not come before it`);
    return found;
  });
}

/** All that a step waits for before it runs. @throws RangeError as `stepsNamed` does */
export function stepsBefore(step: Step, before: readonly Step[]): readonly Step[] {
  const { needs, needsOnAll = [] } = step;
  return [...stepsNamed(needs, step, before), ...before.filter(({ name }) => needsOnAll.includes(name))];
}
