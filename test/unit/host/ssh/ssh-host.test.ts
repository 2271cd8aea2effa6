import { once } from 'node:events';
import net from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeKey } from '../../support/ssh-keys.ts';
import { DROP, SshServer } from '../../support/ssh-server.ts';
import { openSshHost, targetAt } from '../../support/ssh-target.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const hostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');

async function machine(options: Parameters<typeof openSshHost>[1] = {}, more: object = {}) {
  const server = await SshServer.start({ hostKeys: [hostKey], authorized: [userKey], ...more });
  return { server, ...(await openSshHost(targetAt(server.port, userKey), options)) };
}

describe('a command over SSH', () => {
  it('ends with its exit code, standard output and standard error', async () => {
    const { host } = await machine();
    expect(await host.run({ argv: ['sh', '-c', 'echo out; echo err >&2; exit 7'] })).toEqual({
      exitCode: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('has the exit code of a shell when a signal ends it', async () => {
    const { host, server } = await machine();
    const result = await host.run({ argv: ['sh', '-c', 'kill -KILL $PPID'] });
    expect(result).toEqual({ exitCode: 128 + 9, stdout: '', stderr: '' });
    expect(server.commands).toHaveLength(1);
  });

  it('gives 127 when its program is not there', async () => {
    const { host } = await machine();
    expect((await host.run({ argv: ['no-such-program-anywhere'] })).exitCode).toBe(127);
  });

  it('reads what it is given, and an end of file otherwise', async () => {
    const { host } = await machine();
    const long = 'Zeile mit ü und 漢字\n'.repeat(20_000);
    expect((await host.run({ argv: ['cat'], stdin: long })).stdout).toBe(long);
    expect((await host.run({ argv: ['cat'] })).stdout).toBe('');
  });

  it('may leave unread what it is given', async () => {
    const { host } = await machine();
    expect((await host.run({ argv: ['true'], stdin: 'x'.repeat(5_000_000) })).exitCode).toBe(0);
  });

  it('runs in the directory it is given', async () => {
    const { host } = await machine();
    expect((await host.run({ argv: ['pwd'], cwd: '/usr' })).stdout).toBe('/usr\n');
  });

  it('keeps characters whole that arrive in two pieces', async () => {
    const { host } = await machine();
    const lines: string[] = [];
    const halves = `printf 'gr\\303'; sleep 0.05; printf '\\274n \\360\\237'; sleep 0.05; printf '\\220\\263\\n'`;
    const result = await host.run({ argv: ['sh', '-c', halves], onLine: line => lines.push(line) });
    expect(result.stdout).toBe('grün 🐳\n');
    expect(lines).toEqual(['grün 🐳']);
  });

  it('hands on each line as it comes, before the command ends', async () => {
    const { host, server } = await machine();
    const lines: string[] = [];
    const first = Promise.withResolvers<void>();
    const argv = ['sh', '-c', 'echo one; echo two >&2; read answer; printf "no newline"'] as const;
    const running = host.run({
      argv,
      onLine: line => {
        lines.push(line);
        first.resolve();
      },
    });
    await first.promise;
    // The two outputs have no order between them.
    expect(['one', 'two']).toContain(lines[0]);
    await running;
    expect(lines.toSorted()).toEqual(['no newline', 'one', 'two']);
    expect(server.connections).toBe(1);
  });

  it('shares one connection with others that run at the same time', async () => {
    const { host, server } = await machine();
    const words = Array.from({ length: 6 }, (_, index) => `word-${index}`);
    const results = await Promise.all(words.map(word => host.run({ argv: ['echo', word] })));
    expect(results.map(({ stdout }) => stdout.trim())).toEqual(words);
    expect(server.connections).toBe(1);
  });

  it('gets any argument as it is, whatever the shell would make of it', async () => {
    const { host } = await machine();
    const word = fc.string({ unit: 'binary', maxLength: 30 }).filter(text => !text.includes('\0'));
    const nasty = fc.constantFrom(
      "'",
      `'"'`,
      '$(id)',
      '`id`',
      '\\',
      '\n',
      '*',
      '~',
      '-n',
      '',
      '!x',
      '%s',
      '&& false',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(word, nasty), { minLength: 1, maxLength: 40 }), async words => {
        const sent = words.map(text => text.toWellFormed());
        const { stdout } = await host.run({ argv: ['printf', '%s\\0', ...sent] });
        expect(stdout.split('\0').slice(0, -1)).toEqual(sent);
      }),
      { numRuns: 8 },
    );
  });

  it('is sent as one line that a login shell of any kind understands', async () => {
    const { host, server } = await machine();
    await host.run({ argv: ['echo', "it's\n$HOME!"] });
    expect(server.commands).toEqual([expect.stringMatching(/^\/bin\/sh -c '[ -&(-~]+' sh [ -~]+$/)]);
  });

  it('is stopped on the machine itself when its time is up, and says what it said until then', async () => {
    const { host } = await machine();
    const error = await actionErrorOf(() =>
      host.run({ argv: ['sh', '-c', 'echo last words; exec sleep 60'], timeoutMs: 1_000 }),
    );
    expect(error).toMatchObject({ code: 'command-timeout', details: ['last words'] });
    expect(error.message).toContain('did not end within 1 s');
  });

  it('may end with 124 or 137 of its own accord', async () => {
    const { host } = await machine();
    for (const exitCode of [124, 137]) {
      expect((await host.run({ argv: ['sh', '-c', `exit ${exitCode}`] })).exitCode).toBe(exitCode);
    }
  });
});

describe('a login shell', () => {
  it.each([
    ['prints', 'echo Welcome; echo "who are you?" >&2; eval "$1"'],
    [
      'prints without a line break, and at its end, too',
      'trap "echo bye; echo bye >&2" EXIT; printf hello; eval "$1"',
    ],
    ['shows what it runs', 'set -vx; eval "$1"'],
    ['joins its outputs', 'exec 2>&1; eval "$1" | cat'],
    ['leaves something in the background', 'sleep 20 & eval "$1"'],
    ['ends with another exit code', 'eval "$1"; exit 99'],
    ['sets what it likes', 'export PATH=/nowhere LC_ALL=tr_TR DOCKER_HOST=x; umask 077; set -eu; eval "$1"'],
  ])('that %s does not change the answer', async (_, loginShell) => {
    const { host } = await machine({}, { loginShell });
    const lines: string[] = [];
    const argv = ['sh', '-c', 'echo one; cat; exit 3'] as const;
    const result = await host.run({ argv, stdin: 'two\n', onLine: line => lines.push(line) });
    expect(result).toEqual({ exitCode: 3, stdout: 'one\ntwo\n', stderr: '' });
    expect(lines).toEqual(['one', 'two']);
  });

  it('that ends with the packet that opens its session has ended with a code all the same', async () => {
    const { host } = await machine({}, { endsAtOnce: 7 });
    const error = await actionErrorOf(() => host.run({ argv: ['true'] }));
    expect(error.code).toBe('shell-unusable');
    expect(error.message).toContain('the login shell ended with exit code 7 and nothing came back');
  });

  it.each([
    ['ends at once', 'exit 0', 'ended with exit code 0 and nothing came back', /~\/\.bashrc/],
    [
      'says that the account is not available',
      'echo This account is currently not available.; exit 1',
      'ended with exit code 1 and this came back: This account is currently not available.',
      /sudo usermod -s \/bin\/bash ec2-user/,
    ],
    [
      'is not there for this user',
      `echo 'Please login as the user "admin" rather than the user "root".'; exit 142`,
      'rather than the user',
      /^Set username: admin\./,
    ],
    ['is killed', 'kill -KILL $$', 'was ended by signal SIGKILL', /ForceCommand/],
    ['cannot say anything', 'exec >/dev/null; eval "$1"', 'nothing came back', /ForceCommand/],
  ])('that %s is named', async (_, loginShell, message, hint) => {
    const { host } = await machine({}, { loginShell });
    const error = await actionErrorOf(() => host.run({ argv: ['true'] }));
    expect(error).toMatchObject({ code: 'shell-unusable', hint: expect.stringMatching(hint) });
    expect(error.message).toContain(message);
  });

  it('that gives nothing back once it has answered is a connection that is about to break', async () => {
    const mark = join(temporaryFolder(), 'ends');
    const { host } = await machine({}, { loginShell: `[ -e ${mark} ] || eval "$1"` });
    await host.run({ argv: ['touch', mark] });
    expect(await actionErrorOf(() => host.run({ argv: ['true'] }))).toMatchObject({
      code: 'ssh-connection-lost',
      retriable: true,
    });
  });
});

describe('a machine that takes few sessions in one connection', () => {
  // On a busy machine each of the shells may take a second and more.
  it('as many as usual: no more are asked for', async () => {
    const { host, server } = await machine({}, {});
    const words = Array.from({ length: 14 }, (_, index) => `word-${index}`);
    await Promise.all(words.map(word => host.run({ argv: ['echo', word] })));
    expect(server.sessionsAtMost).toBe(10);
  });

  it.each([1, 2, 4, 7])('%i: commands wait for one another', { timeout: 60_000 }, async maxSessions => {
    const { host, server } = await machine({}, { maxSessions });
    const words = Array.from({ length: maxSessions + 3 }, (_, index) => `word-${index}`);
    const results = await Promise.all(words.map(word => host.run({ argv: ['echo', word] })));
    expect(results.map(({ stdout }) => stdout.trim())).toEqual(words);
    expect(server.sessionsAtMost).toBe(maxSessions);
  });

  it('lets a sign of life, and what undoes something, pass by a long command', async () => {
    const abort = new AbortController();
    const { host } = await machine({ signal: abort.signal }, { maxSessions: 1 });
    const started = Promise.withResolvers<void>();
    const long = host.run({ argv: ['sh', '-c', 'echo up; exec sleep 30'], onLine: () => started.resolve() });
    await started.promise;
    const sign = { argv: ['echo', 'alive'] as const, isUrgent: true };
    expect((await host.run(sign)).stdout).toBe('alive\n');
    abort.abort(new Error('time is up'));
    await expect(long).rejects.toThrow('time is up');
    expect((await host.run({ argv: ['echo', 'undone'], isUndo: true })).stdout).toBe('undone\n');
  });

  it('does not keep a command waiting that is no longer wanted', async () => {
    const abort = new AbortController();
    const { host } = await machine({ signal: abort.signal }, { maxSessions: 1 });
    const both = [1, 2].map(() => host.run({ argv: ['sleep', '30'] }));
    await host.run({ argv: ['true'], isUrgent: true });
    abort.abort(new Error('time is up'));
    for (const running of both) await expect(running).rejects.toThrow('time is up');
  });

  it('is named when it takes none', async () => {
    const { host } = await machine({}, { maxSessions: 0 });
    const error = await actionErrorOf(() => host.run({ argv: ['true'] }));
    expect(error).toMatchObject({ code: 'shell-unusable', hint: expect.stringContaining('MaxSessions 0') });
  });
});

describe('a broken SSH connection', () => {
  it('ends a command with a retriable error, and the next command connects again', async () => {
    const { host, server } = await machine();
    const error = await actionErrorOf(() => host.run({ argv: ['sh', '-c', `echo ${DROP}; sleep 30`] }));
    expect(error).toMatchObject({ code: 'ssh-connection-lost', retriable: true });
    expect((await host.run({ argv: ['echo', 'back'] })).stdout).toBe('back\n');
    expect(server.connections).toBe(2);
  });

  it('is made again once for several commands, also when it broke while nothing ran', async () => {
    const { host, server } = await machine();
    server.dropConnections();
    const tries = async () => {
      for (;;) {
        try {
          return (await host.run({ argv: ['echo', 'back'] })).stdout;
        } catch (error) {
          expect(error).toMatchObject({ code: 'ssh-connection-lost', retriable: true });
        }
      }
    };
    expect(await Promise.all([tries(), tries(), tries()])).toEqual(['back\n', 'back\n', 'back\n']);
    expect(server.connections).toBe(2);
  });

  it('ends the command that finds it broken, and the next one when nobody answers any more', async () => {
    const { host, server } = await machine();
    await server.stop();
    expect(await actionErrorOf(() => host.run({ argv: ['true'] }))).toMatchObject({
      code: 'ssh-connection-lost',
    });
    expect(await actionErrorOf(() => host.run({ argv: ['true'] }))).toMatchObject({
      code: 'ssh-unreachable',
    });
  });
});

describe('the end of the run', () => {
  it('ends a running command at once with its reason, and lets no other start', async () => {
    const abort = new AbortController();
    const { host } = await machine({ signal: abort.signal });
    const started = Promise.withResolvers<void>();
    const running = host.run({ argv: ['sh', '-c', 'echo up; sleep 30'], onLine: () => started.resolve() });
    await started.promise;
    abort.abort(new Error('time is up'));
    await expect(running).rejects.toThrow('time is up');
    await expect(host.run({ argv: ['true'] })).rejects.toThrow('time is up');
  });

  it('closes the connection', async () => {
    const { host, server } = await machine();
    await host.close();
    await host.close();
    expect(server.connections).toBe(1);
  });

  it('opens no new connection once it is closed, whoever still asks for one', async () => {
    const { host, server } = await machine();
    await host.close();
    await expect(host.dial('127.0.0.1', 9)).rejects.toThrow('is closed');
    await expect(host.run({ argv: ['true'] })).rejects.toThrow('is closed');
    expect(server.connections).toBe(1);
  });
});

describe('a TCP connection through SSH', () => {
  async function echoServer(): Promise<number> {
    const server = net
      .createServer(socket => socket.on('error', () => {}).pipe(socket))
      .listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return (server.address() as net.AddressInfo).port;
  }

  it('is opened from the machine and carries bytes both ways', async () => {
    const { host, server } = await machine();
    const stream = await host.dial('127.0.0.1', await echoServer());
    stream.end('hello '.repeat(50_000));
    expect(await text(stream)).toBe('hello '.repeat(50_000));
    expect(server.connections).toBe(1);
  });

  it('that nobody answers names the address and the machine', async () => {
    const { host } = await machine();
    await expect(host.dial('127.0.0.1', 1)).rejects.toThrow(/127\.0\.0\.1:1 on the machine/);
  });

  it('that the machine does not forward, as OpenSSH says it, has its own code', async () => {
    const { host } = await machine({}, { forwarding: 'prohibited' });
    const port = await echoServer();
    const error = await actionErrorOf(() => host.dial('127.0.0.1', port));
    expect(error.code).toBe('ssh-forwarding-refused');
  });

  it('that the machine does not forward may be made by a command on it, one for all of them', async () => {
    let told = 0;
    const { host, server } = await machine({ onRelay: () => void told++ }, { forwarding: 'prohibited' });
    const port = await echoServer();
    const streams = await Promise.all([host.dial('127.0.0.1', port), host.dial('127.0.0.1', port)]);
    for (const stream of [...streams, await host.dial('127.0.0.1', port)]) {
      stream.write('hello');
      expect((await once(stream, 'data'))[0].toString()).toBe('hello');
    }
    expect(told).toBe(1);
    expect(server.commands).toHaveLength(1);
    expect(server.forwards).toBe(2);
  });

  it('that is being opened when the SSH connection breaks is a retriable error', async () => {
    const { host, server } = await machine({}, { forwarding: 'silent' });
    const opening = actionErrorOf(() => host.dial('127.0.0.1', 9));
    await host.run({ argv: ['true'] });
    server.dropConnections();
    expect(await opening).toMatchObject({ code: 'ssh-connection-lost', retriable: true });
  });
});

describe('a machine that prints without end', () => {
  const FLOOD = 'yes 0123456789012345678901234567890123456789';
  const NO_LINES = 'tr "\\0" x </dev/zero';

  it.each([
    ['on standard output', FLOOD],
    ['without line breaks', NO_LINES],
    ['on standard error', `${FLOOD} >&2`],
  ])('is given up at once: a command %s', async (_, script) => {
    const { host } = await machine();
    const before = process.memoryUsage().rss;
    const error = await actionErrorOf(() => host.run({ argv: ['sh', '-c', script] }));
    expect(error).toMatchObject({ code: 'output-too-long', message: expect.stringContaining('10 MiB') });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
    expect((await host.run({ argv: ['echo', 'still there'] })).stdout).toBe('still there\n');
  });

  it.each([
    ['on standard output', `${FLOOD}; eval "$1"`],
    ['on standard error', `${NO_LINES} >&2; eval "$1"`],
  ])('is told by its start file when that is what prints %s', async (_, loginShell) => {
    const { host } = await machine({}, { loginShell });
    const error = await actionErrorOf(() => host.run({ argv: ['true'] }));
    expect(error.code).toBe('output-too-long');
    expect(error.message).toBe('before `true` began, the machine has printed more than 10 MiB');
    expect(error.hint).toMatch(/bashrc/);
  });

  it('has its head and tail shown when nobody parses it, and is given up later', async () => {
    const { host } = await machine();
    const script = 'echo first; head -c 30000000 /dev/zero | tr "\\0" x; echo; echo last';
    const { stdout, exitCode } = await host.run({ argv: ['sh', '-c', script], mayBeCut: true });
    expect(exitCode).toBe(0);
    expect(stdout.length).toBeLessThan(11 * 2 ** 20);
    expect(stdout).toMatch(/^first\n[\s\S]*characters are left out here[\s\S]*last\n$/);
    const error = await actionErrorOf(() =>
      host.run({ argv: ['sh', '-c', FLOOD], mayBeCut: true, timeoutMs: 100_000 }),
    );
    expect(error).toMatchObject({ code: 'output-too-long', message: expect.stringContaining('256 MiB') });
  }, 120_000);
});
