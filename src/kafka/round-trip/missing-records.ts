import type { Kafka } from 'kafkajs';
import type { Context } from '../../context.ts';
import { reasonOf } from '../../errors.ts';
import { until } from '../../waiting.ts';
import { withAdmin } from '../admin.ts';
import type { Deadline } from '../deadline.ts';
import { goodbye } from '../goodbye.ts';
import { deleteGroup } from '../groups.ts';
import { type PartitionRange, partitionRanges } from '../partition-ranges.ts';
import { readRetention } from '../topic.ts';
import { ProbeConsumer } from './consumer.ts';
import type { Position } from './delivery.ts';
import { placeGroup } from './group-start.ts';
import { sequenceOf } from './record.ts';

/** Where an acknowledged record is when it did not come back. */
export type Whereabouts =
  /** Proved not to be on the broker any more: nothing, or something else, is at its offset. */
  | 'gone'
  /** Proved to be there; the consumer did not get it. */
  | 'unread'
  /** Neither is proved: the broker could not be asked, or its answer says nothing about this record. */
  | 'unknown';

/** An acknowledged record; the number of its message, where that is known. */
export interface AcknowledgedRecord extends Position {
  readonly sequence?: number;
}

export interface MissingRecord extends AcknowledgedRecord {
  readonly whereabouts: Whereabouts;
  /** What was found at its offset. */
  readonly finding: string;
}

export interface MissingRecords {
  readonly gone: number;
  /** Of those that are gone: deleted from the front of their partition, by retention or by someone. */
  readonly deleted?: number;
  /** The settings of the topic that delete records, when some were deleted. */
  readonly retention?: string;
  readonly unread: number;
  readonly unknown: number;
  /** The first of them. */
  readonly examples: readonly MissingRecord[];
}

interface SearchOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly runId: string;
  /** Group of the search alone; it is deleted afterwards. */
  readonly group: string;
  readonly deadline: Deadline;
}

const EXAMPLES = 20;
const POLL_MS = 20;
/** A leader that was just elected may learn of the last records a moment later. */
const SECOND_LOOK_MS = 1_000;

/**
 * Reads the partitions at the offsets of missing records, to tell lost records from unread ones.
 * @param missing lists them each time that it is called
 */
export async function searchMissing(
  context: Context,
  missing: () => Iterable<AcknowledgedRecord>,
  options: SearchOptions,
): Promise<MissingRecords> {
  const found = { gone: 0, unread: 0, unknown: 0, examples: [] as MissingRecord[] };
  const note = (record: MissingRecord) => {
    found[record.whereabouts]++;
    if (found.examples.length < EXAMPLES) found.examples.push(record);
  };
  const noteUnknown = (messages: Iterable<AcknowledgedRecord>, error: unknown) => {
    context.signal.throwIfAborted();
    const finding = `the broker could not be asked: ${reasonOf(error)}`;
    for (const message of messages) note({ ...message, whereabouts: 'unknown', finding });
  };
  let ranges: ReadonlyMap<number, PartitionRange>;
  try {
    ranges = await options.deadline.race('searching', settledRanges(context, missing, options));
  } catch (error) {
    noteUnknown(missing(), error);
    return found;
  }
  const inRange: AcknowledgedRecord[] = [];
  let deleted = 0;
  for (const message of missing()) {
    const range = ranges.get(message.partition);
    const finding = outsideOf(range, message);
    if (finding) note({ ...message, whereabouts: 'gone', finding });
    else inRange.push(message);
    if (range && message.offset < range.start) deleted++;
  }
  try {
    if (inRange.length > 0) for (const record of await readAtOffsets(context, inRange, options)) note(record);
  } catch (error) {
    noteUnknown(inRange, error);
  } finally {
    if (inRange.length > 0) await removeGroup(context, options);
  }
  return deleted > 0 ? { ...found, deleted, retention: await retentionOf(context, options) } : found;
}

