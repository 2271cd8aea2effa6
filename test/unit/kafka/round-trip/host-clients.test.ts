import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import type { Position } from '../../../../src/kafka/round-trip/delivery.ts';
import { runHostClients } from '../../../../src/kafka/round-trip/host-clients.ts';
import type { ClientSecurity } from '../../../../src/kafka/security/client-security.ts';
import { pythonSettings } from '../../../../src/kafka/security/python-settings.ts';
import { InstantClock } from '../../support/clocks.ts';
import { contextOf } from '../../support/kafka-contexts.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { type Answer, ScriptedHost } from '../../support/scripted-host.ts';

const says = (...lines: string[]) => `${lines.join('\n')}\n`;
/** Ten messages: 0 to 3 in the first partition, 5 to 7 in the second one, 0 to 2 in the third one. */
const PLACES = { 0: [[0, 3]], 1: [[5, 7]], 2: [[0, 2]] };
const summary = (more: object) => says(JSON.stringify(more));
const acknowledged = { acknowledged: 10, problem: null, offsets: PLACES };
const received = { received: 10, others: 0, duplicated: 0, corrupted: 0, outOfOrder: 0, offsets: PLACES };
const sentAll: Answer = { stdout: says("Sent: {'key': 0}") + summary(acknowledged) };
const receivedAll: Answer = { stdout: says("Received: {'key': 0}") + summary({ ...received, others: 3 }) };
const ALL_BACK = {
  ...{ sent: 10, acknowledged: 10, consumed: 10, lost: 0, unread: 0, unknown: 0 },
  ...{ duplicated: 0, corrupted: 0, outOfOrder: 0 },
};

function pair(
  producer: Answer,
  consumer: Answer,
  more: {
    messageIntervalMs?: number;
    clock?: InstantClock;
    gone?: number;
    topic?: string;
    group?: string;
    security?: ClientSecurity;
  } = {},
) {
  const host = new ScriptedHost([
    [/ producer\.py /, producer],
    [/ consumer\.py /, consumer],
  ]);
  const log = new RecordingLog();
  const { messageIntervalMs = 0, clock = new InstantClock(), gone = 0 } = more;
  const { topic = 'test-topic', group = 'test-group' } = more;
  const searched: Position[][] = [];
  const search = async (missing: () => Iterable<Position>) => {
    searched.push([...missing()]);
    return { gone, unread: [...missing()].length - gone, unknown: 0, examples: [] };
  };
  const options = {
    ...{ messageIntervalMs, messages: 10, timeoutMs: 60_000 },
    directory: '/home/ec2-user/docker_exp',
    bootstrapServers: ['localhost:19092', 'localhost:29092'],
    ...{ topic, group, runId: 'ab12/host' },
  };
  const context = { ...contextOf({ security: more.security }, { clock, log }), host };
  return { host, log, searched, run: () => runHostClients(context, options, search) };
}

