import type { Clock } from '../../../src/clock.ts';
import type { Context } from '../../../src/context.ts';
import type { Host } from '../../../src/host/host.ts';
import type { KafkaClients } from '../../../src/kafka/client.ts';
import type { Logger } from '../../../src/log.ts';
import { nullLogger } from '../../support/null-logger.ts';
import { ScriptedHost } from './scripted-host.ts';
import { noKafka } from './step-context.ts';

interface Setting {
  readonly clock: Clock;
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  readonly host?: Host;
}

/** For what asks Kafka alone: of the machine no more than a sign of life is asked. */
export function contextOf(
  kafka: Partial<KafkaClients>,
  { clock, log = nullLogger, signal = new AbortController().signal, host = new ScriptedHost([]) }: Setting,
): Context {
  return { host, kafka: { ...noKafka, ...kafka }, clock, log, signal };
}
