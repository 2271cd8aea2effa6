import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asAdmin, type Cluster, clusterOn, tracesOn } from './support/kafka.ts';
import { deployTo, type Machine, startMachine, stopMachine } from './support/lab.ts';
import { meddle } from './support/meddler.ts';

const TOPIC = 'test-topic';

/** Real faults of messages while the built action runs. Each must give its exact count and its own code. */
describe('faults of messages', () => {
  let machine: Machine;
  let cluster: Cluster;

  beforeAll(async () => {
    machine = await startMachine('test-messages');
    const run = await deployTo(machine);
    expect(run.exitCode, run.log).toBe(0);
    cluster = await clusterOn(machine);
  });
  afterAll(async () => {
    await cluster?.close();
    await stopMachine('test-messages');
  });

  const slowly = { clients: 'runner', messages: '20', 'message-interval': '0.2' };

  test('are absent at first: all counts are zero, and nothing of the test is left behind', async () => {
    const run = await deployTo(machine, { messages: '1000', clients: 'runner' });
    expect(run.outputs, run.log).toMatchObject({
      result: 'passed',
      changed: '',
      'messages-produced': '1000',
      'messages-consumed': '1000',
      'messages-lost': '0',
      'messages-duplicated': '0',
      'messages-corrupted': '0',
      'messages-out-of-order': '0',
    });
    expect(Number(run.outputs.throughput)).toBeGreaterThan(0);
    expect(await tracesOn(cluster)).toEqual([]);
  });

  test('are counted when another producer writes a message again', async () => {
    const meddler = await meddle(cluster, TOPIC, ({ sequence }) => (sequence === 3 ? {} : undefined));
    const run = await deployTo(machine, slowly);
    await meddler.stop();
    expect(run.exitCode, run.log).toBe(1);
    expect(run.outputs, run.log).toMatchObject({
      'error-code': 'messages-duplicated',
      'failed-step': 'smoke-test-runner',
      'messages-produced': '20',
      'messages-consumed': '20',
      'messages-lost': '0',
      'messages-duplicated': '1',
      'messages-corrupted': '0',
    });
    expect(run.log).toContain('1 too many is there: copies of them');
  });

  test('are counted when another producer writes changed content under our name', async () => {
    const meddler = await meddle(cluster, TOPIC, ({ sequence }) =>
      sequence < 2 ? { value: '{"key": 0, "message": "Hello Kafkb"}' } : undefined,
    );
    const run = await deployTo(machine, slowly);
    await meddler.stop();
    expect(run.outputs, run.log).toMatchObject({
      'error-code': 'messages-corrupted',
      'messages-produced': '20',
      'messages-consumed': '20',
      'messages-lost': '0',
      'messages-duplicated': '0',
      'messages-corrupted': '2',
    });
    expect(run.log).toContain('2 came back changed');
  });

  test('are counted when records are deleted before the consumer on the machine reads them', async () => {
    const before = await ends();
    let deletion: Promise<number> | undefined;
    const run = await deployTo(
      machine,
      { clients: 'host', messages: '30', 'message-interval': '0.1' },
      {
        onOutput: line => {
          // The consumer starts when the producer has ended, more than a second later.
          if (line.includes("Sent: {'key': 15,")) deletion = deleteFirst(before);
        },
      },
    );
    const deleted = await deletion;
    expect(deleted).toBeGreaterThan(0);
    expect(run.outputs, run.log).toMatchObject({
      'error-code': 'messages-lost',
      'failed-step': 'smoke-test-host',
      'host-messages-produced': '30',
      'host-messages-consumed': `${30 - (deleted ?? 0)}`,
    });
    expect(run.log).toMatch(new RegExp(`of 30 messages .* ${deleted} (is|are) lost on the broker`));
    expect(run.log).toMatch(
      /partition \d, offset \d+: the partition begins at offset \d+: the record was deleted/,
    );
  });

  /** The offset after the last record, by partition. */
  async function ends(): Promise<Map<number, number>> {
    const offsets = await asAdmin(cluster, admin => admin.fetchTopicOffsets(TOPIC));
    return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
  }

  /** Deletes up to two records of each partition that were written since. @returns how many */
  async function deleteFirst(since: ReadonlyMap<number, number>): Promise<number> {
    const now = await ends();
    const partitions = [...now].map(([partition, end]) => ({
      partition,
      count: Math.min(2, end - (since.get(partition) ?? 0)),
    }));
    await asAdmin(cluster, async admin => {
      await admin.fetchTopicOffsets(TOPIC); // kafkajs must know the topic before.
      await admin.deleteTopicRecords({
        topic: TOPIC,
        partitions: partitions.map(({ partition, count }) => ({
          partition,
          offset: `${(since.get(partition) ?? 0) + count}`,
        })),
      });
    });
    return partitions.reduce((sum, { count }) => sum + count, 0);
  }

  test.each([
    [
      'max-latency-p95-ms',
      '0.1',
      'latency-too-high',
      /p95 of the latency is [\d.]+ ms, max-latency-p95-ms is 0\.1/,
    ],
    [
      'min-throughput',
      '9999999',
      'throughput-too-low',
      /[\d.]+ messages a second came back, min-throughput is 9999999/,
    ],
  ])('include a bound that is not kept: %s %s', async (input, bound, code, words) => {
    const run = await deployTo(machine, { clients: 'runner', [input]: bound });
    expect(run.exitCode).toBe(1);
    expect(run.outputs, run.log).toMatchObject({ 'error-code': code, 'messages-consumed': '10' });
    expect(run.log).toMatch(words);
  });

  test('a topic with one partition and replication factor 1 is used as it is, and the log says so', async () => {
    await asAdmin(cluster, admin =>
      admin.createTopics({ topics: [{ topic: 'single', numPartitions: 1, replicationFactor: 1 }] }),
    );
    const run = await deployTo(machine, { topic: 'single' });
    expect(run.exitCode, run.log).toBe(0);
    expect(run.outputs).toMatchObject({ changed: '', 'messages-consumed': '10', 'messages-lost': '0' });
    expect(run.log).toContain('::warning::topic single has replication factor 1 where 3 is possible');
    expect(run.log).toMatch(/topic single \(partitions: 1\) has no partition led by broker \d, \d/);
    expect(run.summary).toContain('replication factor 1');
  });

  test('are counted when another member of the group keeps partitions for itself', async () => {
    const other = cluster.kafka.consumer({ groupId: 'busy' });
    await other.connect();
    await other.subscribe({ topic: TOPIC });
    await other.run({ eachBatch: async () => {} });
    const run = await deployTo(machine, { group: 'busy', clients: 'host', 'smoke-timeout': '20' });
    await other.disconnect();
    expect(run.outputs, run.log).toMatchObject({
      'error-code': 'consumer-group-stuck',
      'failed-step': 'smoke-test-host',
    });
    expect(run.log).toMatch(/consumer group busy is \w+ and has other members: kafka-al2023-action \(.+\)/);
  });
});
