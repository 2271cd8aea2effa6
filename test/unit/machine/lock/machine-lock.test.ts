import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import type { ActionError } from '../../../../src/errors.ts';
import type { Host } from '../../../../src/host/host.ts';
import { LocalHost } from '../../../../src/host/local-host.ts';
import { describeHolder, parseLock } from '../../../../src/machine/lock/holder.ts';
import { type LockOptions, MachineLock, releaseLock } from '../../../../src/machine/lock/machine-lock.ts';
import { ManualClock, SimulatedClock } from '../../support/clocks.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const noLoss = () => {
  throw new Error('the lock was lost');
};
const CI = {
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_REPOSITORY: 'me/mine',
  GITHUB_RUN_ID: '77',
  GITHUB_WORKFLOW: 'Nightly',
  GITHUB_JOB: 'prove',
  RUNNER_NAME: 'runner 1',
};

function options(host: Host, more: Partial<LockOptions> = {}) {
  const log = new RecordingLog();
  const all: LockOptions = {
    ...{ host, log, clock: systemClock, signal: new AbortController().signal, env: {} },
    ...{ runId: 'ab12', mode: 'deploy', home: '/home/u', timeoutMs: 1_800_000, lockTimeoutMs: 0 },
    ...more,
  };
  return { log, options: all };
}

/** This computer, with a home of its own. */
function computer() {
  const home = temporaryFolder();
  const host = new LocalHost({
    ...{ clock: systemClock, commandTimeoutMs: 20_000, deadline: Number.POSITIVE_INFINITY },
    signal: new AbortController().signal,
    env: { ...process.env, HOME: home },
  });
  const folder = join(home, '.kafka-al2023', 'lock');
  const path = join(folder, 'holder');
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(readFileSync(path, 'utf8'))?.[1];
  const set = (name: string, value: string | number) =>
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(new RegExp(`^${name}=.*$`, 'm'), `${name}=${value}`),
    );
  const take = async (more: Partial<LockOptions> = {}) => {
    const { log, options: all } = options(host, { home, ...more });
    const lock = await MachineLock.take(all, noLoss);
    onTestFinished(() => lock.release());
    return { log, lock };
  };
  const refused = (more: Partial<LockOptions> = {}) =>
    actionErrorOf(() => MachineLock.take(options(host, { runId: 'cd34', ...more }).options, noLoss));
  return { home, host, folder, path, field, set, take, refused };
}

/** A process that has ended, as a number and a start. */
async function endedProcess(): Promise<{ pid: number; start: string }> {
  const child: ChildProcess = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const start = startOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'close');
  return { pid: child.pid ?? 0, start };
}
const startOf = (pid: number) =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')[19] ?? '';
const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
/** Lines of a record of which each value is anything. */
const fields = fc
  .array(fc.tuple(fc.constantFrom('state', 'since', 'limit', 'age', 'who', 'mode', 'token'), fc.string()))
  .map(pairs => pairs.map(pair => pair.join('=')).join('\n'));
const uptimeS = () => Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));

