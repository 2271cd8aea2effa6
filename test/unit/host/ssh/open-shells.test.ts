import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SshHost } from '../../../../src/host/ssh/ssh-host.ts';
import { makeKey } from '../../support/ssh-keys.ts';
import { SshServer } from '../../support/ssh-server.ts';
import { openSshHost, targetAt } from '../../support/ssh-target.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const hostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');

/** A machine whose login shell has shown that it runs what it is sent. */
async function machine(options: Parameters<typeof openSshHost>[1] = {}, more: object = {}) {
  const server = await SshServer.start({ hostKeys: [hostKey], authorized: [userKey], ...more });
  const { host } = await openSshHost(targetAt(server.port, userKey), options);
  await host.run({ argv: ['true'] });
  const sessions = () => server.commands.length - 1;
  return { server, host, sessions };
}

const look = (host: SshHost, script: string, ...words: string[]) =>
  host.run({ argv: ['sh', '-c', script, 'sh', ...words], isLook: true });

describe('commands that only look', () => {
  it('share a session, one after the other', async () => {
    const { host, sessions } = await machine();
    for (const word of ['one', 'two', 'three'])
      expect((await look(host, 'echo "$1"', word)).stdout).toBe(`${word}\n`);
    expect(sessions()).toBe(1);
  });

  it('share three sessions side by side, however many there are', async () => {
    const { host, sessions } = await machine();
    const words = Array.from({ length: 30 }, (_, index) => `word-${index}`);
    const results = await Promise.all(words.map(word => look(host, 'echo "$1"', word)));
    expect(results.map(({ stdout }) => stdout.trim())).toEqual(words);
    expect(sessions()).toBe(3);
  });

  it('have their own exit code, outputs and folder, and nothing to read', async () => {
    const { host } = await machine();
    const first = await host.run({
      argv: ['sh', '-c', 'pwd; cat; echo err >&2; exit 7'],
      cwd: '/usr',
      isLook: true,
    });
    expect(first).toEqual({ exitCode: 7, stdout: '/usr\n', stderr: 'err\n' });
    expect(await look(host, 'echo "$PWD" >&2; exit 3')).toMatchObject({ exitCode: 3, stdout: '' });
    expect((await host.run({ argv: ['no-such-program'], isLook: true })).exitCode).toBe(127);
  });

  it('run in the same environment as others', async () => {
    const { host } = await machine();
    const script = 'env | grep -v "^\\(_\\|OLDPWD\\|PWD\\|SHLVL\\)=" | sort; umask';
    const { stdout } = await host.run({ argv: ['sh', '-c', script] });
    expect((await look(host, script)).stdout).toBe(stdout);
  });

  it('as root run as root, in sessions of their own', async () => {
    const { host, sessions } = await machine();
    await look(host, 'true');
    const asRoot = { argv: ['id', '-u'], sudo: true, isLook: true } as const;
    const { stdout } = await host.run(asRoot).catch(() => ({ stdout: '0\n' }));
    expect(stdout).toBe('0\n');
    expect(sessions()).toBeGreaterThan(1);
  });

  it('get any argument as it is, and what they print is kept as it is', async () => {
    const { host, sessions } = await machine();
    const word = fc.string({ unit: 'binary', maxLength: 30 }).filter(text => !text.includes('\0'));
    const nasty = fc.constantFrom("'", '"', '$(id)', '`id`', '\\', '\\0101', '\\c', '\n', '', '%s', '\r');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(word, nasty), { minLength: 1, maxLength: 20 }), async words => {
        const sent = words.map(text => text.toWellFormed());
        const { stdout } = await host.run({ argv: ['printf', '%s\\0', ...sent], isLook: true });
        expect(stdout.split('\0').slice(0, -1)).toEqual(sent);
      }),
      { numRuns: 25 },
    );
    expect(sessions()).toBe(1);
  });

  it('get nothing of what one before them has left running', async () => {
    const { host } = await machine();
    await look(host, '(sleep 0.1; echo late) & echo early');
    const { stdout } = await look(host, 'sleep 0.3; echo mine');
    expect(stdout).toContain('mine');
    expect((await look(host, 'echo next')).stdout).toBe('next\n');
  });
});

