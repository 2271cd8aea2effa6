import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runWorkflow, type Trigger, type WorkflowRun } from './support/act.ts';
import { AWS_ACTION, instanceConnect } from './support/instance-connect.ts';
import { clusterOn, tracesOn } from './support/kafka.ts';
import { asRoot, type Machine, ROOT, startMachine, stopMachine } from './support/lab.ts';
import { runLocally } from './support/local-action.ts';
import { watchArguments } from './support/process-list.ts';

const example = (name: string) => join(ROOT, 'examples', `${name}.yml`);

/** act runs every example, unchanged, against a machine of the lab. The tests build on each other. */
describe('the examples, run by act', () => {
  let machine: Machine;
  let key: string;

  beforeAll(async () => {
    machine = await startMachine('test-workflows');
    key = readFileSync(machine.keyFile, 'utf8');
  });
  afterAll(() => stopMachine('test-workflows'));

  /** The secrets and variables that the examples ask for. The machine has its address in its own network: port 22, as there. */
  const settings = (): Pick<Trigger, 'secrets' | 'vars'> => ({
    secrets: { KAFKA_SSH_KEY: key },
    vars: { KAFKA_HOST: machine.address, KAFKA_HOST_FINGERPRINT: machine.fingerprint },
  });
  const run = (name: string, trigger: Omit<Trigger, 'workflow'>): Promise<WorkflowRun> =>
    runWorkflow({ ...settings(), ...trigger, workflow: example(name) });

  /** Every container with the moment it was started. */
  const running = () =>
    asRoot(
      machine,
      "docker ps -q | xargs -r docker inspect --format '{{.Name}} {{.State.StartedAt}}' | sort",
    );
  /** The things of an environment on the machine. */
  const thingsOf = (environment: string) =>
    asRoot(
      machine,
      `(docker ps -a --format '{{.Names}}'; docker volume ls -q; docker network ls --format '{{.Name}}'; ls /home/ec2-user) | grep ${environment} || true`,
    );

  const pullRequest = (number: number, action: string) =>
    run('pull-request', {
      event: 'pull_request',
      payload: {
        action,
        number,
        pull_request: {
          number,
          head: { ref: `feature-${number}`, repo: { full_name: 'example/project' } },
          base: { ref: 'main' },
        },
      },
    });

  const PROVEN = {
    result: 'passed',
    'messages-produced': '10',
    'messages-consumed': '10',
    'host-messages-consumed': '10',
    'failed-step': '',
    'error-code': '',
  };

  test('deploy.yml gives the next step its outputs, writes the summary, and shows no secret in the log or the process list', async () => {
    const watch = watchArguments(key.split('\n')[2] ?? '');
    const deployed = await run('deploy', { event: 'workflow_dispatch' });
    const seen = watch.stop();

    expect(deployed.exitCode, deployed.log).toBe(0);
    const kafka = deployed.step('kafka');
    expect(kafka.result).toBe('success');
    expect(kafka.outputs).toMatchObject(PROVEN);
    expect(kafka.outputs.changed).toMatch(/^deployment-record,directory,compose-file,.*,topic$/);
    expect(kafka.summary).toMatch(/^## ✅ Kafka on `ec2-user@[0-9.]+`: every message came back\n/);
    expect(deployed.step('kafka', 'Post')).toMatchObject({ result: 'success' });
    expect(deployed.step('kafka', 'Post').log).toContain('every message came back');
    expect(deployed.step('1').log).toMatch(/^10 of 10 messages came back, 95 of 100 within [0-9.]+ ms$/m);
    for (const line of key.split('\n').slice(1, -2)) expect(deployed.log).not.toContain(line);
    expect(seen.looks).toBeGreaterThan(10);
    expect(seen.commands).toEqual([]);
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
    expect(refused.step('kafka', 'Post').result).toBe('success');
  });

  test('keyless.yml has no key but its own, which is put on the machine at every connection', async () => {
    const instance = 'i-0123456789abcdef0';
    const aws = instanceConnect(machine, instance);
    try {
      const keyless = await run('keyless', {
        event: 'workflow_dispatch',
        secrets: {},
        vars: { KAFKA_INSTANCE_ID: instance, KAFKA_HOST_FINGERPRINT: machine.fingerprint },
        actions: { [AWS_ACTION]: aws.action },
        path: aws.path,
      });
      expect(keyless.exitCode, keyless.log).toBe(0);
      expect(keyless.step('kafka').outputs).toMatchObject({ ...PROVEN, changed: '' });
      expect(keyless.step('3').log).toMatch(
        /^10 messages came back; Kafka is at localhost:\d+,.* until the job ends$/m,
      );
      // The run and the tunnel connect each for itself: the key lives no longer than a minute.
      const pushes = aws.calls().filter(call => call.startsWith('ec2-instance-connect send-ssh-public-key '));
      expect(pushes.length).toBeGreaterThanOrEqual(2);
      expect(aws.calls().filter(call => call.includes(' open-tunnel '))).toHaveLength(pushes.length);
      expect(await asRoot(machine, 'cat ~ec2-user/.ssh/authorized_keys')).toContain('expiry-time=');
    } finally {
      aws.remove();
    }
  });

  test('scheduled-smoke-test.yml proves what is there and changes nothing', async () => {
    const before = await running();
    const proved = await run('scheduled-smoke-test', { event: 'schedule' });
    expect(proved.exitCode, proved.log).toBe(0);
    expect(proved.step('kafka').outputs).toMatchObject({ ...PROVEN, changed: '' });
    expect(proved.step('kafka', 'Post').result).toBe('success');
    expect(proved.step('1').log).toMatch(/^passed - 10 of 10 messages, 95 of 100 within [0-9.]+ ms$/m);
    expect(await running()).toBe(before);
    const cluster = await clusterOn(machine);
    try {
      expect(await tracesOn(cluster)).toEqual([]);
    } finally {
      await cluster.close();
    }
  });

  test('@github/local-action runs the same code with a toolkit of its own', async () => {
    const inputs = {
      host: machine.address,
      'host-fingerprint': machine.fingerprint,
      key,
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

  test('pull-request.yml keeps an environment for the pull request, and nothing of it when that is closed', async () => {
    const before = await running();
    const opened = await pullRequest(41, 'opened');
    expect(opened.exitCode, opened.log).toBe(0);
    const { outputs } = opened.step('kafka');
    expect(outputs).toMatchObject(PROVEN);
    expect(opened.step('1').log).toContain('hello from the runner');
    expect(opened.step('kafka', 'Post').result).toBe('success');
    // The tunnel has ended with the job.
    const addresses = outputs['bootstrap-servers'] ?? '';
    for (const address of addresses.split(',')) expect(await answers(address)).toBe(false);

    const pushed = await pullRequest(41, 'synchronize');
    expect(pushed.exitCode, pushed.log).toBe(0);
    expect(pushed.step('kafka').outputs).toMatchObject({
      ...PROVEN,
      changed: '',
      'bootstrap-servers': addresses,
    });

    const closed = await pullRequest(41, 'closed');
    expect(closed.exitCode, closed.log).toBe(0);
    expect(closed.steps.filter(({ job }) => job === 'test')).toEqual([]);
    expect(closed.step('kafka').outputs.environments).not.toContain('pr-41');
    expect(await thingsOf('pr-41')).toBe('');
    expect(await running()).toBe(before);
  });

  test('sweep.yml takes down what nobody has used for a week, and names what is left', async () => {
    const [project, notes] = ['docker_exp-pr-7', '/home/ec2-user/.kafka-al2023/deployments'];
    const note = JSON.stringify({
      ...{ version: 1, project, directory: `/home/ec2-user/${project}`, files: ['docker-compose.yml'] },
      ...{ environment: 'pr-7', portShift: 4000, ports: [23_092] },
    });
    await asRoot(
      machine,
      `su ec2-user -c 'mkdir ~/${project}; touch ~/${project}/docker-compose.yml; cat >${notes}/${project}.json; touch -d "8 days ago" ${notes}/${project}.json' <<'END'\n${note}\nEND`,
    );
    const before = await running();
    const swept = await run('sweep', { event: 'schedule' });
    expect(swept.exitCode, swept.log).toBe(0);
    expect(swept.step('kafka').outputs).toMatchObject({ changed: 'directory,deployment-record' });
    expect(swept.step('1').log).not.toContain('pr-7');
    expect(await running()).toBe(before);
    expect(await thingsOf('pr-7')).toBe('');
    expect(await asRoot(machine, `ls ${notes}`)).not.toContain('pr-7');
  });

  test('matrix.yml proves both stacks, one after the other, and takes them down', async () => {
    const both = await run('matrix', { event: 'workflow_dispatch' });
    expect(both.exitCode, both.log).toBe(0);
    for (const [stack, version] of [
      ['zookeeper', '7.9.2'],
      ['kraft', '8.1.1'],
    ] as const) {
      expect(both.step('kafka', 'Main', stack).outputs).toMatchObject(PROVEN);
      expect(both.step('kafka', 'Main', stack).summary).toContain(version);
      expect(both.step('1', 'Main', stack).log).toContain(`${stack} - 10 of 10 messages came back`);
      expect(both.step('kafka', 'Post', stack).result).toBe('success');
    }
    expect(await thingsOf('matrix-')).toBe('');
  });

  test('the post step knows whether a later step failed', async () => {
    const workflow = join(ROOT, 'test', 'integration', 'workflows', 'teardown-on-failure.yml');
    const trigger = (exitCode: string): Trigger => ({
      ...settings(),
      workflow,
      event: 'workflow_dispatch',
      vars: { ...settings().vars, LATER_EXIT_CODE: exitCode },
    });
    const passed = await runWorkflow(trigger('0'));
    expect(passed.exitCode, passed.log).toBe(0);
    expect(passed.step('kafka').outputs.changed).toBe('');
    expect(await thingsOf('docker_exp-kafka-broker-1')).not.toBe('');

    const failed = await runWorkflow(trigger('1'));
    expect(failed.exitCode).toBe(1);
    expect(failed.step('kafka').result).toBe('success');
    expect(failed.step('kafka', 'Post').result).toBe('success');
    expect(await thingsOf('docker_exp-kafka-broker-1')).toBe('');
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
});

/** Whether anything listens at this address. */
function answers(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  return new Promise(resolve => {
    const socket = connect(Number(port), host);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