describe('the clients on the machine', () => {
  it('count the acknowledged and the received messages', async () => {
    const { run, log, searched } = pair(sentAll, receivedAll);
    expect(await run()).toEqual({ produced: 10, consumed: 10, counts: ALL_BACK });
    expect(searched).toEqual([]);
    expect(log.lines).toEqual([
      'info python producer.py',
      "info   Sent: {'key': 0}",
      'info python consumer.py',
      "info   Received: {'key': 0}",
      'info (3 messages of other runs were passed over)',
    ]);
  });

  it('are told a topic and a group that begin with a dash', async () => {
    const { run, host } = pair(sentAll, receivedAll, { topic: '-t', group: '--help' });
    await run();
    expect(host.ran[0]).toContain(' --topic=-t ');
    expect(host.ran[1]).toMatch(/ --topic=-t .* --group=--help/);
  });

  it('get their orders as arguments, in their own directory and virtual environment', async () => {
    const { run, host } = pair(sentAll, receivedAll, { messageIntervalMs: 2_000 });
    await run();
    const common =
      '--bootstrap-servers localhost:19092,localhost:29092 --topic=test-topic --run-id ab12/host --messages 10';
    const python = '/home/ec2-user/docker_exp/kafka_env/bin/python';
    expect(host.ran).toEqual([
      `${python} producer.py ${common} --timeout 80.0 --interval 2`,
      `${python} consumer.py ${common} --timeout 80.0 --group=test-group`,
    ]);
    expect(host.commands.map(({ cwd, timeoutMs }) => [cwd, timeoutMs])).toEqual([
      ['/home/ec2-user/docker_exp', 95_000],
      ['/home/ec2-user/docker_exp', 95_000],
    ]);
  });

  it('get what a secured cluster asks for on their standard input, and nowhere else', async () => {
    const sasl = { mechanism: 'PLAIN', username: 'alice', password: 'opensesame' } as const;
    const { run, host } = pair(sentAll, receivedAll, { security: { sasl } });
    await run();
    for (const { argv, stdin } of host.commands) {
      expect(argv.slice(-2)).toEqual(['--settings', '-']);
      expect(argv.join(' ')).not.toContain('opensesame');
      expect(stdin).toBe(pythonSettings({ sasl }));
    }
    expect(host.commands).toHaveLength(2);
  });

  it('end before the consumer when the producer fails, with the reason', async () => {
    const failed = {
      exitCode: 1,
      stdout: summary({
        acknowledged: 4,
        problem: { name: 'NoBrokers', code: null, message: 'NoBrokers: why' },
      }),
      stderr: 'a line\n',
    };
    const { run, host } = pair(failed, receivedAll);
    const { produced, consumed, failure } = await run();
    expect({ produced, consumed }).toEqual({ produced: 4, consumed: 0 });
    expect(failure).toMatchObject({
      code: 'host-client-failed',
      facts: { script: 'producer.py' },
      message: 'producer.py on the machine: 4 of 10 messages acknowledged: NoBrokers: why',
    });
    expect(failure?.details.at(-1)).toBe('a line');
    expect(host.ran).toHaveLength(1);
  });

  it('say how much is missing, and look for it', async () => {
    const late: Answer = {
      exitCode: 1,
      stdout: summary({ ...received, received: 7, offsets: { 0: [[0, 3]], 1: [[6, 6]], 2: [[0, 1]] } }),
    };
    const { run, searched } = pair(sentAll, late, { gone: 1 });
    const { produced, consumed, counts, missing, failure } = await run();
    expect({ produced, consumed }).toEqual({ produced: 10, consumed: 7 });
    expect(counts).toEqual({ ...ALL_BACK, consumed: 7, lost: 1, unread: 2 });
    expect(searched).toEqual([
      [
        { partition: 1, offset: 5 },
        { partition: 1, offset: 7 },
        { partition: 2, offset: 2 },
      ],
    ]);
    expect(missing).toMatchObject({ gone: 1, unread: 2 });
    expect(failure).toMatchObject({
      code: 'messages-lost',
      message:
        'of 10 messages that the brokers acknowledged in test-topic, 1 is lost on the broker; ' +
        '2 are not received by the consumer, but still on the broker',
    });
  });

  it.each<[string, object, object, string]>([
    [
      'one came back changed',
      { received: 9, corrupted: 1, offsets: { ...PLACES, 2: [[0, 1]] }, corruptedOffsets: { 2: [[2, 2]] } },
      { consumed: 9, corrupted: 1 },
      'messages-corrupted',
    ],
    [
      'a copy came back',
      { duplicated: 1, offsets: { ...PLACES, 2: [[0, 3]] } },
      { duplicated: 1 },
      'messages-duplicated',
    ],
    ['one came late', { outOfOrder: 1 }, { outOfOrder: 1 }, 'messages-out-of-order'],
    [
      'a copy came back, but not the one that was acknowledged',
      {
        offsets: {
          ...PLACES,
          2: [
            [0, 1],
            [9, 9],
          ],
        },
      },
      { consumed: 9, unread: 1 },
      'messages-unread',
    ],
  ])('fail with a code of its own when %s', async (_, said, expected, code) => {
    const { counts, failure } = await pair(sentAll, { stdout: summary({ ...received, ...said }) }).run();
    expect(counts).toEqual({ ...ALL_BACK, ...expected });
    expect(failure?.code).toBe(code);
  });

  it('fail when the consumer ends badly, although everything came back', async () => {
    const { failure } = await pair(sentAll, { exitCode: 1, stdout: summary(received) }).run();
    expect(failure).toMatchObject({
      code: 'host-client-failed',
      facts: { script: 'consumer.py' },
      message: 'consumer.py on the machine: 10 of 10 messages received (exit code 1)',
    });
  });

  it.each<[string, Answer, Answer, number]>([
    ['producer.py', { throws: new ActionError('command-timeout', 'it hung') }, receivedAll, 0],
    ['consumer.py', sentAll, { throws: new ActionError('command-timeout', 'it hung') }, 10],
  ])('fail when %s had to be stopped', async (script, producer, consumer, acknowledgedCount) => {
    const { counts, failure } = await pair(producer, consumer).run();
    expect(counts.acknowledged).toBe(acknowledgedCount);
    expect(counts.unknown).toBe(acknowledgedCount);
    expect(failure).toMatchObject({ code: 'host-client-failed', details: ['it hung'] });
    expect(failure?.message).toMatch(new RegExp(`^${script} on the machine: .* \\(exit code 124\\)$`));
  });

  it('fail with the lost connection as it is', async () => {
    const lost = new ActionError('ssh-connection-lost', 'broke', { retriable: true });
    await expect(pair(sentAll, { throws: lost }).run()).rejects.toBe(lost);
  });

  it('begin to read where the first message of the run was to be', async () => {
    const sent = { stdout: summary({ ...acknowledged, begins: { 0: 0, 1: 5, 2: 9 } }) };
    const { run, host } = pair(sent, receivedAll);
    await run();
    expect(host.ran[1]).toMatch(/ --group=test-group --start 0:0,1:5,2:9$/);
  });

  it('report no lost messages when the consumer could not go on', async () => {
    const problem = { name: 'UnsupportedCodecError', code: null, message: 'Libraries for lz4 not found' };
    const stopped = { exitCode: 1, stdout: summary({ ...received, received: 0, offsets: {}, problem }) };
    const { failure, missing, consumed } = await pair(sentAll, stopped).run();
    expect(failure).toMatchObject({
      code: 'codec-missing',
      message: 'consumer.py on the machine: 0 of 10 messages received: Libraries for lz4 not found',
    });
    expect({ missing, consumed }).toEqual({ missing: undefined, consumed: 0 });
  });

  it('report no lost messages when the consumer could not say what it got', async () => {
    const { run, searched } = pair(sentAll, { exitCode: 1, stderr: says('GroupAuthorizationFailed') });
    const { failure, missing, counts } = await run();
    expect(counts).toEqual({ ...ALL_BACK, consumed: 0, unknown: 10 });
    expect(failure).toMatchObject({ code: 'host-client-failed', details: ['GroupAuthorizationFailed'] });
    expect(missing).toBeUndefined();
    expect(searched).toEqual([]);
  });

  it.each<[string, Answer, Answer]>([
    [
      'a producer that dies without a summary',
      { exitCode: 1, stderr: says('Traceback', 'NoBrokersAvailable') },
      receivedAll,
    ],
    ['a producer that says nothing', { stdout: '' }, receivedAll],
    ['a producer whose last line is no summary', { stdout: says('null') }, receivedAll],
    ['a consumer that says nothing', sentAll, { stdout: '' }],
    ['a consumer that counts in words', sentAll, { stdout: says('{"received": "many"}') }],
    ['a consumer that ends well with too few', sentAll, { stdout: says('{"received": 9, "others": 0}') }],
  ])('fail with %s', async (_, producer, consumer) => {
    const { produced, consumed, failure } = await pair(producer, consumer).run();
    expect(failure?.code).toBe('host-client-failed');
    expect(Number.isSafeInteger(produced) && Number.isSafeInteger(consumed)).toBe(true);
  });

  it('do not call messages unread for which the consumer had no time', async () => {
    const clock = new InstantClock();
    const late: Answer = { exitCode: 1, stdout: summary({ ...received, received: 0, offsets: {} }) };
    const { run, host } = pair(sentAll, late, { clock });
    const { run: original } = { run: host.run.bind(host) };
    host.run = async command => {
      clock.pass(51_000);
      return original(command);
    };
    const { counts, failure } = await run();
    expect(counts).toEqual({ ...ALL_BACK, consumed: 0, unread: 10 });
    expect(failure).toMatchObject({
      code: 'host-client-failed',
      message:
        'consumer.py on the machine: 0 of 10 messages received: it had too little time left (exit code 1)',
    });
  });

  it('leave the consumer the time that the producer did not need', async () => {
    const clock = new InstantClock();
    const { run, host } = pair(sentAll, receivedAll, { clock });
    const { run: original } = { run: host.run.bind(host) };
    host.run = async command => {
      clock.pass(50_000);
      return original(command);
    };
    await run();
    expect(host.ran[1]).toContain('--timeout 10.0');
  });
});
