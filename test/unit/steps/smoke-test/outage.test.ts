import { describe, expect, it } from 'vitest';
import { Outage } from '../../../../src/steps/smoke-test/outage.ts';
import { type Answer, ScriptedHost } from '../../support/scripted-host.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const ARM =
  'sudo systemd-run --quiet --unit=kafka-drill-ab12 --on-active=60s --timer-property=AccuracySec=1s docker start kafka-broker-1';
const STOP = 'sudo docker stop --time 30 kafka-broker-1';
const START = 'sudo docker start kafka-broker-1';
const DISARM = 'sudo systemctl stop kafka-drill-ab12.timer';

interface Answers {
  readonly arm?: Answer;
  readonly stop?: Answer;
  readonly start?: Answer;
  readonly disarm?: Answer;
}

function outage({ arm = 0, stop = 0, start = 0, disarm = 0 }: Answers = {}) {
  const host = new ScriptedHost([
    [/^systemd-run /, arm],
    [/^docker stop /, stop],
    [/^docker start /, start],
    [/^systemctl stop /, disarm],
  ]);
  return { host, outage: new Outage(host, 'kafka-broker-1', 'ab12') };
}

describe('an outage', () => {
  it('is undone by the machine itself, which gets its order before the broker stops', async () => {
    const { host, outage: planned } = outage();
    await planned.begin();
    expect(host.ran).toEqual([ARM, STOP]);
  });

  it('ends with the broker started, and only then without that safety net', async () => {
    const { host, outage: planned } = outage();
    await planned.begin();
    await planned.end();
    expect(host.ran).toEqual([ARM, STOP, START, DISARM]);
  });

  it('also ends in a cancelled run: only the commands that undo it are marked so', async () => {
    const { host, outage: planned } = outage();
    await planned.begin();
    await planned.end();
    expect(host.commands.map(({ isUndo }) => isUndo === true)).toEqual([false, false, true, true]);
  });

  it('does not begin without the safety net', async () => {
    const { host, outage: planned } = outage({ arm: { exitCode: 1, stderr: 'Failed to start\n' } });
    expect(await actionErrorOf(() => planned.begin())).toMatchObject({
      code: 'drill-failed',
      message: 'no drill without a safety net: systemd-run on the machine answered Failed to start',
    });
    await planned.end();
    expect(host.ran).toEqual([ARM]);
  });

  it.each<[string, Answer]>([
    ['fails', { exitCode: 1, stderr: 'No such container' }],
    ['is cut off by the end of the run', { throws: new Error('cancelled') }],
  ])('stops the broker to the end and starts it again when the stop %s', async (_, answer) => {
    const host = new ScriptedHost([
      [/^systemd-run /, 0],
      [/^docker stop /, answer, 0],
      [/^docker start /, 0],
      [/^systemctl stop /, 0],
    ]);
    const planned = new Outage(host, 'kafka-broker-1', 'ab12');
    await expect(planned.begin()).rejects.toThrow();
    await planned.end();
    expect(host.ran).toEqual([ARM, STOP, STOP, START, DISARM]);
    expect(host.commands.map(({ isUndo }) => isUndo === true)).toEqual([false, false, true, true, true]);
  });

  it('starts the broker all the same when it cannot be stopped', async () => {
    const { host, outage: planned } = outage({ stop: { exitCode: 1, stderr: 'permission denied' } });
    await expect(planned.begin()).rejects.toThrow('docker stop');
    await planned.end();
    expect(host.ran).toEqual([ARM, STOP, STOP, START, DISARM]);
  });

  it('keeps its safety net when it cannot be ended', async () => {
    const { host, outage: planned } = outage({ start: { exitCode: 1, stderr: 'no space left' } });
    await planned.begin();
    expect((await actionErrorOf(() => planned.end())).details).toEqual(['no space left']);
    expect(host.ran).toEqual([ARM, STOP, START]);
  });

  it('is over although its timer has run already', async () => {
    const { host, outage: planned } = outage({ disarm: { exitCode: 5, stderr: 'Unit not loaded' } });
    await planned.begin();
    await planned.end();
    expect(host.ran).toEqual([ARM, STOP, START, DISARM]);
  });

  it('needs no end when it never began, or has ended', async () => {
    const { host, outage: planned } = outage();
    await planned.end();
    expect(host.ran).toEqual([]);
    await planned.begin();
    await planned.end();
    await planned.end();
    expect(host.ran).toHaveLength(4);
  });
});
