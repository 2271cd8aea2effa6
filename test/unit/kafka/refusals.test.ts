import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { tellCreationReasons } from '../../../src/kafka/creation-reasons.ts';
import { groupRefusalOf, refusalOf } from '../../../src/kafka/refusals.ts';

const require = createRequire(import.meta.url);
const { createErrorFromCode } = require('kafkajs/src/protocol/error.js') as {
  createErrorFromCode(code: number): Error & { readonly code: number };
};

describe('what Kafka refuses', () => {
  it.each([
    [
      10,
      'topic-unusable',
      'Kafka refuses the messages for topic orders: ',
      '--delete-config max.message.bytes`',
    ],
    [17, 'topic-unusable', 'Kafka refuses topic orders: ', 'another name'],
    [19, 'not-enough-replicas', 'Kafka refuses the messages for topic orders: ', 'min.insync.replicas'],
    [29, 'kafka-not-authorized', 'Kafka refuses the test access to topic orders: ', 'kafka-acls'],
    [
      31,
      'kafka-not-authorized',
      'Kafka refuses the test access to the cluster, for topic orders: ',
      'kafka-acls',
    ],
    [
      32,
      'topic-unusable',
      'Kafka refuses the messages for topic orders: ',
      'message.timestamp.before.max.ms',
    ],
    [44, 'topic-unusable', 'Kafka refuses topic orders: ', 'create.topic.policy'],
    [87, 'topic-unusable', 'Kafka refuses the messages for topic orders: ', 'cleanup.policy'],
  ])('with number %i has a code, words and a hint', (number, code, words, hint) => {
    const cause = createErrorFromCode(number);
    const refusal = refusalOf('orders', cause);
    expect(refusal).toMatchObject({ code, message: `${words}${cause.message}` });
    expect(refusal?.hint).toContain(hint);
  });

  it('is found in what kafkajs makes of it', () => {
    const inner = createErrorFromCode(44);
    expect(
      refusalOf('orders', new kafkajs.KafkaJSAggregateError('Topic creation errors', [inner]))?.code,
    ).toBe('topic-unusable');
    expect(refusalOf('orders', new Error('retried', { cause: inner }))?.code).toBe('topic-unusable');
  });

  it('is a consumer group, by its own number', () => {
    const cause = createErrorFromCode(30);
    const refusal = groupRefusalOf('readers', new Error('retried', { cause }));
    expect(refusal).toMatchObject({
      code: 'kafka-not-authorized',
      message: `Kafka refuses the test access to consumer group readers: ${cause.message}`,
    });
    expect(refusal?.hint).toContain('kafka-acls');
    expect(groupRefusalOf('readers', createErrorFromCode(29))).toBeUndefined();
  });

  it.each([
    ['a leader that has moved', createErrorFromCode(6)],
    ['an error of the network', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
    ['nothing', undefined],
    ['words', 'no'],
  ])('is not %s', (_, thrown) => {
    expect(refusalOf('orders', thrown)).toBeUndefined();
  });
});

describe('a topic that is not made', () => {
  const answerOf = (version: number) =>
    require(`kafkajs/src/protocol/requests/createTopics/v${version}/response.js`) as {
      parse(data: object): Promise<unknown>;
    };

  it.each([1, 2, 3])("is told in the controller's words, version %i of the answer", async version => {
    tellCreationReasons();
    tellCreationReasons();
    const topicErrors = [
      { topic: 'a.b', errorCode: 17, errorMessage: "Topic 'a.b' collides with existing topics: a_b" },
      { topic: 'c', errorCode: 44, errorMessage: null },
    ];
    await expect(answerOf(version).parse({ topicErrors })).rejects.toMatchObject({
      message: 'Topic creation errors',
      errors: [
        { message: "Topic 'a.b' collides with existing topics: a_b", code: 17 },
        { message: 'Request parameters do not satisfy the configured policy', code: 44 },
      ],
    });
    const made = { topicErrors: [{ topic: 'd', errorCode: 0, errorMessage: null }] };
    expect(await answerOf(version).parse(made)).toBe(made);
  });
});
