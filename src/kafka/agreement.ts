import { formatDuration } from '../clock.ts';
import type { Context } from '../context.ts';
import { ActionError, actionErrorIn, reasonOf } from '../errors.ts';
import { withAdmin } from './admin.ts';
import { poll } from './poll.ts';
import { refusalOf } from './refusals.ts';
import { usualReplicationFactor } from './topic.ts';

interface AgreementOptions {
  /** One address for each broker. */
  readonly bootstrapServers: readonly string[];
  readonly timeoutMs: number;
}

/** The caller polls; the client does not retry. */
const ONCE = { retry: { retries: 0 } };
/** The name of a topic that is asked about and never made. */
const TOPIC = 'kafka-al2023-action-question';

/**
 * Waits until every broker by itself knows all the others, and the controller answers. Neither follows from what a client
 * of the cluster is told: kafkajs asks any broker it knows of, whichever it was given, and in KRaft mode a broker that has
 * lost the controllers goes on answering from memory and names any broker as the controller. In such a cluster an idempotent
 * producer waits without an end.
 *
 * @throws ActionError `kafka-not-ready` at the deadline, or what keeps us from asking
 */
export async function waitForAgreement(context: Context, options: AgreementOptions): Promise<void> {
  const { bootstrapServers, timeoutMs } = options;
  await poll(context, {
    what: 'each broker knows the others, the controller answers',
    endsAtMs: context.clock.now() + timeoutMs,
    ask: async () => {
      const brokers = bootstrapServers.map(address => askBroker(context, address, bootstrapServers.length));
      // Side by side, for each takes several round trips. What a broker says comes first: it may explain what the controller does.
      const answers = await Promise.allSettled([...brokers, askController(context, bootstrapServers)]);
      for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
    },
    notYet: reason => reason,
    late: (reason, cause) =>
      new ActionError(
        'kafka-not-ready',
        `the brokers did not agree within ${formatDuration(timeoutMs)}: ${reason}`,
        { cause },
      ),
  });
}

async function askBroker({ kafka, clock }: Context, address: string, count: number): Promise<void> {
  const admin = kafka.onlyTo(address).admin(ONCE);
  const { brokers } = await withAdmin(admin, clock, connected => connected.describeCluster());
  const missing = count - brokers.length;
  if (missing > 0) throw new Error(`the broker at ${address} does not know ${missing} of the others`);
}

/** Asks whether a topic could be made, which only the controller can tell. */
async function askController({ kafka, clock }: Context, bootstrapServers: readonly string[]): Promise<void> {
  const replicationFactor = usualReplicationFactor(bootstrapServers.length);
  const question = {
    validateOnly: true,
    waitForLeaders: false,
    topics: [{ topic: TOPIC, numPartitions: 1, replicationFactor }],
  };
  try {
    await withAdmin(kafka.of(bootstrapServers).admin(ONCE), clock, admin => admin.createTopics(question));
  } catch (cause) {
    const own = actionErrorIn(cause);
    if (own) throw own;
    // A controller that refuses this topic, by a rule or a right, has answered.
    if (refusalOf(TOPIC, cause)) return;
    throw new Error(`the controller takes no topic of ${replicationFactor} replicas (${wordsOf(cause)})`, {
      cause,
    });
  }
}

/** kafkajs wraps the refusal of a topic in an error that does not name it. */
function wordsOf(thrown: unknown): string {
  const { errors } = thrown as { errors?: readonly Error[] };
  return errors?.map(reasonOf).join('; ') ?? reasonOf(thrown);
}
