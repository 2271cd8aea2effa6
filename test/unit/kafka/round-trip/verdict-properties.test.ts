import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import { faultOf } from '../../../../src/kafka/round-trip/faults.ts';
import type { RoundTripResult } from '../../../../src/kafka/round-trip/result.ts';
import { type Faults, forever } from '../../support/memory-kafka.ts';
import { foreignRecord, type MemoryPartition } from '../../support/memory-topic.ts';
import { GROUP, RUN, trip } from '../../support/trips.ts';

/** Call of a client at which something ends it, and how. */
const anyEnding = fc.record({
  call: fc.nat({ max: 160 }),
  how: fc.constantFrom('hangs', 'is refused', 'is refused for good', 'loses the connection'),
  /** Whether the same goes for all calls after it. */
  isForGood: fc.boolean(),
});

/** What befalls the record of a message in its partition. */
const anyFate = fc.constantFrom(
  ...['stays', 'stays', 'stays', 'stays', 'is deleted', 'is replaced', 'is removed', 'is hidden', 'is late'],
  ...['is changed', 'is followed by a mark', 'is followed by a stranger', 'begins a transaction'],
);

const anyStory = fc.record({
  messages: fc.integer({ min: 1, max: 30 }),
  fates: fc.array(anyFate, { maxLength: 30 }),
  endings: fc.array(anyEnding, { maxLength: 2 }),
  timeoutMs: fc.constantFrom<number[]>(50, 1_000, 20_000, 60_000),
  acknowledgedAfterMs: fc.constantFrom(0, 0, 40, 900),
});
type Story = typeof anyStory extends fc.Arbitrary<infer S> ? S : never;

function numberOf({ headers }: { headers: Readonly<Record<string, Buffer>> }): number {
  return `${headers['run-id']}` === RUN ? Number(`${headers.sequence}`) : -1;
}

function befall(fate: string | undefined, offset: number, partition: MemoryPartition): void {
  if (fate === 'is deleted') partition.deleteBefore(offset + 1);
  if (fate === 'is replaced') partition.replace(offset, foreignRecord());
  if (fate === 'is removed') partition.remove(offset);
  if (fate === 'is changed') partition.replace(offset, { value: Buffer.from('other') });
  if (fate === 'is followed by a mark') partition.mark();
  if (fate === 'is followed by a stranger') partition.append(foreignRecord());
  if (fate === 'begins a transaction') partition.openSince ??= offset;
}

/** Calls that are made whatever becomes of the round trip: what is asked to end it says nothing of its messages. */
function endingsOf({ endings }: Story): NonNullable<Faults['before']> {
  let calls = 0;
  return () => {
    const now = calls++;
    const ending = endings.find(({ call, isForGood }) => call === now || (isForGood && call < now));
    if (ending?.how === 'hangs') return forever();
    if (ending?.how === 'is refused') throw Object.assign(new Error('REFUSED'), { retriable: true });
    if (ending?.how === 'is refused for good') throw new Error('REFUSED');
    if (ending?.how === 'loses the connection')
      throw new Error('Connection error', { cause: new ActionError('ssh-connection-lost', 'broke') });
    return undefined;
  };
}

/** @returns the result, and how many of the messages that were stored are there at the end, and how many are not */
async function tell(story: Story): Promise<{ result: RoundTripResult; there: number; gone: number }> {
  const { fates, messages, timeoutMs, acknowledgedAfterMs } = story;
  const fateOf = (record: { headers: Readonly<Record<string, Buffer>> }) => fates[numberOf(record)];
  const stored = new Set<number>();
  const { run, cluster } = trip(
    {
      acknowledgedAfterMs,
      before: endingsOf(story),
      stored: (record, partition) => {
        stored.add(numberOf(record));
        befall(fateOf(record), record.offset, partition);
      },
      hides: (record, group) => group === GROUP && fateOf(record) === 'is hidden',
      readableAfterMs: record => (fateOf(record) === 'is late' ? 8_000 : 0),
    },
    { timeoutMs, traffic: { messages, intervalMs: 0 } },
  );
  const result = await run();
  const left = new Set([0, 1, 2].flatMap(partition => cluster.partition(partition).from(0).map(numberOf)));
  for (const set of [stored, left]) set.delete(-1);
  return { result, there: left.size, gone: stored.size - left.size };
}

describe('whatever ends a round trip, at whatever moment', () => {
  it('no count claims what was not proved', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(anyStory, async story => {
        const { result, there, gone } = await tell(story);
        const { sent, acknowledged, consumed, lost, unread, unknown, corrupted } = result.counts;
        for (const count of Object.values(result.counts)) expect(count).toBeGreaterThanOrEqual(0);
        expect(acknowledged).toBeLessThanOrEqual(sent);
        const corruptedInPlace = acknowledged - consumed - lost - unread - unknown;
        expect(corruptedInPlace).toBeGreaterThanOrEqual(0);
        expect(corruptedInPlace).toBeLessThanOrEqual(corrupted);
        // Deleted records may have been consumed before.
        expect(lost).toBeLessThanOrEqual(gone);
        expect(unread).toBeLessThanOrEqual(there);
      }),
      { numRuns: 250 },
    );
  });

  it('the verdict is of the messages only where something is proved of them', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(anyStory, async story => {
        const { result } = await tell(story);
        const { counts, interruption, stalledMs, missing } = result;
        const code = faultOf(result, { messages: story.messages })?.code;
        if (code === 'messages-lost') expect(counts.lost).toBeGreaterThan(0);
        if (code === 'messages-unread') {
          expect(missing?.unread).toBeGreaterThan(0);
          expect(interruption === undefined || stalledMs !== undefined).toBe(true);
        }
        const isProved = counts.lost + counts.corrupted + counts.duplicated + counts.outOfOrder > 0;
        if (interruption !== undefined && stalledMs === undefined && !isProved)
          expect(code).toBe(result.interruptionCode ?? 'round-trip-failed');
        if (counts.unknown > 0) expect(code).toBeDefined();
      }),
      { numRuns: 250 },
    );
  });

  it('nothing is wrong with a round trip that nobody cuts off, whatever others write', {
    timeout: 120_000,
  }, async () => {
    const harmless = [
      'stays',
      'is late',
      'is followed by a mark',
      'is followed by a stranger',
      'begins a transaction',
    ];
    const anyHarmless = anyStory.map(story => ({
      ...story,
      ...{ endings: [], timeoutMs: 60_000 },
      fates: story.fates.filter(fate => harmless.includes(fate)),
    }));
    await fc.assert(
      fc.asyncProperty(anyHarmless, async story => {
        const { result } = await tell(story);
        expect(faultOf(result, { messages: story.messages })).toBeUndefined();
        expect(result.handover).toMatchObject({ sent: 3, received: 3 });
      }),
      { numRuns: 100 },
    );
  });
});
