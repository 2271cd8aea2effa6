import type { Consumer, Kafka, Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Deadline } from '../../src/kafka/deadline.ts';
import { partitionRanges } from '../../src/kafka/partition-ranges.ts';
import { recordsIn } from '../../src/kafka/records/fetched-records.ts';
import { ProbeConsumer } from '../../src/kafka/round-trip/consumer.ts';
import { faultOf } from '../../src/kafka/round-trip/faults.ts';
import { placeGroup } from '../../src/kafka/round-trip/group-start.ts';
import { DeliveryLedger } from '../../src/kafka/round-trip/ledger.ts';
import { ProbeProducer } from '../../src/kafka/round-trip/producer.ts';
import { guideCodec, isWhole, sequenceOf } from '../../src/kafka/round-trip/record.ts';
import { roundTrip } from '../../src/kafka/round-trip/round-trip.ts';
import { createTopic } from '../../src/kafka/topic.ts';
import { untilKnown } from '../../src/steps/deploy/topic.ts';
import { nullLogger } from '../support/null-logger.ts';
import { asAdmin, BROKERS, type Cluster, clusterOn, contextOn, topicOn } from './support/kafka.ts';
import { asRoot, deployTo, type Machine, startMachine, stopMachine } from './support/lab.ts';

/**
 * Faults at a certain point in the work of a client. The tests make them between the round trip and kafkajs: the brokers,
 * the records and the connection are real.
 */
