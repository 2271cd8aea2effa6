import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActionRun } from '../../script/run-action.ts';
import { isRunning } from '../../src/tunnel/process-identity.ts';
import type { TunnelState } from '../../src/tunnel/start.ts';
import { followTopic, installPython, kafkaTool, onRunner } from './support/clients.ts';
import { asRoot, deployTo, type Machine, ROOT, startMachine, stopMachine } from './support/lab.ts';

const PORTS = [19092, 29092, 39092, 8081];

/** Stands for the runner's worker: starts the action, and lives until the end of the job. It writes its number to $JOB. */
const WORKER = [
  'bash',
  '-c',
  `( "$@"; echo "$? $BASHPID" >"$JOB"; exec sleep 600 >/dev/null 2>&1 ) &
   until [ -s "$JOB" ]; do sleep 0.1; done
   read -r code pid <"$JOB"; exit "$code"`,
  'bash',
] as const;

/** What later steps of a job do with a tunnel, and how it ends. */
describe('the tunnel', () => {
  let machine: Machine;
  let python: Awaited<ReturnType<typeof installPython>>;
  let run: ActionRun;
  const temporary = mkdtempSync(join(tmpdir(), 'runner-temp-'));

  beforeAll(async () => {
    [machine, python] = await Promise.all([startMachine('test-tunnel'), installPython()]);
  });
  afterAll(async () => {
    await run?.post();
    await stopMachine('test-tunnel');
    python.remove();
    rmSync(temporary, { recursive: true, force: true });
  });

  const inputs = { tunnel: 'true', 'update-packages': 'false', clients: 'runner' };
  const tunnelOf = ({ state }: ActionRun) => JSON.parse(state.tunnel ?? '') as TunnelState;
  const logged = () => readFileSync(run.outputs['tunnel-log'] ?? '', 'utf8');
  const brokers = () => run.outputs['bootstrap-servers'] ?? '';

  test('a port that is taken on the runner is refused before anything else is done', async () => {
    const holder = net.createServer().listen(29092, '127.0.0.1');
    await once(holder, 'listening');
    const refused = await deployTo(machine, inputs);
    holder.close();
    expect(refused.outputs, refused.log).toMatchObject({
      ...{ result: 'failed', 'failed-step': 'tunnel', 'error-code': 'tunnel-port-in-use' },
      ...{ 'tunnel-log': '', changed: '' },
    });
    expect(refused.log).toMatch(new RegExp(`port 29092 \\(held by .*, process ${process.pid}\\)`));
    expect(refused.log).not.toContain('Connect');
    expect(refused.state.tunnel).toBeUndefined();
  });

  test('the tunnel is open after a run that passed, and nobody can read its key', async () => {
    const key = readFileSync(machine.keyFile, 'utf8');
    run = await deployTo(machine, inputs, {
      environment: { RUNNER_TEMP: temporary, MY_KEY: key, RUNNER_TRACKING_ID: 'a runner' },
    });
    expect(run.outputs, run.log).toMatchObject({
      result: 'passed',
      'bootstrap-servers': 'localhost:19092,localhost:29092,localhost:39092',
    });
    expect(run.summary).toContain('Open on the runner until the end of the job: `localhost:19092`');
    expect(logged()).toMatch(/Z listening on localhost, ports 19092, 29092, 39092, 8081\n\S+Z connected to /);
    const { pid } = tunnelOf(run);
    const secret = key.split('\n')[2] ?? expect.unreachable();
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    expect(environment).toContain('RUNNER_TRACKING_ID=a runner');
    expect(environment).not.toMatch(/(^|\0)(INPUT_|STATE_)/);
    const files = readdirSync(temporary, { recursive: true, encoding: 'utf8' });
    expect(files.length).toBeGreaterThan(1);
    const texts = files.map(file => readFileSync(join(temporary, file), 'utf8'));
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    for (const text of [environment, commandLine, JSON.stringify(run.state), ...texts])
      expect(text).not.toContain(secret);
  });

  test.concurrent('kcat works through it', async () => {
    const message = `kcat ${run.outputs['duration-ms']}`;
    await onRunner(`${message}\n`, 'kcat', '-P', '-b', brokers(), '-t', 'by-kcat');
    const options = ['-b', brokers(), '-t', 'by-kcat', '-o', 'beginning', '-e', '-q'];
    expect(await onRunner('', 'kcat', '-C', ...options)).toBe(message);
  });

  test.concurrent('kafka-python works through it', async () => {
    const client = (name: string) => [
      ...[join(ROOT, 'client', name), '--bootstrap-servers', brokers()],
      ...['--topic', 'by-python', '--messages', '7', '--run-id', 'a-later-step'],
    ];
    const produced = await onRunner('', python.python, ...client('producer.py'), '--interval', '0');
    expect(produced).toContain('Hello Kafka 6');
    const received = await onRunner('', python.python, ...client('consumer.py'), '--group', 'by-python');
    for (let number = 0; number < 7; number++) expect(received).toContain(`Hello Kafka ${number}`);
  });

  test.concurrent('the console clients of Apache Kafka work through it', async () => {
    const server = ['--bootstrap-server', brokers(), '--topic', 'by-java'];
    await kafkaTool('java one\njava two\n', 'kafka-console-producer', ...server);
    const options = [
      '--from-beginning',
      '--max-messages',
      '2',
      '--timeout-ms',
      '30000',
      '--group',
      'by-java',
    ];
    const received = await kafkaTool('', 'kafka-console-consumer', ...server, ...options);
    expect(received.split('\n').toSorted()).toEqual(['java one', 'java two']);
  });

  test.concurrent('the schema registry works through it', async () => {
    const registry = run.outputs['schema-registry-url'] ?? '';
    expect(registry).toBe('http://localhost:8081');
    const schema = JSON.stringify({ schema: '{"type":"string"}' });
    const type = 'Content-Type: application/vnd.schemaregistry.v1+json';
    const subject = `${registry}/subjects/by-curl-value/versions`;
    const made = await onRunner(schema, 'curl', '-fsS', '-H', type, '--data-binary', '@-', subject);
    const { id } = JSON.parse(made) as { id: number };
    const read = await onRunner('', 'curl', '-fsS', `${registry}/schemas/ids/${id}`);
    expect(JSON.parse(read)).toMatchObject({ schema: expect.stringContaining('string') });
  });

  test('clients go on when sshd is restarted under them', async () => {
    await onRunner('first\n', 'kcat', '-P', '-b', brokers(), '-t', 'during-restart');
    const follower = followTopic(brokers(), 'during-restart');
    const messages = Array.from({ length: 60 }, (_, number) => `Hello Kafka ${number}`);
    const producing = onRunner(
      '',
      python.python,
      ...[join(ROOT, 'client', 'producer.py'), '--bootstrap-servers', brokers(), '--topic', 'during-restart'],
      ...[
        '--messages',
        `${messages.length}`,
        '--interval',
        '0.2',
        '--run-id',
        'a-long-step',
        '--timeout',
        '60',
      ],
    );
    const arrived = () =>
      messages.filter(message => [...follower.seen()].some(line => line.includes(`${message}"`)));
    await expect.poll(() => arrived().length, { timeout: 30_000 }).toBeGreaterThan(5);
    await asRoot(
      machine,
      'systemctl stop ssh.service; pkill -KILL -f "^sshd: " || true; sleep 2; systemctl start ssh.service',
    );
    const before = arrived().length;
    expect(before).toBeLessThan(messages.length);
    expect(await producing).toContain('Hello Kafka 59');
    await expect.poll(() => arrived().length, { timeout: 30_000 }).toBe(messages.length);
    follower.stop();
    expect(logged()).toMatch(
      /Z lost: .*\n(\S+Z not connected: .*\n)?\S+Z connected again after \d+\.\d s\n$/,
    );
  });

  test('the post step ends it, and repeats the verdict', async () => {
    const post = await run.post();
    expect(post.exitCode, post.log).toBe(0);
    expect(post.log).toContain('Tunnel: the tunnel is closed');
    expect(post.log).toMatch(/Z lost: /);
    expect(post.log.trimEnd().split('\n').at(-1)).toBe(run.state.verdict);
    expect(isRunning(tunnelOf(run))).toBe(false);
    for (const port of PORTS) await expect(dialled(port)).rejects.toThrow('ECONNREFUSED');
    const again = await run.post();
    expect(again.exitCode).toBe(0);
    expect(again.log).toContain('the tunnel had ended before');
  });

  test('the end of the job ends it', async () => {
    const job = join(temporary, 'job');
    const second = await deployTo(machine, inputs, { environment: { JOB: job }, starter: WORKER });
    expect(second.outputs, second.log).toMatchObject({ result: 'passed', changed: '' });
    await dialled(19092);
    process.kill(Number(readFileSync(job, 'utf8').split(' ')[1]), 'SIGKILL');
    await expect.poll(() => isRunning(tunnelOf(second)), { timeout: 5_000 }).toBe(false);
    for (const port of PORTS) await expect(dialled(port)).rejects.toThrow('ECONNREFUSED');
    expect(readFileSync(second.outputs['tunnel-log'] ?? '', 'utf8')).toMatch(/Z ended: the job ended/);
  });
});

async function dialled(port: number): Promise<void> {
  const socket = net.connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.destroy();
}
