import type { Admin, KafkaJSDeleteGroupsError } from 'kafkajs';
import type { Context } from '../context.ts';
import { retry } from '../waiting.ts';
import { goodbye } from './goodbye.ts';

/** How long a group is asked to go. */
const DELETION = { pauseMs: 250, patienceMs: 5_000 };
/** `GROUP_ID_NOT_FOUND` of Kafka's protocol. */
const NOT_FOUND = 69;

/**
 * Deletes a consumer group, within five seconds. A coordinator that has just moved, or has not heard yet that the last member
 * left, does it a moment later. A group that stays does no harm and is no failure: the log says it to whoever debugs.
 */
export async function deleteGroup(context: Context, admin: Admin, group: string): Promise<void> {
  const { clock, log, signal } = context;
  // A cancelled run deletes its group as well, but asks once.
  const deletion = retry({ clock, signal: new AbortController().signal }, () => admin.deleteGroups([group]), {
    pauseMs: DELETION.pauseMs,
    giveUp: ({ error, waitedMs }) =>
      signal.aborted || waitedMs >= DELETION.patienceMs || !mayPass(error) ? error : undefined,
  });
  const disconnect = () =>
    deletion.then(
      () => {},
      error => log.debug(`group ${group} stays: ${error}`),
    );
  await goodbye({ disconnect }, clock);
}

/** Whether a coordinator refuses what it may do a moment later. */
const mayPass = (error: unknown): boolean =>
  isDeletionRefused(error) && error.groups.every(({ errorCode }) => errorCode !== NOT_FOUND);

/** By its name: node cannot import the class itself from kafkajs, which is CommonJS. */
const isDeletionRefused = (error: unknown): error is KafkaJSDeleteGroupsError =>
  error instanceof Error && error.name === 'KafkaJSDeleteGroupsError';

/** @returns the committed offset of a consumer group by partition; -1 where it has committed nothing */
export async function committedOffsets(
  admin: Admin,
  group: string,
  topic: string,
): Promise<Map<number, number>> {
  const topics = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  const partitions = topics.find(answer => answer.topic === topic)?.partitions ?? [];
  return new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
}

/** Between which offsets a commit must lie. They differ where there are offsets without a record in between. */
export interface OffsetBounds {
  /** After the last record that the group's consumer got. */
  readonly least: number;
  /** After the last offset that it got through. */
  readonly most: number;
}

/**
 * Compares the committed offsets of a group with where its consumer stood when it left.
 * @returns what is wrong, one sentence for each partition
 */
export function wrongCommits(
  committed: ReadonlyMap<number, number>,
  expected: ReadonlyMap<number, OffsetBounds>,
): string[] {
  return [...expected].flatMap(([partition, { least, most }]) => {
    const actual = committed.get(partition) ?? -1;
    if (actual >= least && actual <= most) return [];
    return [
      `partition ${partition}: ${actual < 0 ? 'nothing' : `offset ${actual}`} is committed where the consumer had read up to ${least}`,
    ];
  });
}

/** A consumer group as its coordinator sees it. */
export interface GroupState {
  /** `Stable`, `PreparingRebalance`, `CompletingRebalance`, `Empty` or `Dead`. */
  readonly state: string;
  /** `CLIENT-ID (ADDRESS)` of each member. */
  readonly members: readonly string[];
}

/** Asks the coordinator of a group. */
export async function describeGroup(admin: Admin, group: string): Promise<GroupState> {
  const { groups } = await admin.describeGroups([group]);
  const description = groups.find(({ groupId }) => groupId === group);
  return {
    state: description?.state ?? 'Dead',
    members: (description?.members ?? []).map(
      ({ clientId, clientHost }) => `${clientId} (${clientHost.replace(/^\//, '')})`,
    ),
  };
}
