import type { Kafka } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { waitUntilReady } from '../../../src/kafka/readiness.ts';
import { InstantClock } from '../support/clocks.ts';
import { contextOf } from '../support/kafka-contexts.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

type Question = 'connect' | 'describeCluster' | 'fetchOffsets' | 'registry';

type Answers = Partial<Record<Question, unknown[]>>;

const copyOf = (answers: Answers): Answers =>
  Object.fromEntries(Object.entries(answers).map(([question, own]) => [question, [...own]]));

/** Longer than any pause between two questions. */
const LONGEST_PAUSE_MS = 1_000;
const SERVERS = ['localhost:1', 'localhost:2', 'localhost:3'];

/**
 * A cluster whose brokers each give these answers, the last one for ever; an Error is thrown.
 * @param ofThird answers of the third broker alone
 */
function cluster(answers: Answers, ofThird: Answers = {}) {
  const asked: string[] = [];
  const teller =
    (own: Record<string, unknown[] | undefined>, record: (what: string) => void) =>
    async (question: Question) => {
      record(question);
      const left = own[question] ?? [];
      const next = left.length > 1 ? left.shift() : left[0];
      if (next instanceof Error) throw next;
      return next;
    };
  const kafkaAt = ([server]: readonly string[]) => {
    // What is asked of the first broker stands for all; the others are asked the same.
    const record = (what: string) => void (server === SERVERS[0] && asked.push(what));
    const own = copyOf({ ...answers, ...(server === SERVERS[2] ? ofThird : {}) });
    const answer = teller(own, record);
    const admin = {
      connect: () => answer('connect'),
      describeCluster: () => answer('describeCluster'),
      fetchOffsets: () => answer('fetchOffsets'),
      disconnect: async () => record('disconnect'),
    };
    return { admin: () => admin } as unknown as Kafka;
  };
  const registry = teller(copyOf(answers), what => void asked.push(what));
  return { asked, kafkaAt, askRegistry: () => registry('registry') };
}

const THREE = { brokers: [{}, {}, {}], controller: 1 };

function wait(
  answers: Answers,
  more: { signal?: AbortSignal } = {},
  ofThird: Answers = {},
  timeoutMs = 10_000,
) {
  const { asked, kafkaAt, askRegistry } = cluster(answers, ofThird);
  const { signal } = more;
  const log = new RecordingLog();
  const clock = new InstantClock(LONGEST_PAUSE_MS);
  const ready = () =>
    waitUntilReady(contextOf({ of: kafkaAt }, { log, clock, signal }), {
      bootstrapServers: SERVERS,
      group: 'test-group',
      askRegistry,
      timeoutMs,
    });
  return { asked, log, clock, ready };
}

