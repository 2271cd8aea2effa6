import type { Clock } from '../../../src/clock.ts';
import type { Context } from '../../../src/context.ts';
import type { KafkaClients } from '../../../src/kafka/client.ts';
import type { Logger } from '../../../src/log.ts';
import { nullLogger } from '../../support/null-logger.ts';
import { ScriptedHost } from './scripted-host.ts';
import { noKafka } from './step-context.ts';

interface Setting {
  readonly clock: Clock;
  readonly log?: Logger;
  readonly signal?: AbortSignal;
}

/** For what asks Kafka alone: a machine that is asked for all the same fails the test. */
export function contextOf(
  kafka: Partial<KafkaClients>,
  { clock, log = nullLogger, signal = new AbortController().signal }: Setting,
): Context {
  return { host: new ScriptedHost([]), kafka: { ...noKafka, ...kafka }, clock, log, signal };
}
