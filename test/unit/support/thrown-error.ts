import { expect } from 'vitest';
import { ActionError } from '../../../src/errors.ts';

/** The ActionError that `work` ends with; a failed test when it ends otherwise. */
export async function actionErrorOf(work: () => unknown): Promise<ActionError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
  return expect.unreachable('it did not throw');
}

/** The same for `work` that throws at once. */
export function thrownBy(work: () => unknown): ActionError {
  try {
    work();
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
  return expect.unreachable('it did not throw');
}
