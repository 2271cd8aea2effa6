import type { Admin, Kafka } from 'kafkajs';
import { type Clock, formatDuration } from '../clock.ts';
import { ActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Logger } from '../log.ts';

interface AgreementOptions {
  /** A client whose connections all lead to this one broker. */
  readonly onlyAt: (address: string) => Kafka;
  /** A client of the whole cluster. */
  readonly kafka: Kafka;
  /** One address for each broker. */
  readonly bootstrapServers: readonly string[];
  /** Called between two attempts; throws when waiting has become pointless. */
  readonly stillHopeful: () => Promise<void>;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const PAUSE_MS = 500;
const LARGEST_REPLICATION_FACTOR = 3;
/** A topic that is only asked about and never made. */
const TOPIC = 'kafka-al2023-action-question';

/** A machine from which every connection leads to one broker, whichever kafkajs asks for. */
export function onlyTo(host: Host, address: string): Host {
  const separator = address.lastIndexOf(':');
  const name = address.slice(0, separator);
  return {
    name: host.name,
    run: command => host.run(command),
    // The ports are published on 127.0.0.1 only, and `localhost` may mean ::1 first.
    dial: () => host.dial(name === 'localhost' ? '127.0.0.1' : name, Number(address.slice(separator + 1))),
    close: async () => {},
  };
}

/**
 * Waits until every broker by itself knows all the others, and the controller answers. Neither follows from what a client
 * of the cluster is told: kafkajs asks any broker it knows of, whichever it was given, and in KRaft mode a broker that has
 * lost the controllers goes on answering from memory and names any broker as the controller. In such a cluster an idempotent
 * producer waits without an end.
 *
 * @throws ActionError `kafka-not-ready` at the deadline, or what `stillHopeful` throws
 */
export async function waitForAgreement(options: AgreementOptions): Promise<void> {
  const { bootstrapServers, clock, log, signal, stillHopeful, timeoutMs } = options;
  const started = clock.now();
  for (;;) {
    signal.throwIfAborted();
    try {
      await Promise.all(bootstrapServers.map(address => askBroker(options, address)));
      await askController(options.kafka, bootstrapServers.length);
      log.info(`each broker knows the others, the controller answers (after ${since(clock, started)})`);
      return;
    } catch (cause) {
      if (cause instanceof ActionError && !cause.retriable) throw cause;
      const reason = reasonOf(cause);
      if (clock.now() - started >= timeoutMs) {
        const limit = formatDuration(timeoutMs);
        throw new ActionError('kafka-not-ready', `the brokers did not agree within ${limit}: ${reason}`, {
          cause,
        });
      }
      log.debug(`not yet: ${reason}`);
    }
    await stillHopeful();
    await clock.sleep(PAUSE_MS, signal);
  }
}

const since = (clock: Clock, started: number) => formatDuration(clock.now() - started);

async function askBroker({ onlyAt, bootstrapServers }: AgreementOptions, address: string): Promise<void> {
  const { brokers } = await asAdmin(onlyAt(address), admin => admin.describeCluster());
  const missing = bootstrapServers.length - brokers.length;
  if (missing > 0) throw new Error(`the broker at ${address} does not know ${missing} of the others`);
}

/** Asks whether a topic could be made, which only the controller can tell. */
async function askController(kafka: Kafka, brokerCount: number): Promise<void> {
  const replicationFactor = Math.min(LARGEST_REPLICATION_FACTOR, brokerCount);
  const question = {
    validateOnly: true,
    waitForLeaders: false,
    topics: [{ topic: TOPIC, numPartitions: 1, replicationFactor }],
  };
  try {
    await asAdmin(kafka, admin => admin.createTopics(question));
  } catch (cause) {
    if (cause instanceof ActionError) throw cause;
    throw new Error(`the controller takes no topic of ${replicationFactor} replicas (${reasonOf(cause)})`, {
      cause,
    });
  }
}

async function asAdmin<T>(kafka: Kafka, ask: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    return await ask(admin);
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** kafkajs wraps the refusal of a topic in an error that does not name it. */
function reasonOf(thrown: unknown): string {
  const { message, errors } = thrown as { message?: string; errors?: readonly Error[] };
  return errors?.map(error => error.message).join('; ') ?? message ?? String(thrown);
}
