import type { ErrorCode } from '../../error-codes.ts';
import { ActionError } from '../../errors.ts';
import type { RoundTripResult } from './result.ts';

/** What became of the messages of a round trip, from the runner or on the machine. */
export type Delivery = Pick<RoundTripResult, 'topic' | 'counts' | 'missing' | 'interruption'>;

/** Bounds that a round trip must keep. */
export interface Thresholds {
  readonly maxLatencyP95Ms?: number;
  /** Messages a second. */
  readonly minThroughput?: number;
}

/**
 * Judges a round trip, the worst first: messages that are lost, wrong or too many, what the group remembers, what could not
 * be finished, what was too slow.
 *
 * @param messages how many messages had to be acknowledged; undefined when that was not fixed
 * @returns an error with a code for each kind of fault; undefined when all is as it must be
 */
export function faultOf(
  result: RoundTripResult,
  { messages, thresholds = {} }: { messages?: number; thresholds?: Thresholds } = {},
): ActionError | undefined {
  return (
    deliveryFault(result) ??
    groupFault(result) ??
    interruptionOf(result, messages) ??
    slowness(result, thresholds)
  );
}

/** @returns the error for messages that are lost, wrong or too many, with the count of each kind */
export function deliveryFault(result: Delivery): ActionError | undefined {
  const { counts, missing, interruption, topic } = result;
  const { acknowledged, lost, corrupted, duplicated, outOfOrder } = counts;
  const of = `of ${acknowledged} messages that the brokers acknowledged in ${topic}`;
  const gone = missing?.gone ?? 0;
  const unread = lost - gone;
  const faults: [ErrorCode, number, string][] = [
    ['messages-lost', gone, `${gone} ${are(gone)} lost on the broker`],
    ['messages-corrupted', corrupted, `${corrupted} came back changed`],
    ['messages-unread', unread, `${unread} ${are(unread)} not received by the consumer${inspected(result)}`],
    ['messages-duplicated', duplicated, `${duplicated} too many ${are(duplicated)} there: copies of them`],
    ['messages-out-of-order', outOfOrder, `${outOfOrder} came after a later one of the same partition`],
  ];
  const found = faults.filter(([, count]) => count > 0);
  const [worst] = found;
  if (!worst) return undefined;
  const details = [
    ...(missing?.examples ?? []).map(
      ({ sequence, partition, offset, finding }) =>
        `${sequence === undefined ? '' : `message ${sequence}: `}partition ${partition}, offset ${offset}: ${finding}`,
    ),
    ...(interruption === undefined ? [] : [interruption]),
  ];
  return new ActionError(worst[0], `${of}, ${found.map(([, , sentence]) => sentence).join('; ')}`, {
    details,
  });
}

function inspected({ missing }: Delivery): string {
  if (!missing || missing.unread + missing.unknown === 0) return '';
  return missing.unknown === 0
    ? ', but still on the broker'
    : `, ${missing.unread} of them still on the broker, ${missing.unknown} unknown: the broker could not be read`;
}

const are = (count: number) => (count === 1 ? 'is' : 'are');

function groupFault({ wrongCommits, handover }: RoundTripResult): ActionError | undefined {
  if (wrongCommits.length > 0)
    return new ActionError(
      'offsets-wrong',
      `the group's committed offsets are wrong: ${wrongCommits.join('; ')}`,
    );
  if (!handover) return undefined;
  const { sent, received, problems } = handover;
  if (problems.length > 0) return new ActionError('offsets-wrong', problems.join('; '));
  if (received === sent) return undefined;
  return new ActionError(
    'offsets-wrong',
    `the second consumer of the group received ${received} of the ${sent} messages sent after the first had left`,
  );
}

function interruptionOf(
  { counts, interruption }: RoundTripResult,
  messages?: number,
): ActionError | undefined {
  const { acknowledged } = counts;
  const isComplete = messages === undefined ? acknowledged > 0 : acknowledged === messages;
  if (interruption === undefined && isComplete) return undefined;
  return new ActionError(
    'round-trip-failed',
    interruption ?? `${acknowledged} of ${messages ?? 'the'} messages were acknowledged`,
  );
}

function slowness(
  { latencyMs, throughput }: RoundTripResult,
  { maxLatencyP95Ms, minThroughput }: Thresholds,
): ActionError | undefined {
  if (maxLatencyP95Ms !== undefined && latencyMs && latencyMs.p95 > maxLatencyP95Ms) {
    return new ActionError(
      'latency-too-high',
      `p95 of the latency is ${latencyMs.p95.toFixed(1)} ms, max-latency-p95-ms is ${maxLatencyP95Ms}`,
    );
  }
  if (minThroughput !== undefined && (throughput ?? 0) < minThroughput) {
    return new ActionError(
      'throughput-too-low',
      `${(throughput ?? 0).toFixed(1)} messages a second came back, min-throughput is ${minThroughput}`,
    );
  }
  return undefined;
}
