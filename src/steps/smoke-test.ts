import type { SmokeTestConfig } from '../config.ts';
import { ActionError } from '../errors.ts';
import { kafkaOn } from '../kafka/client.ts';
import { isPerfect } from '../kafka/delivery.ts';
import { type PythonPairResult, runPythonPair } from '../kafka/python-pair.ts';
import { type RoundTripResult, roundTrip } from '../kafka/round-trip.ts';
import { type Step, type StepContext, satisfied } from './step.ts';

export interface SmokeTestOptions {
  readonly config: SmokeTestConfig;
  /** Absolute path of the directory of the Python clients. */
  readonly directory: string;
  readonly bootstrapServers: readonly string[];
  readonly runId: string;
  /** Given the counts as soon as they are known, also when they are bad. */
  readonly onHostClients: (result: PythonPairResult) => void;
  readonly onRunnerClients: (result: RoundTripResult) => void;
}

/** The proof: messages through the cluster and back, by each of the clients asked for. */
export function smokeTestSteps(options: SmokeTestOptions): Step[] {
  const { clients } = options.config;
  const host = clients.includes('host') ? [hostClientsStep(options)] : [];
  // One after the other: side by side they would spoil each other's latency.
  const needs = host.length > 0 ? 'smoke-test-host' : 'topic';
  const runner = clients.includes('runner') ? [runnerClientsStep(options, needs)] : [];
  return [...host, ...runner];
}

function hostClientsStep({
  config,
  directory,
  bootstrapServers,
  runId,
  onHostClients,
}: SmokeTestOptions): Step {
  return {
    name: 'smoke-test-host',
    title: 'Smoke test on the machine: producer.py and consumer.py',
    guide: '4/4.4',
    needs: ['topic', 'virtual-environment', 'clients'],
    async check({ host, log, clock }) {
      const { messages, messageIntervalMs, topic, group, timeoutMs } = config;
      const result = await runPythonPair({
        ...{
          host,
          log,
          clock,
          directory,
          bootstrapServers,
          topic,
          group,
          messages,
          messageIntervalMs,
          timeoutMs,
        },
        runId: `${runId}/host`,
      });
      onHostClients(result);
      if (result.failure) throw result.failure;
      return satisfied(`${result.consumed} of ${result.produced} messages came back`);
    },
  };
}

function runnerClientsStep(
  { config, bootstrapServers, runId, onRunnerClients }: SmokeTestOptions,
  needs: string,
): Step {
  return {
    name: 'smoke-test-runner',
    title: 'Smoke test from the runner, through SSH',
    needs: [needs],
    async check(context) {
      const result = await runRoundTrip(config, bootstrapServers, runId, context);
      onRunnerClients(result);
      refuseImperfect(result, config.messages);
      const { produced, consumed } = result.counts;
      return satisfied(
        `${consumed} of ${produced} messages came back, p95 ${result.latencyMs?.p95.toFixed(1)} ms`,
      );
    },
  };
}

function runRoundTrip(
  { messages, messageIntervalMs, topic, group, timeoutMs }: SmokeTestConfig,
  bootstrapServers: readonly string[],
  runId: string,
  { host, clock, log, signal }: StepContext,
): Promise<RoundTripResult> {
  return roundTrip({
    producerKafka: kafkaOn(host, bootstrapServers, log),
    consumerKafka: kafkaOn(host, bootstrapServers, log),
    ...{ topic, messages, messageIntervalMs, clock, log, signal },
    group: `${group}-${runId}`,
    runId: `${runId}/runner`,
    timeoutMs: timeoutMs + messages * messageIntervalMs,
  });
}

/** @throws ActionError when not every message was acknowledged and came back once, whole and in order */
function refuseImperfect({ counts, interruption }: RoundTripResult, messages: number): void {
  const { produced, consumed, lost, duplicated, corrupted, outOfOrder } = counts;
  const details = interruption === undefined ? [] : [interruption];
  if (produced > 0 && !isPerfect(counts)) {
    const numbers = `${lost} lost, ${duplicated} duplicated, ${corrupted} corrupted, ${outOfOrder} out of order`;
    throw new ActionError(
      'messages-lost',
      `of ${produced} acknowledged messages ${consumed} came back: ${numbers}`,
      {
        details,
      },
    );
  }
  if (interruption === undefined && produced === messages) return;
  throw new ActionError(
    'round-trip-failed',
    interruption ?? `${produced} of ${messages} messages were acknowledged`,
  );
}
