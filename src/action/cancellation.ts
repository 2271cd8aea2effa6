import { ActionError } from '../errors.ts';

/**
 * A cancelled job gets SIGINT, SIGTERM 7.5 s later, and 2.5 s after that its end (actions/runner, ProcessInvoker): the time
 * is for undoing what must not stay, and for the outputs. On Windows it gets Ctrl+C, and Ctrl+Break for SIGTERM.
 */
export function cancellation(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const)
    process.on(signal, () =>
      controller.abort(new ActionError('cancelled', `the run was cancelled (${signal})`)),
    );
  return controller.signal;
}
