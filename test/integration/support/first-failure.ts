import { beforeEach } from 'vitest';

/** The first test of this file that failed. Every file has a module of its own. */
let failed: string | undefined;
let isIndependent = false;

/**
 * Most tests of a file go on from the state in which the one before left the machine. After the first failure the others
 * would fail for no reason of their own, and slowly: they are skipped, and say so.
 */
beforeEach(context => {
  const { task, skip, onTestFailed } = context;
  if (failed !== undefined && !isIndependent) skip(`not run: "${failed}" failed before`);
  onTestFailed(() => {
    if (failed !== undefined) return;
    failed = task.name;
    if (!isIndependent) console.error(`"${failed}" failed: the later tests of ${task.file.name} are not run`);
  });
});

/** For a file whose tests do not need each other: they all run, whatever fails. */
export function runAfterFailures(): void {
  isIndependent = true;
}
