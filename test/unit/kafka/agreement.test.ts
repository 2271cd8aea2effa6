import type { Kafka } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { waitForAgreement } from '../../../src/kafka/agreement.ts';
import { InstantClock } from '../support/clocks.ts';
import { contextOf } from '../support/kafka-contexts.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const SERVERS = ['localhost:1', 'localhost:2', 'localhost:3'];

/** How kafkajs refuses a topic. */
const refused = (...reasons: string[]) =>
  Object.assign(new Error('Topic creation errors'), { errors: reasons.map(reason => new Error(reason)) });

interface Answers {
  /** How many brokers each broker knows of, attempt by attempt; the last for ever. An Error is thrown. */
  readonly known?: Readonly<Record<string, (number | Error)[]>>;
  /** What the controller does with the question, attempt by attempt. */
  readonly controller?: (Error | undefined)[];
}

interface More {
  readonly bootstrapServers?: readonly string[];
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

function agreement({ known = {}, controller = [] }: Answers, more: More = {}) {
  const { bootstrapServers = SERVERS, timeoutMs = 10_000, signal } = more;
  const topics: unknown[] = [];
  let open = 0;
  const next = <T>(answers: T[]): T | undefined => (answers.length > 1 ? answers.shift() : answers[0]);
  const client = (address: string) =>
    ({
      admin: () => ({
        connect: async () => void open++,
        disconnect: async () => void open--,
        describeCluster: async () => {
          const answer = next(known[address] ?? []) ?? 3;
          if (answer instanceof Error) throw answer;
          return { brokers: Array.from({ length: answer }, () => ({})), controller: 1 };
        },
        createTopics: async (question: unknown) => {
          topics.push(question);
          const answer = next(controller);
          if (answer) throw answer;
          return true;
        },
      }),
    }) as unknown as Kafka;
  const log = new RecordingLog();
  const clock = new InstantClock(1_000);
  const wait = () =>
    waitForAgreement(contextOf({ of: () => client('all'), onlyTo: client }, { log, clock, signal }), {
      bootstrapServers,
      timeoutMs,
    });
  return { wait, log, clock, topics, openAdmins: () => open };
}

describe('the agreement of the brokers', () => {
  it('is there when each knows all and the controller would make a topic, without making it', async () => {
    const { wait, log, topics, clock, openAdmins } = agreement({});
    await wait();
    expect(topics).toEqual([
      expect.objectContaining({
        validateOnly: true,
        topics: [expect.objectContaining({ replicationFactor: 3 })],
      }),
    ]);
    expect(log.lines).toEqual(['info each broker knows the others, the controller answers (after 0.0 s)']);
    expect(clock.sleeps).toEqual([]);
    expect(openAdmins()).toBe(0);
  });

  it('is not there while one of them does not know the others', async () => {
    const { wait, log } = agreement({ known: { 'localhost:3': [new Error('ECONNREFUSED'), 1, 3] } });
    await wait();
    expect(log.lines).toEqual([
      'debug not yet: ECONNREFUSED',
      'debug not yet: the broker at localhost:3 does not know 2 of the others',
      'info each broker knows the others, the controller answers (after 1.0 s)',
    ]);
  });

  it('is not there while the controller does not answer, or has too few brokers', async () => {
    const controller = [new Error('timed out'), refused('Replication-factor is invalid'), undefined];
    const { wait, log, openAdmins } = agreement({ controller });
    await wait();
    expect(log.lines.slice(0, 2)).toEqual([
      'debug not yet: the controller takes no topic of 3 replicas (timed out)',
      'debug not yet: the controller takes no topic of 3 replicas (Replication-factor is invalid)',
    ]);
    expect(openAdmins()).toBe(0);
  });

  it('asks for as many replicas as there are brokers, three at most', async () => {
    const { wait, topics } = agreement({}, { bootstrapServers: ['localhost:1'] });
    await wait();
    expect(topics).toMatchObject([{ topics: [{ replicationFactor: 1 }] }]);
  });

  it('is waited for until the deadline, with at least one attempt', async () => {
    const { wait, clock, openAdmins } = agreement({ controller: [refused('no', 'neither')] });
    expect(await actionErrorOf(wait)).toMatchObject({
      code: 'kafka-not-ready',
      message:
        'the brokers did not agree within 10 s: the controller takes no topic of 3 replicas (no; neither)',
    });
    expect(clock.now()).toBe(10_000);
    expect(openAdmins()).toBe(0);
    await agreement({}, { timeoutMs: 0 }).wait();
  });

  it('is no longer waited for when waiting has become pointless', async () => {
    const closed = new ActionError('ssh-forwarding-refused', 'no');
    expect(await actionErrorOf(agreement({ known: { 'localhost:2': [closed] } }).wait)).toBe(closed);
    expect(await actionErrorOf(agreement({ controller: [closed] }).wait)).toBe(closed);
    const wrapped = new Error('of kafkajs', { cause: closed });
    expect(await actionErrorOf(agreement({ controller: [wrapped] }).wait)).toBe(closed);
    const abort = new AbortController();
    abort.abort(new Error('time is up'));
    await expect(agreement({}, { signal: abort.signal }).wait()).rejects.toThrow('time is up');
  });
});
