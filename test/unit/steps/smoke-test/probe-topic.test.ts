import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import { probeTopicStep } from '../../../../src/steps/smoke-test/probe-topic.ts';
import type { Faults } from '../../support/memory-kafka.ts';

import { type Reply, registryServer } from '../../support/registry-server.ts';
import { smokeTest } from '../../support/smoke-tests.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const NAME = 'kafka-al2023-action-ab12';
const REMOVALS = [
  `/config/${NAME}-value`,
  `/subjects/${NAME}-value`,
  `/subjects/${NAME}-value?permanent=true`,
];

/** The test on a cluster without a schema registry. */
const probe = (faults: Faults = {}) =>
  smokeTest(options => probeTopicStep(options, ['smoke-test-runner']), { faults });

/** The test on a cluster with one. */
async function probeWithRegistry(replies: Readonly<Record<string, Reply>> = {}, faults: Faults = {}) {
  const server = await registryServer(replies, `${NAME}-value`);
  const registryPort = Number(new URL(server.url).port);
  const test = smokeTest(options => probeTopicStep(options, ['smoke-test-runner']), { faults, registryPort });
  const removed = () => server.asked.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
  return { ...server, ...test, removed };
}

describe('a topic led by every broker', () => {
  it('is made for the test, sees thirty messages by way of every broker, and is removed', async () => {
    const { check, found, cluster, log, step } = probe();
    expect((await check()).detail).toMatch(/^30 of 30 messages came back/);
    expect(found.probe).toMatchObject({ topic: NAME, counts: { acknowledged: 30, lost: 0 } });
    expect(found.probe?.brokers.map(({ acknowledged }) => acknowledged)).toEqual([10, 10, 10]);
    expect(found.schemaRegistry).toBeUndefined();
    expect([...cluster.topics.keys()]).toEqual(['test-topic']);
    expect([...cluster.groups.keys()]).toEqual([]);
    expect(cluster.connected).toEqual([]);
    expect(log.text).toContain('info the cluster has no schema registry: plain messages');
    expect(log.warnings).toEqual([]);
    expect(step).toMatchObject({
      name: 'probe-topic',
      title: 'Topic led by every broker',
      needs: ['smoke-test-runner'],
    });
  });

  it('takes messages in the format of the schema registry, where there is one', async () => {
    const values: string[] = [];
    const { check, found, url, removed, log, step } = await probeWithRegistry(
      {},
      { stored: ({ value }) => void values.push(value?.subarray(0, 6).toString('hex') ?? '') },
    );
    expect((await check()).satisfied).toBe(true);
    // The handover has messages of its own: 0 to 2.
    expect(values).toHaveLength(33);
    expect(values.slice(0, 2)).toEqual(['000000010200', '000000010202']);
    expect(found.schemaRegistry).toEqual({ url, subject: `${NAME}-value`, schemaId: 258 });
    expect(removed()).toEqual(REMOVALS);
    expect(log.text).toContain(
      `info schema 258 registered as ${NAME}-value, read back, a wrong change of it refused`,
    );
    expect(step.title).toBe("Topic led by every broker, messages in the schema registry's format");
  });
});

describe('a topic led by every broker that shows a fault', () => {
  const loses: Faults = {
    readableAfterMs: () => 50,
    stored: ({ headers, offset }, partition) => {
      if (`${headers.sequence}` === '14') partition.remove(offset);
    },
  };

  it('is removed, with its schema, and its results are reported', async () => {
    const { check, found, cluster, removed } = await probeWithRegistry({}, loses);
    expect((await actionErrorOf(check)).code).toBe('messages-lost');
    expect(found.probe?.counts.lost).toBe(1);
    expect([...cluster.topics.keys()]).toEqual(['test-topic']);
    expect([...cluster.groups.keys()]).toEqual([]);
    expect(removed()).toEqual(REMOVALS);
  });

  it('has failed when messages to one broker were never acknowledged', async () => {
    const { check } = probe({ forgets: ({ headers }) => `${headers.sequence}` === '14' });
    expect(await actionErrorOf(check)).toMatchObject({
      code: 'round-trip-failed',
      message: '20 of 30 messages were acknowledged',
    });
  });

  it('is removed when the run ends in the middle of it', async () => {
    const test: ReturnType<typeof probe> = probe({
      before: call => {
        if (call === 'producer.send') test.abort.abort(new Error('cancelled'));
      },
    });
    await expect(test.check()).rejects.toThrow('cancelled');
    expect([...test.cluster.topics.keys()]).toEqual(['test-topic']);
    expect([...test.cluster.groups.keys()]).toEqual([]);
    expect(test.found.probe).toBeUndefined();
  });

  it('is removed when it could not even be described', async () => {
    const { check, cluster } = probe({
      before: call => {
        if (call === 'admin.fetchTopicMetadata') throw new Error('NO');
      },
    });
    await expect(check()).rejects.toThrow('NO');
    expect([...cluster.topics.keys()]).toEqual(['test-topic']);
  });

  it('fails with the code for brokers when it cannot be made', async () => {
    const { check } = probe({
      before: call => {
        if (call === 'admin.createTopics') throw new Error('Policy violation');
      },
    });
    expect(await actionErrorOf(check)).toMatchObject({
      code: 'kafka-not-ready',
      message: 'the brokers did not do what was asked: Policy violation',
    });
  });
});

