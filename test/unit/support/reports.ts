import { ERRORS, type ErrorCode } from '../../../src/error-codes.ts';
import type { ErrorFacts } from '../../../src/errors.ts';
import type { DeliveryCounts } from '../../../src/kafka/round-trip/delivery.ts';
import type { RoundTripResult } from '../../../src/kafka/round-trip/result.ts';
import type { Environment } from '../../../src/machine/environments.ts';
import type { ClusterMember, Failure, Report } from '../../../src/report/report.ts';
import type { StepName, StepResult } from '../../../src/steps/step.ts';

export const step = (
  name: StepName,
  status: StepResult['status'],
  more: Partial<StepResult> = {},
): StepResult => ({
  name,
  title: `Title of ${name}`,
  status,
  changed: status === 'changed',
  detail: `detail of ${name}`,
  durationMs: 1_500,
  ...more,
});

const PORTS = [19092, 29092, 39092];
const ADDRESSES = PORTS.map(port => `localhost:${port}`);

/** A broker of the cluster, as the report lists it. */
export const broker = (number: number, more: Partial<ClusterMember> = {}): ClusterMember => ({
  service: `kafka-broker-${number}`,
  role: 'broker',
  address: `localhost:${number}9092`,
  state: 'up',
  status: 'Up 5 minutes (healthy)',
  ...more,
});

export const CLUSTER: readonly ClusterMember[] = [
  { ...broker(0), service: 'zookeeper', role: 'zookeeper', address: 'localhost:2181' },
  ...[1, 2, 3].map(number => broker(number)),
  { ...broker(0), service: 'schema-registry', role: 'schema-registry', address: 'localhost:8081' },
];

/** Counts of messages that all came back, but for what is given otherwise. */
export const counts = (messages: number, more: Partial<DeliveryCounts> = {}): DeliveryCounts => ({
  ...{ sent: messages, acknowledged: messages, consumed: messages },
  ...{ lost: 0, unread: 0, unknown: 0, duplicated: 0, corrupted: 0, outOfOrder: 0 },
  ...more,
});

/** A round trip by three brokers in which all went well. */
export function trip(messages: number, more: Partial<RoundTripResult> = {}): RoundTripResult {
  const latencyMs = { p50: 3.14, p95: 9.96, p99: 12, max: 15.5 };
  const shareOf = (index: number) => Math.ceil((messages - index) / 3);
  return {
    topic: 'test-topic',
    counts: counts(messages),
    latencyMs,
    latencyHistogram: [
      { belowMs: 5, count: messages - 1 },
      { belowMs: 10, count: 0 },
      { belowMs: 20, count: 1 },
    ],
    throughput: 71.4,
    brokers: ADDRESSES.map((address, index) => ({
      id: index + 1,
      address,
      partitions: [index],
      acknowledged: shareOf(index),
      consumed: shareOf(index),
      latencyMs,
    })),
    longestPause: { durationMs: 24.2, atMs: 310 },
    wrongCommits: [],
    handover: { sent: 3, received: 3, problems: [] },
    durationMs: 900,
    ...more,
  };
}

/** A run in which everything was proven, and all of it was good. */
export const PASSED: Report = {
  schemaVersion: 1,
  mode: 'deploy',
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
    memoryMiB: 4_096,
    freeDiskMiB: 20_480,
    hasDocker: false,
    hasProxy: false,
  },
  steps: [
    step('machine', 'passed', { versions: { system: 'Amazon Linux 2023.9' } }),
    step('directory', 'changed'),
    step('compose-file', 'unchanged'),
    step('stack', 'changed'),
  ],
  versions: { system: 'Amazon Linux 2023.9', 'Docker Engine': '25.0.8' },
  cluster: CLUSTER,
  bootstrapServers: ADDRESSES,
  schemaRegistryUrl: 'http://localhost:8081',
  topic: {
    topic: 'test-topic',
    partitions: [0, 1, 2].map(partition => ({
      partition,
      leader: partition + 1,
      replicas: [1, 2, 3],
      inSyncReplicas: [1, 2, 3],
    })),
    replicationFactor: 3,
    minInSyncReplicas: 2,
    cleanupPolicy: 'delete',
    brokers: ADDRESSES.map((address, index) => ({ id: index + 1, address })),
    limitations: [],
  },
  hostClients: { produced: 10, consumed: 10, counts: counts(10) },
  runnerClients: trip(10),
  schemaRegistry: {
    url: 'http://localhost:8081',
    subject: 'kafka-al2023-action-ab12cd34-value',
    schemaId: 2,
  },
  probe: trip(30, { topic: 'kafka-al2023-action-ab12cd34' }),
  drill: {
    kind: 'broker-restart',
    broker: { id: 2, address: 'localhost:29092', service: 'kafka-broker-2' },
    timeline: [
      {
        atMs: 1_771.7,
        kind: 'stop-requested',
        event: 'messages flow; broker 2 (kafka-broker-2) is told to stop',
      },
      { atMs: 3_183.7, kind: 'stopped', event: 'broker 2 (kafka-broker-2) has stopped' },
      { atMs: 8_706.6, kind: 'started', event: 'broker 2 (kafka-broker-2) is started' },
      { atMs: 15_445.3, kind: 'in-sync', event: 'every replica is in sync again' },
      { atMs: 16_945.5, kind: 'ended', event: 'messages stop' },
    ],
    longestPauseMs: 1_026,
    inSyncAfterMs: 6_738.5,
    traffic: trip(333),
  },
};

