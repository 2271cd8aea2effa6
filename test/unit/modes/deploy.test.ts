import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { parseConfig } from '../../../src/config/config.ts';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { ActionError } from '../../../src/errors.ts';
import { openHost } from '../../../src/host/open-host.ts';
import { FirstKeys } from '../../../src/host/ssh/first-keys.ts';
import { kafkaClients } from '../../../src/kafka/client.ts';
import { deploy } from '../../../src/modes/deploy.ts';
import { changedSteps, failedBeforeStart } from '../../../src/report/report.ts';
import { CLIENTS, deployedIn, KAFKA_PYTHON, STACK, STACK_IN_MEMORY } from '../support/deployments.ts';
import { SERVERS } from '../support/memory-kafka.ts';
import { foreignRecord } from '../support/memory-topic.ts';
import { RecordingLog } from '../support/recording-log.ts';
import type { Script } from '../support/scripted-host.ts';
import { NO_TUNNEL, runOn, sourceOf } from '../support/sessions.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { SshServer } from '../support/ssh-server.ts';

const hostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');

async function run(inputs: RawInputs, cancelled = new AbortController().signal) {
  const log = new RecordingLog();
  const config = parseConfig(
    { host: '127.0.0.1', key: userKey.privateKey, 'connect-timeout': '1', ...inputs },
    () => '',
  );
  const startedAt = new Date('2025-01-02T03:04:05Z');
  const { report } = await deploy(config, {
    ...NO_TUNNEL,
    onDeploying: () => {},
    clients: CLIENTS,
    schemas: [],
    source: sourceOf(STACK),
    log,
    startedAt,
    clock: systemClock,
    env: process.env,
    runId: 'ab12',
    cancelled,
    firstKeys: new FirstKeys(),
    openHost,
    kafkaClients,
  });
  return { report, log };
}
const startServer = (more: object = {}) =>
  SshServer.start({ hostKeys: [hostKey], authorized: [userKey], ...more });

describe('a run that deploys', () => {
  it('ends with a report, not an error, when it cannot connect', async () => {
    const { report, log } = await run({ port: '1' });
    expect(report).toMatchObject({
      result: 'failed',
      runId: 'ab12',
      startedAt: '2025-01-02T03:04:05.000Z',
      steps: [],
      bootstrapServers: [],
      failure: { step: 'connect', code: 'ssh-unreachable' },
    });
    expect(report.durationMs).toBeGreaterThan(0);
    expect(log.lines.at(0)).toBe('group Connect');
    expect(log.text).toMatch(
      /info ssh-unreachable: [^\n]+\ninfo what to do: [^\n]+\nendgroup\ninfo ✘ Connect: failed/,
    );
  });

  it('ends with its first step on a machine that does not fit, and begins no other', async () => {
    const server = await startServer();
    const { report } = await run({ port: `${server.port}` });
    expect(report.failure).toMatchObject({ step: 'machine', code: 'not-amazon-linux-2023' });
    expect(report.host).toBe(`ec2-user@127.0.0.1:${server.port}`);
    expect(report.machine?.isAmazonLinux2023).toBe(false);
    expect(report.steps.map(({ status }) => status)).toEqual([
      'failed',
      ...report.steps.slice(1).map(() => 'skipped'),
    ]);
    const diagnosis = server.commands.flatMap(
      command => /\b(df -h|free -m)\b/.exec(command.replaceAll("'", ''))?.[1] ?? [],
    );
    expect(diagnosis.slice(-2)).toEqual(['df -h', 'free -m']);
    expect(server.connections).toBe(1);
  });

  it('ends with a report when the machine breaks the connection at the first question', async () => {
    const server = await startServer({ dropAtCommand: true });
    const { report } = await run({ port: `${server.port}` });
    expect(report.failure).toMatchObject({ step: 'connect', code: 'ssh-connection-lost' });
  });

  it('fails at connect when the machine cannot say what it is, and leaves no connection', async () => {
    const server = await startServer({ loginShell: 'exit 1' });
    const { report } = await run({ port: `${server.port}` });
    expect(report.failure).toMatchObject({ step: 'connect', code: 'shell-unusable' });
    while (server.open > 0) await new Promise(setImmediate);
  });

  it('closes its connection at the end', async () => {
    const server = await startServer();
    await run({ port: `${server.port}` });
    expect(server.connections).toBe(1);
    await expect.poll(() => server.open).toBe(0);
  });

  it('ends with a code of its own when it takes too long', async () => {
    const server = await startServer({ forwarding: 'silent' });
    const via = { 'jump-host': `127.0.0.1:${server.port}`, 'connect-timeout': '60', timeout: '1' };
    const { report } = await run({ port: '1', ...via });
    expect(report.failure).toMatchObject({
      code: 'run-timeout',
      message: 'the run did not end within 1.0 s',
    });
  });
});

