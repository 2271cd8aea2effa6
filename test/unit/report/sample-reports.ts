import type { Report } from '../../../src/report/report.ts';
import {
  broker,
  CLUSTER,
  counts,
  EMPTY,
  FAILED,
  failedAt,
  JUDGEMENT,
  PASSED,
  PLAN,
  step,
  trip,
} from '../support/reports.ts';

const { topic, hostClients, runnerClients, probe, schemaRegistry, drill, ...upToKafka } = PASSED;
const known = { topic, hostClients, runnerClients, probe, schemaRegistry, drill };

/** What was known at the start of a step, by what comes before it. */
const before = (...names: readonly (keyof typeof known)[]): Report => ({
  ...upToKafka,
  ...Object.fromEntries(names.map(name => [name, known[name]])),
});

const { topic: usualTopic = expectKnown(), drill: usualDrill = expectKnown() } = PASSED;

function expectKnown(): never {
  throw new Error('the sample has no such part');
}

const oneBroker = { id: 1, address: 'localhost:19092' };
const { handover: _handover, ...tripWithoutHandover } = trip(12);
const {
  latencyMs: _latency,
  throughput: _throughput,
  longestPause: _pause,
  ...nothingBack
} = tripWithoutHandover;
const share = { ...oneBroker, partitions: [0], acknowledged: 12, consumed: 12 };

/** Messages that are lost in each of the ways in which they can be. */
const LOST = trip(12, {
  counts: counts(12, { consumed: 9, lost: 1, unread: 1, unknown: 1, duplicated: 1, outOfOrder: 2 }),
  ...{ interruptionCode: 'ssh-connection-lost', interruptionHint: 'Plug it in.', stalledMs: 12_000 },
  missing: {
    ...{ gone: 1, deleted: 1, retention: 'retention.ms=1000', unread: 1, unknown: 1 },
    examples: [
      {
        sequence: 4,
        partition: 1,
        offset: 17,
        whereabouts: 'gone',
        finding: 'another record is at its offset',
      },
      { sequence: 7, partition: 1, offset: 18, whereabouts: 'unread', finding: 'it is there' },
      {
        sequence: 9,
        partition: 0,
        offset: 20,
        whereabouts: 'unknown',
        finding: 'the partition could not be read there',
      },
    ],
  },
  wrongCommits: ['partition 1: committed 19, expected 20'],
  handover: {
    sent: 3,
    received: 2,
    problems: ['partition 0: the second consumer started at offset 3, not at 4'],
  },
});

