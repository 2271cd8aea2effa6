import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAction } from '../../script/run-action.ts';
import { asRoot, deployTo, type Machine, ROOT, startMachine, stopMachine } from './support/lab.ts';

const GUIDE = readFileSync(join(ROOT, 'test/unit/lint/files/guide-section-2.yml'), 'utf8');
let workspace: string;

beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(workspace, name), text);
const inWorkspace = () => ({ environment: { GITHUB_WORKSPACE: workspace } });

describe('mode lint, without a machine', () => {
  const lint = (inputs: Record<string, string>) =>
    runAction({
      root: ROOT,
      inputs: { mode: 'lint', 'compose-file': 'docker-compose.yml', ...inputs },
      ...inWorkspace(),
    });

  test("finds the guide's faults, on the lines of the diff, in the summary and in SARIF", async () => {
    write('docker-compose.yml', GUIDE);
    const run = await lint({});
    expect(run.exitCode).toBe(1);
    expect(run.outputs, run.log).toMatchObject({
      ...{ result: 'failed', 'failed-step': 'lint', 'error-code': 'compose-file-refused' },
      ...{ 'messages-produced': '', 'bootstrap-servers': '' },
    });
    expect(run.log).toMatch(
      /::error title=[a-z-]+,file=docker-compose\.yml,line=\d+,endLine=\d+,col=\d+,endColumn=\d+::/,
    );
    expect(run.summary.split('\n')[0]).toMatch(/^## ❌ `docker-compose.yml`: \d+ errors, \d+ warnings$/);
    const sarif = JSON.parse(readFileSync(run.outputs.sarif ?? '', 'utf8'));
    expect(sarif.runs[0].results.length).toBeGreaterThan(10);
    expect(run.outputs.findings).toBe(`${sarif.runs[0].results.length}`);
    expect(readFileSync(join(workspace, 'docker-compose.yml'), 'utf8')).toBe(GUIDE);
  });

  test('rewrites the file with fix, keeps its comments and passes; a second run changes nothing', async () => {
    write('docker-compose.yml', `# ours\n${GUIDE}`);
    const run = await lint({ fix: 'true' });
    expect(run.exitCode, run.log).toBe(0);
    expect(run.outputs).toMatchObject({ result: 'passed', errors: '0' });
    expect(run.log).toContain('+++ b/docker-compose.yml');
    const fixed = readFileSync(join(workspace, 'docker-compose.yml'), 'utf8');
    expect(fixed).toMatch(/^# ours\n/);
    expect(fixed).toContain('KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR');
    expect(fixed).not.toMatch(/KAFKA_\w+ \w+:|:latest/);
    await lint({ fix: 'true' });
    expect(readFileSync(join(workspace, 'docker-compose.yml'), 'utf8')).toBe(fixed);
  });

  test.each([
    ['warning', 1],
    ['off', 0],
  ])('gives a file with nothing but warnings, at lint-level %s, exit code %i', async (level, exitCode) => {
    const run = await lint({ 'lint-level': level });
    expect(run.exitCode, run.log).toBe(exitCode);
  });

  test('names what is wrong with its inputs', async () => {
    expect((await lint({ 'compose-file': '' })).outputs['error-code']).toBe('input-invalid');
    const missing = await lint({ 'compose-file': 'none.yml' });
    expect(missing.outputs['error-code']).toBe('compose-file-unreadable');
    expect(missing.log).toContain('compose-file: none.yml: it is not there');
  });
});

describe("deploying a user's own file", () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await startMachine('test-compose-file');
  });
  afterAll(() => stopMachine('test-compose-file'));

  const deploy = (inputs: Record<string, string>) =>
    deployTo(machine, { 'compose-file': 'docker-compose.yml', ...inputs }, inWorkspace());

  test("refuses the guide's file before the machine is touched", async () => {
    write('docker-compose.yml', GUIDE);
    const run = await deploy({});
    expect(run.outputs, run.log).toMatchObject({ 'error-code': 'compose-file-refused', changed: '' });
    expect(run.log).not.toContain('group::Connect');
    expect(await asRoot(machine, 'ls /home/ec2-user')).toBe('');
  });

  test('deploys it with fix, and every message comes back; the workspace stays as it is', async () => {
    const run = await deploy({ fix: 'true' });
    expect(run.exitCode, run.log).toBe(0);
    expect(run.outputs).toMatchObject({
      ...{ result: 'passed', errors: '0', 'messages-consumed': '10', 'host-messages-consumed': '10' },
      'bootstrap-servers': 'localhost:19092,localhost:29092,localhost:39092',
      'schema-registry-url': 'http://localhost:8081',
    });
    expect(readFileSync(join(workspace, 'docker-compose.yml'), 'utf8')).toBe(GUIDE);
    expect(await asRoot(machine, 'grep -c latest /home/ec2-user/docker_exp/docker-compose.yml || true')).toBe(
      '0',
    );
  });

  test('deploys a file with other names and ports, one broker, no registry, and an env_file', async () => {
    write('kafka.env', 'KAFKA_HEAP_OPTS=-Xmx256m\n');
    write(
      'docker-compose.yml',
      `services:
  queue:
    image: confluentinc/cp-kafka:8.1.1
    env_file: kafka.env
    environment:
      - CLUSTER_ID=\${CLUSTER:-4L6g3nShT-eMCtK--X86sw}
      - KAFKA_NODE_ID=9
      - KAFKA_PROCESS_ROLES=broker,controller
      - KAFKA_CONTROLLER_QUORUM_VOTERS=9@queue:9093
      - KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER
      - KAFKA_LISTENERS=IN://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093,OUT://0.0.0.0:9094
      - KAFKA_ADVERTISED_LISTENERS=IN://queue:9092,OUT://localhost:9094
      - KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=IN:PLAINTEXT,CONTROLLER:PLAINTEXT,OUT:PLAINTEXT
      - KAFKA_INTER_BROKER_LISTENER_NAME=IN
      - KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1
      - KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=1
      - KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=1
    ports: ["127.0.0.1:9094:9094"]
    volumes: ["data:/var/lib/kafka/data"]
volumes: { data: {} }
`,
    );
    const run = await deploy({ 'lint-level': 'warning' });
    expect(run.exitCode, run.log).toBe(0);
    expect(run.outputs).toMatchObject({
      ...{ 'messages-consumed': '10', 'messages-lost': '0', 'bootstrap-servers': 'localhost:9094' },
      ...{ 'schema-registry-url': '', findings: '0' },
    });
    expect(run.log).toContain('the cluster has no schema registry: plain messages');
    expect(await asRoot(machine, 'cat /home/ec2-user/docker_exp/kafka.env')).toBe('KAFKA_HEAP_OPTS=-Xmx256m');
  });

  test('refuses a file that it cannot prove, says why, and leaves the machine alone', async () => {
    write('docker-compose.yml', 'services:\n  web:\n    image: nginx:1.29\n');
    const run = await deploy({});
    expect(run.outputs, run.log).toMatchObject({
      'error-code': 'compose-file-unsupported',
      'failed-step': 'lint',
    });
    expect(run.log).toContain('it has no Kafka broker that can be recognised');
  });
});
