import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../../../src/host/ssh/connect.ts';
import { makeKey } from '../../support/ssh-keys.ts';
import { SshServer } from '../../support/ssh-server.ts';
import { connected, connectOptions, targetAt } from '../../support/ssh-target.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const hostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');
const otherKey = makeKey('ed25519');

const startServer = (more: object = {}) =>
  SshServer.start({ hostKeys: [hostKey], authorized: [userKey], ...more });

/** A TCP port that is not an SSH server. */
async function bareServer(welcome: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer(socket => {
    sockets.add(socket.on('error', () => {}));
    welcome(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

describe('connecting', () => {
  it('signs in with the key', async () => {
    const server = await startServer();
    const { options, clock } = connectOptions();
    const { ssh } = await connected(targetAt(server.port, userKey), options);
    expect(ssh.isConnected()).toBe(true);
    expect({ signIns: server.signIns, waited: clock.sleeps }).toEqual({ signIns: 1, waited: [] });
  });

  it('waits for a machine on which nobody listens yet', async () => {
    const port = await bareServer(() => {});
    const closed = await bareServer(socket => socket.destroy());
    expect(port).not.toBe(closed);
    const { options, log, clock } = connectOptions({ connectTimeoutMs: 30_000 });
    const error = await actionErrorOf(() => connect(targetAt(1, userKey), options));
    expect(error.code).toBe('ssh-unreachable');
    expect(error.message).toMatch(/ec2-user@127\.0\.0\.1:1 could not be reached: the port is closed/);
    expect(error.message).toMatch(/\(\d+ attempts in \d+ s\)$/);
    expect(clock.now()).toBeLessThan(30_000);
    expect(clock.now()).toBeGreaterThan(20_000);
    expect(Math.max(...clock.sleeps)).toBe(5_000);
    expect(log.lines.filter(line => line.includes('trying again'))).toHaveLength(clock.sleeps.length);
  });

  it('gives up a port that closes each connection at the end of connect-timeout', async () => {
    const port = await bareServer(socket => socket.destroy());
    const { options, clock } = connectOptions({ connectTimeoutMs: 5_000 });
    const error = await actionErrorOf(() => connect(targetAt(port, userKey), options));
    expect(error).toMatchObject({ code: 'ssh-unreachable', retriable: false });
    expect(error.message).toMatch(/accepted the connection and (closed|reset) it at once, without a word/);
    expect(clock.sleeps.length).toBeGreaterThan(1);
  });

  it('takes a port that speaks another protocol for a machine that cannot be reached', async () => {
    const port = await bareServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const { options } = connectOptions({ connectTimeoutMs: 1_000 });
    const error = await actionErrorOf(() => connect(targetAt(port, userKey), options));
    expect(error.code).toBe('ssh-unreachable');
    expect(error.message).toMatch(
      /not an SSH server answers .*: it is HTTP; it said "HTTP\/1\.1 400 Bad Request"$/,
    );
  });

  it('does not wait long for a name that does not resolve', async () => {
    const target = targetAt(22, userKey, { host: 'no-such-machine.invalid' });
    const { options, clock } = connectOptions({ connectTimeoutMs: 600_000 });
    const error = await actionErrorOf(() => connect(target, options));
    expect(error.code).toBe('ssh-host-unknown');
    expect(error.message).toContain('"no-such-machine.invalid" does not resolve');
    expect(clock.now()).toBeLessThan(10_000);
  });
});

describe('a refused key', () => {
  it('is tried again for some seconds, because a new machine may not have it yet, and no longer', async () => {
    const server = await startServer();
    const { options, clock } = connectOptions({ connectTimeoutMs: 600_000 });
    const error = await actionErrorOf(() => connect(targetAt(server.port, otherKey), options));
    expect(error.code).toBe('ssh-auth-refused');
    expect(error.message).toContain('did not accept the key for user "ec2-user"');
    expect(error.message).not.toContain(otherKey.privateKey.slice(100, 140));
    expect(clock.sleeps.length).toBeGreaterThan(1);
    expect(clock.now()).toBeLessThan(10_000);
    expect(server.connections).toBe(clock.sleeps.length + 1);
  });

  it('is accepted once the machine has it', async () => {
    const server = await startServer({ refuseFirst: 2 });
    const { options, clock } = connectOptions();
    await connected(targetAt(server.port, userKey), options);
    expect({ signIns: server.signIns, pauses: clock.sleeps.length }).toEqual({ signIns: 1, pauses: 2 });
  });

  it('is not tried again at all when connect-timeout is over', async () => {
    const server = await startServer();
    const { options } = connectOptions({ connectTimeoutMs: 1_000 });
    const error = await actionErrorOf(() => connect(targetAt(server.port, otherKey), options));
    expect(error.message).not.toContain('attempts');
    expect(server.connections).toBe(1);
  });
});

describe('the end of the run', () => {
  it('ends a handshake that nobody answers', async () => {
    const abort = new AbortController();
    const welcomed = Promise.withResolvers<void>();
    const port = await bareServer(() => welcomed.resolve());
    const { options } = connectOptions({ signal: abort.signal });
    const connecting = connect(targetAt(port, userKey), options);
    await welcomed.promise;
    abort.abort(new Error('time is up'));
    await expect(connecting).rejects.toThrow('time is up');
  });

  it('lets no connection be opened', async () => {
    const server = await startServer();
    const { options } = connectOptions({ signal: AbortSignal.abort(new Error('time is up')) });
    await expect(connect(targetAt(server.port, userKey), options)).rejects.toThrow('time is up');
    expect(server.connections).toBe(0);
  });

  it('ends the pause between two attempts', async () => {
    const abort = new AbortController();
    const { options } = connectOptions({ signal: abort.signal });
    const clock = { ...options.clock, now: () => 0, sleep: async () => abort.abort(new Error('time is up')) };
    await expect(connect(targetAt(1, userKey), { ...options, clock })).rejects.toThrow('time is up');
  });
});
