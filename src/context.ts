import type { Clock } from './clock.ts';
import type { Host } from './host/host.ts';
import type { KafkaClients } from './kafka/client.ts';
import type { GroupedLogger, Logger } from './log.ts';

/** What everything that works on a machine gets, whole. It stands for one host, and nothing in it knows how many there are. */
export interface Context {
  readonly host: Host;
  /** Clients of the Kafka that the host reaches. */
  readonly kafka: KafkaClients;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted, with an ActionError, when the run has to end. */
  readonly signal: AbortSignal;
}

/** The same where groups of the log begin and end. */
export interface GroupedContext extends Context {
  readonly log: GroupedLogger;
}
