import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Config } from '../../../src/config/config.ts';
import { FirstKeys } from '../../../src/host/ssh/first-keys.ts';
import { openTunnel, refuseObstacle, tunnelObstacle } from '../../../src/modes/tunnel.ts';
import type { Report } from '../../../src/report/report.ts';
import type { TunnelState } from '../../../src/tunnel/start.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { FAILED, PASSED } from '../support/reports.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { targetAt } from '../support/ssh-target.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const key = makeKey('ed25519');
type Asked = Pick<Config, 'tunnel' | 'connection' | 'machines'>;
const LOCAL: Asked = { tunnel: true, connection: { kind: 'local' } };
const SSH: Asked = { tunnel: true, connection: { kind: 'ssh', target: targetAt(1, key) } };

afterEach(() => vi.unstubAllEnvs());

describe('before the machine is touched', () => {
  it('a port that is taken on the runner is an obstacle', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = `localhost:${(server.address() as net.AddressInfo).port}`;
    const obstacle = await tunnelObstacle(SSH, { bootstrapServers: [address] });
    expect(obstacle?.code).toBe('tunnel-port-in-use');
    expect(await tunnelObstacle(LOCAL, { bootstrapServers: [address] })).toBeUndefined();
    expect(await tunnelObstacle({ ...SSH, tunnel: false }, { bootstrapServers: [address] })).toBeUndefined();
    const refused = refuseObstacle(SSH)({ cluster: { bootstrapServers: [address] } });
    await expect(refused).rejects.toMatchObject({ code: 'tunnel-port-in-use' });
    await refuseObstacle(LOCAL)({ cluster: { bootstrapServers: [address] } });
  });

  it('a broker on another host is an obstacle', async () => {
    const obstacle = await tunnelObstacle(SSH, { bootstrapServers: ['kafka.example:9092'] });
    expect(obstacle?.code).toBe('input-invalid');
  });
});

const SHOWN = { 'machine.example 22': 'SHA256:shown-before' };

/** Opens a tunnel by a program that stands for the real one. */
async function opening(report: Report, asked: Asked, program: string) {
  const root = join(folder, `${Math.random()}`);
  mkdirSync(join(root, 'dist', 'tunnel'), { recursive: true });
  writeFileSync(join(root, 'dist', 'tunnel', 'index.js'), program);
  const log = new RecordingLog();
  vi.stubEnv('INPUT_KEY', key.privateKey);
  vi.stubEnv('OTHER', 'a secret');
  vi.stubEnv('RUNNER_TEMP', root);
  const redact = (text: string) => text.replaceAll('secret', '***');
  const cancelled = new AbortController().signal;
  const states: TunnelState[] = [];
  const ended = await openTunnel(report, asked, {
    tunnelProgram: join(root, 'dist', 'tunnel', 'index.js'),
    onTunnel: state => states.push(state),
    redact,
    log,
    cancelled,
    clock: systemClock,
    firstKeys: new FirstKeys(SHOWN),
    env: process.env,
  });
  return { ended, log, root, states };
}

const OF_A_PROJECT: Report = {
  ...PASSED,
  project: {
    name: 'docker_exp',
    directory: '/home/ec2-user/docker_exp',
    composeFiles: ['docker-compose.yml'],
  },
};
const GIVES_ITS_ORDER = `
  const { writeFileSync } = require('node:fs');
  const { text } = require('node:stream/consumers');
  text(process.stdin).then(order => {
    writeFileSync(__dirname + '/order', order);
    writeFileSync(__dirname + '/environment', JSON.stringify(process.env));
    process.send({ kind: 'open' });
  });`;