describe('the lock of a machine', () => {
  it('is held by who took it, with the process that stands for the connection, and given back', async () => {
    const machine = computer();
    const { lock, log } = await machine.take({ env: CI });
    expect(machine.field('token')).toBe('ab12');
    expect(machine.field('who')).toBe(
      'https://github.example/me/mine/actions/runs/77 (workflow Nightly, job prove)',
    );
    expect(machine.field('process')).toBe(`${process.pid}`);
    expect(machine.field('start')).toBe(startOf(process.pid));
    expect(Date.now() - Date.parse(machine.field('since') ?? '')).toBeLessThan(10_000);
    expect(log.lines).toEqual([]);
    await lock.release();
    expect(readdirSync(machine.folder)).toEqual(['guard']);
  });

  it('keeps another run out, which says who has it', async () => {
    const machine = computer();
    await machine.take({ env: CI });
    const error = await machine.refused();
    expect(error.code).toBe('machine-locked');
    expect(error.message).toMatch(
      /^the machine is still in use by https:\/\/github\.example\/me\/mine\/actions\/runs\/77 \(workflow Nightly, job prove\), mode deploy, since \d{4}-\S+Z, it ends 30 min 0 s after that at the latest$/,
    );
    expect(machine.field('token')).toBe('ab12');
  });

  it('may be taken again by who has it, and keeps the time since when', async () => {
    const machine = computer();
    await machine.take();
    machine.set('since', '2001-02-03T04:05:06Z');
    await machine.take();
    expect(machine.field('since')).toBe('2001-02-03T04:05:06Z');
  });

  it('is free to the next one afterwards', async () => {
    const machine = computer();
    const { lock } = await machine.take();
    await lock.release();
    const { log } = await machine.take({ runId: 'cd34' });
    expect(log.lines).toEqual([]);
    expect(machine.field('token')).toBe('cd34');
  });

  it('is one: of many who come at once one gets it', async () => {
    const machine = computer();
    const tries = Array.from({ length: 8 }, (_, index) =>
      machine.take({ runId: `run-${index}` }).then(
        () => `run-${index}`,
        () => undefined,
      ),
    );
    const winners = (await Promise.all(tries)).filter(winner => winner !== undefined);
    expect(winners).toEqual([machine.field('token')]);
  });

  it('is not given back by somebody else', async () => {
    const machine = computer();
    await machine.take();
    expect(await releaseLock(machine.host, 'cd34', new RecordingLog())).toBe(false);
    expect(existsSync(machine.path)).toBe(true);
    expect(await releaseLock(machine.host, 'ab12', new RecordingLog())).toBe(true);
    expect(await releaseLock(machine.host, 'ab12', new RecordingLog())).toBe(false);
  });

  it('can be looked at without a trace', async () => {
    const machine = computer();
    const look = () => MachineLock.holder(options(machine.host, { runId: 'cd34' }).options);
    expect(await look()).toBeUndefined();
    expect(readdirSync(machine.home)).toEqual([]);
    await machine.take({ env: CI });
    expect(await look()).toMatchObject({ token: 'ab12', mode: 'deploy', limitS: 1_800 });
    machine.set('refreshed', uptimeS() - 61);
    expect(await look()).toBeUndefined();
    expect(machine.field('token')).toBe('ab12');
  });

  it('of a machine without flock keeps nobody out, and says so', async () => {
    const host = new ScriptedHost([[/^sh -c/, { stdout: 'state=unsupported\n' }]]);
    const { log, options: all } = options(host);
    await (await MachineLock.take(all, noLoss)).release();
    expect(log.text).toContain('info the machine has no flock: other runs are not kept out');
  });

  it('that cannot be written is an error with its reason', async () => {
    const machine = computer();
    writeFileSync(join(machine.home, '.kafka-al2023'), '');
    const error = await machine.refused();
    expect(error.code).toBe('command-failed');
    expect(error.details.join()).toMatch(/Not a directory|File exists/);
  });
});

describe('a lock that somebody has prepared', () => {
  it.each(['guard', 'holder', 'holder.new', '', '..'])(
    'is refused by name where there is a link: %s',
    async name => {
      const machine = computer();
      const elsewhere = temporaryFolder();
      const kept = join(elsewhere, 'kept');
      writeFileSync(kept, 'token=kept\n');
      const link = join(machine.folder, name);
      mkdirSync(name === '..' ? machine.home : join(machine.folder, name === '' ? '..' : '.'), {
        recursive: true,
      });
      symlinkSync(/^(|\.\.)$/.test(name) ? elsewhere : kept, link);
      const error = await machine.refused();
      expect(error).toMatchObject({
        code: 'folder-unusable',
        hint: expect.stringContaining(`sudo rm ${link}`),
      });
      expect(error.message).toContain(`${link} is a symbolic link`);
      expect(readFileSync(kept, 'utf8')).toBe('token=kept\n');
      expect(readdirSync(elsewhere)).toEqual(['kept']);
      // A plan looks, and a cancelled run gives back.
      if (/^\w/.test(name))
        await expect(MachineLock.holder(options(machine.host).options)).rejects.toThrow(/symbolic link/);
      await releaseLock(machine.host, 'ab12', new RecordingLog());
      expect(readFileSync(kept, 'utf8')).toBe('token=kept\n');
    },
  );

  it('does not wait for a pipe', async () => {
    const machine = computer();
    mkdirSync(machine.folder, { recursive: true });
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', machine.path]);
    expect((await machine.refused()).details.join()).toContain('holder is no file');
  });

  it.each([
    ['a huge file', 'x'.repeat(20_000_000)],
    ['lines without end', 'who=\n'.repeat(2_000_000)],
    ['bytes', Buffer.from([0xff, 0, 0x1b, 0x5b, 10, 0xc3])],
    [
      'a sign of life from the future',
      `token=x\nboot=${bootId()}\nrefreshed=99999999\nprocess=1\nstart=${startOf(1)}\n`,
    ],
    [
      'numbers that are none',
      `token=x\nboot=${bootId()}\nrefreshed=${'9'.repeat(40)}\nprocess=../1\nlimit=1e400\nsince=\u2028\n`,
    ],
  ])('is taken over where the record is %s', async (_, record) => {
    const machine = computer();
    mkdirSync(machine.folder, { recursive: true });
    writeFileSync(machine.path, record);
    const { log } = await machine.take();
    expect(machine.field('token')).toBe('ab12');
    expect(log.text.length).toBeLessThan(2_000);
  });
});

