import type { ErrorCode } from '../../error-codes.ts';
import { ActionError } from '../../errors.ts';
import type { RoundTripResult } from './result.ts';

/** What became of the messages of a round trip, from the runner or on the machine. */
export type Delivery = Pick<
  RoundTripResult,
  'topic' | 'counts' | 'missing' | 'interruption' | 'interruptionCode' | 'stalledMs'
>;

/** Bounds that a round trip must keep. */
export interface Thresholds {
  readonly maxLatencyP95Ms?: number;
  /** Messages a second. */
  readonly minThroughput?: number;
}

/**
 * Judges a round trip, the worst first: messages that are lost, wrong or too many, what the group remembers, what could not
 * be finished, what was too slow. Nothing that was cut off counts as a fault of the messages, only what is proved.
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

/** @returns the error for messages that are proved to be lost, wrong, unread or too many, with the count of each kind */
export function deliveryFault(result: Delivery): ActionError | undefined {
  const { counts, interruption, topic } = result;
  const { acknowledged, lost, corrupted, unread, unknown, duplicated, outOfOrder } = counts;
  const of = `of ${acknowledged} messages that the brokers acknowledged in ${topic}`;
  // A consumer that was cut off may have had no time for them.
  const hadItsTime = interruption === undefined || result.stalledMs !== undefined;
  const faults: [ErrorCode, number, string][] = [
    ['messages-lost', lost, `${lost} ${are(lost)} lost on the broker${causeOfLoss(result)}`],
    ['messages-corrupted', corrupted, `${corrupted} came back changed`],
    [
      'messages-unread',
      hadItsTime ? unread : 0,
      `${unread} ${are(unread)} not received by the consumer, but still on the broker`,
    ],
    ['messages-duplicated', duplicated, `${duplicated} too many ${are(duplicated)} there: copies of them`],
    ['messages-out-of-order', outOfOrder, `${outOfOrder} came after a later one of the same partition`],
  ];
  const found = faults.filter(([, count]) => count > 0);
  const [worst] = found;
  if (!worst) return undefined;
  const rest = unknown > 0 ? [`of ${unknown} it is not known where they are`] : [];
  const sentences = [...found.map(([, , sentence]) => sentence), ...rest];
  return new ActionError(worst[0], `${of}, ${sentences.join('; ')}`, {
    details: [...examplesOf(result), ...(interruption === undefined ? [] : [interruption])],
    ...(worst[0] === 'messages-lost' ? { hint: hintOfLoss(result) } : {}),
  });
}

function examplesOf({ missing }: Delivery): string[] {
  return (missing?.examples ?? []).map(
    ({ sequence, partition, offset, finding }) =>
      `${sequence === undefined ? '' : `message ${sequence}: `}partition ${partition}, offset ${offset}: ${finding}`,
  );
}

function causeOfLoss({ missing }: Delivery): string {
  const { deleted = 0, gone = 0, retention } = missing ?? {};
  if (deleted === 0) return '';
  const who = `deleted there by retention${retention ? ` (${retention})` : ''} or by a deletion of records`;
  return deleted === gone ? `, ${who}` : `, ${deleted} of them ${who}`;
}

/** Records that were deleted are no fault of the brokers. */
function hintOfLoss({ missing, topic }: Delivery): string | undefined {
  if (!missing?.deleted || missing.deleted < missing.gone) return undefined;
  return (
    `Someone deletes records of topic ${topic} while the test runs, or the topic keeps them too shortly. Its settings: ` +
    `kafka-configs --bootstrap-server BROKER --entity-type topics --entity-name ${topic} --describe --all. ` +
    'Or name another topic.'
  );
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

function interruptionOf(result: RoundTripResult, messages?: number): ActionError | undefined {
  const { counts, interruption, interruptionCode, interruptionHint, missing } = result;
  const { acknowledged, consumed, unread, unknown } = counts;
  const isComplete = messages === undefined ? acknowledged > 0 : acknowledged === messages;
  const rest = [
    ...(unread > 0 ? [`${unread} ${are(unread)} on the broker and not received yet`] : []),
    ...(unknown > 0 ? [`of ${unknown} it is not known where they are`] : []),
  ];
  if (interruption === undefined && isComplete && rest.length === 0) return undefined;
  const reason =
    interruption ??
    (isComplete ? undefined : `${acknowledged} of ${messages ?? 'the'} messages were acknowledged`);
  const [example] = missing?.examples.filter(({ whereabouts }) => whereabouts === 'unknown') ?? [];
  const counted =
    rest.length > 0
      ? [`of ${acknowledged} acknowledged messages ${consumed} came back, ${rest.join(', ')}`]
      : [];
  const why = unknown > 0 && example ? [example.finding] : [];
  return new ActionError(
    interruptionCode ?? 'round-trip-failed',
    [...(reason === undefined ? [] : [reason]), ...counted, ...why].join('; '),
    { details: examplesOf(result), hint: interruptionHint },
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