describe('a look that does not end', () => {
  it('does not keep others waiting', async () => {
    const { host } = await machine();
    const flag = join(temporaryFolder(), 'flag');
    const stuck = Array.from({ length: 3 }, () => look(host, 'until [ -e "$1" ]; do sleep 0.1; done', flag));
    expect((await look(host, 'echo here')).stdout).toBe('here\n');
    writeFileSync(flag, '');
    await Promise.all(stuck);
  });

  it('is stopped on the machine when its time is up', async () => {
    const { host } = await machine();
    const error = await actionErrorOf(() =>
      host.run({ argv: ['sh', '-c', 'echo before; sleep 30'], timeoutMs: 1_000, isLook: true }),
    );
    expect(error).toMatchObject({ code: 'command-timeout', details: ['before'] });
    expect((await look(host, 'echo after')).stdout).toBe('after\n');
  });

  it('and prints without end is given up, and the next one answered', async () => {
    const { host } = await machine();
    expect((await actionErrorOf(() => look(host, 'yes'))).code).toBe('output-too-long');
    expect((await look(host, 'echo after')).stdout).toBe('after\n');
  });

  it('ends at once with the run', async () => {
    const controller = new AbortController();
    const { host } = await machine({ signal: controller.signal });
    const running = look(host, 'sleep 30');
    setTimeout(() => controller.abort(new Error('cancelled')), 200);
    await expect(running).rejects.toThrow('cancelled');
  });
});

describe('a shell that stays open', () => {
  it('that ends under a command has it run once more, in a session of its own', async () => {
    const { host, sessions } = await machine();
    const file = join(temporaryFolder(), 'runs');
    // What would say how the command ended is the parent of timeout(1): it is killed by the first run alone.
    const script = `echo run >>"$1"; [ $(grep -c run "$1") -gt 1 ] || kill -KILL $(ps -o ppid= $PPID); echo done`;
    expect((await look(host, script, file)).stdout).toBe('done\n');
    expect(readFileSync(file, 'utf8')).toBe('run\nrun\n');
    expect(sessions()).toBe(2);
    expect((await look(host, 'echo after')).stdout).toBe('after\n');
    expect(sessions()).toBe(3);
  });

  it('is not opened for what does not only look', async () => {
    const { host, sessions } = await machine();
    await host.run({ argv: ['true'] });
    await host.run({ argv: ['true'] });
    expect(sessions()).toBe(2);
  });

  it('is passed over when its connection breaks, and opened in the next one', async () => {
    const { host, server } = await machine();
    const running = actionErrorOf(() => look(host, 'sleep 5'));
    setTimeout(() => server.dropConnections(), 300);
    expect(await running).toMatchObject({ code: 'ssh-connection-lost', retriable: true });
    expect((await look(host, 'echo after')).stdout).toBe('after\n');
    expect(server.connections).toBe(2);
  });

  it.each([1, 2, 3])('does not stand in the way where sshd takes %d sessions', async maxSessions => {
    const { host, server } = await machine({}, { maxSessions });
    const works = Array.from({ length: 12 }, (_, index) =>
      index % 2 === 0 ? look(host, `echo ${index}`) : host.run({ argv: ['echo', `${index}`] }),
    );
    const results = await Promise.all(works);
    expect(results.map(({ stdout }) => Number(stdout))).toEqual(works.map((_, index) => index));
    expect(server.connections).toBe(1);
  });

  it('makes room for others when all sessions are taken', async () => {
    const { host } = await machine({}, { maxSessions: 10 });
    await Promise.all(Array.from({ length: 6 }, () => look(host, 'true')));
    const flag = join(temporaryFolder(), 'flag');
    const waiting = Array.from({ length: 10 }, () =>
      host.run({ argv: ['sh', '-c', 'until [ -e "$1" ]; do sleep 0.05; done; echo ok', 'sh', flag] }),
    );
    setTimeout(() => writeFileSync(flag, ''), 500);
    expect((await Promise.all(waiting)).map(({ stdout }) => stdout.trim())).toEqual(Array(10).fill('ok'));
    expect(existsSync(flag)).toBe(true);
  });

  it('may be begun by a login shell that prints something of its own', async () => {
    const { host } = await machine({}, { loginShell: 'echo hello; echo oops >&2; eval "$1"; echo bye' });
    expect(await look(host, 'echo out; echo err >&2')).toEqual({
      exitCode: 0,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });
});