/** The report of a run of which nothing is known yet. */
export const EMPTY: Report = {
  schemaVersion: 1,
  mode: 'deploy',
  result: 'failed',
  runId: 'ab12cd34',
  startedAt: '2025-01-02T03:04:05.000Z',
  durationMs: 0,
  steps: [],
  versions: {},
  cluster: [],
  bootstrapServers: [],
};

const ENVIRONMENT: Environment = {
  environment: 'pr-41',
  project: 'docker_exp-pr-41',
  directory: '/home/ec2-user/docker_exp-pr-41',
  ports: [2281, 19192, 29192, 39192, 8181],
  usedAt: '2025-01-01T00:00:00.000Z',
  run: 'https://github.com/org/repo/actions/runs/7',
  containersRunning: 5,
};

/** Of which neither the run nor the time of its note is known. */
const littleKnown = ({ run: _, usedAt: __, ...rest }: Environment): Environment => rest;

/** A plan: two steps would change the machine, on which two environments are. */
export const PLAN: Report = {
  ...EMPTY,
  leftOut: ['steps[2].foreseen: 500 of 1500 items'],
  mode: 'plan',
  result: 'passed',
  durationMs: 2_345,
  host: 'ec2-user@machine.example',
  steps: [
    step('machine', 'passed'),
    step('directory', 'unchanged'),
    step('compose-file', 'planned', { foreseen: ['@@ -1 +1 @@', '-    image: a:1', '+    image: a:2'] }),
    step('stack', 'planned', { detail: 'to do after compose-file' }),
  ],
  environments: [ENVIRONMENT, littleKnown({ ...ENVIRONMENT, environment: 'pr-42', containersRunning: 0 })],
};

/** A run that failed in its step `stack`. */
export const FAILED: Report = {
  ...EMPTY,
  durationMs: 12_345,
  host: 'ec2-user@machine.example',
  ssh: 'ssh ec2-user@machine.example',
  project: {
    name: 'docker_exp',
    directory: '/home/ec2-user/docker_exp',
    composeFiles: ['docker-compose.yml'],
  },
  steps: [step('machine', 'passed'), step('stack', 'failed', { changed: true }), step('topic', 'skipped')],
  cluster: [
    broker(1, { state: 'down', status: 'Exited (1) 3 seconds ago' }),
    broker(2, { state: 'unknown', status: 'not there' }),
  ],
  failure: {
    step: 'stack',
    code: 'container-failed',
    message: 'not up: broker (Exited (1))',
    hint: "Read the container's last lines above.",
    details: ['kafka-broker-1: Exited (1)', '  KAFKA_BROKER_ID is required'],
  },
  diagnosis: {
    logs: [
      {
        container: 'docker_exp-kafka-broker-1-1',
        service: 'kafka-broker-1',
        isRunning: false,
        lines: ['KAFKA_BROKER_ID is required', 'exiting'],
      },
    ],
    disk: ['Filesystem  Size  Used', '/dev/xvda1   20G   4G'],
    memory: ['        total  used', 'Mem:     3900  1000'],
  },
};

/** A report as it is when the run fails there. */
export function failedAt(
  step: Failure['step'],
  code: ErrorCode,
  report: Report,
  message = `what ${code} says`,
  details: readonly string[] = [],
  facts?: ErrorFacts,
): Report {
  const failure = { step, code, message, hint: ERRORS[code].hint, details, facts };
  return { ...report, result: 'failed', failure };
}

/** A compose file with a fault that was fixed, one that can only be proposed, and one that is neither. */
export const JUDGEMENT: NonNullable<Report['lint']> = {
  files: ['docker-compose.yml'],
  level: 'error',
  errors: 1,
  warnings: 1,
  ignored: 0,
  findings: [
    {
      ...{ rule: 'advertised-listener-missing', severity: 'error', file: 'docker-compose.yml' },
      ...{ line: 52, column: 7, endLine: 52, endColumn: 42 },
      message: 'The broker advertises nothing.',
      hint: 'Set KAFKA_ADVERTISED_LISTENERS.',
    },
    {
      ...{ rule: 'data-without-volume', severity: 'warning', file: 'docker-compose.yml' },
      ...{ line: 30, column: 3, endLine: 30, endColumn: 17 },
      message: 'The data are gone with the container.',
      hint: 'Name a volume.',
      also: [{ file: 'docker-compose.yml', line: 41 }],
      proposal: 'volumes:\n  - data:/var/lib/kafka/data',
    },
  ],
  fixed: [
    {
      ...{ rule: 'open-port', severity: 'warning', file: 'docker-compose.yml' },
      ...{ line: 11, column: 9, endLine: 11, endColumn: 20 },
      message: 'The port is open to everyone.',
      hint: 'Publish it on 127.0.0.1.',
    },
  ],
  diff: [
    '--- a/docker-compose.yml',
    '+++ b/docker-compose.yml',
    '@@ -11 +11 @@',
    '-"2181:2181"',
    '+"127.0.0.1:2181:2181"',
  ],
};
