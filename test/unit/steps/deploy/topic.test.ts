import { describe, expect, it } from 'vitest';
import { topicStep } from '../../../../src/steps/deploy/topic.ts';
import { type Faults, refuses, SERVERS, TOPIC } from '../../support/memory-kafka.ts';
import { smokeTest } from '../../support/smoke-tests.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const topic = (faults: Faults = {}) => smokeTest(({ note }) => topicStep(TOPIC, SERVERS, note), { faults });

describe('the topic of the smoke test', () => {
  it('stays as it is when it is there, and is described with the brokers', async () => {
    const { check, found, cluster, log } = topic();
    expect(await check()).toEqual({ satisfied: true, detail: 'partitions: 3, replicas of each: 3' });
    expect(found.topic).toEqual({ ...cluster.state(), limitations: [] });
    expect(log.warnings).toEqual([]);
    expect(cluster.calls).not.toContain('admin.createTopics');
    expect(cluster.connected).toEqual([]);
  });

  it('is kept without copies, with a warning', async () => {
    const { check, found, cluster, log } = topic();
    cluster.addTopic(TOPIC, [[1], [2], [3]]);
    expect((await check()).detail).toBe('partitions: 3, replicas of each: 1');
    const risk =
      'topic test-topic has replication factor 1 where 3 is possible: it loses messages when a broker fails';
    expect(log.warnings).toEqual([risk]);
    expect(found.topic?.limitations).toEqual([risk]);
  });

  it('may leave brokers out, which the log says', async () => {
    const { check, found, cluster, log } = topic();
    cluster.addTopic(TOPIC, [[2, 3, 1]]);
    await check();
    const gap = 'topic test-topic (partitions: 1) has no partition led by broker 1, 3 at the moment';
    expect(log.lines).toEqual([`info ${gap}`]);
    expect(found.topic?.limitations).toEqual([gap]);
  });

  it.each(['compact', 'compact,delete', 'delete,compact'])(
    'is refused when it is compacted (%s): it takes only messages with keys',
    async policy => {
      const { check, cluster, found } = topic();
      cluster.cleanupPolicy = policy;
      const error = await actionErrorOf(check);
      expect(error).toMatchObject({
        code: 'topic-unusable',
        message: `topic test-topic is compacted (cleanup.policy=${policy}): it takes only messages with a key, and the guide's have none`,
      });
      expect(found.topic).toBeUndefined();
    },
  );

  it('is made when it is not there, led by every broker', async () => {
    const { check, apply, cluster, found, log } = topic();
    cluster.topics.clear();
    expect(await check()).toEqual({ satisfied: false, detail: 'topic test-topic is not there' });
    expect(found.topic).toBeUndefined();
    await apply();
    expect(log.text).toContain('info create topic test-topic');
    expect(await check()).toMatchObject({ satisfied: true });
    expect(found.topic?.partitions.map(({ leader }) => leader)).toEqual([1, 2, 3]);
    expect(cluster.connected).toEqual([]);
  });

  it('that is made is waited for until every broker knows of it, whichever is asked next', async () => {
    let asked = 0;
    const isBehind = (server: string) => server === SERVERS[2] && ++asked < 4;
    const { apply, cluster, clock } = topic({ isBehind });
    cluster.topics.clear();
    await apply();
    expect(asked).toBe(4);
    expect(clock.now()).toBe(600);
    expect(cluster.connected).toEqual([]);
  });

  it('that a broker never hears of, or whose broker does not answer, is not waited for long', async () => {
    const { apply, cluster, clock } = topic({ isBehind: server => server === SERVERS[0] });
    cluster.topics.clear();
    cluster.silent.add(SERVERS[1] ?? '');
    await apply();
    expect(clock.now()).toBe(15_000);
  });

  it.each<[string, Faults]>([
    ['connect', { before: refuses('admin.connect', 'ECONNREFUSED') }],
    ['ask', { before: refuses('admin.fetchTopicMetadata', 'ECONNREFUSED') }],
  ])('fails with the code for brokers when nobody can be asked: %s', async (_, faults) => {
    const { check, cluster } = topic(faults);
    expect(await actionErrorOf(check)).toMatchObject({
      code: 'kafka-not-ready',
      message: 'the brokers did not do what was asked: ECONNREFUSED',
    });
    expect(cluster.connected).toEqual([]);
  });
});
