import type { Admin } from 'kafkajs';
import { formatDuration } from '../clock.ts';
import type { Context } from '../context.ts';
import { ActionError } from '../errors.ts';
import { withAdmin } from './admin.ts';
import { poll } from './poll.ts';

interface InSyncOptions {
  readonly bootstrapServers: readonly string[];
  readonly timeoutMs: number;
  /** Ids of brokers whose replicas need not be. */
  readonly except?: readonly number[];
}

/** The caller polls; the client does not retry. */
const ONCE = { retry: { retries: 0 } };

/**
 * Waits until every partition of every topic has a leader and all its replicas in sync: one broker may go then, and nothing
 * stops.
 * @throws ActionError `replicas-out-of-sync` at the deadline, or what keeps us from asking
 */
export async function waitUntilInSync(
  context: Context,
  { bootstrapServers, timeoutMs, except = [] }: InSyncOptions,
): Promise<void> {
  const { kafka, clock } = context;
  await poll(context, {
    what: 'every replica is in sync',
    endsAtMs: clock.now() + timeoutMs,
    ask: () =>
      withAdmin(kafka.of(bootstrapServers).admin(ONCE), clock, admin => refuseOutOfSync(admin, except)),
    notYet: reason => reason,
    late: (reason, cause) =>
      new ActionError('replicas-out-of-sync', `not so within ${formatDuration(timeoutMs)}: ${reason}`, {
        cause,
      }),
  });
}

async function refuseOutOfSync(admin: Admin, except: readonly number[]): Promise<void> {
  const names = await admin.listTopics();
  if (names.length === 0) return;
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const behind = topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(
        ({ leader, isr, replicas }) =>
          leader < 0 || replicas.some(id => !isr.includes(id) && !except.includes(id)),
      )
      .map(({ partitionId }) => `partition ${partitionId} of ${name}`),
  );
  if (behind.length > 0)
    throw new Error(`replicas are missing or behind at ${behind.length} partitions, such as ${behind[0]}`);
}
