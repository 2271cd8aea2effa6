import type { Delivery } from '../kafka/round-trip/faults.ts';
import type { RoundTripResult } from '../kafka/round-trip/result.ts';
import type { Report } from './report.ts';

/** A round trip of the runner's clients, and what it is called. */
export interface NamedTrip {
  readonly name: string;
  readonly trip: RoundTripResult;
}

/** The messages of a pair of clients, whoever they were, and what became of them. */
export interface NamedDelivery {
  readonly name: string;
  readonly delivery: Omit<Delivery, 'topic'>;
  readonly isGood: boolean;
}

/** The round trips there were, in the order in which they were made. */
export function tripsOf({ runnerClients, probe, drill }: Report): NamedTrip[] {
  return [
    { name: 'Runner, through SSH', trip: runnerClients },
    { name: 'Topic led by every broker', trip: probe },
    { name: 'During the drill', trip: drill?.traffic },
  ].flatMap(({ name, trip }) => (trip ? [{ name, trip }] : []));
}

/** What became of all messages: those of the Python pair, and those of the round trips. */
export function deliveriesOf(report: Report): NamedDelivery[] {
  const { hostClients, failure } = report;
  // The scripts may fail where their counts do not.
  const pair = hostClients && {
    name: 'Python on the machine',
    delivery: hostClients,
    isGood: isComplete(hostClients) && failure?.step !== 'smoke-test-host',
  };
  const trips = tripsOf(report).map(({ name, trip }) => ({ name, delivery: trip, isGood: isComplete(trip) }));
  return [...(pair ? [pair] : []), ...trips];
}

/** Every message came back, once, whole and in order. */
export function isComplete({ counts, interruption }: Omit<Delivery, 'topic'>): boolean {
  const { sent, acknowledged, consumed, lost, unread, unknown, duplicated, corrupted, outOfOrder } = counts;
  const isClean = lost + unread + unknown + duplicated + corrupted + outOfOrder === 0;
  return isClean && sent > 0 && sent === acknowledged && acknowledged === consumed && !interruption;
}

/** What the consumer group did wrong, a sentence each. */
export function groupProblemsOf({ wrongCommits, handover }: RoundTripResult): string[] {
  if (!handover) return [...wrongCommits];
  const { sent, received, problems } = handover;
  const missed =
    received === sent ? [] : [`the second consumer received ${received} of the ${sent} messages sent for it`];
  return [...wrongCommits, ...problems, ...missed];
}
