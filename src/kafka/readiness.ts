import type { Admin, Kafka } from 'kafkajs';
import type { Clock } from '../clock.ts';
import { formatDuration } from '../clock.ts';
import { ActionError } from '../errors.ts';
import type { Logger } from '../log.ts';

interface ReadinessOptions {
  readonly kafka: Kafka;
  readonly brokerCount: number;
  /** Consumer group whose coordinator must answer. */
  readonly group: string;
  /** Asks the schema registry; none when there is none. */
  readonly askRegistry?: () => Promise<unknown>;
  /** Called between two attempts; throws when waiting has become pointless. */
  readonly stillHopeful: () => Promise<void>;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const PAUSE_MS = 500;

/**
 * Waits until Kafka itself says that it is ready, in the order in which its parts depend on each other: every broker
 * registered, a group coordinator, the schema registry.
 *
 * @returns what was found, for the log
 * @throws ActionError `kafka-not-ready` or `schema-registry-not-ready` at the deadline, or what `stillHopeful` throws
 */
export async function waitUntilReady(options: ReadinessOptions): Promise<string> {
  const { clock, kafka, brokerCount, group, askRegistry } = options;
  const deadline = clock.now() + options.timeoutMs;
  const admin = kafka.admin({ retry: { retries: 0 } });
  try {
    await waitFor('kafka-not-ready', `${brokerCount} brokers registered`, deadline, options, () =>
      askBrokers(admin, brokerCount),
    );
    await waitFor('kafka-not-ready', 'the group coordinator answers', deadline, options, async () => {
      await admin.fetchOffsets({ groupId: group });
    });
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
    await admin.disconnect().catch(() => {});
  }
  return `${brokerCount} brokers, coordinator${askRegistry ? ' and schema registry' : ''} answer`;
}

async function askBrokers(admin: Admin, brokerCount: number): Promise<void> {
  await admin.connect();
  const { brokers, controller } = await admin.describeCluster();
  if (brokers.length < brokerCount)
    throw new Error(`${brokers.length} of ${brokerCount} brokers are registered`);
  if (controller === null || controller < 0) throw new Error('no broker is the controller yet');
}

async function waitFor(
  code: 'kafka-not-ready' | 'schema-registry-not-ready',
  what: string,
  deadline: number,
  { clock, log, signal, stillHopeful, timeoutMs }: ReadinessOptions,
  ask: () => Promise<unknown>,
): Promise<void> {
  const started = clock.now();
  for (;;) {
    signal.throwIfAborted();
    try {
      await ask();
      log.info(`${what} (after ${formatDuration(clock.now() - started)})`);
      return;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (cause instanceof ActionError && !cause.retriable) throw cause;
      if (clock.now() >= deadline) {
        throw new ActionError(
          code,
          `not so within ${formatDuration(timeoutMs)}: ${what}. Last answer: ${reason}`,
          { cause },
        );
      }
      log.debug(`not yet: ${what} (${reason})`);
    }
    await stillHopeful();
    await clock.sleep(PAUSE_MS, signal);
  }
}
