import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { LocalHost } from '../../../src/host/local-host.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

function runner(env: NodeJS.ProcessEnv = process.env, signal = new AbortController().signal) {
  const deadline = Number.POSITIVE_INFINITY;
  return new LocalHost({ clock: systemClock, commandTimeoutMs: 20_000, deadline, env, signal });
}

describe('a command on the runner itself', () => {
  it('ends with its exit code and output; a failure is not an error', async () => {
    expect(await runner().run({ argv: ['sh', '-c', 'echo out; echo err >&2; exit 7'] })).toEqual({
      exitCode: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('gets its words as they are', async () => {
    const words = ["it's", '$HOME', '', 'a  b', '"', '\\', '漢字\n*'];
    const { stdout } = await runner().run({ argv: ['printf', '%s|', ...words] });
    expect(stdout).toBe(words.map(word => `${word}|`).join(''));
  });

  it('reads what it is given, and an end of file otherwise', async () => {
    const long = 'ü\n'.repeat(100_000);
    expect((await runner().run({ argv: ['cat'], stdin: long })).stdout).toBe(long);
    expect((await runner().run({ argv: ['cat'] })).stdout).toBe('');
  });

  it('may leave unread what it is given', async () => {
    expect((await runner().run({ argv: ['true'], stdin: 'x'.repeat(1_000_000) })).exitCode).toBe(0);
  });

  it('runs in the directory it is given, and tells its lines', async () => {
    const lines: string[] = [];
    await runner().run({
      argv: ['sh', '-c', 'pwd; echo two >&2'],
      cwd: '/usr',
      onLine: line => lines.push(line),
    });
    expect(lines.toSorted()).toEqual(['/usr', 'two']);
  });

  it('does not see the inputs of the action, among which are secrets', async () => {
    const { stdout } = await runner({ ...process.env, INPUT_KEY: 'a secret', no_proxy: 'localhost' }).run({
      argv: ['env'],
    });
    expect(stdout).toContain('no_proxy=localhost');
    expect(stdout).not.toMatch(/INPUT_|a secret/);
  });

  it('gives 127 when its program is not there', async () => {
    expect((await runner().run({ argv: ['no-such-program-anywhere'] })).exitCode).toBe(127);
  });

  it('finds its program whatever PATH the runner has', async () => {
    const result = await runner({ PATH: '/nowhere' }).run({ argv: ['id', '-u'] });
    expect(result.stdout).toMatch(/^\d+\n$/);
  });

  it('is stopped when its time is up', async () => {
    const stopped = runner().run({ argv: ['sh', '-c', 'echo last; exec sleep 60'], timeoutMs: 1_000 });
    expect(await actionErrorOf(() => stopped)).toMatchObject({ code: 'command-timeout', details: ['last'] });
  });

  it.each(['yes', 'tr "\\\\0" x </dev/zero', 'yes >&2'])(
    'is given up when it prints without end: %s',
    async script => {
      const error = await actionErrorOf(() => runner().run({ argv: ['sh', '-c', script] }));
      expect(error).toMatchObject({ code: 'output-too-long', message: expect.stringContaining('10 MiB') });
    },
  );

  it('is over although it has left something in the background that holds its output', async () => {
    const script = 'sleep 30 & echo $!';
    const { stdout } = await runner().run({ argv: ['sh', '-c', script] });
    process.kill(Number(stdout));
  });

  it('is stopped when the run must be over', async () => {
    const host = new LocalHost({
      clock: systemClock,
      commandTimeoutMs: 60_000,
      deadline: systemClock.now() + 500,
      signal: new AbortController().signal,
      env: process.env,
    });
    expect((await actionErrorOf(() => host.run({ argv: ['sleep', '60'] }))).code).toBe('command-timeout');
  });
});

describe('a TCP connection from the runner', () => {
  it('carries bytes both ways', async () => {
    const server = net.createServer(socket => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const stream = await runner().dial('127.0.0.1', (server.address() as net.AddressInfo).port);
    stream.end('hello');
    expect(await text(stream)).toBe('hello');
  });

  it('that nobody answers is an error', async () => {
    await expect(runner().dial('127.0.0.1', 1)).rejects.toThrow(/ECONNREFUSED/);
  });
});
