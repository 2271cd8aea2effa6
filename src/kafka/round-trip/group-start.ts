import type { Kafka } from 'kafkajs';
import type { Context } from '../../context.ts';
import { retry } from '../../waiting.ts';
import type { Deadline } from '../deadline.ts';
import { clusterOf } from '../kafkajs-cluster.ts';
import { hasMoved } from './moved-coordinator.ts';

const PAUSE_MS = 100;
/** A coordinator that has just been elected loads its groups first. */
const PATIENCE_MS = 30_000;
/** What commits without being a member says of itself (OffsetCommit of Kafka's protocol): the group must be empty. */
const NO_MEMBER = { groupGenerationId: -1, memberId: '' };

interface NewGroup {
  readonly kafka: Kafka;
  readonly group: string;
  readonly topic: string;
}

/**
 * Sets where a group stands before its first member joins. Without it a consumer would look for the end of each partition while
 * it already fetches, and could miss a message.
 *
 * @param offsets by partition; the coordinator is looked for while they are still asked for
 * @throws what the coordinator says, what asking for the offsets threw, or Error at the deadline
 */
export async function placeGroup(
  context: Context,
  { kafka, group, topic }: NewGroup,
  offsets: ReadonlyMap<number, number> | Promise<ReadonlyMap<number, number>>,
  deadline: Deadline,
): Promise<void> {
  const cluster = clusterOf(kafka);
  const commit = async () => {
    const coordinator = await cluster.findGroupCoordinator({ groupId: group });
    const partitions = [...(await offsets)].map(([partition, offset]) => ({
      partition,
      offset: `${offset}`,
    }));
    await coordinator.offsetCommit({ groupId: group, ...NO_MEMBER, topics: [{ topic, partitions }] });
  };
  const place = async () => {
    await cluster.connect();
    await retry(context, commit, {
      pauseMs: PAUSE_MS,
      giveUp: ({ error, waitedMs }) => (hasMoved(error) && waitedMs < PATIENCE_MS ? undefined : error),
    });
  };
  try {
    await deadline.race('placing the group', place());
  } finally {
    cluster.disconnect().catch(() => {});
  }
}
