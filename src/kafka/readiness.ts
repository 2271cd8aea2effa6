import type { Admin, Kafka } from 'kafkajs';
import { formatDuration } from '../clock.ts';
import { ActionError, reasonOf } from '../errors.ts';
import { type PollOptions, poll } from './poll.ts';

interface ReadinessOptions extends PollOptions {
  /** A client of the cluster that asks these servers first. */
  readonly kafkaAt: (bootstrapServers: readonly string[]) => Kafka;
  /** One address for each broker. */
  readonly bootstrapServers: readonly string[];
  /** Consumer group whose coordinator must answer. */
  readonly group: string;
  /** Asks the schema registry; none when there is none. */
  readonly askRegistry?: () => Promise<unknown>;
  readonly timeoutMs: number;
}

/**
 * Waits until Kafka itself says that it is ready, in the order in which its parts depend on each other: every broker knows
 * of all of them, a group coordinator answers, the schema registry answers. Each broker is asked on its own: one that has
 * just started knows neither the others nor any topic, and a client may well ask that one.
 *
 * @returns what was found, for the log
 * @throws ActionError `kafka-not-ready` or `schema-registry-not-ready` at the deadline, or what `stillHopeful` throws
 */
export async function waitUntilReady(options: ReadinessOptions): Promise<string> {
  const { clock, kafkaAt, bootstrapServers, group, askRegistry } = options;
  const count = bootstrapServers.length;
  const deadline = clock.now() + options.timeoutMs;
  const admins = bootstrapServers.map(server => kafkaAt([server]).admin({ retry: { retries: 0 } }));
  const waitForKafka = (what: string, ask: () => Promise<unknown>) =>
    waitFor('kafka-not-ready', what, deadline, options, ask);
  try {
    await waitForKafka(`${count} brokers registered`, () =>
      Promise.all(admins.map(admin => askBroker(admin, count))),
    );
    await waitForKafka('the group coordinator answers', async () =>
      admins[0]?.fetchOffsets({ groupId: group }),
    );
    if (askRegistry) {
      await waitFor(
        'schema-registry-not-ready',
        'the schema registry answers',
        deadline,
        options,
        askRegistry,
      );
    }
  } finally {
    await Promise.allSettled(admins.map(admin => admin.disconnect()));
  }
  return `${count} brokers, coordinator${askRegistry ? ' and schema registry' : ''} answer`;
}

async function askBroker(admin: Admin, brokerCount: number): Promise<void> {
  await admin.connect();
  const { brokers, controller } = await admin.describeCluster();
  if (brokers.length < brokerCount)
    throw new Error(`${brokers.length} of ${brokerCount} brokers are registered`);
  if (controller === null || controller < 0) throw new Error('no broker is the controller yet');
}

function waitFor(
  code: 'kafka-not-ready' | 'schema-registry-not-ready',
  what: string,
  endsAtMs: number,
  options: ReadinessOptions,
  ask: () => Promise<unknown>,
): Promise<void> {
  const limit = formatDuration(options.timeoutMs);
  return poll(options, {
    ...{ what, ask, endsAtMs, words: reasonOf },
    notYet: reason => `${what} (${reason})`,
    late: (reason, cause) =>
      new ActionError(code, `not so within ${limit}: ${what}. Last answer: ${reason}`, { cause }),
  });
}
