import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identify, isRunning } from '../../../src/tunnel/process-identity.ts';
import { until } from '../support/tunnels.ts';

function started(...argv: string[]) {
  const [command = '', ...args] = argv;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

describe('the identity of a process', () => {
  it('is its number and its start', () => {
    const me = identify(process.pid);
    expect(me).toEqual({ pid: process.pid, startTime: expect.stringMatching(/^\d+$/) });
    expect(me && isRunning(me)).toBe(true);
  });

  it('is not that of a later process with the same number', () => {
    expect(isRunning({ pid: process.pid, startTime: '1' })).toBe(false);
  });

  it('is read whatever the process is called', async () => {
    const child = started('bash', '-c', 'printf ") R 1 2" >/proc/$$/comm; echo; read -t 60 <> <(:)');
    await once(child.stdout, 'data');
    const plain = started('sleep', '60');
    const times = [child, plain].map(({ pid = 0 }) => Number(identify(pid)?.startTime));
    // Hundredths of a second: both were started just now.
    expect(Math.abs((times[0] ?? 0) - (times[1] ?? 0))).toBeLessThan(1_000);
    expect(times[0]).toBeGreaterThan(100);
  });

  it('is lost when the process ends', async () => {
    const child = started('sleep', '60');
    const identity = identify(child.pid ?? 0) ?? expect.unreachable();
    expect(isRunning(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isRunning(identity)).toBe(false);
  });

  it('is lost also when nobody has asked how it ended', async () => {
    // A program that was started with a child that it knows nothing of.
    const parent = started('sh', '-c', 'sleep 0.1 & echo $!; exec sleep 60');
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(String(line));
    await until(() => identify(pid) === undefined);
    expect(() => process.kill(pid, 0)).not.toThrow();
  });
});
