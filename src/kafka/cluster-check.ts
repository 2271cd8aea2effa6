import type { Kafka } from 'kafkajs';
import type { Clock } from '../clock.ts';
import { ActionError, reasonOf } from '../errors.ts';
import { within } from '../waiting.ts';
import { withAdmin } from './admin.ts';
import { describeTopic, problemsOf, type TopicState } from './topic.ts';

export interface ClusterCheckOptions {
  /** A client of the cluster that asks these servers first. */
  readonly kafkaAt: (bootstrapServers: readonly string[]) => Kafka;
  /** One address for each broker. */
  readonly bootstrapServers: readonly string[];
  readonly topic: string;
  /** How long replicas may take to catch up, after a restart for example. */
  readonly patienceMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const ANSWER_TIMEOUT_MS = 5_000;
const PAUSE_MS = 500;

/**
 * Asks every broker, each on its own, whether it still serves, and the cluster whether every replica of the topic is in
 * sync.
 *
 * @returns the topic as it stands then
 * @throws ActionError `broker-down`, `topic-not-found`, `not-enough-replicas` or `replicas-out-of-sync`
 */
export async function checkCluster(options: ClusterCheckOptions): Promise<TopicState> {
  const { clock, signal, patienceMs } = options;
  const silence = await silentBrokers(options);
  const endsAtMs = clock.now() + patienceMs;
  for (;;) {
    const topic = await topicState(options).catch((error: unknown) => {
      throw silence ?? error;
    });
    // A topic that was made a moment ago is not yet known to every broker.
    const fault = topic
      ? replicaFault(topic)
      : new ActionError('topic-not-found', `topic ${options.topic} is not there`);
    if (silence) throw fault?.code === 'not-enough-replicas' ? together(fault, silence) : silence;
    if (topic && !fault) return topic;
    if (clock.now() >= endsAtMs) throw fault;
    await clock.sleep(PAUSE_MS, signal);
  }
}

async function silentBrokers(options: ClusterCheckOptions): Promise<ActionError | undefined> {
  const { bootstrapServers } = options;
  const answers = await Promise.all(bootstrapServers.map(server => askBroker(server, options)));
  options.signal.throwIfAborted();
  const silent = answers.filter(answer => answer !== undefined);
  if (silent.length === 0) return undefined;
  const count = `${silent.length} of ${bootstrapServers.length} brokers`;
  return new ActionError(
    'broker-down',
    `${count} ${silent.length === 1 ? 'does' : 'do'} not serve: ${silent.map(inWords).join('; ')}`,
    { facts: { silentBrokers: silent.map(({ server }) => server) } },
  );
}

/** That too few replicas are left is the worse news; which broker is gone belongs to it. */
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
  server: string,
  { kafkaAt, clock, signal }: ClusterCheckOptions,
): Promise<SilentBroker | undefined> {
  const admin = kafkaAt([server]).admin({ retry: { retries: 0 } });
  const late = () => {
    throw new Error(`no answer in ${ANSWER_TIMEOUT_MS / 1000} s`);
  };
  try {
    // What kafkajs asks afterwards may be answered by any broker; the first connection is this one's.
    await within(clock, ANSWER_TIMEOUT_MS, admin.connect(), late, signal);
    return undefined;
  } catch (error) {
    return { server, reason: reasonOf(error) };
  } finally {
    admin.disconnect().catch(() => {}); // It may hang as the broker does.
  }
}

/** @throws ActionError `kafka-not-ready` with what the brokers answered */
async function topicState({
  kafkaAt,
  bootstrapServers,
  topic,
  clock,
}: ClusterCheckOptions): Promise<TopicState | undefined> {
  try {
    return await withAdmin(kafkaAt(bootstrapServers).admin(), clock, admin => describeTopic(admin, topic));
  } catch (cause) {
    throw new ActionError(
      'kafka-not-ready',
      `the brokers do not describe topic ${topic}: ${reasonOf(cause)}`,
      {
        cause,
      },
    );
  }
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
