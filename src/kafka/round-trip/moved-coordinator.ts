/**
 * Errors of Kafka's protocol that say: this consumer belongs to the group no more, or not at this broker. A coordinator moves when
 * a leader changes, for example some seconds after all brokers were started.
 */
const MOVED = new Set([
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'REBALANCE_IN_PROGRESS',
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
]);

/** Whether a group's coordinator said that it is, or has just become, another one: asking once more may help. */
export const hasMoved = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && MOVED.has(`${error.type}`);
