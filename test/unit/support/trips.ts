import { type RoundTripOptions, roundTrip } from '../../../src/kafka/round-trip/round-trip.ts';
import { SimulatedClock } from './clocks.ts';
import { contextOf } from './kafka-contexts.ts';
import { type Faults, MemoryCluster, SERVERS, TOPIC } from './memory-kafka.ts';
import { foreignRecord } from './memory-topic.ts';
import { RecordingLog } from './recording-log.ts';

export const GROUP = 'test-group-ab12';
export const RUN = 'ab12/runner';

interface Setting extends Partial<RoundTripOptions> {
  readonly signal?: AbortSignal;
}

/** Ten messages through a cluster in memory. Its partitions hold 4, 2 and 0 records of others before. */
export function trip(faults: Faults = {}, { signal, ...more }: Setting = {}) {
  const log = new RecordingLog();
  const clock = new SimulatedClock();
  const cluster = new MemoryCluster(clock, faults);
  for (const partition of [0, 0, 0, 0, 1, 1]) cluster.partition(partition).append(foreignRecord());
  // A round trip asks for the producer's client, then for one for each consumer.
  const clients = [cluster.kafka('producer')];
  const of = () => clients.shift() ?? cluster.kafka('consumer');
  const run = () =>
    roundTrip(contextOf({ of }, { clock, log, signal }), {
      ...{ bootstrapServers: SERVERS, topic: cluster.state(TOPIC), group: GROUP, runId: RUN },
      ...{ timeoutMs: 60_000, traffic: { messages: 10, intervalMs: 0 } },
      ...more,
    });
  return { log, clock, cluster, run };
}

/** Where message N lies when all goes well. */
export const placeOf = (sequence: number) => ({
  sequence,
  partition: sequence % 3,
  offset: ([4, 2, 0][sequence % 3] ?? 0) + Math.floor(sequence / 3),
});

/** Ten messages without a fault. */
export const ALL_BACK = {
  ...{
    sent: 10,
    acknowledged: 10,
    consumed: 10,
    lost: 0,
    unread: 0,
    unknown: 0,
    duplicated: 0,
    corrupted: 0,
    outOfOrder: 0,
  },
};

/** True for the record of message N of the run, and not of the messages after the handover. */
export const isMessage =
  (sequence: number) =>
  ({ headers }: { readonly headers: Readonly<Record<string, Buffer>> }) =>
    `${headers['run-id']}` === RUN && `${headers.sequence}` === `${sequence}`;

/** Lets something happen to what was stored of message N, and not to the copies of it. */
export const when = (sequence: number, happen: NonNullable<Faults['stored']>): Faults => ({
  stored: (record, partition) => {
    if (isMessage(sequence)(record)) happen(record, partition);
  },
});
