import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect } from '../../../../src/host/ssh/connect.ts';
import type { SshRoute } from '../../../../src/host/ssh/target.ts';
import { InstantClock } from '../../support/clocks.ts';
import { makeKey } from '../../support/ssh-keys.ts';
import { SshServer } from '../../support/ssh-server.ts';
import { connected, connectOptions, openSshHost, targetAt, UNPINNED } from '../../support/ssh-target.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const hostKey = makeKey('ed25519');
const jumpHostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');
const jumpKey = makeKey('ed25519');
const otherKey = makeKey('ed25519');
const folder = temporaryFolder();

const machine = () => SshServer.start({ hostKeys: [hostKey], authorized: [userKey] });
const jump = (more: object = {}) =>
  SshServer.start({ hostKeys: [jumpHostKey], authorized: [jumpKey], ...more });

function throughJump(port: number, key = jumpKey, more: object = {}): { via: SshRoute } {
  return { via: { kind: 'jump-host', target: targetAt(port, key, { username: 'jumper', ...more }) } };
}

describe('a jump host', () => {
  it('carries the connection, each of the two with its own key and user', async () => {
    const [server, between] = await Promise.all([machine(), jump()]);
    const { host } = await openSshHost(targetAt(server.port, userKey, throughJump(between.port)));
    expect((await host.run({ argv: ['echo', 'through'] })).stdout).toBe('through\n');
    expect({ server: server.commands.length, between: between.commands.length }).toEqual({
      server: 1,
      between: 0,
    });
    await host.close();
  });

  it('and the machine behind it are pinned each by its own key', async () => {
    const [server, between] = await Promise.all([machine(), jump()]);
    const via = throughJump(between.port, jumpKey, {
      trust: { ...UNPINNED, fingerprints: [jumpHostKey.fingerprint] },
    });
    const trust = { ...UNPINNED, fingerprints: [hostKey.fingerprint] };
    const { options, log } = connectOptions();
    await connected(targetAt(server.port, userKey, { trust, ...via }), options);
    expect(log.warnings).toEqual([]);
  });

  it('that refuses its key is named as the one that refused', async () => {
    const between = await jump();
    const target = targetAt(1, userKey, throughJump(between.port, otherKey));
    const error = await actionErrorOf(() => connect(target, connectOptions().options));
    expect(error.code).toBe('ssh-auth-refused');
    expect(error.message).toMatch(
      /^jump host: jumper@127\.0\.0\.1:\d+ did not accept the key for user "jumper"/,
    );
  });

  it('with another key than the pinned one is named, and nothing is sent on', async () => {
    const between = await jump();
    const trust = { ...UNPINNED, fingerprints: [otherKey.fingerprint] };
    const target = targetAt(1, userKey, throughJump(between.port, jumpKey, { trust }));
    const error = await actionErrorOf(() => connect(target, connectOptions().options));
    expect(error.code).toBe('ssh-host-key-mismatch');
    expect(error.message).toMatch(/^jump host: .*is not the pinned one/);
    expect(between.signIns).toBe(0);
  });

  it('that is not there is waited for, and named', async () => {
    const { options, clock } = connectOptions({ connectTimeoutMs: 5_000 });
    const error = await actionErrorOf(() => connect(targetAt(1, userKey, throughJump(1)), options));
    expect(error).toMatchObject({ code: 'ssh-unreachable' });
    expect(error.message).toMatch(/^jump host: jumper@127\.0\.0\.1:1 could not be reached/);
    expect(clock.sleeps.length).toBeGreaterThan(0);
  });

  it('that cannot reach the machine says so, and is tried again while the machine may be booting', async () => {
    const between = await jump();
    const { options } = connectOptions({ connectTimeoutMs: 2_000 });
    const error = await actionErrorOf(() =>
      connect(targetAt(1, userKey, throughJump(between.port)), options),
    );
    expect(error.code).toBe('ssh-unreachable');
    expect(error.message).toMatch(/the jump host jumper@127\.0\.0\.1:\d+ could not reach 127\.0\.0\.1:1/);
    expect(between.connections).toBeGreaterThan(1);
    while (between.open > 0) await new Promise(setImmediate);
  });

  it('that does not forward, as OpenSSH says it, is told from one that cannot reach the machine', async () => {
    const [server, between] = await Promise.all([machine(), jump({ forwarding: 'prohibited' })]);
    const target = targetAt(server.port, userKey, throughJump(between.port));
    const { options } = connectOptions({ connectTimeoutMs: 2_000 });
    const error = await actionErrorOf(() => connect(target, options));
    expect(error.code).toBe('ssh-forwarding-refused');
    expect(error.message).toContain('the jump host jumper@');
  });

  it('that never answers for the machine is given up after a while', async () => {
    const between = await jump({ forwarding: 'silent' });
    const { options } = connectOptions({ connectTimeoutMs: 1_000, clock: new InstantClock() });
    const error = await actionErrorOf(() =>
      connect(targetAt(1, userKey, throughJump(between.port)), options),
    );
    expect(error.code).toBe('ssh-unreachable');
    expect(error.message).toMatch(/could not reach 127\.0\.0\.1:1: no answer in 10 s/);
  });

  it('that never answers does not keep the run from ending', async () => {
    const between = await jump({ forwarding: 'silent' });
    const abort = new AbortController();
    const { options } = connectOptions({ signal: abort.signal });
    const connecting = connect(targetAt(1, userKey, throughJump(between.port)), options);
    while (between.forwards === 0) await new Promise(setImmediate);
    abort.abort(new Error('time is up'));
    await expect(connecting).rejects.toThrow('time is up');
  });
});

