import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActionRun } from '../../script/run-action.ts';
import { asRoot, deployTo, type Machine, startMachine, stopMachine } from './support/lab.ts';

const IN_BROKER =
  'cd /home/ec2-user/docker_exp && /usr/local/bin/docker-compose exec -T kafka-broker-1 env KAFKA_HEAP_OPTS=-Xmx128m';

/** The login of the lab's mirror (lab/depot/run). */
const MIRROR_LOGIN = { 'registry-username': 'puller', 'registry-password': 'Only 4% "pulling" $ & \\' };

/** The stacks on one machine, one after the other and back again. The tests build on each other. */
describe('changing the stack', () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await startMachine('test-stacks');
  });
  afterAll(() => stopMachine('test-stacks'));

  const deployStack = (stack: string) => deployTo(machine, { stack, 'update-packages': 'false' });
  const write = (message: string) =>
    asRoot(
      machine,
      `echo '${message}' | (${IN_BROKER} kafka-console-producer --bootstrap-server kafka-broker-1:9092 --topic test-topic --producer-property acks=all)`,
    );
  /** Everything in the topic. The consumer ends with an error once nothing has come for a while. */
  const readAll = () =>
    asRoot(
      machine,
      `(${IN_BROKER} kafka-console-consumer --bootstrap-server kafka-broker-1:9092 --topic test-topic --from-beginning --timeout-ms 5000) 2>/dev/null || true`,
    );
  const running = async () =>
    (await asRoot(machine, "docker ps --format '{{.Image}}' | sort -u")).split('\n');

  const PROVEN = {
    result: 'passed',
    'messages-produced': '10',
    'messages-consumed': '10',
    'messages-lost': '0',
    'messages-duplicated': '0',
    'messages-out-of-order': '0',
    'host-messages-produced': '10',
    'host-messages-consumed': '10',
    'bootstrap-servers': 'localhost:19092,localhost:29092,localhost:39092',
    'schema-registry-url': 'http://localhost:8081',
    'failed-step': '',
    'error-code': '',
  };
  function expectProven(run: ActionRun, changed: string): void {
    expect(run.outputs, run.log).toMatchObject({ ...PROVEN, changed });
    expect(run.exitCode).toBe(0);
    expect(run.log).not.toMatch(/::warning|deprecat|traceback|^\s+at /im);
    expect(run.summary.split('\n')[0]).toMatch(/^## ✅ Kafka on .*: every message came back$/);
  }

  test('kraft is deployed to a fresh machine and proven', async () => {
    const run = await deployStack('kraft');
    expectProven(
      run,
      'deployment-record,directory,compose-file,docker-package,docker-service,compose-binary,images,stack,clients,virtual-environment,topic',
    );
    expect(run.log).toContain('each broker knows the others, the controller answers');
    expect(await running()).toEqual(['confluentinc/cp-kafka:8.1.1', 'confluentinc/cp-schema-registry:8.1.1']);
    await write('written to kraft');
  });

  test('a second run of kraft finds nothing to do, and leaves no group of its own behind', async () => {
    const run = await deployStack('kraft');
    expectProven(run, '');
    expect(run.summary).toContain('nothing had to be changed');
    const groups = await asRoot(
      machine,
      `${IN_BROKER} kafka-consumer-groups --bootstrap-server kafka-broker-1:9092 --list`,
    );
    expect(groups.split('\n').filter(line => line.startsWith('test-group'))).toEqual(['test-group']);
  });

  test('kraft loses no acknowledged message while a broker restarts', async () => {
    const run = await deployTo(machine, {
      ...{ stack: 'kraft', 'update-packages': 'false', clients: 'runner', drill: 'broker-restart' },
    });
    expect(run.exitCode, run.log).toBe(0);
    expect(run.outputs).toMatchObject({ result: 'passed', changed: '', 'drill-messages-lost': '0' });
    expect(Number(run.outputs['drill-in-sync-after-ms'])).toBeGreaterThan(0);
  });

  test('kraft opens its ports to the machine only, and the controllers have none', async () => {
    const listening = await asRoot(machine, "ss -Hltn | awk '{print $4}'");
    const ports = listening.split('\n').filter(address => /:(\d?909[23]|8081|2181)$/.test(address));
    expect(ports.toSorted()).toEqual([19092, 29092, 39092, 8081].map(port => `127.0.0.1:${port}`).toSorted());
  });

  test('the run starts a killed node of kraft again, and waits for it', async () => {
    await asRoot(machine, 'docker kill --signal KILL docker_exp-kafka-broker-2-1');
    expectProven(await deployStack('kraft'), 'stack');
    expect(await asRoot(machine, 'docker inspect -f {{.RestartCount}} docker_exp-kafka-broker-2-1')).toBe(
      '0',
    );
  });

  test('brokers that lost their controllers are not ready, though they answer', async () => {
    const inEach = (rule: string) =>
      `for node in 1 2 3; do nsenter -n -t "$(docker inspect -f {{.State.Pid}} docker_exp-kafka-broker-$node-1)" iptables ${rule} || exit 1; done`;
    await asRoot(machine, inEach('-A INPUT -p tcp -m multiport --ports 9093 -j DROP'));
    const run = await deployTo(machine, {
      stack: 'kraft',
      'update-packages': 'false',
      'smoke-timeout': '5',
    });
    await asRoot(machine, inEach('-F INPUT'));
    expect(run.outputs, run.log).toMatchObject({
      result: 'failed',
      'failed-step': 'kafka-ready',
      'error-code': 'kafka-not-ready',
    });
    expect(run.log).toContain('the controller takes no topic of 3 replicas');
  });

  test('zookeeper takes the place of kraft, says what is lost and what stays, and starts empty', async () => {
    await asRoot(machine, 'docker exec docker_exp-kafka-broker-1-1 touch /etc/kafka/secrets/key.jks');
    const run = await deployStack('zookeeper');
    expectProven(run, 'deployment-record,compose-file,images,stack,topic');
    expect(run.log).toContain(
      'lost to the new containers: /etc/kafka/secrets of docker_exp-kafka-broker-1-1',
    );
    expect(run.log).toMatch(
      /kept but not used by the new file: volumes kraft-1-data, kraft-2-data, kraft-3-data;/,
    );
    expect(run.log).toContain('docker-compose down --remove-orphans');
    expect(await running()).toContain('confluentinc/cp-zookeeper:7.9.2');
    await write('written to zookeeper');
    const messages = await readAll();
    expect(messages).toContain('written to zookeeper');
    expect(messages).not.toContain('written to kraft');
  });

  test('kraft takes the place of zookeeper, and finds its own messages again, and only those', async () => {
    const run = await deployStack('kraft');
    expectProven(run, 'deployment-record,compose-file,stack');
    expect(run.log).toMatch(/removed: .*zookeeper/);
    expect(run.log).toMatch(/kept but not used by the new file: volumes .*zookeeper-data.*;/);
    expect(run.log).toMatch(
      /kept and used by the new file.*: volumes kraft-1-data, kraft-2-data, kraft-3-data/,
    );
    expect(await asRoot(machine, "docker ps -a --format '{{.Names}}'")).not.toContain('zookeeper');
    const messages = await readAll();
    expect(messages).toContain('written to kraft');
    expect(messages).not.toContain('written to zookeeper');
  });

  test('volumes without a name went with the containers that were replaced, but for the one with a key in it', async () => {
    const unused = await asRoot(machine, "docker volume ls -qf dangling=true | grep -E '^[0-9a-f]{64}$'");
    expect(unused.split('\n')).toHaveLength(1);
    expect(await asRoot(machine, `ls /var/lib/docker/volumes/${unused}/_data`)).toBe('key.jks');
  });

  /** Where the login was, in a run that has ended. */
  const traces = () =>
    asRoot(
      machine,
      "ls /run | grep kafka-al2023-login; grep -rlF -e 'pulling\" $' -e cHVsbGVyOk9ubHk /home /root /etc /tmp /var/log /run 2>/dev/null; cat /root/.docker/config.json",
    );

  test('kraft-single comes from a mirror that asks for a password, of which nothing stays behind', async () => {
    const own = '{"auths":{"registry.example":{"auth":"bWU6bWU="}}}';
    await asRoot(machine, `mkdir -p /root/.docker && echo '${own}' >/root/.docker/config.json`);
    const run = await deployTo(machine, {
      ...{ stack: 'kraft-single', 'update-packages': 'false' },
      ...{ 'image-registry': 'mirror.internal/docker-hub', ...MIRROR_LOGIN },
    });
    expect(run.outputs, run.log).toMatchObject({
      ...PROVEN,
      'bootstrap-servers': 'localhost:19092',
      changed: 'deployment-record,compose-file,images,stack,topic',
    });
    expect(run.log).toMatch(/::warning.*the cluster has one broker: every message is stored once/);
    expect(run.summary).toContain('the cluster has one broker: every message is stored once');
    expect(await running()).toEqual([
      'mirror.internal/docker-hub/confluentinc/cp-kafka:8.1.1',
      'mirror.internal/docker-hub/confluentinc/cp-schema-registry:8.1.1',
    ]);
    for (const text of [run.log, run.summary, JSON.stringify(run.outputs)])
      expect(text).not.toContain('Only 4%');
    expect(await traces()).toBe(own);
  });

  test('a run without the input goes back to Docker Hub, and finds the same messages', async () => {
    await write('written to kraft-single');
    const run = await deployStack('kraft-single');
    expect(run.outputs, run.log).toMatchObject({
      ...{ result: 'passed', changed: 'deployment-record,compose-file,stack' },
    });
    expect(await running()).toEqual(['confluentinc/cp-kafka:8.1.1', 'confluentinc/cp-schema-registry:8.1.1']);
    expect(await asRoot(machine, 'ls /home/ec2-user/docker_exp')).not.toContain('image-registry');
    expect(await readAll()).toContain('written to kraft-single');
  });
});
