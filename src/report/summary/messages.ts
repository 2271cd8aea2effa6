import type { MissingRecords, Whereabouts } from '../../kafka/round-trip/missing-records.ts';
import { count, plural } from '../figures.ts';
import { code, fold, number, plainText, table, words } from '../markdown.ts';
import type { Report } from '../report.ts';
import { deliveriesOf, groupProblemsOf, type NamedDelivery, type NamedTrip, tripsOf } from '../trips.ts';

const COLUMNS = [
  words('Messages'),
  ...['sent', 'acknowledged', 'consumed', 'lost', 'unread', 'unknown'].map(number),
  ...['duplicated', 'corrupted', 'out of order'].map(number),
];

/** Where a message is that did not come back, in words. */
const WHEREABOUTS: Record<Whereabouts, string> = {
  gone: 'not on the broker any more',
  unread: 'on the broker, but not received',
  unknown: 'unknown, the broker could not be read',
};

/** How many messages went out and came back, what became of the others, and what else was proven on the way. */
export function messagesSection(report: Report): string[] {
  const deliveries = deliveriesOf(report);
  if (deliveries.length === 0) return [];
  const remarks = [
    ...deliveries.flatMap(interruptionOf),
    ...deliveries.flatMap(missingLine),
    ...groupLines(tripsOf(report)),
    ...registryLine(report),
  ];
  return [
    '### Messages',
    '',
    ...table(COLUMNS, deliveries.map(rowOf)),
    '',
    ...remarks,
    ...(remarks.length > 0 ? [''] : []),
    ...deliveries.flatMap(({ name, delivery }) => examples(name, delivery.missing)),
  ];
}

function rowOf({ name, delivery, isGood }: NamedDelivery): string[] {
  const { sent, acknowledged, consumed, lost, unread, unknown, ...others } = delivery.counts;
  const { duplicated, corrupted, outOfOrder } = others;
  const bad = [lost, unread, unknown, duplicated, corrupted, outOfOrder];
  return [
    `${signOf(isGood)} ${name}`,
    ...[sent, acknowledged, consumed].map(count),
    ...bad.map(value => (value === 0 ? '0' : `❌ **${count(value)}**`)),
  ];
}

const signOf = (isGood: boolean) => (isGood ? '✅' : '❌');

function interruptionOf({ name, delivery: { interruption } }: NamedDelivery): string[] {
  return interruption === undefined ? [] : [`- ❌ **${name}**, interrupted: ${plainText(interruption)}`];
}

function missingLine({ name, delivery: { missing } }: NamedDelivery): string[] {
  if (!missing) return [];
  const places = (Object.keys(WHEREABOUTS) as Whereabouts[])
    .filter(place => missing[place] > 0)
    .map(place => `${count(missing[place])} ${WHEREABOUTS[place]}`);
  return places.length === 0
    ? []
    : [`- ❌ **Where those are that did not come back** (${name}): ${places.join('; ')}`];
}

function examples(name: string, missing: MissingRecords | undefined): string[] {
  if (!missing || missing.examples.length === 0) return [];
  const rows = missing.examples.map(({ sequence, partition, offset, whereabouts, finding }) => [
    ...[sequence ?? '–', partition, offset].map(String),
    WHEREABOUTS[whereabouts],
    plainText(finding),
  ]);
  const columns = [...['message', 'partition', 'offset'].map(number), words('where'), words('found')];
  return fold(`Messages that did not come back, the first ${rows.length} (${name})`, table(columns, rows));
}

function groupLines(trips: readonly NamedTrip[]): string[] {
  const problems = trips.flatMap(({ name, trip }) =>
    groupProblemsOf(trip).map(problem => `- ❌ **Consumer group** (${name}): ${plainText(problem)}`),
  );
  if (problems.length > 0) return problems;
  const proven = trips.filter(({ trip }) => trip.handover);
  if (proven.length === 0) return [];
  const received = proven.reduce((sum, { trip }) => sum + (trip.handover?.received ?? 0), 0);
  return [
    `- ✅ **Consumer groups**: the committed offsets are right; a second consumer of each group went on where the ` +
      `first had stopped (${plural(received, 'message')}, not counted above)`,
  ];
}

function registryLine({ schemaRegistry, probe }: Report): string[] {
  if (!schemaRegistry) return [];
  const { subject, schemaId, url } = schemaRegistry;
  const messages = probe
    ? `; ${plural(probe.counts.consumed, 'message')} came back in its format`
    : '; no messages in its format yet';
  return [
    `- ${signOf(probe !== undefined)} **Schema registry** at ${code(url)}: schema ${schemaId} registered as ${code(subject)}, ` +
      `read back, a wrong change of it refused${messages}`,
  ];
}
