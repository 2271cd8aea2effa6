import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { LocalHost } from '../../../src/host/local-host.ts';
import { leftoversOf, stopCommands, stopCommandsOnAbort } from '../../../src/host/run-commands.ts';
import { thisComputer } from '../support/local-host.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { SshServer } from '../support/ssh-server.ts';
import { openSshHost, targetAt } from '../support/ssh-target.ts';

let count = 0;
/** A run of its own for each test: files of tests run side by side on one computer. */
const newRun = () => `unit-${process.pid}-${++count}`;

/** A process with the mark of a run. */
async function start(runId: string, script: string): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', `echo up; ${script}`], {
    env: { ...process.env, KAFKA_AL2023_RUN: runId },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

const isOver = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

describe('the commands of a run', () => {
  it('are told to stop, with all that they started, and named', async () => {
    const runId = newRun();
    const child = await start(runId, 'sleep 61.5 & sleep 61.5');
    const log = new RecordingLog();
    await stopCommands(thisComputer(), runId, log);
    expect(log.lines).toContain('info stopped on the machine: sh -c echo up; sleep 61.5 & sleep 61.5');
    expect(log.text).not.toContain('still running');
    expect(isOver(child)).toBe(true);
    expect(await leftoversOf(thisComputer(), runId)).toEqual([]);
  });

  it('of another run are left alone, also when its name only begins the same', async () => {
    const runId = newRun();
    const other = await start(`${runId}-x`, 'exec sleep 60');
    const shorter = await start(runId.slice(0, -1), 'exec sleep 60');
    const log = new RecordingLog();
    await stopCommands(thisComputer(), runId, log);
    expect(log.lines).toEqual([]);
    expect([isOver(other), isOver(shorter)]).toEqual([false, false]);
  });

  it('that end in their own way get the time for it, and their children are left to them', async () => {
    const runId = newRun();
    const child = await start(runId, "trap 'wait; exit 7' TERM; sleep 1.2 & wait");
    const log = new RecordingLog();
    await stopCommands(thisComputer(), runId, log);
    expect(child.exitCode).toBe(7);
    expect(log.lines).toHaveLength(1);
  });

  it('that do not end are told, and not waited for', async () => {
    const runId = newRun();
    const child = await start(runId, "trap '' TERM; exec sleep 30");
    const log = new RecordingLog();
    const started = performance.now();
    await stopCommands(thisComputer(), runId, log);
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(log.lines).toEqual([
      'info stopped on the machine: sleep 30',
      'info still running on the machine, was told to stop: sleep 30',
    ]);
    expect(isOver(child)).toBe(false);
  });

  it('on a machine that cannot be asked any more are no failure', async () => {
    const log = new RecordingLog();
    await stopCommands(new ScriptedHost([[/./, { throws: new Error('gone') }]]), 'ab12', log);
    expect(log.text).toBe(
      'info what runs on the machine could not be stopped: gone; it ends at its time limit',
    );
  });
});

describe('a run that is aborted', () => {
  it('has its commands stopped at once, and only once', async () => {
    const host = new ScriptedHost([[/./, { stdout: 'stopped=yum  update -y \n' }]]);
    const log = new RecordingLog();
    const abort = new AbortController();
    const stopped = stopCommandsOnAbort(host, {
      runId: 'ab12',
      log,
      clock: systemClock,
      signal: abort.signal,
    });
    await stopped();
    expect(host.ran).toEqual([]);
    const again = stopCommandsOnAbort(host, { runId: 'ab12', log, clock: systemClock, signal: abort.signal });
    abort.abort();
    await again();
    expect(host.commands).toHaveLength(1);
    expect(log.lines).toEqual(['info stopped on the machine: yum update -y']);
  });

  const key = makeKey('ed25519');
  const hosts = {
    'over SSH': async (runId: string, signal: AbortSignal) => {
      const server = await SshServer.start({ hostKeys: [makeKey('ed25519')], authorized: [key] });
      return (await openSshHost(targetAt(server.port, key), { signal, runId })).host;
    },
    'on the runner itself': async (runId: string, signal: AbortSignal) =>
      new LocalHost({
        ...{ clock: systemClock, commandTimeoutMs: 20_000, deadline: Number.POSITIVE_INFINITY },
        ...{ runId, signal, env: process.env },
      }),
  };

  it.each(Object.entries(hosts))(
    '%s: its command ends here and there, what undoes something goes on',
    async (_, open) => {
      const runId = newRun();
      const abort = new AbortController();
      const host = await open(runId, abort.signal);
      const log = new RecordingLog();
      const stopped = stopCommandsOnAbort(host, { runId, log, clock: systemClock, signal: abort.signal });
      const isUp = Promise.withResolvers<void>();
      const argv = ['sh', '-c', 'echo up; sleep 62.5 & sleep 62.5'] as const;
      const running = host.run({ argv, onLine: () => isUp.resolve() });
      const undo = host.run({ argv: ['sh', '-c', 'sleep 1; echo undone'], isUndo: true });
      await isUp.promise;
      expect(await leftoversOf(host, runId)).toContain('sleep 62.5');
      abort.abort(new Error('cancelled'));
      await expect(running).rejects.toThrow('cancelled');
      await stopped();
      expect(await leftoversOf(host, runId)).toEqual([]);
      expect((await undo).stdout).toBe('undone\n');
      await expect(host.run({ argv: ['true'] })).rejects.toThrow('cancelled');
    },
  );
});