/** A report of every kind that a run can end with. */
export const SAMPLES: Readonly<Record<string, Report>> = {
  'passed with everything': PASSED,
  'passed with a tunnel': {
    ...PASSED,
    tunnel: { addresses: [...PASSED.bootstrapServers, 'localhost:8081'], log: '/tmp/tunnel.log' },
  },
  'passed without the drill, with a warning about the topic': {
    ...before('hostClients', 'runnerClients', 'probe', 'schemaRegistry'),
    topic: { ...usualTopic, limitations: ['topic test-topic has replication factor 1 where 3 is possible'] },
  },
  'passed over several machines': {
    ...PASSED,
    machine: undefined,
    host: undefined,
    ssh: undefined,
    machines: [
      {
        ...{
          name: '10.0.1.5',
          host: 'ec2-user@10.0.1.5',
          ssh: 'ssh ec2-user@10.0.1.5',
          facts: PASSED.machine,
        },
        ...{ address: '10.0.1.5', nodeId: 1, roles: 'controller+broker', hasRegistry: true },
        ...{ bootstrapServer: 'localhost:19092', rack: 'eu-west-3a' },
      },
      { name: '10.0.1.6', host: 'ec2-user@10.0.1.6' },
    ],
    ways: [{ from: '10.0.1.5', to: '10.0.1.6', port: 9092, state: 'open' }],
    steps: [step('stack', 'changed', { machine: '10.0.1.5' }), ...PASSED.steps],
  },
  'failed on one of several machines': {
    ...failedAt('stack', 'stack-failed', EMPTY),
    failure: {
      ...{ step: 'stack', machine: '10.0.1.6', code: 'stack-failed', message: '10.0.1.6: it failed' },
      ...{ hint: 'Look at it.', details: [] },
    },
  },
  'passed with one broker and no registry': {
    ...withoutRegistry(before('hostClients')),
    cluster: [broker(1)],
    bootstrapServers: [oneBroker.address],
    topic: {
      topic: 'test-topic',
      partitions: [{ partition: 0, leader: 1, replicas: [1], inSyncReplicas: [1] }],
      replicationFactor: 1,
      brokers: [oneBroker],
      limitations: [],
    },
    runnerClients: trip(12, { brokers: [share], latencyHistogram: [{ belowMs: 20, count: 12 }] }),
  },
  'is a plan': PLAN,
  'took a deployment down': {
    ...PLAN,
    mode: 'down',
    steps: [step('containers', 'changed'), step('networks', 'unchanged')],
    environments: [],
  },
  'failed at inputs': failedAt('inputs', 'input-invalid', EMPTY, 'port: "x" is no number'),
  'failed at connect': failedAt('connect', 'ssh-unreachable', { ...EMPTY, durationMs: 60_000 }),
  'failed at the machine': failedAt('machine', 'not-amazon-linux-2023', {
    ...FAILED,
    steps: [step('machine', 'failed'), step('directory', 'skipped')],
    cluster: CLUSTER.map(({ address: _, ...member }) => ({
      ...member,
      state: 'unknown',
      status: 'not there',
    })),
    diagnosis: { logs: [], disk: [], memory: [] },
  }),
  'failed at the stack': FAILED,
  'failed at kafka-ready': failedAt('kafka-ready', 'schema-registry-not-ready', upToKafka),
  'failed at the Python pair': failedAt(
    'smoke-test-host',
    'host-client-failed',
    {
      ...before('topic'),
      hostClients: { produced: 3, consumed: 0, counts: counts(12, { acknowledged: 3, consumed: 0 }) },
    },
    'producer.py on the machine: 3 of 12 messages acknowledged (exit code 1)',
    ['Traceback (most recent call last):'],
    { script: 'producer.py' },
  ),
  'failed with messages that consumer.py did not get': failedAt('smoke-test-host', 'messages-unread', {
    ...before('topic'),
    hostClients: {
      produced: 12,
      consumed: 11,
      counts: counts(12, { consumed: 11, unread: 1 }),
      missing: {
        gone: 0,
        unread: 1,
        unknown: 0,
        examples: [{ partition: 1, offset: 18, whereabouts: 'unread', finding: 'it is there' }],
      },
    },
  }),
  'failed with lost messages': failedAt(
    'smoke-test-runner',
    'messages-lost',
    { ...before('topic', 'hostClients'), runnerClients: LOST },
    'of 12 messages that the brokers acknowledged in test-topic, 1 is lost on the broker',
    ['message 4: partition 1, offset 17: another record is at its offset'],
  ),
  'failed before anything came back': failedAt('smoke-test-runner', 'round-trip-failed', {
    ...before('topic', 'hostClients'),
    runnerClients: {
      ...nothingBack,
      counts: counts(0, { sent: 1 }),
      latencyHistogram: [],
      brokers: [{ ...share, acknowledged: 0, consumed: 0 }],
      interruption: 'the broker did not answer',
    },
  }),
  'failed with a broker that does not serve': failedAt(
    'smoke-test-runner',
    'broker-down',
    before('topic', 'hostClients', 'runnerClients'),
    '1 of 3 brokers does not serve: localhost:29092 (no answer in 5 s)',
    [],
    { silentBrokers: ['localhost:29092'] },
  ),
  'failed at the schema registry': failedAt('probe-topic', 'schema-registry-failed', {
    ...before('topic', 'hostClients', 'runnerClients'),
  }),
  'drill cut off': failedAt('drill', 'drill-failed', {
    ...before('topic', 'hostClients', 'runnerClients', 'probe', 'schemaRegistry'),
    drill: { kind: 'broker-restart', broker: usualDrill.broker, timeline: usualDrill.timeline.slice(0, 2) },
  }),
  'drill that could not begin': failedAt('drill', 'drill-failed', {
    ...before('topic', 'runnerClients'),
    drill: { kind: 'broker-restart', broker: { id: -1, address: '', service: '' }, timeline: [] },
  }),
  'refused by the linter': {
    ...failedAt('lint', 'compose-file-refused', EMPTY, 'docker-compose.yml: 1 error, 1 warning'),
    mode: 'lint',
    lint: JUDGEMENT,
  },
  'passed by the linter': {
    ...EMPTY,
    result: 'passed',
    mode: 'lint',
    lint: { ...JUDGEMENT, level: 'off', findings: [], errors: 0, warnings: 0 },
  },
  sweep: {
    ...PLAN,
    mode: 'down',
    steps: [{ ...step('containers', 'changed'), title: 'pr-1: Containers removed' }],
    sweep: {
      unusedForMs: 604_800_000,
      environments: [
        { ...swept('pr-1'), usedAt: '2025-06-01T10:00:00.000Z', end: 'gone', why: 'last used 9 days ago' },
        { ...swept('pr-2'), usedAt: '2025-06-09T10:00:00.000Z', end: 'stays', why: 'last used 5 hours ago' },
        { ...swept('pr-3'), end: 'stays', why: 'nothing on the machine tells when it was last used' },
      ],
    },
  },
  'sweep that failed': {
    ...failedAt('networks', 'still-in-use', { ...PLAN, mode: 'down' }, 'environment pr-1: it is in use'),
    sweep: {
      unusedForMs: 3_600_000,
      environments: [
        { ...swept('pr-1'), end: 'failed', why: 'it is in use' },
        { ...swept('pr-2'), end: 'would-go', why: 'last used 2 hours ago' },
      ],
    },
  },
  cancelled: failedAt('topic', 'cancelled', { ...upToKafka, cluster: [] }, 'the run was cancelled (SIGINT)'),
};

function swept(environment: string) {
  const project = `docker_exp-${environment}`;
  return { environment, project, directory: `/home/ec2-user/${project}` };
}

function withoutRegistry({ schemaRegistryUrl: _, ...report }: Report): Report {
  return report;
}