describe('the verification against real brokers', () => {
  let machine: Machine;
  let cluster: Cluster;

  beforeAll(async () => {
    machine = await startMachine('test-verification');
    const run = await deployTo(machine, { clients: 'host' });
    expect(run.exitCode, run.log).toBe(0);
    cluster = await clusterOn(machine);
  });
  afterAll(async () => {
    await cluster?.close();
    await stopMachine('test-verification');
  });

  /** kafkajs with another consumer. */
  const withConsumer = (change: (consumer: Consumer) => Consumer): Kafka =>
    Object.assign(Object.create(cluster.kafka) as Kafka, {
      consumer: (options: Parameters<Kafka['consumer']>[0]) => change(cluster.kafka.consumer(options)),
    });

  async function newTopic(topic: string): Promise<void> {
    await asAdmin(cluster, admin => createTopic(admin, topic));
    await untilKnown(contextOn(cluster), BROKERS, [topic]);
  }

  async function trip(topic: string, consumerKafka: Kafka, onAcknowledged: () => void = () => {}) {
    await newTopic(topic);
    const log = {
      ...nullLogger,
      info: (line: string) => (line.includes('acknowledged by') ? onAcknowledged() : undefined),
    };
    // The first client is the producer's, the second one places the group and searches, the third one asks, the fourth one reads.
    const clients = [cluster.kafka, cluster.kafka, cluster.kafka, consumerKafka];
    return roundTrip(contextOn(cluster, clients, log), {
      bootstrapServers: BROKERS,
      topic: await topicOn(cluster, topic),
      group: `${topic}-group`,
      runId: topic,
      traffic: { messages: 30, intervalMs: 0 },
      timeoutMs: 60_000,
    });
  }

  test('records deleted before the consumer comes to them count as lost on the broker', async () => {
    const topic = 'deleted';
    let isPaused = false;
    let resume = () => {};
    const slow = withConsumer(consumer => {
      const { run } = consumer;
      consumer.run = async options => {
        await run(options);
        // Two other consumers are left alone: one only sets where the group begins, one is the group's second.
        if (options?.autoCommit === false || isPaused) return;
        isPaused = true;
        consumer.pause([{ topic }]);
        resume = () => consumer.resume([{ topic }]);
      };
      return consumer;
    });
    const deleteSome = () =>
      asAdmin(cluster, async admin => {
        await admin.fetchTopicOffsets(topic);
        const partitions = [
          { partition: 0, offset: '3' },
          { partition: 2, offset: '1' },
        ];
        await admin.deleteTopicRecords({ topic, partitions });
        resume();
      });
    const result = await trip(topic, slow, () => void deleteSome());
    expect(result.interruption).toBeUndefined();
    expect(result.counts).toEqual({
      ...{ sent: 30, acknowledged: 30, consumed: 26, lost: 4, unread: 0, unknown: 0 },
      ...{ duplicated: 0, corrupted: 0, outOfOrder: 0 },
    });
    expect(result.missing).toMatchObject({ gone: 4, unread: 0, unknown: 0 });
    expect(faultOf(result, { messages: 30 })).toMatchObject({
      code: 'messages-lost',
      message: expect.stringMatching(
        /^of 30 messages that the brokers acknowledged in deleted, 4 are lost on the broker, deleted there by retention/,
      ),
    });
  });

  test('records that the consumer passes over are unread, not gone', async () => {
    const topic = 'unread';
    const blind = withConsumer(consumer => {
      const { run } = consumer;
      consumer.run = options =>
        run({
          ...options,
          eachBatch: async payload => {
            const records = [
              ...recordsIn(payload.batch.messages, Number(Reflect.get(payload.batch, 'fetchedOffset'))),
            ];
            const messages = records.filter(({ headers }) => !['7', '8'].includes(`${headers?.sequence}`));
            await options?.eachBatch?.({
              ...payload,
              batch: Object.assign(Object.create(payload.batch), { messages }),
            });
          },
        });
      return consumer;
    });
    // The first consumer is that of the round trip. The others set the group and search: they see everything.
    let consumers = 0;
    const sometimesBlind = Object.assign(Object.create(cluster.kafka) as Kafka, {
      consumer: (options: Parameters<Kafka['consumer']>[0]) =>
        (options?.groupId.endsWith('-search')
          ? cluster.kafka
          : consumers++ === 0
            ? blind
            : cluster.kafka
        ).consumer(options),
    });
    const result = await trip(topic, sometimesBlind);
    expect(result.counts).toMatchObject({ acknowledged: 30, consumed: 28, lost: 0, unread: 2, unknown: 0 });
    expect(result.missing).toMatchObject({ gone: 0, unread: 2, unknown: 0 });
    expect(faultOf(result, { messages: 30 })).toMatchObject({
      code: 'messages-unread',
      message:
        'of 30 messages that the brokers acknowledged in unread, 2 are not received by the consumer, but still on the broker',
    });
  });

  test('messages that two producers bring out of order are counted', async () => {
    const topic = 'swapped';
    const context = contextOn(cluster);
    await newTopic(topic);
    const starts = new Map(
      [...(await partitionRanges(cluster.kafka, topic, context))].map(([partition, { end }]) => [
        partition,
        end,
      ]),
    );
    const group = `${topic}-group`;
    await placeGroup(context, { kafka: cluster.kafka, group, topic }, starts, new Deadline(30_000, context));
    const ledger = new DeliveryLedger(10);
    const consumer = new ProbeConsumer(context, {
      ...{ kafka: cluster.kafka, group, topic },
      leaders: [],
      onRecord: record => {
        const { partition, offset } = record;
        const sequence = sequenceOf(record, topic);
        if (sequence === undefined) return;
        const whole = isWhole({ runId: topic, sequence }, record, guideCodec);
        ledger.received({ sequence, partition, offset, isWhole: whole }, systemClock.now());
      },
    });
    await consumer.start();
    // The first producer holds its message back until the other has sent all of its own.
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    const slow = Object.assign(Object.create(cluster.kafka) as Kafka, {
      producer: (options: Parameters<Kafka['producer']>[0]) => {
        const producer = cluster.kafka.producer(options);
        const { send } = producer;
        const late: Producer['send'] = async batch => held.then(() => send(batch));
        return Object.assign(producer, { send: late });
      },
    });
    const deadline = new Deadline(30_000, context);
    const common = { topic, runId: topic, codec: guideCodec, partitions: [0], ledger, deadline };
    const [first, second] = [slow, cluster.kafka].map(
      kafka => new ProbeProducer(context, { ...common, kafka }),
    );
    await Promise.all([first?.connect(), second?.connect()]);
    const early = first?.send({ messages: 1, intervalMs: 0 });
    await second?.send({ messages: 5, intervalMs: 0 });
    release();
    await early;
    while (ledger.missingCount > 0) await systemClock.sleep(20);
    await Promise.all([first?.disconnect(), second?.disconnect(), consumer.stop()]);
    expect(ledger.counts()).toEqual({
      ...{ sent: 6, acknowledged: 6, consumed: 6, duplicated: 0, corrupted: 0 },
      outOfOrder: 1,
    });
  });

  test('a member of the group that hangs (SIGSTOP) keeps the others waiting', async () => {
    const member = `from kafka import KafkaConsumer
c = KafkaConsumer("test-topic", bootstrap_servers="localhost:19092", group_id="stuck", client_id="frozen", session_timeout_ms=120000, max_poll_interval_ms=200000)
c.poll(timeout_ms=5000)
print("joined", flush=True)
import time
time.sleep(300)`;
    const unit = 'systemd-run --quiet --unit=frozen-member /home/ec2-user/docker_exp/kafka_env/bin/python -c';
    await asRoot(
      machine,
      `${unit} '${member}'; for i in {1..40}; do journalctl -u frozen-member | grep -q joined && break; sleep 0.5; done; systemctl kill --signal=STOP frozen-member`,
    );
    const run = await deployTo(machine, { group: 'stuck', clients: 'host', 'smoke-timeout': '15' });
    await asRoot(machine, 'systemctl kill --signal=KILL frozen-member');
    expect(run.outputs, run.log).toMatchObject({
      'error-code': 'consumer-group-stuck',
      'failed-step': 'smoke-test-host',
      'host-messages-produced': '10',
    });
    expect(run.log).toMatch(/consumer group stuck is \w+ and has other members: .*frozen \(.+\)/);
  });
});
