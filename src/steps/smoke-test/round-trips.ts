import type { Context } from '../../context.ts';
import type { ErrorCode } from '../../error-codes.ts';
import { ActionError } from '../../errors.ts';
import { checkCluster } from '../../kafka/cluster-check.ts';
import type { RoundTripResult } from '../../kafka/round-trip/result.ts';
import { type RoundTripOptions, roundTrip } from '../../kafka/round-trip/round-trip.ts';
import type { TopicState } from '../../kafka/topic.ts';

/** The topic that a round trip uses, and where its cluster is reached. */
export interface TestTopic {
  readonly servers: readonly string[];
  readonly topic: string;
}

/** How long replicas may take to be in sync before a test, and after it. */
const PATIENCE_MS = { before: 30_000, after: 5_000 };

/** Faults of the messages themselves, which no other fault explains away. */
const MESSAGE_FAULTS: ReadonlySet<ErrorCode> = new Set([
  'messages-lost',
  'messages-corrupted',
  'messages-unread',
  'messages-duplicated',
  'messages-out-of-order',
]);

/** Whether an error says something of the messages that no other fault explains away. */
export const isAboutMessages = ({ code }: ActionError) => MESSAGE_FAULTS.has(code);

/** The topic, once every broker serves and every replica is in sync. */
export function topicInSync(context: Context, target: TestTopic): Promise<TopicState> {
  return checkOn(context, target, PATIENCE_MS.before);
}

/** The topic, once all is well with it and with every broker. @throws ActionError as `checkCluster` does */
export function checkOn(
  context: Context,
  { servers, topic }: TestTopic,
  patienceMs: number,
): Promise<TopicState> {
  return checkCluster(context, { bootstrapServers: servers, topic, patienceMs });
}

/** A round trip with two clients of its own. */
export function roundTripOn(
  context: Context,
  topic: TopicState,
  { servers, ...options }: TestTopic & Omit<RoundTripOptions, 'bootstrapServers' | 'topic'>,
): Promise<RoundTripResult> {
  return roundTrip(context, { ...options, bootstrapServers: servers, topic });
}

/**
 * Looks at the brokers once more, then throws the worst fault. A fault of the messages comes first;
 * anything else that went wrong is most likely the brokers' doing.
 */
export async function refuseFaults(
  context: Context,
  target: TestTopic,
  fault: ActionError | undefined,
): Promise<void> {
  // Brokers that cannot be reached are not down.
  if (fault?.code === 'ssh-connection-lost') throw fault;
  const clusterFault = await checkOn(context, target, PATIENCE_MS.after).then(
    () => undefined,
    (error: unknown) => error,
  );
  context.signal.throwIfAborted();
  const [first, second] = fault && isAboutMessages(fault) ? [fault, clusterFault] : [clusterFault, fault];
  if (first instanceof ActionError && second instanceof Error) {
    const facts = second instanceof ActionError ? { ...second.facts, ...first.facts } : first.facts;
    throw first.with({ details: [...first.details, second.message], facts });
  }
  if (first ?? second) throw first ?? second;
}

/** A round trip that went well, in a line. */
export function describeTrip({ counts, latencyMs, throughput }: RoundTripResult): string {
  const latency = latencyMs ? `, p95 ${latencyMs.p95.toFixed(1)} ms` : '';
  const rate = throughput ? `, ${throughput.toFixed(0)} messages/s` : '';
  return `${counts.consumed} of ${counts.acknowledged} messages came back${latency}${rate}`;
}