/** Where the partitions begin and end; asked a second time when a record seems to lie behind the end. */
async function settledRanges(
  context: Context,
  missing: () => Iterable<AcknowledgedRecord>,
  { kafka, topic }: SearchOptions,
): Promise<ReadonlyMap<number, PartitionRange>> {
  const ranges = await partitionRanges(kafka, topic, context);
  for (const { partition, offset } of missing()) {
    if (offset < (ranges.get(partition)?.end ?? 0)) continue;
    await context.clock.sleep(SECOND_LOOK_MS, context.signal);
    return await partitionRanges(kafka, topic, context);
  }
  return ranges;
}

/** The settings by which Kafka itself deletes records; undefined when it does not tell them. */
async function retentionOf(
  { clock }: Context,
  { kafka, topic, deadline }: SearchOptions,
): Promise<string | undefined> {
  const asking = withAdmin(kafka.admin(), clock, admin => readRetention(admin, topic));
  return await deadline.race('searching', asking).catch(() => undefined);
}

/** A broker that does not answer is not waited for. */
async function removeGroup(context: Context, { kafka, group }: SearchOptions): Promise<void> {
  const admin = kafka.admin();
  const removal = admin.connect().then(() => deleteGroup(context, admin, group));
  await goodbye({ disconnect: () => removal }, context.clock);
  await goodbye(admin, context.clock);
}

/** @returns why the record cannot be there, or undefined when its offset lies in the partition */
export function outsideOf(
  range: PartitionRange | undefined,
  { offset }: AcknowledgedRecord,
): string | undefined {
  if (!range) return 'the partition is no longer there';
  if (offset < range.start) return `the partition begins at offset ${range.start}: the record was deleted`;
  if (offset >= range.end)
    return `the partition ends at offset ${range.end}: it was cut off before the record`;
  return undefined;
}

async function readAtOffsets(
  context: Context,
  messages: readonly AcknowledgedRecord[],
  { kafka, topic, runId, group, deadline }: SearchOptions,
): Promise<MissingRecord[]> {
  // Two messages may have been acknowledged at one place, if the partition was cut off in between.
  const wanted = Map.groupBy(messages, placeOf);
  const ends = new Map<number, number>();
  const starts = new Map<number, number>();
  for (const { partition, offset } of messages) {
    starts.set(partition, Math.min(offset, starts.get(partition) ?? offset));
    ends.set(partition, Math.max(offset, ends.get(partition) ?? offset));
  }
  const reached = new Map<number, number>();
  const results = new Map<AcknowledgedRecord, MissingRecord>();
  const consumer = new ProbeConsumer(context, {
    kafka,
    group,
    topic,
    leaders: [],
    // What is no record (the mark of a transaction) may lie at the last offset.
    onStretch: ({ partition, next }) => reached.set(partition, next - 1),
    onRecord: record => {
      const sequence = sequenceOf(record, runId);
      for (const message of wanted.get(placeOf(record)) ?? []) {
        const isThere = sequence !== undefined && sequence === (message.sequence ?? sequence);
        const whereabouts = isThere ? 'unread' : 'gone';
        const finding = isThere ? 'it is there' : 'another record is at its offset';
        results.set(message, { ...message, whereabouts, finding });
      }
    },
  });
  const isRead = ([partition, end]: [number, number]) => (reached.get(partition) ?? -1) >= end;
  try {
    await placeGroup(context, { kafka, group, topic }, starts, deadline);
    await deadline.race('searching', consumer.start());
    await until(context, () => [...ends].every(isRead) || undefined, {
      everyMs: POLL_MS,
      timeoutMs: deadline.leftMs,
      late: () => undefined,
    });
  } finally {
    await consumer.stop();
  }
  return messages.map(message => results.get(message) ?? notRead(message, reached));
}

function notRead(message: AcknowledgedRecord, reached: ReadonlyMap<number, number>): MissingRecord {
  return (reached.get(message.partition) ?? -1) > message.offset
    ? { ...message, whereabouts: 'gone', finding: 'no record is at its offset, but there are later ones' }
    : { ...message, whereabouts: 'unknown', finding: 'the partition could not be read there' };
}

const placeOf = ({ partition, offset }: { partition: number; offset: number }) => `${partition}/${offset}`;
