import type { Context } from '../context.ts';
import type { Logger } from '../log.ts';

/** The context of a step, which tells its log what it does. */
export const loggingTo = (log: Logger, context: Context): Context => ({
  ...context,
  log,
  kafka: context.kafka.loggingTo(log),
});