describe('after a run that passed', () => {
  it('the tunnel gets its order by standard input alone, and the post step learns which process to end', async () => {
    const { ended, log, root, states } = await opening(OF_A_PROJECT, SSH, GIVES_ITS_ORDER);
    const path = join(root, 'kafka-al2023-ab12cd34-tunnel.log');
    const addresses = [...PASSED.bootstrapServers, 'localhost:8081'];
    expect(ended).toEqual({
      ...OF_A_PROJECT,
      tunnel: { addresses, log: path },
      durationMs: expect.any(Number),
    });
    expect(log.lines.at(-1)).toMatch(/^info ✔ Tunnel: localhost:19092, .*, until the end of the job$/);
    const order = JSON.parse(readFileSync(join(root, 'dist', 'tunnel', 'order'), 'utf8'));
    expect(order).toMatchObject({
      machines: [
        {
          target: { privateKey: key.privateKey },
          forwards: [{ port: 19092 }, { port: 29092 }, { port: 39092 }, { port: 8081 }],
          noteUse: ['touch', '-c', '-h', '--', '/home/ec2-user/.kafka-al2023/deployments/docker_exp.json'],
        },
      ],
      shownKeys: SHOWN,
      starter: { pid: process.ppid },
    });
    const environment = JSON.parse(readFileSync(join(root, 'dist', 'tunnel', 'environment'), 'utf8'));
    expect(environment).toMatchObject({ PATH: process.env.PATH, RUNNER_TEMP: root });
    expect(Object.keys(environment)).not.toContain('INPUT_KEY');
    expect(Object.keys(environment)).not.toContain('OTHER');
    expect(states).toEqual([{ pid: expect.any(Number), startTime: expect.any(String), log: path }]);
  });

  it('over several machines each port leads to its own, the registry to that of node 1', async () => {
    const names = ['a', 'b', 'c'];
    const machines = {
      ...({ controllers: 3, parallel: 16 } as const),
      machines: names.map((name, index) => ({
        name,
        connection: { kind: 'ssh' as const, target: targetAt(index + 1, key) },
      })),
    };
    const found = names.map((name, index) => ({
      ...{ name, host: name, bootstrapServer: PASSED.bootstrapServers[2 - index] },
      ...{ hasRegistry: index === 2, facts: PASSED.machine },
    }));
    const report = { ...OF_A_PROJECT, machine: undefined, machines: found };
    const { ended, root } = await opening(report, { ...SSH, machines }, GIVES_ITS_ORDER);
    expect(ended.tunnel?.addresses).toEqual([
      ...['localhost:39092', 'localhost:29092', 'localhost:19092', 'localhost:8081'],
    ]);
    const order = JSON.parse(readFileSync(join(root, 'dist', 'tunnel', 'order'), 'utf8'));
    const noteUse = ['touch', '-c', '-h', '--', '/home/ec2-user/.kafka-al2023/deployments/docker_exp.json'];
    expect(order.machines).toMatchObject([
      { target: { port: 1 }, forwards: [{ port: 39092 }], noteUse },
      { target: { port: 2 }, forwards: [{ port: 29092 }], noteUse },
      { target: { port: 3 }, forwards: [{ port: 19092 }, { port: 8081 }], noteUse },
    ]);
  });

  it('the run fails when the tunnel cannot be opened', async () => {
    const refuses = `process.send({ kind: 'failed', code: 'ssh-unreachable', message: 'no answer', hint: 'Look.' })`;
    const { ended, log } = await opening(PASSED, SSH, refuses);
    expect(ended).toMatchObject({
      result: 'failed',
      failure: { step: 'tunnel', code: 'ssh-unreachable', message: 'no answer', hint: 'Look.' },
    });
    expect(ended.tunnel).toBeUndefined();
    expect(log.text).toContain('info ✘ Tunnel: failed after ');
  });

  it('no tunnel is opened when the runner is the machine itself', async () => {
    const { ended, log, states } = await opening(PASSED, LOCAL, 'process.exit(1)');
    expect(ended).toBe(PASSED);
    expect(log.lines).toEqual(['info No tunnel is needed: the ports are on this runner already.']);
    expect(states).toEqual([]);
  });
});

it('no tunnel is opened unless one is asked for', async () => {
  expect((await opening(PASSED, { ...SSH, tunnel: false }, 'process.exit(1)')).ended).toBe(PASSED);
});

it('no tunnel is opened after a run that failed', async () => {
  const { ended, log } = await opening(FAILED, SSH, 'process.exit(1)');
  expect(ended).toBe(FAILED);
  expect(log.lines).toEqual([]);
});
