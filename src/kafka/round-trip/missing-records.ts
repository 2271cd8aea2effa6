import type { Kafka } from 'kafkajs';
import type { Context } from '../../context.ts';
import { reasonOf } from '../../errors.ts';
import { until } from '../../waiting.ts';
import type { Deadline } from '../deadline.ts';
import { goodbye } from '../goodbye.ts';
import { type PartitionRange, partitionRanges } from '../topic.ts';
import { ProbeConsumer, placeGroup } from './consumer.ts';
import type { Position } from './delivery.ts';
import { sequenceOf } from './record.ts';

/** Where an acknowledged record is when it did not come back. */
export type Whereabouts =
  /** Not on the broker any more: nothing, or something else, is at its offset. */
  | 'gone'
  /** It is there; the consumer did not get it. */
  | 'unread'
  /** The broker could not be asked. */
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
  const { kafka, topic } = options;
  let ranges: Map<number, PartitionRange>;
  try {
    ranges = await options.deadline.race('searching', partitionRanges(kafka, topic, context));
  } catch (error) {
    noteUnknown(missing(), error);
    return found;
  }
  const inRange: AcknowledgedRecord[] = [];
  for (const message of missing()) {
    const finding = outsideOf(ranges.get(message.partition), message);
    if (finding) note({ ...message, whereabouts: 'gone', finding });
    else inRange.push(message);
  }
  try {
    if (inRange.length > 0) for (const record of await readAtOffsets(context, inRange, options)) note(record);
  } catch (error) {
    noteUnknown(inRange, error);
  } finally {
    if (inRange.length > 0) await deleteGroup(context, options);
  }
  return found;
}

async function deleteGroup({ clock }: Context, { kafka, group }: SearchOptions): Promise<void> {
  const admin = kafka.admin();
  const deletion = admin.connect().then(() => admin.deleteGroups([group]));
  await goodbye({ disconnect: () => deletion.then(() => {}) }, clock);
  await goodbye(admin, clock);
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
    onRecord: record => {
      reached.set(record.partition, record.offset);
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
    await deadline.race('searching', placeGroup(context, { kafka, group, topic }, starts));
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