describe('a topic or schema that cannot be removed', () => {
  it('is a warning, and no failure: the topic', async () => {
    const { check, log, removed } = await probeWithRegistry(
      {},
      {
        before: call => {
          if (call === 'admin.deleteTopics') throw new Error('Topic deletion is disabled');
        },
      },
    );
    expect((await check()).satisfied).toBe(true);
    expect(log.warnings).toEqual([
      `topic ${NAME} could not be removed: the brokers did not do what was asked: Topic deletion is disabled`,
    ]);
    expect(removed()).toEqual(REMOVALS);
  });

  it('is a warning, and no failure: the schema', async () => {
    const { check, log, cluster } = await probeWithRegistry({ [`DELETE /subjects/${NAME}-value`]: 500 });
    expect((await check()).satisfied).toBe(true);
    expect(log.warnings).toEqual([
      expect.stringMatching(/^schema kafka-al2023-action-ab12-value could not be removed: .* answered 500/),
    ]);
    expect([...cluster.topics.keys()]).toEqual(['test-topic']);
  });

  it('does not take the place of the failure', async () => {
    const { check, log } = probe({
      before: call => {
        if (['admin.deleteTopics', 'producer.send'].includes(call)) throw new Error(call);
      },
    });
    expect(await actionErrorOf(check)).toMatchObject({ code: 'round-trip-failed', message: 'producer.send' });
    expect(log.warnings).toHaveLength(1);
  });
});

describe('a schema registry that fails the test', () => {
  const JUDGES = `POST /compatibility/subjects/${NAME}-value/versions/latest`;
  it.each<[string, Reply, RegExp]>([
    [
      `POST /subjects/${NAME}-value/versions`,
      500,
      /^the schema registry at http:\/\/localhost:\d+: .*\/versions answered 500/,
    ],
    [JUDGES, { is_compatible: true }, /^a new field without a default was judged compatible$/],
  ])('has its own code, and no topic is left behind: %s', async (call, reply, words) => {
    const { check, cluster, removed } = await probeWithRegistry({ [call]: reply });
    const error = await actionErrorOf(check);
    expect(error.code).toBe('schema-registry-failed');
    expect(error.message).toMatch(words);
    expect([...cluster.topics.keys()]).toEqual(['test-topic']);
    expect(removed()).toEqual(REMOVALS);
  });

  it('has its own code when it does not listen any more, with a warning of its remains', async () => {
    const test = smokeTest(options => probeTopicStep(options, ['smoke-test-runner']), { registryPort: 1 });
    expect((await actionErrorOf(test.check)).message).toMatch(/ECONNREFUSED/);
    expect(test.log.warnings).toHaveLength(1);
  });

  it('is not blamed for a connection that was lost', async () => {
    const { check, host } = await probeWithRegistry();
    const lost = new ActionError('ssh-connection-lost', 'broke', { retriable: true });
    host.dial = () => Promise.reject(lost);
    expect(await actionErrorOf(check)).toBe(lost);
  });

  it('is not blamed for the end of the run', async () => {
    const test = await probeWithRegistry({ 'PUT /config/never': 500 });
    test.abort.abort(new Error('cancelled'));
    await expect(test.check()).rejects.toThrow('cancelled');
  });
});