describe('what a lock says', () => {
  it('is read whatever it is, and has times and seconds that are some', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.uint8Array().map(bytes => Buffer.from(bytes).toString()),
          fields,
        ),
        text => {
          const { holder } = parseLock(text);
          expect(Number.isSafeInteger(holder.limitS) && Number.isSafeInteger(holder.silentS)).toBe(true);
          expect(holder.since).toMatch(/^(an unknown time|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/);
          expect(describeHolder(holder)).not.toMatch(/NaN|Infinity|\p{Cc}/u);
        },
      ),
      { numRuns: 2_000, seed: 13 },
    );
  });
});

describe('a dead holder', () => {
  it.each<[string, (machine: ReturnType<typeof computer>, dead: { pid: number; start: string }) => void]>([
    ['silent for a minute, whatever its process', machine => machine.set('refreshed', uptimeS() - 62)],
    [
      'silent for 10 s, its process gone',
      (machine, { pid, start }) => {
        machine.set('process', pid);
        machine.set('start', start);
        machine.set('refreshed', uptimeS() - 12);
      },
    ],
    [
      'silent for 10 s, another process under its number',
      machine => {
        machine.set('start', '1');
        machine.set('refreshed', uptimeS() - 12);
      },
    ],
    ['of before a restart of the machine', machine => machine.set('boot', 'another')],
    ['whose record was cut off', machine => writeFileSync(machine.path, 'token=ab1')],
    ['whose record is empty', machine => writeFileSync(machine.path, '')],
  ])('is found: %s', async (_, kill) => {
    const machine = computer();
    await machine.take({ env: CI });
    kill(machine, await endedProcess());
    const { log } = await machine.take({ runId: 'cd34' });
    expect(machine.field('token')).toBe('cd34');
    expect(log.text).toMatch(/^info the lock is taken over from .+: it ended without giving it back/);
  });

  it.each<[string, (machine: ReturnType<typeof computer>, dead: { pid: number; start: string }) => void]>([
    ['silent for less than a minute, its process there', machine => machine.set('refreshed', uptimeS() - 50)],
    [
      'its process gone a moment ago: it may come back',
      (machine, { pid, start }) => {
        machine.set('process', pid);
        machine.set('start', start);
      },
    ],
  ])('it is not: %s', async (_, harm) => {
    const machine = computer();
    await machine.take({ env: CI });
    harm(machine, await endedProcess());
    expect((await machine.refused({ env: { ...CI, RUNNER_NAME: 'runner 2' } })).code).toBe('machine-locked');
    expect(machine.field('token')).toBe('ab12');
  });

  it('of the same job is one as soon as its process is gone', async () => {
    const machine = computer();
    await machine.take({ env: CI });
    expect((await machine.refused({ env: CI })).code).toBe('machine-locked');
    machine.set('start', '1');
    await machine.take({ runId: 'cd34', env: CI });
    expect(machine.field('token')).toBe('cd34');
  });

  it('whose commands still run is waited for, and told with them', async () => {
    const machine = computer();
    await machine.take();
    const child = spawn('sleep', ['1.5'], { env: { ...process.env, KAFKA_AL2023_RUN: 'ab12' } });
    await once(child, 'spawn');
    machine.set('refreshed', uptimeS() - 62);
    const { log } = await machine.take({ runId: 'cd34' });
    expect(child.exitCode).toBe(0);
    expect(log.text).toContain('info what it started still runs, waiting: sleep 1.5');
  });

  it('whose commands do not end is not waited for for ever', async () => {
    const dead = 'state=dead\nage=70\ntoken=ab12\nwho=a run on a computer\n';
    const host = new ScriptedHost([
      [/sh take cd34 /, { stdout: dead }],
      [/ sh ab12 0$/, { stdout: 'running=docker-compose pull\n' }],
    ]);
    const clock = new SimulatedClock();
    const { log, options: all } = options(host, {
      runId: 'cd34',
      clock,
      signal: AbortSignal.timeout(20_000),
    });
    await MachineLock.take(all, noLoss);
    expect(log.warnings).toEqual([
      'what it started still runs, and may disturb this run: docker-compose pull',
    ]);
  });
});

const HELD =
  'state=held\nage=3\ntoken=ef56\nwho=https://github.example/r/7\nmode=smoke-test\nsince=2025-01-02T03:04:05Z\nlimit=600\n';

