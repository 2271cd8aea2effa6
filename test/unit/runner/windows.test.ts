import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WorkspaceFolder } from '../../../src/action/files/workspace-folder.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { openHost } from '../../../src/host/open-host.ts';
import { FirstKeys } from '../../../src/host/ssh/first-keys.ts';
import { startProxyCommand } from '../../../src/host/ssh/proxy-command.ts';
import { shellCall } from '../../../src/host/ssh/runner-shell.ts';
import { tunnelEnv } from '../../../src/tunnel/env.ts';
import { InstantClock } from '../support/clocks.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { targetAt } from '../support/ssh-target.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const folder = temporaryFolder();
const key = makeKey('ed25519');

describe('the shell of a runner', () => {
  it('is cmd on Windows, which gets the line as it stands', () => {
    const env = { COMSPEC: 'D:\\system\\cmd.exe' };
    expect(shellCall('"C:\\a b\\aws.cmd" ssm --target "i 1"', { platform: 'win32', env })).toEqual({
      file: 'D:\\system\\cmd.exe',
      args: ['/d', '/s', '/c', '""C:\\a b\\aws.cmd" ssm --target "i 1""'],
      options: { windowsVerbatimArguments: true, windowsHide: true },
    });
    expect(shellCall('x', { platform: 'win32', env: {} }).file).toBe('cmd.exe');
  });

  it.each(['linux', 'darwin'] as const)('is /bin/sh on %s, in a process group of its own', platform => {
    expect(shellCall('a | b', { platform, env: { COMSPEC: 'x' } })).toEqual({
      file: '/bin/sh',
      args: ['-c', 'a | b'],
      options: { detached: true },
    });
  });
});

// What stands for cmd and taskkill here are shell scripts.
describe.skipIf(process.platform === 'win32')('a proxy command on Windows', () => {
  const system = join(folder, 'Windows');
  const write = (path: string, script: string) => {
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const given = join(folder, 'given');
  const ended = join(folder, 'ended');
  const ComSpec = write(
    join(folder, 'cmd'),
    `printf '%s\\n' "$@" >'${given}'; line=\${4#?}; eval "\${line%?}"`,
  );
  write(`${system}\\System32\\taskkill.exe`, `echo "$@" >'${ended}'; kill -9 "$2"`);
  const start = (command: string) =>
    startProxyCommand(
      command,
      targetAt(2222, key),
      { PATH: process.env.PATH, ComSpec, SystemRoot: system },
      'win32',
    );

  it('is run by cmd, with the host, the port and the user in its line', async () => {
    const proxy = start('echo %r@%h:%p %%USERNAME%% %USERNAME%');
    const text = (await proxy.stream.toArray()).join('');
    expect(text).toBe('ec2-user@127.0.0.1:2222 %USERNAME% %USERNAME%\n');
    expect(readFileSync(given, 'utf8').split('\n').slice(0, 3)).toEqual(['/d', '/s', '/c']);
    expect(await proxy.ending()).toBe('exit code 0');
  });

  it('that fails is told with its exit code and its last words', async () => {
    const proxy = start('echo TargetNotConnected >&2; exit 254');
    expect(await proxy.lastWords()).toEqual(['TargetNotConnected']);
    expect(await proxy.ending()).toBe('exit code 254');
  });

  it('is ended with all that it started, by taskkill, and is not blamed for it', async () => {
    const proxy = start('exec sleep 60');
    proxy.close();
    expect(await proxy.ending()).toBeUndefined();
    while (!existsSync(ended)) await pause(10);
    expect(readFileSync(ended, 'utf8')).toMatch(/^\/pid \d+ \/t \/f\n$/);
  });
});

describe('the workspace on Windows', () => {
  const workspace = new WorkspaceFolder('D:\\a\\repo\\repo', win32);

  it.each([
    ['docker-compose.yml', 'docker-compose.yml'],
    ['ci\\kafka\\docker-compose.yml', 'ci/kafka/docker-compose.yml'],
    ['ci/kafka/../docker-compose.yml', 'ci/docker-compose.yml'],
    ['D:\\a\\repo\\repo\\ci\\docker-compose.yml', 'ci/docker-compose.yml'],
    ['d:/a/repo/repo/ci/docker-compose.yml', 'ci/docker-compose.yml'],
  ])('%s is %s, as the machine writes it', (named, path) => {
    expect(workspace.pathOf(named)).toBe(path);
  });

  it.each([
    '..\\other\\x.yml',
    'ci\\..\\..\\x.yml',
    'C:\\x.yml',
    '\\x.yml',
    '\\\\server\\x.yml',
    'C:x.yml',
    'x.yml:y',
  ])('%s is not in it', named => {
    expect(() => workspace.pathOf(named)).toThrow('is not in the workspace');
  });
});

describe('the environment on Windows', () => {
  it('keeps what programs are found by, although a secret is part of it', () => {
    const env = { Path: 'C:\\run', SystemRoot: 'C:\\run', ComSpec: 'C:\\run', MINE: 'C:\\run' };
    const { MINE: _, ...kept } = env;
    expect(tunnelEnv(env, text => text.includes('run'))).toEqual(kept);
  });
});

describe('a runner with Windows', () => {
  it('is not the machine: nothing on it would understand a command', async () => {
    const opening = openHost(
      parseConfig({ host: 'localhost' }, () => ''),
      {
        ...{ clock: new InstantClock(), log: new RecordingLog(), signal: new AbortController().signal },
        ...{ env: {}, deadline: 1, firstKeys: new FirstKeys(), platform: 'win32' },
      },
    );
    expect(await actionErrorOf(() => opening)).toMatchObject({
      code: 'not-amazon-linux-2023',
      message: expect.stringMatching(/^host is localhost and no key is given, .* and it runs Windows$/),
      hint: expect.stringMatching(/^Name the machine in host, and give its key/),
    });
  });
});