describe('waiting for Kafka', () => {
  it('asks the brokers, then coordinator and registry, each once when all answer', async () => {
    const { asked, clock, ready } = wait({ describeCluster: [THREE] });
    expect(await ready()).toBe('3 brokers, coordinator and schema registry answer');
    expect(asked).toEqual(['connect', 'describeCluster', 'fetchOffsets', 'registry', 'disconnect']);
    expect(clock.sleeps).toEqual([]);
  });

  it('asks again until every part answers', async () => {
    const { asked, log, ready } = wait({
      connect: [new Error('ECONNREFUSED'), undefined],
      describeCluster: [
        { brokers: [{}], controller: 1 },
        { ...THREE, controller: null },
        { ...THREE, controller: -1 },
        THREE,
      ],
      fetchOffsets: [new Error('no coordinator'), []],
      registry: [new Error('500'), []],
    });
    await ready();
    expect(asked.filter(question => question !== 'connect')).toEqual([
      ...['describeCluster', 'describeCluster', 'describeCluster', 'describeCluster'],
      ...['fetchOffsets', 'registry', 'registry', 'fetchOffsets', 'disconnect'],
    ]);
    expect(log.text).toContain('debug not yet: 3 brokers registered (1 of 3 brokers are registered)');
    expect(log.text).toContain('no broker is the controller yet');
    expect(log.lines.filter(line => line.startsWith('info'))).toEqual([
      'info 3 brokers registered (after 2.0 s)',
      // Side by side: this clock counts the pauses of both.
      'info the schema registry answers (after 1.0 s)',
      'info the group coordinator answers (after 1.0 s)',
    ]);
  });

  it('names the coordinator when neither it nor the registry answers, and asks neither of them after that', async () => {
    const silent = { fetchOffsets: [new Error('no coordinator')], registry: [new Error('500')] };
    const { asked, ready } = wait({ describeCluster: [THREE], ...silent }, {}, {}, 1_000);
    expect((await actionErrorOf(ready)).message).toMatch(
      /the group coordinator answers\. Last answer: no coord/,
    );
    const count = asked.length;
    await new Promise(setImmediate);
    expect(asked).toHaveLength(count);
  });

  it('waits for a broker that does not know the others yet, though they know it', async () => {
    const lonely = { describeCluster: [{ brokers: [{}], controller: 1 }, THREE] };
    const { log, ready } = wait({ describeCluster: [THREE] }, {}, lonely);
    await ready();
    expect(log.text).toContain('debug not yet: 3 brokers registered (1 of 3 brokers are registered)');
    expect(log.text).toContain('info 3 brokers registered (after 0.5 s)');
  });

  it('says every ten seconds what it waits for, and all of it in the debug log', async () => {
    const { log, ready } = wait({ connect: [new Error('ECONNREFUSED')] }, {}, {}, 25_000);
    await actionErrorOf(ready);
    const news = log.lines.filter(line => line.startsWith('info'));
    expect(news).toEqual(Array(2).fill('info not yet: 3 brokers registered (ECONNREFUSED)'));
    expect(log.lines.length).toBeGreaterThan(40);
  });

  it('does not ask for a registry that is not there', async () => {
    const { kafkaAt } = cluster({ describeCluster: [THREE] });
    const ready = waitUntilReady(contextOf({ of: kafkaAt }, { clock: new InstantClock() }), {
      bootstrapServers: SERVERS,
      group: 'g',
      timeoutMs: 1,
    });
    expect(await ready).toBe('3 brokers, coordinator answer');
  });

  it.each<[string, Partial<Record<Question, unknown[]>>, string, RegExp]>([
    [
      'brokers',
      { describeCluster: [{ brokers: [{}, {}], controller: 1 }] },
      'kafka-not-ready',
      /3 brokers registered\. Last answer: 2 of 3/,
    ],
    [
      'coordinator',
      { describeCluster: [THREE], fetchOffsets: [new Error('not available')] },
      'kafka-not-ready',
      /group coordinator answers\. Last answer: not available/,
    ],
    [
      'registry',
      { describeCluster: [THREE], registry: [new Error('500')] },
      'schema-registry-not-ready',
      /registry answers\. Last answer: 500/,
    ],
  ])('ends at the deadline, one for all, with the last answer: %s', async (_, answers, code, words) => {
    const { asked, clock, ready } = wait(answers);
    const error = await actionErrorOf(ready);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^not so within 10 s: /);
    expect(error.message).toMatch(words);
    expect(clock.now()).toBe(10_000);
    expect(asked.at(-1)).toBe('disconnect');
  });

  it('ends at once on an error that is not retriable, and on no other', async () => {
    const refused = new ActionError('ssh-forwarding-refused', 'no');
    const { clock, ready } = wait({ connect: [refused] });
    expect(await actionErrorOf(ready)).toBe(refused);
    expect(clock.now()).toBe(0);
    const wrapped = new Error('of kafkajs', { cause: new AggregateError([refused]) });
    expect(await actionErrorOf(wait({ connect: [wrapped] }).ready)).toBe(refused);
    const lost = new ActionError('ssh-connection-lost', 'broke', { retriable: true });
    await wait({ connect: [lost, undefined], describeCluster: [THREE] }).ready();
  });

  it('ends at once with the run, whatever a broker that hangs still keeps', async () => {
    const abort = new AbortController();
    const never = new Promise(() => {});
    const admin = { connect: () => never, disconnect: () => never };
    const kafkaAt = () => ({ admin: () => admin }) as unknown as Kafka;
    const clock = new InstantClock(LONGEST_PAUSE_MS);
    const context = contextOf({ of: kafkaAt }, { clock, signal: abort.signal });
    const ready = waitUntilReady(context, { bootstrapServers: SERVERS, group: 'g', timeoutMs: 10_000 });
    abort.abort(new Error('it is not asked any more'));
    await expect(ready).rejects.toThrow('it is not asked any more');
    expect(clock.now()).toBe(0);
  });

  it('ends with the run', async () => {
    const abort = new AbortController();
    const { ready, clock } = wait({ describeCluster: [new Error('no')] }, { signal: abort.signal });
    void clock.sleep(1).then(() => abort.abort(new Error('time is up')));
    await expect(ready()).rejects.toThrow('time is up');
  });
});