describe('a deployment', () => {
  const directory = '/home/u/docker_exp';
  const sha256 = 'ab'.repeat(32);
  const note = {
    version: 1,
    project: 'docker_exp',
    directory,
    files: [
      'docker-compose.yml',
      'producer.py',
      'consumer.py',
      'client_settings.py',
      'requirements.txt',
      'kafka_env',
    ],
    services: ['zookeeper', 'kafka-broker-1', 'kafka-broker-2', 'kafka-broker-3'],
    portShift: 0,
    ports: [2181, 19092, 29092, 39092],
  };
  /** Its note is not there until it is written. */
  const script: Script = [
    [/^dd .*\/deployments\/docker_exp\.json$/, 1, { stdout: JSON.stringify(note) }],
    [/^sha256sum /, { stdout: `${sha256}  docker-compose\n` }],
    ...deployedIn(directory, STACK_IN_MEMORY),
  ];

  it('goes from the connection to the report, and every message comes back', async () => {
    const inputs = { 'compose-version': 'v2.40.3', 'compose-sha256': sha256, 'update-packages': 'false' };
    const { config, dependencies, cluster, log, ran } = runOn(inputs, { script });
    for (let sequence = 0; sequence < 10; sequence++)
      cluster.partition(0).append(foreignRecord({ 'run-id': 'ab12/host', sequence: `${sequence}` }));
    let commandsBefore = -1;
    const { report, findings } = await deploy(config, {
      ...dependencies,
      clients: CLIENTS,
      schemas: [],
      source: sourceOf(STACK_IN_MEMORY),
      onDeploying: () => {
        commandsBefore = ran().length;
      },
    });
    expect(report.failure).toBeUndefined();
    expect(report).toMatchObject({
      mode: 'deploy',
      result: 'passed',
      host: 'a scripted machine',
      environments: [],
      bootstrapServers: SERVERS,
      versions: { 'kafka-python': KAFKA_PYTHON },
      hostClients: { produced: 10, consumed: 10 },
      runnerClients: { counts: { acknowledged: 10, consumed: 10, lost: 0 } },
    });
    expect(changedSteps(report)).toEqual(['deployment-record']);
    expect(report.steps.at(-1)).toMatchObject({ name: 'probe-topic', status: 'passed' });
    expect(report.cluster.map(({ state }) => state)).toEqual(['up', 'up', 'up', 'up']);
    expect([report.lint, report.tunnel, report.diagnosis, findings]).toEqual([
      undefined,
      undefined,
      undefined,
      [],
    ]);
    expect(commandsBefore).toBe(0);
    expect(ran()).toContain('touch -c -h -- /home/u/.kafka-al2023/deployments/docker_exp.json');
    expect(log.lines.slice(0, 2)).toEqual(['group Connect', 'endgroup']);
    expect(cluster.connected).toEqual([]);
  });
});

describe('a run that is cancelled', () => {
  const cancellation = new ActionError('cancelled', 'the run was cancelled (SIGINT)');

  it('ends with a code of its own, wherever it was', async () => {
    const server = await startServer({ forwarding: 'silent' });
    const via = { 'jump-host': `127.0.0.1:${server.port}`, 'connect-timeout': '60' };
    const cancel = new AbortController();
    const ended = run({ port: '1', ...via }, cancel.signal);
    while (server.open === 0) await new Promise(setImmediate);
    cancel.abort(cancellation);
    expect((await ended).report.failure).toMatchObject({
      step: 'connect',
      code: 'cancelled',
      message: 'the run was cancelled (SIGINT)',
    });
  });

  it('touches nothing when it is cancelled before it begins', async () => {
    const server = await startServer();
    const { report } = await run({ port: `${server.port}` }, AbortSignal.abort(cancellation));
    expect(report.failure?.code).toBe('cancelled');
    expect(server.commands).toEqual([]);
  });
});

describe('a run that cannot start', () => {
  it('keeps the facts of its error', () => {
    const facts = { silentBrokers: ['localhost:19092'] };
    const error = new ActionError('broker-down', 'one does not serve', { facts });
    const { failure } = failedBeforeStart(error, { runId: 'ab12', startedAt: new Date(0) });
    expect(failure).toMatchObject({ code: 'broker-down', facts });
  });

  it('fails at its inputs', () => {
    const error = new ActionError('input-invalid', 'messages: wrong', { details: ['messages: wrong'] });
    expect(failedBeforeStart(error, { runId: 'ab12', startedAt: new Date(0) })).toEqual({
      schemaVersion: 1,
      mode: 'deploy',
      result: 'failed',
      runId: 'ab12',
      startedAt: '1970-01-01T00:00:00.000Z',
      durationMs: 0,
      steps: [],
      versions: {},
      cluster: [],
      bootstrapServers: [],
      failure: {
        step: 'inputs',
        code: 'input-invalid',
        message: 'messages: wrong',
        hint: error.hint,
        details: ['messages: wrong'],
      },
    });
  });
});
