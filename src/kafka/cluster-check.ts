import type { Admin } from 'kafkajs';
import type { Context } from '../context.ts';
import type { ErrorCode } from '../error-codes.ts';
import { ActionError, actionErrorIn, finalErrorIn, reasonOf } from '../errors.ts';
import { lostConnection } from '../host/reachable.ts';
import { retry, within } from '../waiting.ts';
import { withLeasedAdmin } from './shared-admins.ts';
import { describeTopic, isOfMissingTopic, problemsOf, type TopicState } from './topic.ts';

interface ClusterCheckOptions {
  /** One address for each broker. */
  readonly bootstrapServers: readonly string[];
  readonly topic: string;
  /** How long replicas may take to catch up, after a restart for example. */
  readonly patienceMs: number;
}

const ANSWER_TIMEOUT_MS = 5_000;
const PAUSE_MS = 500;

/** What this check itself finds wrong. Anything else, a lost connection for example, kept it from looking. */
const FINDINGS: ReadonlySet<ErrorCode> = new Set([
  'kafka-not-ready',
  'topic-not-found',
  'not-enough-replicas',
  'replicas-out-of-sync',
]);
/** Faults that may be gone a moment later. A topic that was made just before is not yet known to every broker. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'topic-not-found',
  'not-enough-replicas',
  'replicas-out-of-sync',
]);

/**
 * Asks every broker, each on its own, whether it still serves, and the cluster whether every replica of the topic is in
 * sync.
 *
 * @returns the topic as it stands then
 * @throws ActionError `broker-down`, `topic-not-found`, `not-enough-replicas` or `replicas-out-of-sync`, or what keeps us
 *   from asking at all
 */
export async function checkCluster(context: Context, options: ClusterCheckOptions): Promise<TopicState> {
  const { bootstrapServers, patienceMs } = options;
  // Neither waits for the other: far from the machine each of them takes half a second.
  const asking = silentBrokers(context, bootstrapServers);
  asking.catch(() => {}); // Told below, unless the run has ended.
  let silence: ActionError | undefined;
  const askForTopic = async () => {
    const describing = healthyTopic(context, options);
    describing.catch(() => {}); // It is told below, unless there is no way to the brokers at all.
    silence = await asking;
    const topic = await describing;
    if (silence) throw silence;
    return topic;
  };
  return await retry(context, askForTopic, {
    pauseMs: PAUSE_MS,
    giveUp: ({ error, waitedMs }) => {
      if (!(error instanceof ActionError && FINDINGS.has(error.code))) return error;
      if (silence) return error.code === 'not-enough-replicas' ? together(error, silence) : silence;
      return PASSING.has(error.code) && waitedMs < patienceMs ? undefined : error;
    },
  });
}

/**
 * @returns the error that names the brokers that do not serve, or undefined when all of them do
 * @throws what keeps us from asking at all
 */
export async function silentBrokers(
  context: Context,
  bootstrapServers: readonly string[],
): Promise<ActionError | undefined> {
  const answers = await Promise.all(bootstrapServers.map(server => askBroker(context, server)));
  context.signal.throwIfAborted();
  const silent = answers.filter(answer => answer !== undefined);
  if (silent.length === 0) return undefined;
  // When none of them answers, the way to them may be to blame.
  const lost = silent.length === bootstrapServers.length && (await lostConnection(context.host, context));
  if (lost) throw lost;
  const count = `${silent.length} of ${bootstrapServers.length} brokers`;
  return new ActionError(
    'broker-down',
    `${count} ${silent.length === 1 ? 'does' : 'do'} not serve: ${silent.map(inWords).join('; ')}`,
    { facts: { silentBrokers: silent.map(({ server }) => server) } },
  );
}

/** Too few replicas are the worse news; it says which brokers are gone as well. */
function together(fault: ActionError, silence: ActionError): ActionError {
  return fault.with({ message: `${fault.message}; ${silence.message}`, facts: silence.facts });
}

interface SilentBroker {
  readonly server: string;
  readonly reason: string;
}

const inWords = ({ server, reason }: SilentBroker) => `${server} (${reason})`;

/** @returns the broker and why it does not serve, or undefined when it does */
async function askBroker(
  { kafka, clock, signal }: Context,
  server: string,
): Promise<SilentBroker | undefined> {
  const admin = kafka.of([server]).admin({ retry: { retries: 0 } });
  const late = () => {
    throw new Error(`no answer in ${ANSWER_TIMEOUT_MS / 1000} s`);
  };
  try {
    // Any broker may answer what kafkajs asks afterwards; only the first connection is certain to be this broker's.
    await within(clock, ANSWER_TIMEOUT_MS, admin.connect(), late, signal);
    return undefined;
  } catch (error) {
    const final = finalErrorIn(error);
    if (final) throw final;
    return { server, reason: reasonOf(error) };
  } finally {
    admin.disconnect().catch(() => {}); // It may hang as the broker does.
  }
}

/** @throws ActionError that says what is wrong with the topic, or `kafka-not-ready` with what the brokers answered */
async function healthyTopic(
  context: Context,
  { bootstrapServers, topic }: ClusterCheckOptions,
): Promise<TopicState> {
  const describe = (admin: Admin) => describeTopic(admin, topic);
  const state = await withLeasedAdmin(context, bootstrapServers, describe).catch(cause => {
    const own = actionErrorIn(cause);
    if (own) throw own;
    // The broker that was asked may not have heard of it yet.
    if (isOfMissingTopic(cause)) return undefined;
    const message = `the brokers do not describe topic ${topic}: ${reasonOf(cause)}`;
    throw new ActionError('kafka-not-ready', message, { cause });
  });
  if (!state) throw new ActionError('topic-not-found', `topic ${topic} is not there`);
  const fault = replicaFault(state);
  if (fault) throw fault;
  return state;
}

function replicaFault(topic: TopicState): ActionError | undefined {
  const problems = problemsOf(topic);
  // A topic with fewer replicas than that needs all of them (kafka.cluster.Partition, effectiveMinIsr).
  const needed = Math.min(topic.minInSyncReplicas ?? 1, topic.replicationFactor);
  const fewest = Math.min(...topic.partitions.map(({ inSyncReplicas }) => inSyncReplicas.length));
  if (fewest < needed) {
    const message =
      `topic ${topic.topic} takes messages only with ${needed} in-sync replicas ` +
      `(min.insync.replicas), and has ${fewest}`;
    return new ActionError('not-enough-replicas', [message, ...problems].join('; '));
  }
  return problems.length === 0 ? undefined : new ActionError('replicas-out-of-sync', problems.join('; '));
}
