import type { Report } from '../../../src/report/report.ts';
import type { StepResult } from '../../../src/steps/step.ts';

const step = (name: string, status: StepResult['status'], more: Partial<StepResult> = {}): StepResult => ({
  name,
  title: `Title of ${name}`,
  status,
  changed: status === 'changed',
  detail: `detail of ${name}`,
  durationMs: 1_500,
  ...more,
});

/** A run in which everything went well. */
export const PASSED: Report = {
  result: 'passed',
  runId: 'ab12cd34',
  startedAt: '2025-01-02T03:04:05.000Z',
  durationMs: 65_432.1,
  host: 'ec2-user@machine.example',
  machine: {
    system: 'Amazon Linux 2023.9',
    isAmazonLinux2023: true,
    architecture: 'x86_64',
    user: 'ec2-user',
    home: '/home/ec2-user',
    hasSudo: true,
    memoryMiB: 4_000,
    freeDiskMiB: 20_000,
    hasDocker: false,
  },
  steps: [
    step('machine', 'passed'),
    step('directory', 'changed'),
    step('compose-file', 'unchanged'),
    step('stack', 'changed'),
  ],
  bootstrapServers: ['localhost:19092', 'localhost:29092'],
  schemaRegistryUrl: 'http://localhost:8081',
  hostClients: { produced: 10, consumed: 10 },
  runnerClients: {
    counts: { produced: 10, consumed: 10, lost: 0, duplicated: 0, corrupted: 0, outOfOrder: 0 },
    latencyMs: { p50: 3.14, p95: 9.96, p99: 12, max: 15 },
    durationMs: 900,
  },
};

/** A run that failed in its step `stack`. */
export const FAILED: Report = {
  result: 'failed',
  runId: 'ab12cd34',
  startedAt: '2025-01-02T03:04:05.000Z',
  durationMs: 12_345,
  host: 'ec2-user@machine.example',
  steps: [step('machine', 'passed'), step('stack', 'failed', { changed: true }), step('topic', 'skipped')],
  bootstrapServers: [],
  failure: {
    step: 'stack',
    code: 'container-failed',
    message: 'not up: broker (Exited (1))',
    hint: "Read the container's last lines above.",
    details: ['kafka-broker-1: Exited (1)', '  KAFKA_BROKER_ID is required'],
  },
};
