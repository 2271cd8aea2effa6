import type { Context } from '../context.ts';
import type { Logger } from '../log.ts';
import type { Step } from './step.ts';

/** The same context, which tells another log what it does. */
export const loggingTo = (log: Logger, context: Context): Context => ({
  ...context,
  log,
  kafka: context.kafka.loggingTo(log),
});

/**
 * The context of a step: that of its machine, where it has one of several.
 * @param common what all of them work with
 */
export const contextOf = ({ place }: Step, log: Logger, common: Context): Context =>
  loggingTo(log, place?.context ?? common);
