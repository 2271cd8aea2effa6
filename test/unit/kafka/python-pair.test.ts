import { describe, expect, it } from 'vitest';
import { runPythonPair } from '../../../src/kafka/python-pair.ts';
import { InstantClock } from '../support/clocks.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { type Answer, ScriptedHost } from '../support/scripted-host.ts';

const says = (...lines: string[]) => `${lines.join('\n')}\n`;
const sentAll: Answer = { stdout: says("Sent: {'key': 0}", '{"acknowledged": 10, "problem": null}') };
const receivedAll: Answer = { stdout: says("Received: {'key': 0}", '{"received": 10, "others": 3}') };

function pair(
  producer: Answer,
  consumer: Answer,
  more: { messageIntervalMs?: number; clock?: InstantClock } = {},
) {
  const host = new ScriptedHost([
    [/ producer\.py /, producer],
    [/ consumer\.py /, consumer],
  ]);
  const log = new RecordingLog();
  const { messageIntervalMs = 0, clock = new InstantClock() } = more;
  const run = () =>
    runPythonPair({
      ...{ host, log, clock, messageIntervalMs, messages: 10, timeoutMs: 60_000 },
      directory: '/home/ec2-user/docker_exp',
      bootstrapServers: ['localhost:19092', 'localhost:29092'],
      topic: 'test-topic',
      group: 'test-group',
      runId: 'ab12/host',
    });
  return { host, log, run };
}

describe('the Python pair on the machine', () => {
  it('counts what the producer had acknowledged and the consumer received', async () => {
    const { run, log } = pair(sentAll, receivedAll);
    expect(await run()).toEqual({ produced: 10, consumed: 10 });
    expect(log.lines).toEqual([
      'info python producer.py',
      "info   Sent: {'key': 0}",
      'info python consumer.py',
      "info   Received: {'key': 0}",
      'info (3 messages of other runs were passed over)',
    ]);
  });

  it('gets its orders as arguments, in its own directory and virtual environment', async () => {
    const { run, host } = pair(sentAll, receivedAll, { messageIntervalMs: 2_000 });
    await run();
    const common =
      '--bootstrap-servers localhost:19092,localhost:29092 --topic test-topic --run-id ab12/host --messages 10';
    const python = '/home/ec2-user/docker_exp/kafka_env/bin/python';
    expect(host.ran).toEqual([
      `${python} producer.py ${common} --timeout 80.0 --interval 2`,
      `${python} consumer.py ${common} --timeout 80.0 --group test-group`,
    ]);
    expect(host.commands.map(({ cwd, timeoutMs }) => [cwd, timeoutMs])).toEqual([
      ['/home/ec2-user/docker_exp', 95_000],
      ['/home/ec2-user/docker_exp', 95_000],
    ]);
  });

  it('that cannot produce ends before the consumer, with the reason', async () => {
    const failed = {
      exitCode: 1,
      stdout: says('{"acknowledged": 4, "problem": "NotLeader"}'),
      stderr: 'a line\n',
    };
    const { run, host } = pair(failed, receivedAll);
    const { produced, consumed, failure } = await run();
    expect({ produced, consumed }).toEqual({ produced: 4, consumed: 0 });
    expect(failure).toMatchObject({
      code: 'host-client-failed',
      message: 'producer.py on the machine: 4 of 10 messages acknowledged: NotLeader (exit code 1)',
    });
    expect(failure?.details.at(-1)).toBe('a line');
    expect(host.ran).toHaveLength(1);
  });

  it('that does not get everything back says how much', async () => {
    const late = { exitCode: 1, stdout: says('{"received": 7, "others": 0}') };
    const { produced, consumed, failure } = await pair(sentAll, late).run();
    expect({ produced, consumed }).toEqual({ produced: 10, consumed: 7 });
    expect(failure?.message).toBe('consumer.py on the machine: 7 of 10 messages received (exit code 1)');
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
  ])('has failed with %s', async (_, producer, consumer) => {
    const { produced, consumed, failure } = await pair(producer, consumer).run();
    expect(failure?.code).toBe('host-client-failed');
    expect(Number.isSafeInteger(produced) && Number.isSafeInteger(consumed)).toBe(true);
  });

  it('leaves the consumer what time the producer has left', async () => {
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
