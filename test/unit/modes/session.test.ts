import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/config.ts';
import { ActionError } from '../../../src/errors.ts';
import { Run, type RunDependencies, type RunResults } from '../../../src/modes/run.ts';
import { openSession } from '../../../src/modes/session.ts';
import { leaveMachine } from '../../../src/modes/teardown.ts';
import { ManualClock } from '../support/clocks.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { type Answer, ScriptedHost } from '../support/scripted-host.ts';
import { INSPECTION, inspectionOf } from '../support/sessions.ts';

const HELD: Answer = { stdout: 'state=held\nage=1\ntoken=ef56\nwho=https://github.example/7\nmode=deploy\n' };
const STOP = / sh ab12 \d+$/;

function on(
  answers: { take?: Answer; look?: Answer; keep?: Answer } = {},
  more: Partial<Config> = {},
  facts = {},
) {
  const host = new ScriptedHost([
    [INSPECTION, inspectionOf(facts)],
    [/\bsh take ab12 /, answers.take ?? { stdout: 'state=free\n' }],
    [/\bsh look ab12 /, answers.look ?? HELD],
    [/\bsh keep ab12 /, answers.keep ?? { stdout: 'state=kept\n' }],
    [/\bsh release ab12 /, { stdout: 'state=free\ntoken=ab12\n' }],
    [STOP, { stdout: 'stopped=yum update\n' }],
  ]);
  const log = new RecordingLog();
  const clock = new ManualClock();
  const abort = new AbortController();
  const dependencies = {
    log,
    clock,
    env: {},
    runId: 'ab12',
    startedAt: new Date(0),
    cancelled: abort.signal,
    openHost: async () => host,
    kafkaClients: () => ({}),
  } as unknown as RunDependencies;
  const smokeTest = { clients: ['host', 'runner'], drill: 'none' };
  const connection = { kind: 'local' };
  const config = {
    mode: 'deploy',
    connection,
    timeoutMs: 60_000,
    lockTimeoutMs: 0,
    smokeTest,
    ...more,
  } as Config;
  const run = new Run(config, dependencies);
  const did = () =>
    host.ran
      .filter(words => !INSPECTION.test(words))
      .map(
        words => /\bsh (take|look|keep|release) ab12/.exec(words)?.[1] ?? (STOP.test(words) ? 'stop' : '?'),
      );
  const working = async (work: () => Promise<RunResults>) => {
    await using _session = await openSession(run);
    return await work();
  };
  const report = (work: () => Promise<RunResults> = async () => ({ versions: { a: '1' } })) =>
    run.report(working(work));
  /** What the log says after it has said that the run is connected. */
  const said = () => log.lines.slice(3);
  return { host, log, clock, abort, run, config, dependencies, report, did, said };
}

describe('a run that has a machine for itself', () => {
  it.each(['deploy', 'smoke-test', 'down'] as const)('takes the lock and gives it back: %s', async mode => {
    const { report, did } = on({}, { mode });
    expect(await report()).toMatchObject({ result: 'passed', versions: { a: '1' } });
    expect(did()).toEqual(['take', 'release']);
  });

  it('gives the lock back also when its work fails', async () => {
    const { report, did } = on();
    const { failure } = await report(() => Promise.reject(new Error('broken')));
    expect(failure).toMatchObject({ step: 'preparation', message: 'broken' });
    expect(did()).toEqual(['take', 'release']);
  });

  it('fails at the lock when it does not get it, and does nothing', async () => {
    const { report, did, log } = on({ take: HELD });
    const found = await report(() => Promise.reject(new Error('must not be done')));
    expect(found.failure).toMatchObject({ step: 'lock', code: 'machine-locked' });
    expect(did()).toEqual(['take']);
    expect(log.text).toMatch(/what to do: .*lock-timeout.*\ninfo ✘ Lock: the machine is still in use by /);
  });

  it('stops its commands first when it is cancelled, then gives the lock back', async () => {
    const { report, did, abort, said } = on();
    await report(async () => {
      abort.abort(new ActionError('cancelled', 'cancelled'));
      return {};
    });
    expect(did()).toEqual(['take', 'stop', 'release']);
    expect(said()).toEqual(['info stopped on the machine: yum update']);
  });

  it('gives the lock back when it is cancelled while taking it', async () => {
    const test = on({ take: { throws: new ActionError('cancelled', 'cancelled') } });
    test.abort.abort(new ActionError('cancelled', 'the run was cancelled (SIGINT)'));
    const { failure } = await test.report();
    expect(failure).toMatchObject({
      step: 'lock',
      code: 'cancelled',
      message: 'the run was cancelled (SIGINT)',
    });
    expect(test.did()).toContain('release');
    expect(test.did().at(-1)).toBe('release');
  });

  it('ends within seconds although the machine no longer answers', async () => {
    const { report, clock, abort, host, said } = on();
    const ended = report(async () => {
      host.run = () => new Promise(() => {});
      abort.abort(new ActionError('cancelled', 'cancelled'));
      return { versions: {} };
    });
    await clock.advance(4_500);
    await clock.advance(1_500);
    expect(await ended).toMatchObject({ result: 'passed', versions: {} });
    expect(said()).toEqual([
      'info the machine does not answer: what runs there ends at its time limit',
      'info the machine does not answer: its lock is found dead by the next run',
    ]);
  });

  it('is aborted when another run has taken the machine', async () => {
    const { report, clock, run, did } = on({ keep: HELD });
    await report(async () => {
      await clock.advance(5_000);
      expect(run.signal.reason).toMatchObject({ code: 'lock-lost' });
      return {};
    });
    expect(did()).toEqual(['take', 'keep', 'stop', 'release']);
  });
});

describe('a run that changes nothing', () => {
  it('takes no lock for a plan, but says who uses the machine', async () => {
    const { report, did, log } = on({}, { mode: 'plan' });
    await report();
    expect(did()).toEqual(['look']);
    expect(log.text).toContain('the machine is in use by https://github.example/7, mode deploy');
  });

  it('says nothing for a plan when nobody uses the machine', async () => {
    const { report, said } = on({ look: { stdout: 'state=free\n' } }, { mode: 'plan' });
    await report();
    expect(said()).toEqual([]);
  });

  it('leaves no trace on a machine that does not fit', async () => {
    const { report, did } = on({}, {}, { id: 'debian 12' });
    await report();
    expect(did()).toEqual([]);
  });
});

describe('what a killed run leaves on a machine', () => {
  it('is stopped, and its lock given back', async () => {
    const { config, dependencies, did, log } = on();
    const killed = { runId: 'ab12', isDeploying: false, result: '' };
    await leaveMachine(config, dependencies, killed, 'failure');
    expect(did()).toEqual(['stop', 'release']);
    expect(log.text).toContain('the lock that the run left on the machine was given back');
  });
});
