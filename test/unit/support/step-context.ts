import { expect } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import type { Context } from '../../../src/context.ts';
import type { KafkaClients } from '../../../src/kafka/client.ts';
import { InstantClock } from './clocks.ts';
import { RecordingLog } from './recording-log.ts';
import { type Script, ScriptedHost } from './scripted-host.ts';

/** For what asks no Kafka: a client that is asked for all the same fails the test. */
export const noKafka: KafkaClients = {
  of: () => expect.unreachable('no Kafka is asked here'),
  onlyTo: () => expect.unreachable('no Kafka is asked here'),
  loggingTo: () => noKafka,
};

/** What a step works with, on a machine that answers from a table. */
export function scriptedContext(script: Script, clock: Clock = new InstantClock()) {
  const host = new ScriptedHost(script);
  const log = new RecordingLog();
  const context: Context = { host, kafka: noKafka, log, clock, signal: new AbortController().signal };
  return { host, log, context };
}
