import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runWorkflow, type Trigger, type WorkflowRun } from './support/act.ts';
import { type Machine, ROOT, startMachine, stopMachine } from './support/lab.ts';
import { runLocally } from './support/local-action.ts';
import { watchArguments } from './support/process-list.ts';

const example = (name: string) => join(ROOT, 'examples', `${name}.yml`);

/** Every example as it is, run by act against a machine of the lab; the tests build on each other. */
describe('the examples, run by act', () => {
  let machine: Machine;
  let key: string;

  beforeAll(async () => {
    machine = await startMachine('test-workflows');
    key = readFileSync(machine.keyFile, 'utf8');
  });
  afterAll(() => stopMachine('test-workflows'));

  /** What the examples tell people to set. The machine is addressed as in its own network: port 22, as the examples have it. */
  const settings = (): Pick<Trigger, 'secrets' | 'vars'> => ({
    secrets: { KAFKA_SSH_KEY: key },
    vars: { KAFKA_HOST: machine.address, KAFKA_HOST_FINGERPRINT: machine.fingerprint },
  });
  const run = (name: string, trigger: Omit<Trigger, 'workflow'>): Promise<WorkflowRun> =>
    runWorkflow({ ...settings(), ...trigger, workflow: example(name) });

  const PROVEN = {
    result: 'passed',
    'messages-produced': '10',
    'messages-consumed': '10',
    'host-messages-consumed': '10',
    'failed-step': '',
    'error-code': '',
  };

  test('deploy.yml: outputs reach the next step, the summary its file, no secret the log or the process list', async () => {
    const watch = watchArguments(key.split('\n')[2] ?? '');
    const deployed = await run('deploy', { event: 'workflow_dispatch' });
    const seen = watch.stop();

    expect(deployed.exitCode, deployed.log).toBe(0);
    const kafka = deployed.step('kafka');
    expect(kafka.result).toBe('success');
    expect(kafka.outputs).toMatchObject(PROVEN);
    expect(kafka.outputs.changed).toMatch(/^directory,compose-file,.*,topic$/);
    expect(kafka.summary).toMatch(/^## ✅ Kafka on `ec2-user@[0-9.]+`: every message came back\n/);
    expect(deployed.step('1').log).toMatch(/^10 of 10 messages came back, 95 of 100 within [0-9.]+ ms$/m);
    for (const line of key.split('\n').slice(1, -2)) expect(deployed.log).not.toContain(line);
    expect(seen.looks).toBeGreaterThan(10);
    expect(seen.commands).toEqual([]);
  });

  test('deploy.yml again changes nothing', async () => {
    const again = await run('deploy', { event: 'workflow_dispatch' });
    expect(again.exitCode, again.log).toBe(0);
    expect(again.step('kafka').outputs).toMatchObject({ ...PROVEN, changed: '' });
  });

  test('deploy.yml with a wrong fingerprint fails with its code, and no later step runs', async () => {
    const { vars } = settings();
    const wrong = `SHA256:${'A'.repeat(43)}`;
    const refused = await run('deploy', {
      event: 'workflow_dispatch',
      vars: { ...vars, KAFKA_HOST_FINGERPRINT: wrong },
    });
    expect(refused.exitCode).toBe(1);
    const kafka = refused.step('kafka');
    expect(kafka.result).toBe('failure');
    expect(kafka.outputs).toMatchObject({
      result: 'failed',
      'failed-step': 'connect',
      'error-code': 'ssh-host-key-mismatch',
    });
    expect(kafka.summary).toMatch(/^## ❌ /);
    expect(refused.steps.filter(({ id }) => id === '1')).toEqual([]);
  });

  test('matrix.yml proves both stacks, one after the other', async () => {
    const both = await run('matrix', { event: 'workflow_dispatch' });
    expect(both.exitCode, both.log).toBe(0);
    for (const [stack, version] of [
      ['zookeeper', '7.9.2'],
      ['kraft', '8.1.1'],
    ] as const) {
      expect(both.step('kafka', 'Main', stack).outputs).toMatchObject(PROVEN);
      expect(both.step('kafka', 'Main', stack).summary).toContain(version);
      expect(both.step('1', 'Main', stack).log).toContain(`${stack} - 10 of 10 messages came back`);
    }
  });

  test('lint.yml refuses the guide’s compose file, with each fault on its line', async () => {
    const guide = readFileSync(join(ROOT, 'test/unit/lint/files/guide-section-2.yml'), 'utf8');
    const judged = await run('lint', {
      event: 'pull_request',
      payload: { pull_request: { number: 42 } },
      secrets: {},
      vars: {},
      files: { 'docker-compose.yml': guide },
    });
    expect(judged.exitCode).toBe(1);
    const { outputs, summary, log } = judged.step('lint');
    expect(outputs).toMatchObject({ result: 'failed', 'error-code': 'compose-file-refused' });
    expect(Number(outputs.errors)).toBeGreaterThan(0);
    expect(log).toMatch(/::error .*file=docker-compose\.yml,line=\d+/);
    expect(summary).toMatch(/^## ❌ /);
  });

  test('@github/local-action runs the same code with a toolkit of its own', async () => {
    const inputs = {
      host: machine.address,
      'host-fingerprint': machine.fingerprint,
      key,
      stack: 'kraft',
    };
    const passed = await runLocally(inputs);
    expect(passed.exitCode, passed.log).toBe(0);
    expect(passed.outputs).toMatchObject({ ...PROVEN, changed: '' });
    expect(passed.summary).toMatch(/^## ✅ Kafka on /);

    const failed = await runLocally({ ...inputs, stack: 'etcd' });
    expect(failed.exitCode, failed.log).toBe(1);
    expect(failed.outputs).toMatchObject({ result: 'failed', 'error-code': 'input-invalid' });
    expect(failed.log).not.toMatch(/TypeError/);
  });
});
