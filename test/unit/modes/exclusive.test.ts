import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/config.ts';
import { ActionError } from '../../../src/errors.ts';
import { cleanUpAfter, exclusively } from '../../../src/modes/exclusive.ts';
import type { Findings, Session } from '../../../src/modes/session.ts';
import { ManualClock } from '../support/clocks.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { type Answer, ScriptedHost } from '../support/scripted-host.ts';

const HELD: Answer = { stdout: 'state=held\nage=1\ntoken=ef56\nwho=https://github.example/7\nmode=deploy\n' };
const STOP = / sh ab12 \d+$/;

function on(answers: { take?: Answer; look?: Answer; keep?: Answer } = {}, more: Partial<Config> = {}) {
  const host = new ScriptedHost([
    [/\bsh take ab12 /, answers.take ?? { stdout: 'state=free\n' }],
    [/\bsh look ab12 /, answers.look ?? HELD],
    [/\bsh keep ab12 /, answers.keep ?? { stdout: 'state=kept\n' }],
    [/\bsh release ab12 /, { stdout: 'state=free\ntoken=ab12\n' }],
    [STOP, { stdout: 'stopped=yum update\n' }],
  ]);
  const log = new RecordingLog();
  const clock = new ManualClock();
  const abort = new AbortController();
  const machine = { isAmazonLinux2023: true };
  const session = {
    ...{ host, log, clock, machine, runId: 'ab12', signal: abort.signal, env: {} },
  } as unknown as Session;
  const config = { mode: 'deploy', timeoutMs: 60_000, lockTimeoutMs: 0, ...more } as Config;
  const lose = (error: ActionError) => abort.abort(error);
  const did = () =>
    host.ran.map(
      words => /\bsh (take|look|keep|release) ab12/.exec(words)?.[1] ?? (STOP.test(words) ? 'stop' : '?'),
    );
  const run = (work: () => Promise<Findings> = async () => ({ versions: { a: '1' } })) =>
    exclusively(config, session, lose, work);
  return { ...{ host, log, clock, abort, session, run, did } };
}

describe('a run that has the machine for itself', () => {
  it.each(['deploy', 'smoke-test', 'down'] as const)('takes the lock and gives it back: %s', async mode => {
    const { run, did } = on({}, { mode });
    expect(await run()).toEqual({ versions: { a: '1' } });
    expect(did()).toEqual(['take', 'release']);
  });

  it('gives it back also when its work fails', async () => {
    const { run, did } = on();
    await expect(run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(did()).toEqual(['take', 'release']);
  });

  it('has failed at the lock when it does not get it, and does nothing', async () => {
    const { run, did, log } = on({ take: HELD });
    const found = await run(() => Promise.reject(new Error('must not be done')));
    expect(found.failure).toMatchObject({ step: 'lock', code: 'machine-locked' });
    expect(did()).toEqual(['take']);
    expect(log.text).toMatch(/what to do: .*lock-timeout.*\ninfo ✘ Lock: the machine is still in use by /);
  });

  it('stops its commands first when it is cancelled, then gives the lock back', async () => {
    const { run, did, abort, log } = on();
    await run(async () => {
      abort.abort(new ActionError('cancelled', 'cancelled'));
      return {};
    });
    expect(did()).toEqual(['take', 'stop', 'release']);
    expect(log.lines).toEqual(['info stopped on the machine: yum update']);
  });

  it('gives the lock back when it is cancelled while it takes it', async () => {
    const test = on({ take: { throws: new ActionError('cancelled', 'cancelled') } });
    test.abort.abort(new ActionError('cancelled', 'the run was cancelled (SIGINT)'));
    const { failure } = await test.run();
    expect(failure).toMatchObject({
      step: 'lock',
      code: 'cancelled',
      message: 'the run was cancelled (SIGINT)',
    });
    expect(test.did()).toContain('release');
    expect(test.did().at(-1)).toBe('release');
  });

  it('ends within seconds although the machine does not answer any more', async () => {
    const { run, clock, abort, host, log } = on();
    const ended = run(async () => {
      host.run = () => new Promise(() => {});
      abort.abort(new ActionError('cancelled', 'cancelled'));
      return { versions: {} };
    });
    await clock.advance(4_500);
    await clock.advance(1_500);
    expect(await ended).toEqual({ versions: {} });
    expect(log.lines).toEqual([
      'info the machine does not answer: what runs there ends at its time limit',
      'info the machine does not answer: its lock is found dead by the next run',
    ]);
  });

  it('is aborted when another run has taken the machine', async () => {
    const { run, clock, abort, did } = on({ keep: HELD });
    await run(async () => {
      await clock.advance(5_000);
      expect(abort.signal.reason).toMatchObject({ code: 'lock-lost' });
      return {};
    });
    expect(did()).toEqual(['take', 'keep', 'stop', 'release']);
  });
});

describe('a run that changes nothing', () => {
  it('takes no lock for a plan, but says who works there', async () => {
    const { run, did, log } = on({}, { mode: 'plan' });
    await run();
    expect(did()).toEqual(['look']);
    expect(log.text).toContain('the machine is in use by https://github.example/7, mode deploy');
  });

  it('says nothing for a plan when nobody works there', async () => {
    const { run, log } = on({ look: { stdout: 'state=free\n' } }, { mode: 'plan' });
    await run();
    expect(log.lines).toEqual([]);
  });

  it('leaves no trace on a machine that a deployment refuses', async () => {
    const { run, session, did } = on();
    Object.assign(session.machine, { isAmazonLinux2023: false });
    await run();
    expect(did()).toEqual([]);
  });
});

describe('what a run that was killed has left', () => {
  it('is stopped, and its lock given back', async () => {
    const { session, did, log } = on();
    await cleanUpAfter('ab12', session);
    expect(did()).toEqual(['stop', 'release']);
    expect(log.text).toContain('the lock that the run left on the machine was given back');
  });
});
