import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActionRun } from '../../script/run-action.ts';
import { clusterOn } from './support/kafka.ts';
import { asRoot, deployTo, type Machine, startMachine, stopMachine } from './support/lab.ts';

/**
 * Everything that a run can change on a machine. Without the lock: every run but a plan takes it and gives it back; and without the time of
 * the notes, which says when a run used a deployment.
 */
const FINGERPRINT = `
rpm -qa | sort
find /home /usr/local /etc/systemd -xdev -path '*/.kafka-al2023/lock*' -prune -o -path '*/deployments/*' -printf '%p %s\\n' -o -printf '%p %s %T@\\n' 2>/dev/null | sort
(docker ps --all --no-trunc --format '{{.ID}} {{.State}}'; docker volume ls -q; docker network ls -q) 2>&1 | sort`;

const FIRST_PORTS = [2281, 19192, 29192, 39192, 8181];
const SECOND_PORTS = [2381, 19292, 29292, 39292, 8281];
const serversAt = ([, ...ports]: readonly number[]) => ports.slice(0, 3).map(port => `localhost:${port}`);

/** Several clusters side by side on one machine, and the modes that go with them. The tests build on each other. */
describe('environments on one machine', () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await startMachine('test-environments');
  });
  afterAll(() => stopMachine('test-environments'));

  const run = (inputs: Record<string, string>) =>
    deployTo(machine, { 'update-packages': 'false', ...inputs });
  const environmentsIn = ({ outputs }: ActionRun) =>
    JSON.parse(outputs.environments ?? '') as {
      environment: string;
      ports: number[];
      containersRunning: number;
    }[];
  const expectPassed = (result: ActionRun) => {
    expect(result.exitCode, result.log).toBe(0);
    expect(result.outputs).toMatchObject({ result: 'passed', 'failed-step': '', 'error-code': '' });
    expect(result.log).not.toMatch(/::warning|deprecat|traceback|^\s+at /im);
  };
  const expectProven = (result: ActionRun, ports: readonly number[]) => {
    expectPassed(result);
    expect(result.outputs).toMatchObject({
      ...{ 'messages-produced': '10', 'messages-consumed': '10', 'messages-lost': '0' },
      ...{ 'host-messages-consumed': '10', 'bootstrap-servers': serversAt(ports).join(',') },
      'schema-registry-url': `http://localhost:${ports[4]}`,
    });
  };

  test('plan says what a deployment would change on a bare machine, and changes nothing', async () => {
    const before = await asRoot(machine, FINGERPRINT);
    const result = await run({ mode: 'plan', environment: 'pr-1' });
    expectPassed(result);
    expect(await asRoot(machine, FINGERPRINT)).toBe(before);
    expect(result.outputs).toMatchObject({
      changed: '',
      planned:
        'deployment-record,directory,compose-file,docker-package,docker-service,compose-binary,images,stack,clients,virtual-environment,topic',
    });
    expect(result.log).toContain(`environment pr-1: ports ${FIRST_PORTS.join(', ')}`);
    expect(result.summary.split('\n')[0]).toMatch(
      /^## ✏️ Kafka on .*: a deployment would change the machine in 11 steps/u,
    );
  });

  test('two environments deployed at once are both proven, each at ports of its own', async () => {
    const results = await Promise.all([
      run({ environment: 'pr-1', volumes: 'true' }),
      run({ environment: 'pr-2', stack: 'zookeeper' }),
    ]);
    const [first, second] = results.toSorted((a, b) =>
      `${a.outputs['bootstrap-servers']}`.localeCompare(`${b.outputs['bootstrap-servers']}`),
    );
    if (!first || !second) throw new Error('two runs have two results');
    expectProven(first, FIRST_PORTS);
    expectProven(second, SECOND_PORTS);
    // The machine had no Docker when they began.
    for (const { containersRunning } of environmentsIn(second)) expect(containersRunning).toBe(5);
    const listed = environmentsIn(await run({ mode: 'plan' }));
    expect(listed.map(({ environment }) => environment).toSorted()).toEqual(['pr-1', 'pr-2']);
    for (const { containersRunning } of listed) expect(containersRunning).toBe(5);
  });

  test('each environment is found again at its ports, with nothing to do', async () => {
    for (const environment of ['pr-1', 'pr-2']) {
      const result = await run({ environment });
      expectPassed(result);
      expect(result.outputs.changed).toBe('');
    }
  });

  test('plan shows the difference of the compose file, and the deployment stays', async () => {
    const before = await asRoot(machine, FINGERPRINT);
    const result = await run({ mode: 'plan', environment: 'pr-2', stack: 'kraft' });
    expectPassed(result);
    expect(await asRoot(machine, FINGERPRINT)).toBe(before);
    expect(result.outputs.planned).toBe('deployment-record,compose-file,images,stack,topic');
    expect(result.log).toMatch(/^ {2}-\s+image: confluentinc\/cp-kafka:7\.[\d.]+$/m);
    expect(result.summary).toMatch(/^`+diff$/m);
    expect(result.summary).toMatch(/^\+\s+image: confluentinc\/cp-schema-registry:8\.[\d.]+$/m);
  });

  test('smoke-test proves each environment, by its name or by its addresses, and leaves nothing behind', async () => {
    const ports =
      environmentsIn(await run({ mode: 'plan' })).find(({ environment }) => environment === 'pr-1')?.ports ??
      [];
    const before = await asRoot(machine, FINGERPRINT);
    const named = await run({ mode: 'smoke-test', environment: 'pr-1', topic: 'not-there-before' });
    expectProven(named, ports);
    expect(named.log).toContain('topic not-there-before, which was not there before, is removed again');
    const addressed = await run({
      ...{ mode: 'smoke-test', 'bootstrap-servers': `${serversAt(ports)[0]}` },
      ...{ 'schema-registry-url': `http://localhost:${ports[4]}`, clients: 'runner' },
    });
    expectPassed(addressed);
    expect(addressed.outputs).toMatchObject({
      ...{ 'messages-consumed': '10', changed: '', 'bootstrap-servers': serversAt(ports).join(',') },
    });
    expect(await asRoot(machine, FINGERPRINT)).toBe(before);
    const [used = expect.unreachable()] = environmentsIn(await run({ mode: 'plan' })).slice(-1);
    expect(used.environment).toBe('pr-1');
  });

  test('smoke-test cannot find a project, and names those that are there', async () => {
    const result = await run({ mode: 'smoke-test' });
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toMatchObject({ 'failed-step': 'preparation', 'error-code': 'cluster-not-found' });
    expect(result.log).toMatch(/docker_exp is on the machine: there are: docker_exp-pr-\d, docker_exp-pr-\d/);
  });

  test('down removes one environment with all that it had, and the other keeps passing', async () => {
    const other = environmentsIn(await run({ mode: 'plan' })).find(
      ({ environment }) => environment === 'pr-2',
    );
    const cluster = await clusterOn(machine, serversAt(other?.ports ?? []));
    const producer = cluster.kafka.producer({ retry: { retries: 0 } });
    await producer.connect();
    const taken = run({ mode: 'down', environment: 'pr-1', volumes: 'true' });
    let isDone = false;
    taken.finally(() => {
      isDone = true;
    });
    let sent = 0;
    while (!isDone) {
      await producer.send({
        topic: 'test-topic',
        acks: -1,
        messages: [{ value: `while the other goes ${sent++}` }],
      });
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    await producer.disconnect();
    await cluster.close();
    const result = await taken;
    expectPassed(result);
    expect(sent).toBeGreaterThan(20);
    expect(result.outputs.changed).toBe('containers,networks,volumes,directory,deployment-record');
    expect(environmentsIn(result).map(({ environment }) => environment)).toEqual(['pr-2']);
    const left = await asRoot(
      machine,
      "(docker ps -a --format '{{.Names}}'; docker volume ls -q; docker network ls --format '{{.Name}}'; ls -A /home/ec2-user) | grep pr-1 || true",
    );
    expect(left).toBe('');
    expectPassed(await run({ mode: 'smoke-test', environment: 'pr-2' }));
  });

  test('down passes when nothing is there, and leaves Docker', async () => {
    const result = await run({ mode: 'down', environment: 'pr-1', volumes: 'true' });
    expectPassed(result);
    expect(result.outputs.changed).toBe('');
    expect(result.summary.split('\n')[0]).toMatch(/^## ✅ Kafka on .*: nothing was there to take down$/);
    expect(await asRoot(machine, 'systemctl is-active docker')).toBe('active');
  });

  test('a run warns of an environment that has not been used for long', async () => {
    await asRoot(
      machine,
      "touch -d '10 days ago' /home/ec2-user/.kafka-al2023/deployments/docker_exp-pr-2.json",
    );
    const result = await run({ mode: 'plan', environment: 'pr-3' });
    expect(result.log).toMatch(
      /::warning::environments that nobody has used for a week: pr-2 \(10 days ago\)/,
    );
  });

  test('down without volumes keeps the data and the directory, and the same ports come back', async () => {
    const down = await run({ mode: 'down', environment: 'pr-2' });
    expect(down.exitCode, down.log).toBe(0);
    expect(down.outputs.changed).toBe('containers,networks');
    expect(
      await asRoot(machine, "docker volume ls -qf dangling=true | grep -cE '^[0-9a-f]{64}$' || true"),
    ).toBe('0');
    const again = await run({ environment: 'pr-2' });
    expect(again.outputs.changed, again.log).toBe('stack');
    const before = environmentsIn(down)[0]?.ports;
    expect(environmentsIn(again)[0]?.ports).toEqual(before);
    const topics = await asRoot(
      machine,
      'docker exec docker_exp-pr-2-kafka-broker-1-1 env KAFKA_HEAP_OPTS=-Xmx128m kafka-get-offsets --bootstrap-server kafka-broker-1:9092 --topic test-topic',
    );
    const total = topics.split('\n').reduce((sum, line) => sum + Number(line.split(':').at(-1)), 0);
    expect(total).toBeGreaterThan(60);
  });

  const NOTES = '/home/ec2-user/.kafka-al2023/deployments';
  /** What stands in the way of a mistake: a plain deployment, a note that is none, one of another base, and one that nobody uses. */
  const OTHERS = ['docker_exp', 'broken', 'shop-pr-1', 'docker_exp-pr-7'];
  const noteOf = (project: string, environment?: string) =>
    JSON.stringify({
      ...{ version: 1, project, directory: `/home/ec2-user/${project}`, files: ['docker-compose.yml'] },
      ...{ environment, portShift: 0, ports: [19_092] },
    });
  const sweep = (inputs: Record<string, string> = {}) =>
    run({ mode: 'down', environment: '*', 'unused-for': '7d', volumes: 'true', ...inputs });

  test('a sweep takes down what nobody has used, leaves the rest, and says why; a plan only says it', async () => {
    const notes = [noteOf('docker_exp'), '{', noteOf('shop-pr-1', 'pr-1'), noteOf('docker_exp-pr-7', 'pr-7')];
    for (const [index, name] of OTHERS.entries())
      await asRoot(
        machine,
        `su ec2-user -c 'mkdir -p ~/${name}; echo "services: {}" >~/${name}/docker-compose.yml; cat >${NOTES}/${name}.json; touch -d "9 days ago" ${NOTES}/${name}.json' <<'END'\n${notes[index]}\nEND`,
      );
    await asRoot(machine, `touch -d '9 days ago' ${NOTES}/docker_exp-pr-2.json`);
    const used = await run({ mode: 'smoke-test', environment: 'pr-2', clients: 'runner' });
    expect(used.outputs.result, used.log).toBe('passed');
    const before = await asRoot(machine, FINGERPRINT);
    const plan = await sweep({ mode: 'plan' });
    expect(plan.exitCode, plan.log).toBe(0);
    expect(await asRoot(machine, FINGERPRINT)).toBe(before);
    expect(plan.outputs).toMatchObject({ changed: '', planned: 'directory,deployment-record' });
    expect(plan.log).toContain('pr-7 goes: last used 9 days ago');
    expect(plan.log).toContain('pr-2 stays: last used within the last hour');
    expect(plan.log).toContain('project docker_exp stays: it is no environment');
    expect(plan.log).toMatch(
      /pr-1 stays: it is project shop-pr-1 in \/home\/ec2-user\/shop-pr-1, and this sweep/,
    );
    expect(plan.log).toMatch(/::warning::.*deployments\/broken\.json is no record of a deployment/);

    const result = await sweep();
    expect(result.exitCode, result.log).toBe(0);
    expect(result.outputs.changed).toBe('directory,deployment-record');
    expect(result.summary).toMatch(/^## ✅ Kafka on .*: 1 of 3 environments taken down \(pr-7\)/);
    expect(environmentsIn(result)).toMatchObject([
      { environment: 'pr-1' },
      { environment: 'pr-2', containersRunning: 5 },
    ]);
    const left = await asRoot(
      machine,
      `cd /home/ec2-user; ls -d ${OTHERS.join(' ')} ${NOTES}/* 2>/dev/null || true`,
    );
    expect(left.split(/\s+/).map(path => path.replace(`${NOTES}/`, ''))).toEqual([
      ...['broken.json', 'docker_exp-pr-2.json', 'docker_exp.json', 'shop-pr-1.json'],
      ...['broken', 'docker_exp', 'shop-pr-1'],
    ]);
  });

  test('a sweep changes nothing while another run has the machine, and the next one takes all of it along', async () => {
    await asRoot(machine, `touch -d '9 days ago' ${NOTES}/docker_exp-pr-2.json`);
    const other = run({
      ...{ mode: 'smoke-test', environment: 'pr-2', clients: 'runner' },
      ...{ messages: '40', 'message-interval': '0.2' },
    });
    await asRoot(machine, 'until [ -e /home/ec2-user/.kafka-al2023/lock/holder ]; do sleep 0.1; done');
    const kept = await sweep({ 'lock-timeout': '0', 'unused-for': '1h' });
    expect(kept.exitCode, kept.log).toBe(0);
    expect(kept.outputs.changed).toBe('');
    expect(kept.log).toMatch(
      /::warning::nothing is taken down: the machine is still in use by .* mode smoke-test/,
    );
    const { outputs, log } = await other;
    expect(outputs.result, log).toBe('passed');

    await asRoot(machine, `touch -d '9 days ago' ${NOTES}/docker_exp-pr-2.json`);
    const result = await sweep();
    expect(result.exitCode, result.log).toBe(0);
    expect(result.outputs.changed).toBe('containers,networks,volumes,directory,deployment-record');
    const left = await asRoot(
      machine,
      'docker ps -aq; docker volume ls -q; ls /home/ec2-user | grep pr-2 || true',
    );
    expect(left).toBe('');
  });
});