describe('waiting for the lock', () => {
  const waiting = (answers: string[], more: Partial<LockOptions> = {}) => {
    const host = new ScriptedHost([[/\bsh take /, ...answers.map(stdout => ({ stdout }))]]);
    const clock = new ManualClock();
    const set = options(host, { clock, lockTimeoutMs: 70_000, ...more });
    return { host, clock, ...set, taking: MachineLock.take(set.options, noLoss) };
  };

  it('says at once who has it, since when and how long it may take, and again every 30 s', async () => {
    const { clock, log, taking } = waiting([HELD]);
    taking.catch(() => {});
    await clock.advance(1_000);
    expect(log.lines).toEqual([
      'info the machine is in use by https://github.example/r/7, mode smoke-test, since 2025-01-02T03:04:05Z, it ends 10 min 0 s after that at the latest; waiting (0.0 s of 1 min 10 s)',
    ]);
    await clock.advance(65_000);
    expect(log.lines.map(line => /waiting \((.+) of/.exec(line)?.[1])).toEqual([
      '0.0 s',
      '30 s',
      '1 min 0 s',
    ]);
  });

  it('ends with the lock as soon as it is free', async () => {
    const { clock, host, taking } = waiting([HELD, HELD, 'state=free\n']);
    await clock.advance(4_000);
    await taking;
    expect(host.count(/\bsh take /)).toBe(3);
  });

  it('ends when the time is up, with who has it and what to do', async () => {
    const { clock, taking } = waiting([HELD]);
    const error = actionErrorOf(() => taking);
    await clock.advance(70_000);
    expect(await error).toMatchObject({
      code: 'machine-locked',
      message: expect.stringContaining(
        'still in use after waiting for 1 min 10 s by https://github.example/r/7',
      ),
      hint: expect.stringContaining('lock-timeout'),
    });
  });

  it('ends at once when the run is cancelled', async () => {
    const cancel = new AbortController();
    const { clock, taking } = waiting([HELD], { signal: cancel.signal });
    await clock.advance(1_000);
    cancel.abort(new Error('cancelled'));
    await expect(taking).rejects.toThrow('cancelled');
    expect(clock.sleeping).toBe(0);
  });
});

describe('a run that has the lock', () => {
  async function holding(...answers: ({ stdout: string } | { throws: Error })[]) {
    const host = new ScriptedHost([
      [/\bsh take /, { stdout: 'state=free\n' }],
      [/\bsh keep /, ...answers],
      [/\bsh release /, { stdout: 'state=free\ntoken=ab12\n' }],
    ]);
    const clock = new ManualClock();
    const losses: ActionError[] = [];
    const { log, options: all } = options(host, { clock });
    const lock = await MachineLock.take(all, error => losses.push(error));
    return { host, clock, losses, lock, log };
  }

  it('gives a sign of life every five seconds, until it gives it back', async () => {
    const { host, clock, lock, losses } = await holding({ stdout: 'state=kept\n' });
    await clock.advance(21_000);
    expect(host.count(/\bsh keep /)).toBe(4);
    await lock.release();
    await clock.advance(60_000);
    expect(host.count(/\bsh keep /)).toBe(4);
    expect(host.commands.at(-1)).toMatchObject({ isUndo: true });
    expect(losses).toEqual([]);
  });

  it('goes on when a sign of life does not get through', async () => {
    const { clock, losses, log, host } = await holding(
      { throws: new Error('the connection broke') },
      { stdout: 'state=kept\n' },
    );
    await clock.advance(11_000);
    expect(host.count(/\bsh keep /)).toBe(2);
    expect(losses).toEqual([]);
    expect(log.lines).toEqual(['debug the lock could not be refreshed: the connection broke']);
  });

  it('is told when another one has taken it', async () => {
    const { clock, losses, host } = await holding({ stdout: HELD });
    await clock.advance(30_000);
    expect(losses).toMatchObject([
      { code: 'lock-lost', message: expect.stringContaining('https://github.example/r/7') },
    ]);
    expect(host.count(/\bsh keep /)).toBe(1);
  });

  it('renews its record on the machine, also when the folder was removed', async () => {
    const machine = computer();
    const clock = new ManualClock();
    const { options: all } = options(machine.host, { clock });
    const lock = await MachineLock.take(all, noLoss);
    machine.set('refreshed', 7);
    await clock.advance(5_000);
    await expect.poll(() => machine.field('refreshed')).not.toBe('7');
    rmSync(machine.folder, { recursive: true });
    await expect.poll(() => clock.sleeping).toBe(1);
    await clock.advance(5_000);
    await expect.poll(() => existsSync(machine.path)).toBe(true);
    await lock.release();
    expect(readdirSync(machine.folder)).toEqual(['guard']);
  });

  it('that cannot be given back is no failure', async () => {
    const host = new ScriptedHost([[/\bsh release /, { throws: new Error('gone') }]]);
    const log = new RecordingLog();
    expect(await releaseLock(host, 'ab12', log)).toBe(false);
    expect(log.text).toBe(
      'info the lock of the machine could not be given back: gone; the next run finds it dead',
    );
  });
});