describe('a proxy command', () => {
  const pipe = join(folder, 'pipe.mjs');
  writeFileSync(
    pipe,
    `import net from 'node:net';
     const socket = net.connect(Number(process.argv[3]), process.argv[2]);
     process.stdin.pipe(socket).pipe(process.stdout);`,
  );
  const run = `${process.execPath} ${pipe}`;
  const through = (command: string): { via: SshRoute } => ({ via: { kind: 'proxy-command', command } });

  it('is the connection, with the host, the port and the user in its line', async () => {
    const server = await machine();
    const said = join(folder, 'said');
    const command = `echo '%r at 100%%' > ${said}; exec ${run} %h %p`;
    const { host } = await openSshHost(targetAt(server.port, userKey, through(command)));
    expect((await host.run({ argv: ['cat', said] })).stdout).toBe('ec2-user at 100%\n');
  });

  it('that fails is named, with what it said on standard error', async () => {
    const { options } = connectOptions({ connectTimeoutMs: 1_000 });
    const command = 'echo TargetNotConnected: i-0123 is not connected >&2; exit 254';
    const error = await actionErrorOf(() => connect(targetAt(1, userKey, through(command)), options));
    expect(error.code).toBe('proxy-command-failed');
    expect(error.details).toEqual(['TargetNotConnected: i-0123 is not connected']);
    expect(error.message).toContain(
      'it ended with exit code 254; its last line: TargetNotConnected: i-0123 is not connected',
    );
  });

  it('that stops listening is still heard to the end', async () => {
    const { options } = connectOptions({ connectTimeoutMs: 1_000 });
    const command = 'exec 0<&-; sleep 0.2; echo session is not available; exit 4';
    const error = await actionErrorOf(() => connect(targetAt(1, userKey, through(command)), options));
    expect(error.message).toContain('it ended with exit code 4; it wrote "session is not available"');
  });

  it('that is not there is a failed proxy command with the words of the shell', async () => {
    const { options } = connectOptions({ connectTimeoutMs: 1_000 });
    const error = await actionErrorOf(() =>
      connect(targetAt(1, userKey, through('no-such-program %h')), options),
    );
    expect(error.code).toBe('proxy-command-failed');
    expect(error.details.join()).toMatch(/no-such-program.*not found/);
  });

  it('is not blamed for a key that the machine refuses', async () => {
    const server = await machine();
    const target = targetAt(server.port, otherKey, through(`exec ${run} %h %p`));
    const error = await actionErrorOf(() =>
      connect(target, connectOptions({ connectTimeoutMs: 1_000 }).options),
    );
    expect(error.code).toBe('ssh-auth-refused');
  });

  it('does not see the inputs of the action', async () => {
    const env = { PATH: process.env.PATH, INPUT_KEY: 'a secret', OTHER: 'a variable' };
    const { options } = connectOptions({ connectTimeoutMs: 1_000, env });
    const command = `echo "key=[$INPUT_KEY] other=[$OTHER]" >&2; exit 1`;
    const error = await actionErrorOf(() => connect(targetAt(1, userKey, through(command)), options));
    expect(error.details).toEqual(['key=[] other=[a variable]']);
  });

  it('ends with the connection, and so does what it started', async () => {
    const server = await machine();
    const { options } = connectOptions();
    const target = targetAt(server.port, userKey, through(`${run} %h %p | cat`));
    const connection = await connected(target, options);
    expect(server.open).toBe(1);
    connection.close();
    await expect.poll(() => server.open).toBe(0);
  });

  it('that is started when the run ends does not keep it', async () => {
    const abort = new AbortController();
    const { options } = connectOptions({ signal: abort.signal });
    const connecting = connect(targetAt(1, userKey, through('exec sleep 60')), options);
    abort.abort(new Error('time is up'));
    await expect(connecting).rejects.toThrow('time is up');
  });

  it('that never answers does not keep the run from ending', async () => {
    const abort = new AbortController();
    const started = join(folder, 'started');
    const { options } = connectOptions({ signal: abort.signal });
    const connecting = connect(targetAt(1, userKey, through(`echo > ${started}; sleep 60`)), options);
    do await new Promise(setImmediate);
    while (!existsSync(started));
    abort.abort(new Error('time is up'));
    await expect(connecting).rejects.toThrow('time is up');
  });
});
