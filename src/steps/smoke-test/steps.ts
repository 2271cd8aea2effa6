import type { SmokeTestConfig } from '../../config/smoke-test-inputs.ts';
import { enginePlaces } from '../../machine/troubles/full-disk.ts';
import type { Step, StepName } from '../step.ts';
import { drillStep } from './drill.ts';
import type { SmokeTestOptions } from './options.ts';
import { probeTopicStep } from './probe-topic.ts';
import { hostClientsStep } from './smoke-test-host.ts';
import { runnerClientsStep } from './smoke-test-runner.ts';
import { Witness } from './witness.ts';

/** So many messages that it is their time which counts, not that of the connections. */
const MANY_MESSAGES = 1_000;

/** The proof: messages through the cluster and back, by each of the clients asked for. */
export function smokeTestSteps(options: SmokeTestOptions): Step[] {
  const { clients, drill } = options.config;
  const isMeasured = isMeasurement(options.config);
  const steps: Step[] = [];
  const before = (): readonly StepName[] => {
    const last = steps.at(-1);
    return isMeasured && last ? [last.name] : ['topic'];
  };
  const witness = new Witness(options);
  if (clients.includes('host')) steps.push(witness.of(hostClientsStep(options)));
  if (clients.includes('runner')) {
    steps.push(witness.of(runnerClientsStep(options, before())));
    steps.push(witness.of(probeTopicStep(options, before())));
  }
  // It stops a broker: that would be a fault in the eyes of the others.
  const others = steps.map(({ name }) => name);
  if (drill === 'broker-restart') steps.push(drillStep(options, others));
  const writes = enginePlaces(options.project?.name);
  return steps.map(step => ({
    ...step,
    writes: { ...writes, paths: [...writes.paths, options.directory, '/tmp'] },
  }));
}

/** Whether the clients run one after the other: side by side they would spoil each other's latency and throughput. */
function isMeasurement({ messages, thresholds }: SmokeTestConfig): boolean {
  return messages > MANY_MESSAGES || Object.values(thresholds).some(bound => bound !== undefined);
}
