import { describe, expect, it } from 'vitest';
import type { WantedTopic } from '../../../../src/kafka/wanted-topics.ts';
import { topicsStep } from '../../../../src/steps/deploy/topics.ts';
import { type Faults, SERVERS } from '../../support/memory-kafka.ts';
import { smokeTest } from '../../support/smoke-tests.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const topic = (name: string, partitions?: number, replicas?: number, settings: object = {}): WantedTopic => ({
  ...{ name, partitions, replicas },
  settings: new Map(Object.entries(settings)),
});
const topics = (wanted: readonly WantedTopic[], faults: Faults = {}) =>
  smokeTest(() => topicsStep(wanted, SERVERS), { faults });

/** An error as kafkajs tells it: one for all topics, with those of each inside. */
const refusal = (name: string, code: number, message: string) =>
  Object.assign(new Error('Topic creation errors'), {
    errors: [Object.assign(new Error(message), { code, topic: name })],
  });

describe("the user's topics", () => {
  it('are made as their lines say, or as the cluster is, and every broker knows of them', async () => {
    let asked = 0;
    const isBehind = (server: string) => server === SERVERS[1] && ++asked < 3;
    const wanted = [
      topic('orders', 6),
      topic('payments', 1, 2, { 'cleanup.policy': 'compact' }),
      topic('plain'),
    ];
    const { check, apply, cluster, log } = topics(wanted, { isBehind });
    expect(await check()).toEqual({
      satisfied: false,
      detail: 'orders, payments, plain to be made',
    });
    await apply();
    expect(asked).toBe(3);
    const shape = (name: string) => cluster.partitionsOf(name).map(({ replicas }) => replicas.length);
    expect(shape('orders')).toEqual([3, 3, 3, 3, 3, 3]);
    expect(shape('payments')).toEqual([2]);
    expect(shape('plain')).toEqual([3, 3, 3]);
    expect(cluster.settings.get('payments')).toEqual(new Map([['cleanup.policy', 'compact']]));
    expect(log.text).toContain(
      'info create topic payments: partitions 1, replicas of each 2 cleanup.policy=compact',
    );
    expect(await check()).toEqual({
      satisfied: true,
      detail: '3 topics are there: 3 made, 0 given more partitions',
    });
    expect(cluster.connected).toEqual([]);
  });

  it('get more partitions, never fewer, and keep what they have', async () => {
    const wanted = [
      topic('narrow', 4),
      topic('wide', 1, 3),
      topic('set', undefined, undefined, { 'retention.ms': '60000', 'cleanup.policy': 'delete,compact' }),
    ];
    const { check, apply, cluster, log } = topics(wanted);
    cluster.addTopic('narrow', [[1], [2]]);
    cluster.addTopic('wide', [[1], [2]]);
    cluster.addTopic('set', [[1]]);
    cluster.settings.set('set', new Map([['cleanup.policy', 'compact,delete']]));
    expect((await check()).detail).toBe('narrow to be given more partitions');
    await apply();
    expect(log.text).toContain('info topic narrow: partitions 2 -> 4');
    const { satisfied, detail } = await check();
    expect({ satisfied, detail }).toEqual({
      satisfied: true,
      detail: '3 topics are there: 0 made, 1 given more partitions',
    });
    expect(['narrow', 'wide', 'set'].map(name => cluster.partitionsOf(name).length)).toEqual([4, 2, 1]);
    expect(cluster.calls).not.toContain('admin.createTopics');
    expect(log.warnings).toEqual([
      'topic wide has 2 partitions, not 1: none is taken away',
      'topic wide has 1 replicas of each partition, not 3: kafka-reassign-partitions changes that',
      expect.stringMatching(
        /^topic set has retention\.ms=604800000, not 60000; to change it, .*--alter --topic set --add-config retention\.ms=60000$/,
      ),
    ]);
  });

  it('are there already: nothing is asked for', async () => {
    const { check, cluster, log } = topics([topic('test-topic')]);
    expect(await check()).toEqual({ satisfied: true, detail: '1 topic is there' });
    expect(log.warnings).toEqual([]);
    expect(cluster.calls).not.toContain('admin.describeConfigs');
  });

  it('are all made or none: Kafka is asked first whether it takes them', async () => {
    const { apply, cluster } = topics([topic('good'), topic('bad', 1, 9)], {
      before: call => {
        if (call === 'admin.createTopics') throw refusal('bad', 38, 'Replication factor: 9 larger than 3');
      },
    });
    const error = await actionErrorOf(apply);
    expect(error).toMatchObject({
      code: 'topic-unusable',
      message: 'Kafka refuses topic bad: Replication factor: 9 larger than 3',
      hint: 'Correct the line of bad in the input topics.',
    });
    expect([...cluster.topics.keys()]).toEqual(['test-topic']);
  });

  it('are foreseen by a plan, which asks Kafka and makes none', async () => {
    const { foresee, cluster } = topics([topic('orders', 6)]);
    expect(await foresee()).toEqual(['create topic orders: partitions 6, replicas of each 3']);
    expect(cluster.calls.filter(call => call === 'admin.createTopics')).toHaveLength(1);
    expect([...cluster.topics.keys()]).toEqual(['test-topic']);
  });
});
