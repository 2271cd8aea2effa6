import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ActionRun } from '../../script/run-action.ts';
import { asRoot, deployTo, type Machine, ROOT, startMachine, stopMachine } from './support/lab.ts';

const IN_COMPOSE = 'cd /home/ec2-user/docker_exp && /usr/local/bin/docker-compose';

/** From a bare machine to a proven cluster, and what later runs find and repair. The tests build on each other. */
describe('deploying to a fresh machine', () => {
  let machine: Machine;
  let first: ActionRun;
  let second: ActionRun;

  beforeAll(async () => {
    machine = await startMachine('test-deploy');
    first = await deployTo(machine);
    second = await deployTo(machine);
  });
  afterAll(() => stopMachine('test-deploy'));

  test('passes with exact message counts', () => {
    expect(first.log).toContain('Passed: every message came back');
    expect(first.exitCode).toBe(0);
    expect(first.outputs).toMatchObject({
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
    });
    expect(Number(first.outputs['latency-p50-ms'])).toBeGreaterThan(0);
    expect(Number(first.outputs['duration-ms'])).toBeGreaterThan(0);
  });

  test('sets every output that action.yml declares', () => {
    const { outputs } = parse(readFileSync(`${ROOT}/action.yml`, 'utf8')) as { outputs: object };
    expect(Object.keys(first.outputs).sort()).toEqual(Object.keys(outputs).sort());
  });

  test('names the steps that changed the machine', () => {
    expect(first.outputs.changed).toBe(
      'deployment-record,directory,compose-file,system-update,docker-package,docker-service,compose-binary,images,stack,clients,virtual-environment,topic',
    );
  });

  test('says within which release of Amazon Linux the packages are, and which newer one there is', () => {
    expect(first.log).toContain('up to date within 2023.9.20251105; 2023.10.20260202 is there');
    expect(second.log).toContain('nothing to update within 2023.9.20251105; 2023.10.20260202 is there');
  });

  test('shows the messages of the guide as it does', () => {
    for (const number of [0, 9]) {
      const message = `{'key': ${number}, 'message': 'Hello Kafka ${number}'}`;
      expect(first.log).toContain(`Sent: ${message}`);
      expect(first.log).toContain(`Received: ${message}`);
    }
  });

  test('prints no warning, no stack trace and no key', () => {
    expect(first.log).not.toMatch(/::warning|deprecat|traceback|^\s+at /im);
    const keyLines = readFileSync(machine.keyFile, 'utf8')
      .split('\n')
      .filter(line => line.length > 20);
    for (const line of keyLines.slice(1, -1)) {
      expect(first.log).not.toContain(line);
      expect(first.summary).not.toContain(line);
    }
  });

  test('writes a summary whose first line is the verdict, and a report in JSON', () => {
    expect(first.summary.split('\n')[0]).toMatch(
      /^## ✅ Kafka on `ec2-user@127\.0\.0\.1:\d+`: every message came back$/,
    );
    const report = JSON.parse(readFileSync(first.outputs.report ?? '', 'utf8'));
    expect(report).toMatchObject({
      result: 'passed',
      runnerClients: { counts: { acknowledged: 10, consumed: 10, lost: 0 } },
      schemaRegistry: { url: 'http://localhost:8081' },
      versions: { 'Docker Compose': expect.stringMatching(/^v\d/), 'confluentinc/cp-kafka': '7.9.2' },
    });
    expect(report.steps).toHaveLength(18);
    const up = report.cluster.map((member: { service: string; state: string }) => [
      member.service,
      member.state,
    ]);
    expect(Object.fromEntries(up)).toMatchObject({
      zookeeper: 'up',
      'kafka-broker-2': 'up',
      'schema-registry': 'up',
    });
    const validate = new Ajv2020({ strict: false }).compile(
      JSON.parse(readFileSync(`${ROOT}/docs/report.schema.json`, 'utf8')),
    );
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  });

  test('opens no Kafka port to anyone but the machine itself', async () => {
    const listening = await asRoot(machine, "ss -Hltn | awk '{print $4}'");
    const ports = listening.split('\n').filter(address => /:(19092|29092|39092|8081|2181)$/.test(address));
    expect(ports).toHaveLength(5);
    for (const address of ports) expect(address).toMatch(/^127\.0\.0\.1:/);
  });

  test('leaves Docker enabled and the files with the user', async () => {
    expect(await asRoot(machine, 'systemctl is-enabled docker')).toBe('enabled');
    expect(
      await asRoot(machine, 'stat -c %U /home/ec2-user/docker_exp /home/ec2-user/docker_exp/producer.py'),
    ).toBe('ec2-user\nec2-user');
  });

  test('leaves no key, no temporary file and no consumer group of its own behind', async () => {
    expect(await asRoot(machine, 'grep -rlE "PRIVATE KEY" /home /tmp /root 2>/dev/null || true')).toBe('');
    expect(await asRoot(machine, 'ls -A /usr/local/bin')).toBe('docker-compose');
    const groups = await asRoot(
      machine,
      `${IN_COMPOSE} exec -T kafka-broker-1 kafka-consumer-groups --bootstrap-server kafka-broker-1:9092 --list`,
    );
    expect(groups.split('\n').filter(line => line.startsWith('test-group'))).toEqual(['test-group']);
  });

  test('a second run changes nothing and says so', () => {
    expect(second.exitCode).toBe(0);
    expect(second.outputs).toMatchObject({
      result: 'passed',
      changed: '',
      'messages-consumed': '10',
      'host-messages-consumed': '10',
    });
    expect(second.log).not.toMatch(/: changed in /);
    // A group for each of the 18 steps and for the connection, and its result below it.
    expect(second.log.match(/^::group::/gm)).toHaveLength(19);
    expect(second.log.match(/^✔ .*: (unchanged|passed) in /gm)).toHaveLength(18);
    expect(second.summary).toContain('nothing had to be changed');
  });

  test('messages of others in the topic do not count, and disturb nothing', async () => {
    await asRoot(
      machine,
      `for i in $(seq 50); do echo "not json $i"; done | (${IN_COMPOSE} exec -T kafka-broker-1 kafka-console-producer --bootstrap-server kafka-broker-1:9092 --topic test-topic)`,
    );
    const run = await deployTo(machine, { messages: '25', 'message-interval': '0.01' });
    expect(run.outputs, run.log).toMatchObject({
      result: 'passed',
      'messages-produced': '25',
      'messages-consumed': '25',
      'host-messages-produced': '25',
      'host-messages-consumed': '25',
    });
    // The pair on the machine begins where its own messages do: it meets those of the runner at most, and of its handover.
    const [, passedOver = '0'] = /\((\d+) messages of other runs were passed over\)/.exec(run.log) ?? [];
    expect(Number(passedOver)).toBeLessThan(50);
  });

  test('a run repairs exactly the parts that are no longer as they should be', async () => {
    await asRoot(
      machine,
      [
        'docker rm -f docker_exp-kafka-broker-2-1',
        'echo "# changed" >> /home/ec2-user/docker_exp/consumer.py',
        'truncate -s 1000 /usr/local/bin/docker-compose',
        'rm -rf /home/ec2-user/docker_exp/kafka_env/lib',
        // As the guide's root shell leaves it.
        'chown -R root: /home/ec2-user/docker_exp',
      ].join(' && '),
    );
    const run = await deployTo(machine);
    expect(run.outputs, run.log).toMatchObject({
      result: 'passed',
      changed: 'directory,compose-binary,stack,clients,virtual-environment',
    });
  });

  test('a changed compose file takes the stack down and up again, and the data stay', async () => {
    const clusterId = () =>
      asRoot(
        machine,
        'grep cluster.id /var/lib/docker/volumes/docker_exp_kafka-broker-1-data/_data/meta.properties',
      );
    const before = await clusterId();
    await asRoot(
      machine,
      `sed -i 's/TICK_TIME: 2000/TICK_TIME: 3000/' /home/ec2-user/docker_exp/docker-compose.yml && ${IN_COMPOSE} up -d`,
    );
    const run = await deployTo(machine);
    expect(run.log).toContain('docker-compose down');
    expect(run.outputs, run.log).toMatchObject({ result: 'passed', changed: 'compose-file,stack' });
    expect(await clusterId()).toBe(before);
  });

  test('a run goes on when the connection breaks in the middle of a step', async () => {
    await asRoot(machine, 'rm -rf /home/ec2-user/docker_exp/kafka_env');
    let cut: Promise<unknown> | undefined;
    const run = await deployTo(
      machine,
      {},
      {
        onOutput: text => {
          if (text.includes('-m pip install')) cut ??= asRoot(machine, 'pkill -u ec2-user sshd');
        },
      },
    );
    await cut;
    expect(run.log).toContain(
      'connecting again and going on with "Python virtual environment with kafka-python"',
    );
    expect(run.outputs, run.log).toMatchObject({ result: 'passed', changed: 'virtual-environment' });
  });

  test('topics are foreseen, made, given more partitions, and refused as a whole', async () => {
    const describeTopics = () =>
      asRoot(
        machine,
        `${IN_COMPOSE} exec -T kafka-broker-1 env KAFKA_HEAP_OPTS=-Xmx128m kafka-topics --bootstrap-server kafka-broker-1:9092 --describe`,
      );
    const quickly = { clients: 'host', 'update-packages': 'false' };
    const topics = 'orders:6\npayments:2:3 cleanup.policy=compact retention.ms=60000';

    const planned = await deployTo(machine, { ...quickly, mode: 'plan', topics });
    expect(planned.outputs, planned.log).toMatchObject({ result: 'passed', planned: 'topics' });
    expect(planned.log).toContain('create topic orders: partitions 6, replicas of each 3');
    expect(await describeTopics()).not.toContain('Topic: orders');

    const made = await deployTo(machine, { ...quickly, topics });
    expect(made.outputs, made.log).toMatchObject({ result: 'passed', changed: 'topics' });
    expect(made.summary).toContain('2 topics are there: 2 made, 0 given more partitions');
    expect(await describeTopics()).toMatch(
      /Topic: payments\s.*PartitionCount: 2\s+ReplicationFactor: 3\s+Configs: .*cleanup\.policy=compact/,
    );

    const widened = await deployTo(machine, { ...quickly, topics: 'orders:8\npayments:1 retention.ms=1' });
    expect(widened.outputs, widened.log).toMatchObject({ result: 'passed', changed: 'topics' });
    expect(widened.log).toContain('topic payments has 2 partitions, not 1: none is taken away');
    expect(widened.log).toContain('topic payments has retention.ms=60000, not 1; to change it');
    expect(await describeTopics()).toMatch(/Topic: orders\s.*PartitionCount: 8/);

    const refused = await deployTo(machine, { ...quickly, topics: 'good:3\nbad:3:9' });
    expect(refused.outputs, refused.log).toMatchObject({
      ...{ result: 'failed', 'failed-step': 'topics', 'error-code': 'topic-unusable' },
    });
    expect(refused.log).toContain('Correct the line of bad in the input topics.');
    expect(await describeTopics()).not.toContain('Topic: good');
  });

  test('schemas of each kind are registered, and one that cannot follow is refused before any is', async () => {
    const workspace = mkdtempSync(join(tmpdir(), 'schemas-'));
    const record = (fields: readonly object[]) => JSON.stringify({ type: 'record', name: 'Order', fields });
    const files = {
      'order.avsc': record([{ name: 'id', type: 'long' }]),
      'changed.avsc': record([{ name: 'number', type: 'long' }]),
      'event.json': JSON.stringify({ type: 'object', properties: { id: { type: 'integer' } } }),
      'item.proto': 'syntax = "proto3";\nmessage Item { int64 id = 1; }\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(workspace, name), text);
    const deployWith = (schemas: string) =>
      deployTo(
        machine,
        { clients: 'host', 'update-packages': 'false', schemas },
        { environment: { GITHUB_WORKSPACE: workspace } },
      );
    const subjects = () => asRoot(machine, 'curl -sf http://localhost:8081/subjects');
    try {
      const registered = await deployWith('orders-value=order.avsc\nevents=event.json\nitems=item.proto');
      expect(registered.outputs, registered.log).toMatchObject({ result: 'passed', changed: 'schemas' });
      expect(JSON.parse(await subjects())).toEqual(
        expect.arrayContaining(['orders-value', 'events', 'items']),
      );

      const again = await deployWith('orders-value=order.avsc\nevents=event.json\nitems=item.proto');
      expect(again.outputs, again.log).toMatchObject({ result: 'passed', changed: '' });

      const refused = await deployWith('new-value=order.avsc\norders-value=changed.avsc');
      expect(refused.outputs, refused.log).toMatchObject({
        ...{ result: 'failed', 'failed-step': 'schemas', 'error-code': 'schema-refused' },
      });
      expect(refused.log).toContain('schema changed.avsc for subject orders-value: it is not compatible');
      expect(await subjects()).not.toContain('new-value');
    } finally {
      rmSync(workspace, { recursive: true });
    }
  });

  test('the run starts only the clients that it was asked for', async () => {
    const run = await deployTo(machine, { clients: 'runner', 'update-packages': 'false', messages: '2000' });
    expect(run.outputs, run.log).toMatchObject({
      result: 'passed',
      'messages-consumed': '2000',
      'host-messages-produced': '',
      'host-messages-consumed': '',
    });
    expect(run.log).not.toContain('producer.py on');
    expect(run.log).not.toContain('System packages');
  });
});
