import { enginePlaces } from '../../machine/troubles/full-disk.ts';
import type { Step } from '../step.ts';
import { drillStep } from './drill.ts';
import type { SmokeTestOptions } from './options.ts';
import { probeTopicStep } from './probe-topic.ts';
import { hostClientsStep } from './smoke-test-host.ts';
import { runnerClientsStep } from './smoke-test-runner.ts';
import { Witness } from './witness.ts';

/** The proof: messages through the cluster and back, by each of the clients asked for. */
export function smokeTestSteps(options: SmokeTestOptions): Step[] {
  const { clients, drill } = options.config;
  // One after the other: side by side they would spoil each other's latency.
  const after = (steps: readonly Step[]) => steps.at(-1)?.name ?? 'topic';
  const steps: Step[] = [];
  const witness = new Witness(options);
  if (clients.includes('host')) steps.push(witness.of(hostClientsStep(options)));
  if (clients.includes('runner')) {
    steps.push(witness.of(runnerClientsStep(options, after(steps))));
    steps.push(witness.of(probeTopicStep(options, after(steps))));
  }
  if (drill === 'broker-restart') steps.push(drillStep(options, after(steps)));
  const writes = enginePlaces(options.project?.name);
  return steps.map(step => ({
    ...step,
    writes: { ...writes, paths: [...writes.paths, options.directory, '/tmp'] },
  }));
}
