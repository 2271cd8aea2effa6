import type { Admin } from 'kafkajs';
import { formatDuration } from '../clock.ts';
import type { Context } from '../context.ts';
import { ActionError } from '../errors.ts';
import { goodbye } from './goodbye.ts';
import { poll } from './poll.ts';
import { groupRefusalOf } from './refusals.ts';

interface ReadinessOptions {
  /** One address for each broker. */
  readonly bootstrapServers: readonly string[];
  /** Consumer group whose coordinator must answer. */
  readonly group: string;
  /** Asks the schema registry; none when there is none. */
  readonly askRegistry?: () => Promise<unknown>;
  /** Waits for what else must be so once the brokers are registered. */
  readonly agree?: (context: Context) => Promise<unknown>;
  readonly timeoutMs: number;
}

/**
 * Waits until Kafka itself says that it is ready, in the order in which its parts depend on each other: every broker knows
 * of all of them; then a group coordinator answers, and beside it the schema registry, which takes longer to start. Each broker is asked on its own: one that has
 * just started knows neither the others nor any topic, and a client may well ask that one.
 *
 * @returns what was found, for the log
 * @throws ActionError `kafka-not-ready` or `schema-registry-not-ready` at the deadline, or what keeps us from asking
 */
export async function waitUntilReady(context: Context, options: ReadinessOptions): Promise<string> {
  const { bootstrapServers, group, askRegistry, agree } = options;
  const count = bootstrapServers.length;
  const admins = bootstrapServers.map(server => context.kafka.of([server]).admin({ retry: { retries: 0 } }));
  const waitFor = answers(context, options);
  try {
    await waitFor(context, 'kafka-not-ready', `${count} brokers registered`, () =>
      Promise.all(admins.map(admin => askBroker(admin, count))),
    );
    await together(context, [
      inner =>
        waitFor(inner, 'kafka-not-ready', 'the group coordinator answers', async () =>
          admins[0]?.fetchOffsets({ groupId: group }).catch(error => {
            throw groupRefusalOf(group, error) ?? error;
          }),
        ),
      async inner =>
        askRegistry &&
        waitFor(inner, 'schema-registry-not-ready', 'the schema registry answers', askRegistry),
      async inner => agree?.(inner),
    ]);
  } finally {
    const gone = Promise.all(admins.map(admin => goodbye(admin, context.clock)));
    if (!context.signal.aborted) await gone;
  }
  return `${count} brokers, coordinator${askRegistry ? ' and schema registry' : ''} answer`;
}

/** Waits for several things side by side. @throws what the first of them throws, in their order; the others are ended then */
async function together(
  context: Context,
  works: readonly ((context: Context) => Promise<unknown>)[],
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const running = works.map(work => work({ ...context, signal }));
  for (const each of running) each.catch(() => {});
  try {
    for (const each of running) await each;
  } finally {
    over.abort(new Error('it is not waited for any more'));
  }
}

async function askBroker(admin: Admin, brokerCount: number): Promise<void> {
  await admin.connect();
  const { brokers, controller } = await admin.describeCluster();
  if (brokers.length < brokerCount)
    throw new Error(`${brokers.length} of ${brokerCount} brokers are registered`);
  if (controller === null || controller < 0) throw new Error('no broker is the controller yet');
}

/** Returns a function that waits for one answer after the other. All of them share one deadline. */
function answers(context: Context, { timeoutMs }: ReadinessOptions) {
  const endsAtMs = context.clock.now() + timeoutMs;
  const limit = formatDuration(timeoutMs);
  return (
    inner: Context,
    code: 'kafka-not-ready' | 'schema-registry-not-ready',
    what: string,
    ask: () => Promise<unknown>,
  ): Promise<void> =>
    poll(inner, {
      what,
      ask,
      endsAtMs,
      notYet: reason => `${what} (${reason})`,
      late: (reason, cause) =>
        new ActionError(code, `not so within ${limit}: ${what}. Last answer: ${reason}`, { cause }),
    });
}
