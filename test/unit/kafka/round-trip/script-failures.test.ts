import { describe, expect, it } from 'vitest';
import { parseProblem, scriptFailure } from '../../../../src/kafka/round-trip/script-failures.ts';

const failure = (
  exitCode: number,
  stderr: string,
  problem?: { name: string; code?: number; message: string },
) =>
  scriptFailure({
    ...{
      script: 'producer.py',
      topic: 'orders',
      group: 'test-group',
      counted: '0 of 10 messages acknowledged',
      problem,
    },
    result: { exitCode, stdout: "Sent: {'key': 0}\n", stderr },
  });
const COUNTED = 'producer.py on the machine: 0 of 10 messages acknowledged';

describe('a script that failed', () => {
  it.each([
    [10, 'MessageSizeTooLargeError', 'topic-unusable', 'Kafka refuses the messages for topic orders: why'],
    [19, 'NotEnoughReplicasError', 'not-enough-replicas', 'Kafka refuses the messages for topic orders: why'],
    [
      29,
      'TopicAuthorizationFailedError',
      'kafka-not-authorized',
      'Kafka refuses the test access to topic orders: why',
    ],
    [
      30,
      'GroupAuthorizationFailedError',
      'kafka-not-authorized',
      'Kafka refuses the test access to consumer group test-group: why',
    ],
  ])(
    'by what Kafka refuses with number %i has the code and the words of that',
    (code, name, expected, words) => {
      const error = failure(1, '', { code, name, message: 'why' });
      expect(error).toMatchObject({ code: expected, message: `${COUNTED}. ${words}` });
      expect(error.facts).toEqual({ script: 'producer.py' });
      expect(error.details).toEqual(["Sent: {'key': 0}"]);
    },
  );

  it.each([
    [{ name: 'UnsupportedCodecError', message: 'lz4 not found' }, 'codec-missing', ': lz4 not found'],
    [{ name: 'KafkaTimeoutError', message: 'too late' }, 'host-client-failed', ': too late'],
    [
      { name: 'SaslAuthenticationFailedError', code: 58, message: 'no' },
      'kafka-authentication-failed',
      ': no',
    ],
    [{ name: 'UnknownError', code: -1, message: 'odd' }, 'host-client-failed', ': odd'],
  ])('by %o is named', (problem, code, words) => {
    expect(failure(1, '', problem)).toMatchObject({ code, message: `${COUNTED}${words}` });
  });

  it.each([
    [
      'is ended by a signal',
      137,
      'Killed',
      'host-client-failed',
      ': it was ended by SIGKILL',
      'killed process',
    ],
    [
      'has no module',
      1,
      "Traceback\nModuleNotFoundError: No module named 'kafka'",
      'python-setup-failed',
      ": ModuleNotFoundError: No module named 'kafka'",
      'Remove kafka_env',
    ],
    [
      'has no Python',
      127,
      'sh: python: not found',
      'python-setup-failed',
      ': sh: python: not found',
      'Remove kafka_env',
    ],
    [
      'has no Python, and says nothing',
      126,
      '',
      'python-setup-failed',
      ': its Python cannot be started (exit code 126)',
      'Remove kafka_env',
    ],
    [
      'ends with an exception',
      1,
      'Traceback\n  File\nValueError: odd',
      'host-client-failed',
      ': ValueError: odd (exit code 1)',
      'reason',
    ],
    ['says nothing', 3, '', 'host-client-failed', ' (exit code 3)', 'reason'],
  ])('because it %s is named', (_, exitCode, stderr, code, words, hint) => {
    const error = failure(exitCode, stderr);
    expect(error).toMatchObject({ code, message: `${COUNTED}${words}` });
    expect(error.hint).toContain(hint);
  });
});

describe('the problem in a summary', () => {
  it.each([undefined, null, 'NotLeader', {}, { name: 'A' }, { name: 1, message: 'b' }])(
    '%o is none',
    value => {
      expect(parseProblem(value)).toBeUndefined();
    },
  );

  it('has a number where Kafka has one', () => {
    expect(parseProblem({ name: 'A', code: 10, message: 'b' })).toEqual({
      name: 'A',
      code: 10,
      message: 'b',
    });
    expect(parseProblem({ name: 'A', code: null, message: 'b' })).toEqual({ name: 'A', message: 'b' });
  });
});
