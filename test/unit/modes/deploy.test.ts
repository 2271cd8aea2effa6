import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { parseConfig } from '../../../src/config/config.ts';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { ActionError } from '../../../src/errors.ts';
import { openHost } from '../../../src/host/open-host.ts';
import { kafkaClients } from '../../../src/kafka/client.ts';
import { deploy } from '../../../src/modes/deploy.ts';
import { failedBeforeStart } from '../../../src/report/report.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { SshServer } from '../support/ssh-server.ts';
import { deploymentOf } from '../support/stacks.ts';

const hostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');
const deployment = deploymentOf(readFileSync('stacks/zookeeper/docker-compose.yml', 'utf8'));
const clients = { producer: '', consumer: '', requirements: '' };

async function run(inputs: RawInputs, cancelled = new AbortController().signal) {
  const log = new RecordingLog();
  const config = parseConfig(
    { host: '127.0.0.1', key: userKey.privateKey, 'connect-timeout': '1', ...inputs },
    () => '',
  );
  const startedAt = new Date('2025-01-02T03:04:05Z');
  const report = await deploy(config, {
    clients,
    deploymentAt: () => deployment,
    log,
    startedAt,
    clock: systemClock,
    env: process.env,
    runId: 'ab12',
    cancelled,
    openHost,
    kafkaClients,
  });
  return { report, log };
}
const startServer = (more: object = {}) =>
  SshServer.start({ hostKeys: [hostKey], authorized: [userKey], ...more });

describe('a run', () => {
  it('that cannot connect is a report, not an error', async () => {
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

  it('on a machine that does not fit ends with its first step, and no other is begun', async () => {
    const server = await startServer();
    const { report } = await run({ port: `${server.port}` });
    expect(report.failure).toMatchObject({ step: 'machine', code: 'not-amazon-linux-2023' });
    expect(report.host).toBe(`ec2-user@127.0.0.1:${server.port}`);
    expect(report.machine?.isAmazonLinux2023).toBe(false);
    expect(report.steps.map(({ status }) => status)).toEqual([
      'failed',
      ...report.steps.slice(1).map(() => 'skipped'),
    ]);
    const diagnosis = server.commands.slice(-3);
    expect(
      diagnosis.map(command => /\b(docker ps|df -h|free -m)\b/.exec(command.replaceAll("'", ''))?.[1]),
    ).toEqual([...['docker ps', 'df -h', 'free -m']]);
    expect(server.connections).toBe(1);
  });

  it('on a machine that breaks the connection at its first question is a report, too', async () => {
    const server = await startServer({ dropAtCommand: true });
    const { report } = await run({ port: `${server.port}` });
    expect(report.failure).toMatchObject({ step: 'connect', code: 'ssh-connection-lost' });
  });

  it('on a machine that cannot be asked what it is has failed to connect, and leaves no connection', async () => {
    const server = await startServer({ failCommands: true });
    const { report } = await run({ port: `${server.port}` });
    expect(report.failure).toMatchObject({ step: 'connect', code: 'command-failed' });
    while (server.open > 0) await new Promise(setImmediate);
  });

  it('closes its connection at the end', async () => {
    const server = await startServer();
    await run({ port: `${server.port}` });
    while (server.open > 0) await new Promise(setImmediate);
  });

  it('that takes too long ends with its own code', async () => {
    const server = await startServer({ forwarding: 'silent' });
    const via = { 'jump-host': `127.0.0.1:${server.port}`, 'connect-timeout': '60', timeout: '1' };
    const { report } = await run({ port: '1', ...via });
    expect(report.failure).toMatchObject({
      code: 'run-timeout',
      message: 'the run did not end within 1.0 s',
    });
  });
});

describe('a run that is cancelled', () => {
  const cancellation = new ActionError('cancelled', 'the run was cancelled (SIGINT)');

  it('ends with its own code, wherever it was', async () => {
    const server = await startServer({ forwarding: 'silent' });
    const via = { 'jump-host': `127.0.0.1:${server.port}`, 'connect-timeout': '60' };
    const cancel = new AbortController();
    const ended = run({ port: '1', ...via }, cancel.signal);
    while (server.open === 0) await new Promise(setImmediate);
    cancel.abort(cancellation);
    expect((await ended).report.failure).toMatchObject({
      ...{ step: 'connect', code: 'cancelled', message: 'the run was cancelled (SIGINT)' },
    });
  });

  it('before it began has touched nothing', async () => {
    const server = await startServer();
    const { report } = await run({ port: `${server.port}` }, AbortSignal.abort(cancellation));
    expect(report.failure?.code).toBe('cancelled');
    expect(server.commands).toEqual([]);
  });
});

describe('a run that could not even start', () => {
  it('has failed at its inputs', () => {
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
