import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import type { Command, CommandResult } from '../../../../src/host/host.ts';
import { DockerWatch } from '../../../../src/machine/troubles/docker-watch.ts';
import { ManualClock } from '../../support/clocks.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { type Answer, ScriptedHost } from '../../support/scripted-host.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const PS: Command = { argv: ['docker', 'ps'], sudo: true };
const TIMEOUT = { throws: new ActionError('command-timeout', 'it did not end') };
const STOPPED =
  'docker\tactive\tloaded\t42\tT (stopped)\ncontainerd\tactive\tloaded\t7\tS (sleeping)\njournal\n';
const BUSY = STOPPED.replace('T (stopped)', 'D (disk sleep)');

/** Commands of Docker last until `end` is called. */
class SlowHost extends ScriptedHost {
  end: (result: CommandResult) => void = () => {};
  closed = false;
  override run(command: Command): Promise<CommandResult> {
    if (command !== PS && command.argv[0] !== '/usr/local/bin/docker-compose') return super.run(command);
    this.ran.push(command.argv.join(' '));
    return new Promise(resolve => {
      this.end = resolve;
    });
  }
  override async close() {
    this.closed = true;
  }
}

function watched(versions: Answer[], state = STOPPED) {
  const host = new SlowHost([
    [/^docker version/, ...versions],
    [/^sh -c \nfor unit in/, { stdout: state }],
    [/^sh -c if sudo/, 0],
    [/./, 0],
  ]);
  const clock = new ManualClock();
  const watch = new DockerWatch(host, { clock, log: new RecordingLog(), runId: 'ab12' });
  const probes = () => host.count(/docker version/);
  return { host, clock, watch, probes };
}

describe('a command of Docker', () => {
  it('is not disturbed when it ends soon', async () => {
    const { host, watch, probes, clock } = watched([TIMEOUT]);
    const ended = watch.run(PS);
    await clock.advance(4_000);
    host.end({ exitCode: 3, stdout: 'x', stderr: '' });
    expect(await ended).toMatchObject({ exitCode: 3, stdout: 'x' });
    await clock.advance(60_000);
    expect(probes()).toBe(0);
    expect(clock.sleeping).toBe(0);
  });

  it('may take its time as long as the engine answers', async () => {
    const { host, watch, probes, clock } = watched([0]);
    const ended = watch.run({ argv: ['/usr/local/bin/docker-compose', '--ansi', 'never', 'pull'] });
    await clock.advance(5_000);
    await clock.advance(15_000);
    await clock.advance(15_000);
    expect(probes()).toBe(3);
    host.end({ exitCode: 0, stdout: '', stderr: '' });
    expect(await ended).toMatchObject({ exitCode: 0 });
    await watch.close();
    expect(host.count(/sudo -n /)).toBe(0);
  });

  it('fails at once for an engine whose process is stopped', async () => {
    const { watch, probes, clock, host } = watched([TIMEOUT]);
    const failed = actionErrorOf(() => watch.run(PS));
    await clock.advance(5_000);
    expect(await failed).toMatchObject({
      code: 'docker-not-running',
      message: expect.stringContaining('T (stopped)'),
    });
    expect(probes()).toBe(1);
    await watch.close();
    expect(host.count(/sudo -n \/bin\/sh .* ab12 /s)).toBe(1);
    expect(host.closed).toBe(true);
  });

  it('may say that it needs the engine, where its words do not', async () => {
    const { host, clock, watch } = watched([TIMEOUT]);
    const words = { argv: ['/usr/local/bin/docker-compose', 'version'], needsEngine: true } as const;
    const error = actionErrorOf(() => watch.run(words));
    await clock.advance(5_000);
    expect((await error).code).toBe('docker-not-running');
    expect(host.ran).toContain('/usr/local/bin/docker-compose version');
  });

  it('gets a second look where the engine may only be busy', async () => {
    const busy = watched([TIMEOUT, 0], BUSY);
    const ended = busy.watch.run(PS);
    await busy.clock.advance(5_000);
    busy.host.end({ exitCode: 0, stdout: '', stderr: '' });
    expect(await ended).toMatchObject({ exitCode: 0 });
    expect(busy.probes()).toBe(2);

    const hung = watched([TIMEOUT, TIMEOUT], BUSY);
    const failed = actionErrorOf(() => hung.watch.run(PS));
    await hung.clock.advance(5_000);
    expect((await failed).message).toContain('got nothing within 20 s');
  });

  it('is not even tried while the engine is known to hang, and is again once it answers', async () => {
    const { watch, clock, host } = watched([TIMEOUT, TIMEOUT, 0]);
    const failed = actionErrorOf(() => watch.run(PS));
    await clock.advance(5_000);
    await failed;
    const tries = host.count(/docker ps/);
    expect((await actionErrorOf(() => watch.run(PS))).message).toContain('within 3 s');
    expect(host.count(/docker ps/)).toBe(tries);
    const ended = watch.run(PS);
    await expect.poll(() => host.count(/docker ps/)).toBe(tries + 1);
    host.end({ exitCode: 0, stdout: '', stderr: '' });
    expect(await ended).toMatchObject({ exitCode: 0 });
  });

  it('fails by itself when the engine refuses or is not there', async () => {
    const { watch, clock, host } = watched([1]);
    const ended = watch.run(PS);
    await clock.advance(5_000);
    host.end({ exitCode: 1, stdout: '', stderr: 'Cannot connect' });
    expect(await ended).toMatchObject({ exitCode: 1 });
  });
});

describe('any other command', () => {
  it.each<[string, Command]>([
    ['no Docker', { argv: ['yum', 'update'] }],
    ["Compose's version", { argv: ['/usr/local/bin/docker-compose', 'version'] }],
    ['undoing', { ...PS, isUndo: true }],
  ])('is not watched: %s', async (_, command) => {
    const { watch, clock, probes, host } = watched([TIMEOUT]);
    void watch.run(command);
    await clock.advance(60_000);
    host.end({ exitCode: 0, stdout: '', stderr: '' });
    expect(probes()).toBe(0);
  });
});
