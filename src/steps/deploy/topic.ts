import type { Admin } from 'kafkajs';
import type { Context } from '../../context.ts';
import { ActionError, actionErrorIn, reasonOf } from '../../errors.ts';
import { withAdmin } from '../../kafka/admin.ts';
import { withLeasedAdmin } from '../../kafka/shared-admins.ts';
import { createTopic, describeTopic, limitationsOf, type TopicState } from '../../kafka/topic.ts';
import { until } from '../../waiting.ts';
import type { SmokeTestOptions } from '../smoke-test/options.ts';
import { notYet, type Step, type StepName, satisfied } from '../step.ts';

/** A busy machine needs a second or two. */
const KNOWN_TIMEOUT_MS = 15_000;

/**
 * The topic of the smoke test, with a partition for every broker. In the guide the first message creates it, with one
 * partition, so that two of the three brokers would stay out of the test. A topic that is there stays as it is.
 */
export function topicStep(
  topic: string,
  bootstrapServers: readonly string[],
  note: SmokeTestOptions['note'],
  needs: readonly StepName[] = ['kafka-ready'],
): Step {
  return {
    name: 'topic',
    title: `Topic ${topic}`,
    needs,
    reads: ['kafka-ready'],
    async check(context) {
      const state = await asAdmin(context, bootstrapServers, admin => describeTopic(admin, topic));
      if (!state) return notYet(`topic ${topic} is not there`);
      refuseCompacted(state);
      const { risks, gaps } = limitationsOf(state);
      note({ topic: { ...state, limitations: [...risks, ...gaps] } });
      for (const risk of risks) context.log.warning(risk);
      for (const gap of gaps) context.log.info(gap);
      return satisfied(
        `partitions: ${state.partitions.length}, replicas of each: ${state.replicationFactor}`,
      );
    },
    async apply(context) {
      context.log.info(`create topic ${topic}`);
      await asAdmin(context, bootstrapServers, admin => createTopic(admin, topic));
      await untilKnown(context, bootstrapServers, [topic]);
    },
  };
}

/** The controller makes a topic, and the brokers hear of it one after the other: whichever is asked next must know it. */
export async function untilKnown(
  context: Context,
  servers: readonly string[],
  topics: readonly string[],
): Promise<void> {
  const { kafka, clock } = context;
  const knows = (server: string) => {
    const admin = kafka.onlyTo(server).admin({ retry: { retries: 0 } });
    const answer = withAdmin(admin, clock, async () => {
      const known = new Set(await admin.listTopics());
      return topics.every(topic => known.has(topic));
    });
    // A broker that does not answer is not waited for here: the smoke test names it.
    return answer.catch(() => true);
  };
  const everyBrokerKnows = async () => {
    const answers = await Promise.all(servers.map(knows));
    return answers.every(Boolean) || undefined;
  };
  // At the deadline the check that follows says what it finds.
  await until(context, everyBrokerKnows, { everyMs: 200, timeoutMs: KNOWN_TIMEOUT_MS, late: () => true });
}

/** @throws ActionError `topic-unusable` for a topic that takes no message without a key, as the guide's are */
function refuseCompacted({ topic, cleanupPolicy = '' }: TopicState): void {
  if (!cleanupPolicy.split(',').includes('compact')) return;
  throw new ActionError(
    'topic-unusable',
    `topic ${topic} is compacted (cleanup.policy=${cleanupPolicy}): it takes only messages with a key, and the guide's have none`,
  );
}

/**
 * Lets `work` ask the cluster for something.
 * @throws ActionError `kafka-not-ready` with what the brokers answered
 */
export async function asAdmin<T>(
  context: Context,
  bootstrapServers: readonly string[],
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  // A cancelled run has seconds left: enough to ask each of three brokers once.
  const retries = context.signal.aborted ? 2 : undefined;
  try {
    return await withLeasedAdmin(context, bootstrapServers, work, retries);
  } catch (cause) {
    const own = actionErrorIn(cause);
    if (own) throw own;
    throw new ActionError('kafka-not-ready', `the brokers did not do what was asked: ${reasonOf(cause)}`, {
      cause,
    });
  }
}
